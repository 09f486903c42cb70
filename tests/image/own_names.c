/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/own_names.h"

#include "tests/unit.h"

static struct own_names scan(bool bootloader, const char *text)
{
	struct own_names names = {.self = ""};

	own_names_scan(&names, bootloader, (const uint8_t *)text, strlen(text) + 1, 0);
	return names;
}

static void firmware_says_for_which_soc_it_is_and_its_version(void **state)
{
	static const struct {
		const char *text, *self, *firmware, *version;
	} cases[] = {
		{"OpenBK7231N_1.18.300", "BK7231N", "OpenBK7231N", "1.18.300"},
		{"OpenBK7252N 1.17.6", "BK7252N", "OpenBK7252N", "1.17.6"},
		{"OpenBK7231N_1.18.300-beta", "BK7231N", "OpenBK7231N", "1.18.300-beta"},
		{"OpenBK7231N_1.18.300-", "BK7231N", "OpenBK7231N", "1.18.300"},
		{"OpenBK7231N_1-18.300", "", "", ""},
		/* As in test builds of a change. */
		{"OpenBK7231T_2178_merge_bde63cebc7e3", "BK7231T", "OpenBK7231T",
		 "2178_merge_bde63cebc7e3"},
		{" AT bk7231t > ", "BK7231T", "", ""},
		/* The name of the source directory, which is the same for any SoC. */
		{"OpenBK7231T_App/src", "", "", ""},
		{"OpenBK7231T_1", "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct own_names names = scan(false, cases[i].text);

		assert_string_equal(names.self, cases[i].self);
		assert_string_equal(names.firmware, cases[i].firmware);
		assert_string_equal(names.version, cases[i].version);
	}
}

/* The application of a BK7231Q says so, and that is none of the SoCs called BK7231 and a letter. */
static void the_name_of_the_family_says_nothing(void **state)
{
	(void)state;
	assert_string_equal(scan(false, " AT bk7231 > ").self, "");
	assert_string_equal(scan(false, " AT bk7231 >  AT bk7231n > ").self, "BK7231N");
	assert_string_equal(scan(false, "the_bk7231_light").words, "");
}

static void a_bootloader_says_it_in_two_forms_and_not_by_the_name_of_the_core(void **state)
{
	char core[0x140] = "", here[] = "BK7238_1.0.15";

	(void)state;
	assert_string_equal(scan(true, "BK7231S_1.0.6").self, "BK7231S");
	assert_string_equal(scan(true, "BK7231u  _1.0.13\r\nREG:cpsr").self, "BK7231U");
	assert_string_equal(scan(true, "BK7231u and more words behind it").self, "");
	memset(core, 'x', sizeof(core) - 1);
	memcpy(core + 0x100, here, sizeof(here) - 1);
	assert_string_equal(scan(true, core).self, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(firmware_says_for_which_soc_it_is_and_its_version),
		cmocka_unit_test(the_name_of_the_family_says_nothing),
		cmocka_unit_test(a_bootloader_says_it_in_two_forms_and_not_by_the_name_of_the_core),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
