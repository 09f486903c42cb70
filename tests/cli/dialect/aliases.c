/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "cli/dialect/aliases.h"

#define WORDS_MOST 16

/* A command line in one string, split at spaces. */
static struct alias_line translate(const char *text, char joined[256])
{
	char copy[256], *argv[WORDS_MOST + 1], *state, *word;
	struct alias_line line;
	int argc = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state))
		argv[argc++] = word;
	argv[argc] = NULL;
	alias_translate(argc, argv, &line);
	assert_non_null(line.argv);
	joined[0] = '\0';
	for (int i = 0; i < line.argc; i++)
		snprintf(joined + strlen(joined), 256 - strlen(joined), "%s%s", i ? " " : "",
			 line.argv[i]);
	assert_null(line.argv[line.argc]);
	return line;
}

static void becomes(const char *theirs, const char *ours, bool only_reads)
{
	char joined[256];
	struct alias_line line = translate(theirs, joined);

	assert_string_equal(joined, ours);
	assert_int_equal(line.only_reads, only_reads);
	alias_free(&line);
}

static void what_only_reads_is_understood(void **state)
{
	(void)state;
	becomes("x read_flash --addr 0x11000 --size 0x1000 --out a.bin",
		"x read --at=0x11000 --size 0x1000 a.bin", true);
	becomes("x read_flash a.bin -ofs 0x0 -len 4096", "x read a.bin --at=0x0 --size=4096", true);
	becomes("x read_flash a.bin -ofs=0x0 --len=4096", "x read a.bin --at=0x0 --size=4096",
		true);
}

static void what_writes_is_answered_and_not_run(void **state)
{
	(void)state;
	becomes("x fread a.bin", "x backup a.bin", false);
	becomes("x fwrite a.bin", "x write a.bin", false);
	becomes("x write_flash a.bin --addr 0x11000", "x write a.bin --at=0x11000", false);
}

static void nothing_is_told_to_be_written_at_0_unseen(void **state)
{
	static const char *const lines[] = {
		"x write_flash a.bin --addr 0", "x write_flash -addr=0x0 a.bin",
		"x write_flash a.bin -ofs 0x00000000", "x write_flash --ofs 00 a.bin"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		becomes(lines[i], "x write a.bin", false);
	becomes("x read_flash a.bin --addr 0", "x read a.bin --at=0", true);
}

static void the_chip_becomes_the_soc_if_it_is_one(void **state)
{
	char joined[256];
	struct alias_line line;

	(void)state;
	becomes("x read_flash --chip BK7231N a", "x read --soc=BK7231N a", true);
	line = translate("x read_flash --chip BekenSPI a", joined);
	assert_string_equal(joined, "x read a");
	assert_string_equal(line.left_out, "--chip");
	alias_free(&line);
}

static void what_has_no_meaning_here_is_left_out_with_its_value(void **state)
{
	char joined[256];
	struct alias_line line =
		translate("x read_flash --port COM3 --baud=921600 -legacy a", joined);

	(void)state;
	assert_string_equal(joined, "x read a");
	assert_non_null(line.left_out);
	alias_free(&line);
}

static void our_own_command_lines_stay_as_they_are(void **state)
{
	static const char *const lines[] = {
		"x read --at=1 --size=2 a", "x read -- --addr 1", "x detect",	  "x",
		"x read --addresses 1",	    "x read a --addr",	  "x read fread",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		becomes(lines[i], lines[i], true);
}

static void spellings_of_the_release_before_work_and_say_the_new_one(void **state)
{
	static const char *const rows[][3] = {
		{"x restore --regions=rf,net b.bin", "x restore --region=rf,net b.bin", "--region"},
		{"x restore --regions rf b.bin", "x restore --region=rf b.bin", "--region"},
		{"x write --yes-clone-mac f.bin", "x write --yes=identity-lost,other-module f.bin",
		 "--yes=identity-lost,other-module"},
		{"x resume --force-other-die", "x resume --yes=other-module", "--yes=other-module"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char joined[256];
		struct alias_line line = translate(rows[i][0], joined);

		assert_string_equal(joined, rows[i][1]);
		assert_string_equal(line.new_name, rows[i][2]);
		assert_true(line.only_reads); /* it may be run without asking */
		alias_free(&line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings_of_the_release_before_work_and_say_the_new_one),
		cmocka_unit_test(what_only_reads_is_understood),
		cmocka_unit_test(what_writes_is_answered_and_not_run),
		cmocka_unit_test(nothing_is_told_to_be_written_at_0_unseen),
		cmocka_unit_test(the_chip_becomes_the_soc_if_it_is_one),
		cmocka_unit_test(what_has_no_meaning_here_is_left_out_with_its_value),
		cmocka_unit_test(our_own_command_lines_stay_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
