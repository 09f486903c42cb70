/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "cli/flashrom_beken/flashrom_args.h"

#include <stdlib.h>

#define ARGS_MOST 16
#define SERPROG "serprog:dev=/dev/pts/7"

/* A command line in one string, split at spaces; _ stands for an empty argument. */
struct line {
	char text[512];
	char *argv[ARGS_MOST + 1];
	int argc;
	struct flashrom_args args;
};

static void parse(struct line *line, const char *text)
{
	char *before[ARGS_MOST + 1], *state, *word;

	assert_true(strlen(text) < sizeof(line->text));
	strcpy(line->text, text);
	line->argc = 0;
	for (word = strtok_r(line->text, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
		assert_true(line->argc < ARGS_MOST);
		line->argv[line->argc++] = strcmp(word, "_") ? word : word + 1;
	}
	line->argv[line->argc] = NULL;
	memcpy(before, line->argv, sizeof(before));
	flashrom_args_parse(line->argc, line->argv, &line->args);
	/* getopt reorders arguments; the caller's must stay as they are. */
	assert_memory_equal(before, line->argv, ((size_t)line->argc + 1) * sizeof(before[0]));
}

static void check_beken(const char *text, const char *params, const char *replaced)
{
	struct line line;
	char **argv, joined[1024] = "";

	parse(&line, text);
	if (!line.args.beken || line.args.ambiguous)
		fail_msg("not seen as beken_spi: %s", text);
	assert_string_equal(line.args.params, params);
	argv = flashrom_args_replace(line.argc, line.argv, &line.args, "/usr/sbin/flashrom",
				     SERPROG, (const char *const[]){NULL});
	assert_non_null(argv);
	for (int i = 0; i < line.argc; i++) {
		assert_non_null(argv[i]);
		strcat(strcat(joined, i ? " " : ""), argv[i][0] ? argv[i] : "_");
	}
	assert_null(argv[line.argc]);
	assert_string_equal(joined, replaced);
	flashrom_args_free(argv);
}

static void every_spelling_of_the_programmer_is_understood(void **state)
{
	(void)state;
	check_beken("x -p beken_spi", "", "/usr/sbin/flashrom -p " SERPROG);
	check_beken("x -pbeken_spi", "", "/usr/sbin/flashrom -p" SERPROG);
	check_beken("x --programmer beken_spi", "", "/usr/sbin/flashrom --programmer " SERPROG);
	check_beken("x --programmer=beken_spi", "", "/usr/sbin/flashrom --programmer=" SERPROG);
	/* The name is passed on in full, since from 1.4 on --progress exists, too. */
	check_beken("x --prog beken_spi", "", "/usr/sbin/flashrom --programmer " SERPROG);
	check_beken("x --prog=beken_spi", "", "/usr/sbin/flashrom --programmer=" SERPROG);
	check_beken("x -V --p beken_spi", "", "/usr/sbin/flashrom -V --programmer " SERPROG);
	check_beken("x --progress -p beken_spi", "", "/usr/sbin/flashrom --progress -p " SERPROG);
	check_beken("x -Vp beken_spi", "", "/usr/sbin/flashrom -Vp " SERPROG);
	check_beken("x -VVpbeken_spi", "", "/usr/sbin/flashrom -VVp" SERPROG);
}

static void parameters_follow_the_colon(void **state)
{
	(void)state;
	check_beken("x -p beken_spi:", "", "/usr/sbin/flashrom -p " SERPROG);
	check_beken("x -p beken_spi:tries=3,usb=1:2", "tries=3,usb=1:2",
		    "/usr/sbin/flashrom -p " SERPROG);
	check_beken("x --programmer=beken_spi:enter=never", "enter=never",
		    "/usr/sbin/flashrom --programmer=" SERPROG);
	check_beken("x -Vpbeken_spi:leave=spi", "leave=spi", "/usr/sbin/flashrom -Vp" SERPROG);
}

static void the_order_is_free_and_stays_as_it_is(void **state)
{
	(void)state;
	check_beken("x -r a.bin -p beken_spi:tries=2 -c GD25Q16(B) -V", "tries=2",
		    "/usr/sbin/flashrom -r a.bin -p " SERPROG " -c GD25Q16(B) -V");
	check_beken("x stray -p beken_spi other -w b.bin", "",
		    "/usr/sbin/flashrom stray -p " SERPROG " other -w b.bin");
	check_beken("x -p beken_spi _ -E", "", "/usr/sbin/flashrom -p " SERPROG " _ -E");
	check_beken("x -c beken_spi -p beken_spi -o beken_spi", "",
		    "/usr/sbin/flashrom -c beken_spi -p " SERPROG " -o beken_spi");
}

static void other_programmers_are_none_of_our_business(void **state)
{
	static const char *const lines[] = {
		"x",
		"x -p ch341a_spi -r a.bin",
		"x -p beken_spi2",
		"x -p beken_sp",
		"x -p Beken_spi",
		"x -p dummy:emulate=beken_spi",
		"x --programmer=dummy",
		"x -c beken_spi -r beken_spi",
		"x beken_spi",
		"x -p",
		"x --programmer",
		"x --progress beken_spi",
		"x --unknown -p dummy",
	};
	struct line line;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		parse(&line, lines[i]);
		if (line.args.beken || line.args.ambiguous)
			fail_msg("taken for beken_spi: %s", lines[i]);
		assert_string_equal(line.args.params, "");
	}
}

