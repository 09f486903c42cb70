/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * beken-flash - commands for work on the flash of a Beken SoC.
 *
 * This file finds the command; each command has a file of its own, see commands.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/shell_word.h"
#include "cli/beken_flash/commands.h"
#include "cli/beken_flash/report.h"
#include "cli/dialect/aliases.h"
#include "cli/dialect/describe.h"
#include "cli/dialect/parse.h"
#include "cli/say.h"

#define NAME "beken-flash"
#define LINE_ROOM 480

/* Also if no command was found; and with --json also if the line is wrong. */
static struct report report;

static int usage_error(const char *command)
{
	const struct trouble usage = {.kind = TROUBLE_USAGE};

	fprintf(stderr, NAME ": see " NAME " %s%s--help\n", command, command[0] ? " " : "");
	report.command = command;
	report_result(&report, &usage);
	report_result_end(&report);
	return COMMAND_USAGE;
}

/* Before the line is parsed. */
static bool wants_json(int argc, char *const *argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

/* As it would be typed; what does not fit is cut off at a word. */
static const char *line_text(const char *program, int argc, char *const *argv, char text[LINE_ROOM])
{
	char word[LINE_ROOM];
	size_t length = (size_t)snprintf(text, LINE_ROOM, "%s", program);

	for (int i = 1; i < argc; i++) {
		shell_word(argv[i], word, sizeof(word));
		if (length + strlen(word) + 2 > LINE_ROOM)
			break;
		length += (size_t)snprintf(text + length, LINE_ROOM - length, " %s", word);
	}
	return text;
}

static void log_line(const struct command *command, const struct command_line *line)
{
	struct utsname system;

	if (uname(&system) == 0)
		say_log("version " BEKEN_FLASH_VERSION " on %s %s %s", system.sysname,
			system.release, system.machine);
	say_log("command %s", command->name);
	FOR_EACH_OPTION(id, ~UINT64_C(0)) {
		if (line->option[id])
			say_log("option --%s%s%s", option_table[id].name,
				line->option[id][0] ? "=" : "", line->option[id]);
	}
	for (size_t i = 0; i < line->word_count; i++)
		say_log("word %s", line->words[i]);
}

static int run(const struct command *command, const struct command_line *line)
{
	const struct say_wish wish = {
		.quiet = line->option[OPTION_QUIET],
		.verbose = line->option[OPTION_VERBOSE],
		.color = line->option[OPTION_COLOR],
		.log = line->option[OPTION_LOG],
	};
	int status;

	if (line->option[OPTION_HELP]) {
		describe_command(command);
		return COMMAND_DONE;
	}
	if (line->word_count < command->words_least || line->word_count > command->words_most) {
		observer_raise(&report.observer, TROUBLE_USAGE, NO_RANGE, "%s %s %s", command->name,
			       line->word_count < command->words_least ? "needs"
			       : command->words_most		       ? "takes only"
								       : "takes no arguments",
			       command->words);
		return usage_error(command->name);
	}
	if (!say_begin(&wish))
		return usage_error(command->name);
	log_line(command, line);
	status = command->run(line);
	return say_end(status) || status ? status : COMMAND_FAILED;
}

static int parse_and_run(const struct command *command, int argc, char **argv,
			 struct command_line *line)
{
	switch (parse(command_table, command, argc, argv, line, &report.observer)) {
	case PARSED:
		return run(command, line);
	case PARSE_NO_MEMORY:
		errno = ENOMEM;
		perror(NAME);
		return COMMAND_FAILED;
	case PARSE_WRONG:
		break;
	}
	return usage_error(command->name);
}

/*
 * It would change the flash, or is for another program, so it is not run before it was typed like
 * this. The value "command" tells on_trouble() that the next step is a complete command line.
 */
static int only_say(const struct alias_line *ours, const char *text)
{
	struct trouble trouble = trouble_seen(TROUBLE_USAGE, "this is the command line of another "
							     "program, and nothing was done");

	trouble_set_next(&trouble, "Here it is: %s", text);
	trouble_add_text(&trouble, "command", "%s", ours->for_flashrom ? "" : ours->argv[1]);
	observer_tell(&report.observer, &trouble);
	return usage_error(ours->for_flashrom ? "" : ours->argv[1]);
}

static int run_ours(const struct alias_line *ours, struct command_line *line)
{
	const struct command *command = command_by_name(ours->argv[1]);
	char text[LINE_ROOM];

	line_text(ours->for_flashrom ? "flashrom-beken" : NAME, ours->argc, ours->argv, text);
	if (ours->nothing_like) {
		observer_raise(&report.observer, TROUBLE_USAGE, NO_RANGE,
			       NAME " has nothing like this: %s", ours->nothing_like);
		return usage_error(command ? command->name : "");
	}
	if (ours->no_count) {
		observer_raise(&report.observer, TROUBLE_USAGE, NO_RANGE,
			       "%s is not a number of sectors of 4 KiB", ours->no_count);
		return usage_error(command ? command->name : "");
	}
	if (ours->left_out[0])
		say_message(SAY_INFO, "%s left out: %s",
			    ours->for_flashrom ? "the adapter is given otherwise here;"
					       : "not needed here, and",
			    ours->left_out);
	if (ours->renamed)
		say_message(SAY_INFO, "%s is called %s now", ours->renamed, ours->new_name);
	if (!ours->may_run && (command || ours->for_flashrom))
		return only_say(ours, text);
	if (ours->other && command)
		say_message(SAY_INFO, "here this is: %s", text);
	if (command)
		return parse_and_run(command, ours->argc - 1, ours->argv + 1, line);
	parse_no_command(command_table, ours->argv[1], &report.observer);
	return usage_error("");
}

/* A line in the spelling of another tool, or of an earlier release, in the present spelling. */
static int translate_and_run(int argc, char **argv, struct command_line *line)
{
	struct alias_line ours;
	int status = COMMAND_FAILED;

	alias_translate(argc, argv, &ours);
	if (ours.argv)
		status = run_ours(&ours, line);
	else
		perror(NAME);
	alias_free(&ours);
	return status;
}

static int help(size_t count, char *const *words)
{
	const struct command *command = count ? command_by_name(words[0]) : NULL;

	if (command) {
		describe_command(command);
	} else if (count) {
		parse_no_command(command_table, words[0], &report.observer);
		return usage_error("");
	} else {
		describe_all(command_table);
	}
	return COMMAND_DONE;
}

/* Options before the command count as if they came after it. */
static int run_words(int argc, char **argv, struct command_line *line)
{
	const struct command *command;
	enum parse_end end;
	size_t count;
	int first;

	if (alias_has_flags(argc, argv))
		return translate_and_run(argc, argv, line);
	end = parse(command_table, NULL, argc, argv, line, &report.observer);
	count = line->word_count;
	first = argc - (int)count;
	if (end != PARSED)
		return end == PARSE_WRONG ? usage_error("") : COMMAND_FAILED;
	if (line->option[OPTION_VERSION]) {
		printf("%s %s\n", NAME, BEKEN_FLASH_VERSION);
		return COMMAND_DONE;
	}
	if (!count)
		return line->option[OPTION_HELP] ? help(0, NULL) : usage_error("");
	if (strcmp(argv[first], "help") == 0)
		return help(count - 1, argv + first + 1);
	command = command_by_name(argv[first]);
	/* A command line that is passed on is another program's. */
	if (command && command->passes_on)
		return parse_and_run(command, argc - first, argv + first, line);
	return translate_and_run(argc - first + 1, argv + first - 1, line);
}

int main(int argc, char **argv)
{
	struct command_line line = {.word_count = 0};
	int status;

	report_begin(&report, "", &line);
	report.as_json = wants_json(argc, argv);
	status = run_words(argc, argv, &line);
	parse_free(&line);
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == COMMAND_DONE) {
		perror(NAME ": standard output");
		status = COMMAND_FAILED;
	}
	return status;
}
