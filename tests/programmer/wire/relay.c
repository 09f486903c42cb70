/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a helper says of its relay; whole requests are in tests/system/uart_net.py. */
#include "tests/unit.h"
#include "programmer/wire/relay.h"

static void an_answer_says_that_the_relay_is_as_wanted_or_it_is_a_refusal(void **state)
{
	static const struct {
		enum relay_kind kind;
		bool on, agrees;
		const char *answer;
	} rows[] = {
		{RELAY_OBK, true, true, "1"},
		{RELAY_OBK, false, true, "0"},
		{RELAY_OBK, true, true, "1\r\n"},
		{RELAY_OBK, true, false, "0"},
		{RELAY_OBK, false, false, "1"},
		{RELAY_OBK, true, false, "100"},
		{RELAY_OBK, true, false, "{}"},
		{RELAY_OBK, true, true, ""},
		{RELAY_TASMOTA, true, true, "{\"POWER1\":\"ON\"}"},
		{RELAY_TASMOTA, false, true, "{\"POWER\":\"OFF\"}"},
		{RELAY_TASMOTA, false, false, "{\"POWER1\":\"ON\"}"},
		{RELAY_TASMOTA, true, false, "{\"Command\":\"Unknown\"}"},
		{RELAY_TASMOTA, true, false, "{\"WARNING\":\"Need user=<username>\"}"},
		{RELAY_TASMOTA, true, false, "{}"},
		{RELAY_TASMOTA, true, true, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(relay_agrees(rows[i].kind, rows[i].on, rows[i].answer),
				 rows[i].agrees);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_says_that_the_relay_is_as_wanted_or_it_is_a_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
