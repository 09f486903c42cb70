/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a message says to type is what this command line wants: it can be copied. */
#include "tests/unit.h"

#include "cli/beken_flash/commands.h"
#include "cli/dialect/own_words.h"

static void a_parameter_of_the_programmer_is_given_as_an_option(void **state)
{
	static const char *const rows[][3] = {
		{"some chips need more: tries=200", "some chips need more: --params=tries=200",
		 "--params=tries=200"},
		{"hold CEN low longer (reset_ms=500)",
		 "hold CEN low longer (--params=reset_ms=500)", "--params=reset_ms=500"},
		{"with enter=never and leave=spi.",
		 "with --params=enter=never and --params=leave=spi.",
		 "--params=enter=never,--params=leave=spi"},
		{"tries=2 power=dtr", "--params=tries=2 --params=power=dtr",
		 "--params=tries=2,--params=power=dtr"},
		{"name it: usb=1-2", "name it: --usb=1-2", "--usb=1-2"},
		{"name it: port=/dev/ttyUSB0", "name it: --port=/dev/ttyUSB0",
		 "--port=/dev/ttyUSB0"},
		{"cen=rts:/dev/ttyUSB0 (a serial port), or",
		 "--params=cen=rts:/dev/ttyUSB0 (a serial port), or",
		 "--params=cen=rts:/dev/ttyUSB0"},
		{"omit enter= here", "omit --params=enter= here", ""},
		{"Use --soc=BK7231N, or --yes=other-module",
		 "Use --soc=BK7231N, or --yes=other-module", ""},
		{"set FLASHROM= to it; 2 = 1+1; a==b", "set FLASHROM= to it; 2 = 1+1; a==b", ""},
		{"", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[200], tries[100] = "";

		snprintf(text, sizeof(text), "%s", rows[i][0]);
		own_params(text, sizeof(text), tries, sizeof(tries));
		assert_string_equal(text, rows[i][1]);
		assert_string_equal(tries, rows[i][2]);
	}
}

static void what_is_to_be_tried_comes_after_what_was_there(void **state)
{
	char text[60] = "tries=200", tries[60] = "doctor";

	(void)state;
	own_params(text, sizeof(text), tries, sizeof(tries));
	assert_string_equal(tries, "doctor,--params=tries=200");
}

static void a_command_is_told_which_adapter_is_meant(void **state)
{
	static const char *const rows[][2] = {
		{"Next: beken-flash backup", "Next: beken-flash backup --usb=1-2"},
		{"run: beken-flash resume; or beken-flash restore 'a b.bin'",
		 "run: beken-flash resume --usb=1-2; or beken-flash restore --usb=1-2 'a b.bin'"},
		{"beken-flash doctor --watch shows", "beken-flash doctor --usb=1-2 --watch shows"},
		{"beken-flash COMMAND --watch", "beken-flash COMMAND --usb=1-2 --watch"},
		/* Those that have no such option, and what is no command. */
		{"beken-flash list shows what", "beken-flash list shows what"},
		{"beken-flash identify FILE", "beken-flash identify FILE"},
		{"beken-flash is a program", "beken-flash is a program"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[200];

		snprintf(text, sizeof(text), "%s", rows[i][0]);
		own_commands(text, sizeof(text), command_table, " --usb=1-2");
		assert_string_equal(text, rows[i][1]);
		snprintf(text, sizeof(text), "%s", rows[i][0]);
		own_commands(text, sizeof(text), command_table, "");
		assert_string_equal(text, rows[i][0]);
	}
}

static void what_was_typed_for_the_adapter_is_typed_again(void **state)
{
	struct command_line line = {.word_count = 0};
	char where[OWN_WHERE_ROOM];

	(void)state;
	own_where(&line, where);
	assert_string_equal(where, "");
	line.option[OPTION_USB] = "1-2";
	own_where(&line, where);
	assert_string_equal(where, " --usb=1-2");
	line.option[OPTION_PARAMS] = "cen=GPIO 25";
	own_where(&line, where);
	assert_string_equal(where, " --params='cen=GPIO 25' --usb=1-2");
}

static void what_has_no_room_stays_as_it_was(void **state)
{
	char text[] = "say tries=200 once", tries[4] = "", command[] = "beken-flash backup";

	(void)state;
	own_params(text, sizeof(text), tries, sizeof(tries));
	assert_string_equal(text, "say tries=200 once");
	assert_string_equal(tries, "");
	own_commands(command, sizeof(command), command_table, " --usb=1-2");
	assert_string_equal(command, "beken-flash backup");
}

/* Each with one byte more than there is room for, and with one that fits. */
static void all_room_is_used_and_no_more(void **state)
{
	const char *const line = "tries=2", *const option = "--params=tries=2";
	const size_t length = strlen(option);

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		char text[32], tries[32] = "a";

		memset(text, '#', sizeof(text));
		strcpy(text, line);
		own_params(text, length + more, tries, sizeof(tries));
		assert_string_equal(text, more ? option : line);
		assert_int_equal(text[length + more], '#');

		strcpy(text, line);
		strcpy(tries, "a");
		own_params(text, sizeof(text), tries, strlen("a,") + length + more);
		assert_string_equal(tries, more ? "a,--params=tries=2" : "a");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_parameter_of_the_programmer_is_given_as_an_option),
		cmocka_unit_test(what_is_to_be_tried_comes_after_what_was_there),
		cmocka_unit_test(a_command_is_told_which_adapter_is_meant),
		cmocka_unit_test(what_was_typed_for_the_adapter_is_typed_again),
		cmocka_unit_test(what_has_no_room_stays_as_it_was),
		cmocka_unit_test(all_room_is_used_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
