/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing a command line; tests/system/dialect.py has more of what is said about a wrong one. */
#include "tests/unit.h"

#include <unistd.h>

#include "cli/beken_flash/commands.h"
#include "cli/dialect/parse.h"

#define WORDS_MOST 16

static char copy[256], *argv[WORDS_MOST + 1];
static struct command_line line;
static struct notes notes;

/* A line in one string, split at spaces; its first word is the command, or "-" for none. */
static enum parse_end parse_text(const char *text)
{
	char *state;
	int argc = 0;

	parse_free(&line);
	notes_begin(&notes);
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state))
		argv[argc++] = word;
	argv[argc] = NULL;
	return parse(command_table, command_by_name(argv[0]), argc, argv, &line, &notes.observer);
}

static void options_stand_anywhere_before_two_dashes(void **state)
{
	(void)state;
	assert_int_equal(parse_text("read a.bin --at=1 --size 2 -q"), PARSED);
	assert_string_equal(line.option[OPTION_AT], "1");
	assert_string_equal(line.option[OPTION_SIZE], "2");
	assert_string_equal(line.option[OPTION_QUIET], "");
	assert_null(line.option[OPTION_JSON]);
	assert_int_equal(line.word_count, 1);
	assert_string_equal(line.words[0], "a.bin");
	assert_int_equal(parse_text("read --json -- --at"), PARSED);
	assert_null(line.option[OPTION_AT]);
	assert_string_equal(line.words[0], "--at");
}

static void values_of_an_option_that_comes_again_are_joined(void **state)
{
	(void)state;
	assert_int_equal(parse_text("erase --region=rf --region=net --yes --yes=kept"), PARSED);
	assert_string_equal(line.option[OPTION_REGION], "rf,net");
	assert_string_equal(line.option[OPTION_YES], ",kept");
	assert_int_equal(parse_text("read --params=a=1 --params b=2 a"), PARSED);
	assert_string_equal(line.option[OPTION_PARAMS], "a=1,b=2");
	assert_int_equal(parse_text("read --at=1 --at=2 a"), PARSED);
	assert_string_equal(line.option[OPTION_AT], "2");
}

static void a_name_may_be_cut_off_where_only_one_begins_so(void **state)
{
	(void)state;
	assert_int_equal(parse_text("write --dry a"), PARSED);
	assert_non_null(line.option[OPTION_DRY_RUN]);
	assert_int_equal(parse_text("write --with a"), PARSE_WRONG);
}

static void what_no_command_or_another_one_takes_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(parse_text("read --regoin=rf a"), PARSE_WRONG);
	assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
	assert_int_equal(parse_text("read --forget a"), PARSE_WRONG);
	assert_int_equal(parse_text("read -x a"), PARSE_WRONG);
	assert_int_equal(parse_text("read --version a"), PARSE_WRONG);
	assert_int_equal(parse_text("read --at= a"), PARSE_WRONG);
	assert_int_equal(parse_text("read a --at"), PARSE_WRONG);
	assert_int_equal(parse_text("read --json=1 a"), PARSE_WRONG);
}

static void what_is_wrong_and_what_was_meant_is_said(void **state)
{
	static const char *const rows[][2] = {
		{"read a --regoin=rf", "unknown option --regoin; did you mean --region?"},
		{"read -x a", "unknown option -x"},
		{"read --forget a", "read has no option --forget; resume has it"},
		{"detect --at=1", "detect has no option --at; write, read, verify, erase, test "
				  "have it"},
		{"- --at=1 read", "--at goes after its command: write, read, verify, erase, test"},
		{"write --with a", "--with is ambiguous: --with-rf, --with-net, --with-data"},
		{"read a --at", "--at needs a value: ADDRESS"},
		{"read --at= a", "--at needs a value: ADDRESS"},
		{"read --json=1 a", "--json takes no value"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(parse_text(rows[i][0]), PARSE_WRONG);
		assert_int_equal(notes.errors, 1);
		assert_string_equal(notes.trouble.seen, rows[i][1]);
	}
}

static void in_front_of_the_command_only_what_all_take_is_read(void **state)
{
	(void)state;
	assert_int_equal(parse_text("- -q --log=a read --at=1"), PARSED);
	assert_string_equal(line.option[OPTION_LOG], "a");
	assert_int_equal(line.word_count, 2);
	assert_string_equal(line.words[0], "read");
	assert_int_equal(parse_text("- --version"), PARSED);
	assert_int_equal(parse_text("- --at=1 read"), PARSE_WRONG);
}

static void a_line_that_is_passed_on_keeps_its_options(void **state)
{
	(void)state;
	assert_int_equal(parse_text("run --json flashrom -q --version"), PARSED);
	assert_non_null(line.option[OPTION_JSON]);
	assert_null(line.option[OPTION_QUIET]);
	assert_int_equal(line.word_count, 3);
}

static void every_command_takes_options_of_the_table_and_each_is_taken(void **state)
{
	uint64_t taken = TAKES_ALWAYS | TAKES(VERSION);

	(void)state;
	for (const struct command *const *at = command_table; *at; at++) {
		assert_int_equal((*at)->takes & (TAKES_ALWAYS | TAKES(VERSION)), 0);
		assert_int_equal((*at)->takes >> OPTION_COUNT, 0);
		taken |= (*at)->takes;
	}
	assert_int_equal(taken, (UINT64_C(1) << OPTION_COUNT) - 1);
}

static void an_option_is_never_the_value_of_the_one_before(void **state)
{
	(void)state;
	assert_int_equal(parse_text("write a --backup --dry-run"), PARSE_WRONG);
	assert_mentions(&notes, "--backup needs a value: FILE; if it is --dry-run, use "
				"--backup=--dry-run");
	assert_int_equal(parse_text("write a --backup -q"), PARSE_WRONG);
	assert_int_equal(parse_text("write a --backup=--dry-run"), PARSED);
	assert_string_equal(line.option[OPTION_BACKUP], "--dry-run");
	assert_int_equal(parse_text("write a --backup -"), PARSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_anywhere_before_two_dashes),
		cmocka_unit_test(an_option_is_never_the_value_of_the_one_before),
		cmocka_unit_test(values_of_an_option_that_comes_again_are_joined),
		cmocka_unit_test(a_name_may_be_cut_off_where_only_one_begins_so),
		cmocka_unit_test(what_no_command_or_another_one_takes_is_wrong),
		cmocka_unit_test(what_is_wrong_and_what_was_meant_is_said),
		cmocka_unit_test(in_front_of_the_command_only_what_all_take_is_read),
		cmocka_unit_test(a_line_that_is_passed_on_keeps_its_options),
		cmocka_unit_test(every_command_takes_options_of_the_table_and_each_is_taken),
	};
	int status = cmocka_run_group_tests(tests, NULL, NULL);

	parse_free(&line);
	return status;
}
