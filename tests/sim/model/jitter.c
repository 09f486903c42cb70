/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/jitter.h"

#include "tests/unit.h"

#define COUNT (1u << 21)

static uint64_t byte_ns(uint32_t hz)
{
	return UINT64_C(8000000000) / hz;
}

/* How many of these random bytes are read wrong. */
static unsigned wrong(uint32_t ns, uint32_t hz)
{
	struct jitter jitter = {.ns = ns};
	struct prng content = {.state = 1}, prng = {.state = 2};
	unsigned count = 0;

	for (size_t i = 0; i < COUNT; i++) {
		uint8_t byte = (uint8_t)prng_next(&content), sent = byte;

		jitter_on(&jitter, &byte, 1, byte_ns(hz), &prng);
		count += byte != sent;
	}
	return count;
}

/* Half a period of 15 MHz is 4.2 times 8 ns: one bit in 65 000 is late; half of those change. */
static void errors_are_as_rare_as_the_bell_curve_says(void **state)
{
	(void)state;
	assert_in_range(wrong(8, 15000000), 100, 165);
	assert_in_range(wrong(7, 15000000), 1, 20);
}

static void at_a_slower_clock_there_are_fewer_errors_and_finally_none(void **state)
{
	(void)state;
	assert_in_range(wrong(16, 15000000), 100000, 1000000);
	assert_in_range(wrong(16, 7500000), 50, 165);
	assert_int_equal(wrong(16, 3750000), 0);
}

static void a_bit_that_is_late_is_as_the_one_before(void **state)
{
	uint8_t still[64] = {0}, moving[4096];
	struct jitter jitter = {.ns = 1000};
	struct prng prng = {.state = 1};
	unsigned changed = 0;

	(void)state;
	jitter_on(&jitter, still, sizeof(still), 533, &prng);
	for (size_t i = 0; i < sizeof(still); i++)
		assert_int_equal(still[i], 0);
	memset(moving, 0x80, sizeof(moving));
	jitter_on(&jitter, moving, sizeof(moving), 533, &prng);
	for (size_t i = 0; i < sizeof(moving); i++) {
		assert_true(moving[i] == 0x80 || moving[i] == 0xc0 || moving[i] == 0x00);
		changed += moving[i] != 0x80;
	}
	assert_in_range(changed, 100, 4000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_are_as_rare_as_the_bell_curve_says),
		cmocka_unit_test(at_a_slower_clock_there_are_fewer_errors_and_finally_none),
		cmocka_unit_test(a_bit_that_is_late_is_as_the_one_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