static void what_flashrom_only_tells_it_tells_itself(void **state)
{
	static const char *const lines[] = {
		"x -p beken_spi -h", "x -p beken_spi --help",
		"x -R -p beken_spi", "x --version -p beken_spi",
		"x -L -p beken_spi", "x --list-supported -p beken_spi",
		"x -z -p beken_spi", "x -Lp beken_spi -p dummy",
	};
	struct line line;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		parse(&line, lines[i]);
		if (!line.args.told)
			fail_msg("would run with beken_spi: %s", lines[i]);
	}
}

static void behind_a_double_dash_nothing_is_an_option(void **state)
{
	struct line line;

	(void)state;
	parse(&line, "x -r a.bin -- -p beken_spi");
	assert_false(line.args.beken);
	parse(&line, "x -p beken_spi -r a.bin -- -E");
	assert_true(line.args.beken);
	assert_false(line.args.modifies);
	check_beken("x -p beken_spi -- -h", "", "/usr/sbin/flashrom -p " SERPROG " -- -h");
}

static void two_programmers_are_ambiguous_if_one_is_beken_spi(void **state)
{
	static const char *const lines[] = {
		"x -p beken_spi -p dummy",
		"x -p dummy -p beken_spi",
		"x -p beken_spi --programmer=beken_spi",
	};
	struct line line;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		parse(&line, lines[i]);
		assert_true(line.args.beken);
		assert_true(line.args.ambiguous);
	}
	parse(&line, "x -p dummy -p ch341a_spi");
	assert_false(line.args.beken);
	assert_false(line.args.ambiguous);
}

/* @file NULL: there is no -w. */
static void check_write(const char *text, const char *file)
{
	struct line line;

	parse(&line, text);
	if (!line.args.modifies)
		fail_msg("not seen to write: %s", text);
	if (file)
		assert_string_equal(line.args.write_file, file);
	else
		assert_null(line.args.write_file);
}

static void every_spelling_of_a_write_is_seen(void **state)
{
	(void)state;
	check_write("x -p beken_spi -w file", "file");
	check_write("x -w file -p beken_spi", "file");
	check_write("x -p beken_spi -wfile", "file");
	check_write("x -p beken_spi --write=file", "file");
	check_write("x -p beken_spi --write file", "file");
	check_write("x -p beken_spi --wri file", "file");
	check_write("x -p beken_spi -Vw file", "file");
	check_write("x -p beken_spi -w -", "-");
	check_write("x -p beken_spi -w- -V", "-");
	check_write("x -p beken_spi --write=-", "-");
	check_write("x -p beken_spi --write - -n", "-");
}

static void a_write_whose_file_is_elsewhere_is_still_a_write(void **state)
{
	(void)state;
	check_write("x -p beken_spi -i app:file -w", NULL);
	check_write("x -p beken_spi -w -i app:file", NULL);
}

static void an_erase_modifies_and_has_no_file(void **state)
{
	(void)state;
	check_write("x -p beken_spi -E", NULL);
	check_write("x -p beken_spi --erase", NULL);
	check_write("x -p beken_spi -VE", NULL);
}

static void reading_and_verifying_modify_nothing(void **state)
{
	static const char *const lines[] = {
		"x -p beken_spi",
		"x -p beken_spi -r w",
		"x -p beken_spi -v -",
		"x -p beken_spi --read=E",
		"x -p beken_spi --verify w",
		"x -p beken_spi -c E -r a",
		"x -p beken_spi -o -r.observer",
		"x -p beken_spi -nN -r a",
	};
	struct line line;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		parse(&line, lines[i]);
		assert_true(line.args.beken);
		if (line.args.modifies || line.args.write_file)
			fail_msg("seen to modify: %s", lines[i]);
	}
}

