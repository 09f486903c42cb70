/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of this program with options of another tool: what changes the flash is never guessed.
 */
#include "tests/cli/dialect/translated.h"

#include "cli/beken_flash/commands.h"
#include "cli/dialect/parse.h"

static void our_own_command_lines_stay_as_they_are(void **state)
{
	static const char *const lines[] = {
		"x read --at=1 --size=2 a",
		"x read -- --addr 1",
		"x detect",
		"x",
		"x read --addresses 1",
		"x read a --addr",
		"x read fread",
		"x -q detect",
		"x --json detect",
		"x read -- -s 1",
		"x flash",
		"x flash nix",
		"x -x",
		"x --version",
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
		assert_true(line.may_run); /* it may be run without asking */
		alias_free(&line);
	}
}

/* Then getopt finds an unknown option, and the line is refused. */
static void an_option_is_never_taken_as_the_value_of_the_one_before(void **state)
{
	static const char *const theirs[] = {
		"-d",	     "-f",	  "-e",	      "-t",	"-b",	  "-c",	     "-O",
		"--layout",  "--timeout", "--family", "-s",	"-l",	  "--count", "--out",
		"--regions", "--addr",	  "--port",   "--chip", "--baud", "-ofs",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(theirs); i++) {
		char line[64];

		snprintf(line, sizeof(line), "x write fw.bin %s --dry-run", theirs[i]);
		becomes(line, line, true);
		snprintf(line, sizeof(line), "x write fw.bin %s --backup=x --yes", theirs[i]);
		becomes(line, line, true);
		snprintf(line, sizeof(line), "x read a %s -- b", theirs[i]);
		becomes(line, line, true);
	}
	becomes("x -w -d --dry-run fw.bin", "x write -d --dry-run fw.bin", false);
	becomes("x read --out -", "x read -", true);
}

static void what_follows_an_option_of_ours_is_its_value(void **state)
{
	(void)state;
	becomes("x write --backup -s 0x1 a", "x write --backup -s 0x1 a", true);
	becomes("x write --back -d /dev/ttyUSB0 a", "x write --back -d /dev/ttyUSB0 a", true);
	becomes("x write --backup -s -s 0x1 a", "x write --backup -s --at=0x1 a", true);
	becomes("x write --yes -s 0x1 a", "x write --yes --at=0x1 a", true);
}

static void a_change_with_a_guess_in_it_is_not_run(void **state)
{
	static const struct row rows[] = {
		/* left out */
		{"x write fw.bin -d COM3", "x write fw.bin", false},
		{"x write fw.bin --port COM3", "x write fw.bin", false},
		{"x write fw.bin --baud=9600", "x write fw.bin", false},
		{"x write fw.bin -u", "x write fw.bin", false},
		{"x restore -e fw.bin b.bin", "x restore b.bin", false},
		{"x restore -f nix b.bin", "x restore b.bin", false},
		/* units */
		{"x write -s 11000 fw.bin", "x write --at=11000 fw.bin", false},
		{"x erase --start-address 11000 -l 0x1000", "x erase --at=0x11000 --size=0x1000",
		 false},
		{"x erase -s 0x11000 -c 16", "x erase --at=0x11000 --size=64K", false},
		{"x erase -s 0x11000 --count=0x10", "x erase --at=0x11000 --size=64K", false},
		{"x test -s X --size=4K", "x test --at=X --size=4K", false},
		/* a word that may be for something else */
		{"x write --out fw.bin", "x write fw.bin", false},
		{"x write --out=--all", "x write ./--all", false},
		/* certain */
		{"x write -s 0x11000 fw.bin", "x write --at=0x11000 fw.bin", true},
		{"x erase --addr 0 -len=0x1000", "x erase --at=0 --size=0x1000", true},
		{"x write -f BK7231N -d /dev/ttyUSB0 fw.bin",
		 "x write --soc=BK7231N --port=/dev/ttyUSB0 fw.bin", true},
		{"x write --port tcp:10.0.0.9 fw.bin", "x write --port=tcp:10.0.0.9 fw.bin", true},
		/* what changes nothing is done */
		{"x read -d COM3 -s 4096 -c 1 a", "x read --at=4096 --size=4K a", true},
	};

	(void)state;
	all_become(rows, COUNT_OF(rows));
}

static void a_line_of_ours_is_not_said_to_be_anothers(void **state)
{
	static const struct {
		const char *text;
		bool other;
	} rows[] = {
		{"x backup --port=/dev/ttyUSB0", false},
		{"x backup --port tcp:10.0.0.9", false},
		{"x backup --usb=1-1", false},
		{"x backup --port=COM3", true},
		{"x backup -p /dev/ttyUSB0", true},
		{"x backup -d /dev/ttyUSB0", true},
		{"x read_flash --port=/dev/ttyUSB0 a", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char joined[256];
		struct alias_line line = translate(rows[i].text, joined);

		if (line.other != rows[i].other)
			fail_msg("%s", rows[i].text);
		alias_free(&line);
	}
}

static void a_spelling_of_the_release_before_has_no_other_value(void **state)
{
	(void)state;
	becomes("x write --yes-clone-mac=no f", "x write --yes-clone-mac=no f", true);
}

static void what_is_no_number_of_sectors_is_refused(void **state)
{
	static const char *const values[] = {"1048576",
					     "4503599627370497",
					     "99999999999999999999",
					     "0xfffffffffffffffff",
					     "010",
					     "0x",
					     "abc",
					     "4K"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		char text[64], joined[256];
		struct alias_line line;

		snprintf(text, sizeof(text), "x read --count %s a", values[i]);
		line = translate(text, joined);
		assert_string_equal(line.no_count, values[i]);
		alias_free(&line);
	}
	becomes("x read --count 1048575 a", "x read --size=4194300K a", true);
	becomes("x read -c 0x10 a", "x read --size=64K a", true);
}

static bool changes_the_flash(const char *command)
{
	static const char *const names[] = {"write",	 "erase", "restore", "protect",
					    "unprotect", "test",  "resume"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(names[i], command) == 0)
			return true;
	return false;
}

static void every_command_of_ours_either_changes_the_flash_or_may_run(void **state)
{
	(void)state;
	for (const struct command *const *at = command_table; *at; at++) {
		char theirs[64], ours[64];

		snprintf(theirs, sizeof(theirs), "x %s -b 115200 a", (*at)->name);
		snprintf(ours, sizeof(ours), "x %s a", (*at)->name);
		becomes(theirs, ours, !changes_the_flash((*at)->name));
	}
}

/* --- random lines --- */

static uint32_t next_random(uint32_t *random, uint32_t below)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random % below;
}