static void layouts_and_regions_are_seen_in_every_spelling(void **state)
{
	static const char *const layouts[] = {"-l lay", "-llay", "--layout=lay", "--layout lay",
					      "--lay lay"};
	static const char *const includes[] = {"-i app:f",	  "-iapp:f",
					       "--include=app:f", "--include app:f",
					       "--image=app:f",	  "--im app:f"};
	static const char *const none[] = {"--ifd", "--fmap", "--fmap-file -i", "--fmap-verify",
					   "-o -iapp"};
	struct line line;
	char text[256];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(layouts); i++) {
		snprintf(text, sizeof(text), "x -p beken_spi %s -w a", layouts[i]);
		parse(&line, text);
		assert_string_equal(line.args.layout, "lay");
		assert_string_equal(line.args.write_file, "a");
	}
	for (size_t i = 0; i < COUNT_OF(includes); i++) {
		snprintf(text, sizeof(text), "x -p beken_spi -i a %s -w", includes[i]);
		parse(&line, text);
		assert_int_equal(line.args.include_count, 2);
		assert_string_equal(line.args.includes[0], "a");
		assert_string_equal(line.args.includes[1], "app:f");
		assert_true(line.args.writes && !line.args.write_file);
	}
	for (size_t i = 0; i < COUNT_OF(none); i++) {
		snprintf(text, sizeof(text), "x -p beken_spi %s -E", none[i]);
		parse(&line, text);
		assert_true(line.args.beken && line.args.modifies && !line.args.writes);
		assert_int_equal(line.args.include_count, 0);
		assert_null(line.args.layout);
	}
	flashrom_args_parse(FLASHROM_ARGS_INCLUDES + 2,
			    (char *[]){"x", "-ia", "-ia", "-ia", "-ia", "-ia", "-ia", "-ia", "-ia",
				       "-ia", "-ia", "-ia", "-ia", "-ia", "-ia", "-ia", "-ia",
				       "-ia", NULL},
			    &line.args);
	assert_int_equal(line.args.include_count, FLASHROM_ARGS_INCLUDES + 1);
}

static void protection_and_verbosity_are_seen(void **state)
{
	static const char *const wp_reads[] = {"--wp-status", "--wp-list"};
	static const char *const wp_writes[] = {"--wp-range 0,0",  "--wp-range=0,4096",
						"--wp-region=app", "--wp-region app",
						"--wp-enable",	   "--wp-disable"};
	struct line line;
	char text[128];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wp_reads); i++) {
		snprintf(text, sizeof(text), "x %s -p beken_spi", wp_reads[i]);
		parse(&line, text);
		assert_true(line.args.beken && line.args.wp_reads && !line.args.wp_writes);
		assert_false(line.args.operation);
	}
	for (size_t i = 0; i < COUNT_OF(wp_writes); i++) {
		snprintf(text, sizeof(text), "x %s -p beken_spi", wp_writes[i]);
		parse(&line, text);
		assert_true(line.args.beken && line.args.wp_writes && !line.args.wp_reads);
		assert_false(line.args.operation || line.args.modifies);
	}
	parse(&line, "x -p beken_spi --wp-status --wp-disable");
	assert_true(line.args.wp_reads && line.args.wp_writes);
	parse(&line, "x -V -p beken_spi -VV --verbose");
	assert_int_equal(line.args.verbose, 4);
	parse(&line, "x -p beken_spi");
	assert_int_equal(line.args.verbose, 0);
	assert_false(line.args.wp_reads || line.args.wp_writes);
}

static void an_argument_that_looks_the_same_is_not_replaced(void **state)
{
	struct line line;
	char **argv;

	(void)state;
	parse(&line, "x -r beken_spi -p beken_spi:tries=1 -l beken_spi:tries=1");
	argv = flashrom_args_replace(line.argc, line.argv, &line.args, "f", "S",
				     (const char *const[]){NULL});
	assert_string_equal(argv[0], "f");
	assert_string_equal(argv[2], "beken_spi");
	assert_string_equal(argv[4], "S");
	assert_string_equal(argv[6], "beken_spi:tries=1");
	flashrom_args_free(argv);
	flashrom_args_free(NULL);
}