/* Commands and options of ours, theirs, and values, in any order. */
static void random_line(uint32_t *random, char text[256])
{
	static const char *const commands[] = {"write",	    "erase", "restore", "protect",
					       "unprotect", "test",  "resume"};
	static const char *const words[] = {
		"--backup=x",
		"--backup",
		"--back",
		"--at=0x1000",
		"--at",
		"--size",
		"--region",
		"--yes",
		"--json",
		"--log=l",
		"-q",
		"-v",
		"-d",
		"-f",
		"-e",
		"-t",
		"-b",
		"-c",
		"-O",
		"--layout",
		"--timeout",
		"--family",
		"-s",
		"-l",
		"--count",
		"--out",
		"--port",
		"--chip=WB3S",
		"-p",
		"-u",
		"-legacy",
		"--regions",
		"--no-stub",
		"--yes-clone-mac=no",
		"-s0x1000",
		"--force-other-die",
		"--start-address",
		"--port=COM3",
		"--addr=11000",
		"-ofs=0x1000",
		"-out=--all",
		"fw.bin",
		"b.bin",
		"0x11000",
		"4096",
		"16",
		"BK7231N",
		"rf",
		"COM3",
		"/dev/ttyUSB0",
		"-",
		"--regions=rf",
	};
	const uint32_t count = 1 + next_random(random, 7), dry = next_random(random, count);

	snprintf(text, 256, "x %s", commands[next_random(random, COUNT_OF(commands))]);
	for (uint32_t i = 0; i < count; i++)
		snprintf(text + strlen(text), 256 - strlen(text), " %s",
			 i == dry ? "--dry-run" : words[next_random(random, COUNT_OF(words))]);
}

/* As the program would run it. */
static enum parse_end parse_ours(const struct alias_line *ours, struct command_line *line)
{
	struct notes notes;

	notes_begin(&notes);
	*line = (struct command_line){.word_count = 0};
	return parse(command_table, command_by_name(ours->argv[1]), ours->argc - 1, ours->argv + 1,
		     line, &notes.observer);
}

static bool has_word(const char *text, const char *word)
{
	const size_t length = strlen(word);

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		if (at[-1] == ' ' && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

/* No word of a line that runs has lost its effect; only names of options may be replaced. */
static void all_is_in(const struct alias_line *ours, const char *text)
{
	char copy[256], *state, *word;

	snprintf(copy, sizeof(copy), "%s", text);
	for (word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
		bool found = word[0] == '-' && word[1]; /* an option: the parser knows it */

		for (int i = 0; !found && i < ours->argc; i++) {
			const char *value = strchr(ours->argv[i], '=');

			found = strcmp(ours->argv[i], word) == 0 ||
				(value && strcmp(value + 1, word) == 0);
		}
		if (!found)
			fail_msg("%s is lost: %s", word, text);
	}
}

#define RANDOM_LINES 200000

static void of_random_lines_only_those_run_that_are_wholly_understood(void **state)
{
	uint32_t random = 0x7231, runs = 0;

	(void)state;
	for (unsigned i = 0; i < RANDOM_LINES; i++) {
		char text[256], joined[256];
		struct alias_line ours;
		struct command_line line;

		random_line(&random, text);
		ours = translate(text, joined);
		if (ours.may_run && !ours.nothing_like && !ours.no_count &&
		    parse_ours(&ours, &line) == PARSED) {
			runs++;
			if (!line.option[OPTION_DRY_RUN])
				fail_msg("it would really be done: %s", text);
			if (has_word(text, "--backup=x") && !line.option[OPTION_BACKUP])
				fail_msg("the backup's name is lost: %s", text);
			if (ours.left_out[0])
				fail_msg("left out: %s", text);
			all_is_in(&ours, text);
		}
		if (ours.may_run && !ours.nothing_like && !ours.no_count)
			parse_free(&line);
		alias_free(&ours);
	}
	assert_in_range(runs, RANDOM_LINES / 50, RANDOM_LINES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_option_is_never_taken_as_the_value_of_the_one_before),
		cmocka_unit_test(what_follows_an_option_of_ours_is_its_value),
		cmocka_unit_test(a_change_with_a_guess_in_it_is_not_run),
		cmocka_unit_test(a_line_of_ours_is_not_said_to_be_anothers),
		cmocka_unit_test(a_spelling_of_the_release_before_has_no_other_value),
		cmocka_unit_test(what_is_no_number_of_sectors_is_refused),
		cmocka_unit_test(every_command_of_ours_either_changes_the_flash_or_may_run),
		cmocka_unit_test(of_random_lines_only_those_run_that_are_wholly_understood),
		cmocka_unit_test(our_own_command_lines_stay_as_they_are),
		cmocka_unit_test(spellings_of_the_release_before_work_and_say_the_new_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