static void every_operation_on_the_content_is_seen(void **state)
{
	static const char *const operations[] = {"-r a", "-w a",      "-v a", "-E",
						 "-x",	 "--extract", "-w",   "-r"};
	static const char *const others[] = {"", "--flash-size", "--flash-name", "-c -r",
					     "-V -o a"};
	struct line line;
	char text[128];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(operations); i++) {
		snprintf(text, sizeof(text), "x -p beken_spi %s", operations[i]);
		parse(&line, text);
		if (!line.args.operation)
			fail_msg("no operation: %s", text);
	}
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		snprintf(text, sizeof(text), "x -p beken_spi %s", others[i]);
		parse(&line, text);
		if (line.args.operation)
			fail_msg("an operation: %s", text);
	}
}

static void the_users_chip_is_seen(void **state)
{
	struct line line;

	(void)state;
	parse(&line, "x -p beken_spi -c GD25Q16(B)");
	assert_string_equal(line.args.chip, "GD25Q16(B)");
	parse(&line, "x --chip=W25Q32.V -p beken_spi");
	assert_string_equal(line.args.chip, "W25Q32.V");
	parse(&line, "x -p beken_spi -r -c");
	assert_null(line.args.chip);
}

static void what_not_every_release_takes_is_seen(void **state)
{
	static const char *const doubtful[] = {
		"--progress",	       "--use-first-chip",  "--fmap-verify", "--get-counter",
		"--sacrifice-ratio=5", "--read-repeated a", "--fmap-v"};
	static const char *const fileless[] = {
		"-r", "-w", "-v -i a", "--read", "--write -N", "-r --layout=a", "-w -V"};
	static const char *const plain[] = {"-r a",	 "-w -", "-w -ua.bin", "-v- -N", "--rea a",
					    "--write=a", "-E",	 "--flash-n",  "-c -Z"};
	struct line line;
	char text[128];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(doubtful); i++) {
		snprintf(text, sizeof(text), "x -p beken_spi %s", doubtful[i]);
		parse(&line, text);
		if (!line.args.doubtful || line.args.fileless)
			fail_msg("taken for granted: %s", text);
	}
	for (size_t i = 0; i < COUNT_OF(fileless); i++) {
		snprintf(text, sizeof(text), "x -p beken_spi %s", fileless[i]);
		parse(&line, text);
		if (line.args.doubtful || !line.args.fileless)
			fail_msg("with a file: %s", text);
	}
	for (size_t i = 0; i < COUNT_OF(plain); i++) {
		snprintf(text, sizeof(text), "x -p beken_spi %s", plain[i]);
		parse(&line, text);
		if (line.args.doubtful || line.args.fileless)
			fail_msg("not every release takes: %s", text);
	}
}

/* A -r without a file would take the next argument as its file. */
static void a_chip_is_put_in_front_of_everything(void **state)
{
	static const char *const wanted[] = {"f", "-c", "SFDP-capable chip", "-p", "S", "--",
					     "a", "-r"};
	struct line line;
	char **argv;

	(void)state;
	parse(&line, "x -p beken_spi:tries=1 -- a -r");
	argv = flashrom_args_replace(line.argc, line.argv, &line.args, "f", "S",
				     (const char *const[]){"-c", "SFDP-capable chip", NULL});
	assert_non_null(argv);
	for (size_t i = 0; i < COUNT_OF(wanted); i++)
		assert_string_equal(argv[i], wanted[i]);
	assert_null(argv[COUNT_OF(wanted)]);
	flashrom_args_free(argv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_of_the_programmer_is_understood),
		cmocka_unit_test(parameters_follow_the_colon),
		cmocka_unit_test(the_order_is_free_and_stays_as_it_is),
		cmocka_unit_test(other_programmers_are_none_of_our_business),
		cmocka_unit_test(what_flashrom_only_tells_it_tells_itself),
		cmocka_unit_test(behind_a_double_dash_nothing_is_an_option),
		cmocka_unit_test(two_programmers_are_ambiguous_if_one_is_beken_spi),
		cmocka_unit_test(every_spelling_of_a_write_is_seen),
		cmocka_unit_test(a_write_whose_file_is_elsewhere_is_still_a_write),
		cmocka_unit_test(an_erase_modifies_and_has_no_file),
		cmocka_unit_test(reading_and_verifying_modify_nothing),
		cmocka_unit_test(layouts_and_regions_are_seen_in_every_spelling),
		cmocka_unit_test(protection_and_verbosity_are_seen),
		cmocka_unit_test(an_argument_that_looks_the_same_is_not_replaced),
		cmocka_unit_test(every_operation_on_the_content_is_seen),
		cmocka_unit_test(the_users_chip_is_seen),
		cmocka_unit_test(what_not_every_release_takes_is_seen),
		cmocka_unit_test(a_chip_is_put_in_front_of_everything),
	};

	return cmocka_run_group_tests_name("flashrom_args", tests, NULL, NULL);
}
