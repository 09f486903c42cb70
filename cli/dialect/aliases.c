/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/dialect/aliases.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chipdb/chipdb.h"
#include "cli/dialect/alias_table.h"
#include "cli/dialect/option_table.h"

#define NUMBER_ROOM 40
#define SECTOR 4096

/* What uartprogram and spiprogram read by default. */
#define THEIR_START "0x11000"
#define THEIR_LENGTH "0x119000"

#define HEX_DIGITS "0123456789abcdefABCDEF"

struct translation {
	struct alias_line *line;
	const struct alias_command *command; /* NULL: its command is not one of theirs */
	bool has_at, has_size;
	bool uncertain; /* something was left out, or may have meant something else */
	unsigned words;
};

static unsigned traits(const struct translation *now)
{
	return now->command ? now->command->traits : ONLY_READS;
}

static void add(struct alias_line *line, const char *first, const char *second, const char *third)
{
	char *word;

	if (!line->argv)
		return;
	if (asprintf(&word, "%s%s%s", first, second, third) < 0) {
		alias_free(line);
		return;
	}
	line->argv[line->argc++] = word;
	line->argv[line->argc] = NULL;
}

static void leave_out(struct alias_line *line, const char *option)
{
	static const char more[] = ", ...";
	const size_t length = strlen(line->left_out);

	line->other = true;
	if (length >= strlen(more) && strcmp(line->left_out + length - strlen(more), more) == 0)
		return;
	if (length + strlen(", ") + strlen(option) + sizeof(more) > sizeof(line->left_out))
		option = more + strlen(", ");
	snprintf(line->left_out + length, sizeof(line->left_out) - length, "%s%s",
		 length ? ", " : "", option);
}

/* --- numbers --- */

static bool has_0x(const char *number)
{
	return number[0] == '0' && (number[1] == 'x' || number[1] == 'X');
}

static bool is_number(const char *word)
{
	if (has_0x(word))
		return word[2] && !word[2 + strspn(word + 2, HEX_DIGITS)];
	return word[0] && !word[strspn(word, "0123456789")];
}

static bool is_zero(const char *number)
{
	return is_number(number) && number[strspn(number, "0xX")] == '\0';
}

/* "11000" for a tool that takes it as 0x11000. */
static const char *in_hex(const char *number, char text[NUMBER_ROOM])
{
	if (!number[0] || number[strspn(number, HEX_DIGITS)] || strlen(number) + 3 > NUMBER_ROOM)
		return number;
	snprintf(text, NUMBER_ROOM, "0x%s", number);
	return text;
}

static void add_place(struct translation *now, const char *ours, const char *value)
{
	const bool is_at = strcmp(ours, "--at") == 0;

	now->has_at |= is_at;
	now->has_size |= !is_at;
	/* What is in the file is not known here; write finds its place. */
	if (!(traits(now) & ONLY_READS) && is_at && is_zero(value))
		return;
	add(now->line, ours, "=", value);
}

static void add_sectors(struct translation *now, const char *ours, const char *value)
{
	const bool octal = value[0] == '0' && value[1] && !has_0x(value);
	unsigned long sectors;
	char text[NUMBER_ROOM];

	errno = 0;
	sectors = is_number(value) && !octal ? strtoul(value, NULL, 0) : ULONG_MAX;
	now->uncertain = true;
	if (errno || sectors > UINT32_MAX / SECTOR) {
		now->line->no_count = value;
		return;
	}
	snprintf(text, sizeof(text), "%luK", sectors * (SECTOR / 1024));
	add_place(now, ours, text);
}

/* --- options --- */

static bool is_port(const char *value)
{
	return value[0] == '/' || strncmp(value, "tcp:", 4) == 0;
}

static bool is_any_port(const char *value)
{
	return is_port(value) || strncasecmp(value, "COM", 3) == 0;
}

static void leave_out_option(struct translation *now, const struct alias_option *option)
{
	now->uncertain = true;
	leave_out(now->line, option->theirs);
}

static void add_soc(struct translation *now, const struct alias_option *option, const char *value)
{
	if (chipdb_soc_by_name(value))
		add(now->line, "--soc", "=", value);
	else if (is_number(value) && strcmp(option->theirs, "-c") == 0)
		add_sectors(now, "--size", value);
	else
		leave_out_option(now, option);
}

/* A port is called the same here. */
static bool is_ours(const struct alias_option *option, const char *value)
{
	return option->meaning == IS_RENAMED || option->meaning == IS_RENAMED_ALONE ||
	       (option->meaning == BECOMES_PORT && strcmp(option->theirs, "--port") == 0 &&
		is_port(value));
}

static void add_option(struct translation *now, const struct alias_option *option,
		       const char *value)
{
	const bool hex = traits(now) & IN_HEX || strcmp(option->theirs, "--start-address") == 0;
	struct alias_line *line = now->line;
	char text[NUMBER_ROOM];

	line->other |= !is_ours(option, value);
	switch (option->meaning) {
	case BECOMES_OPTION:
		/* Some tools mean 0x11000 by "11000". */
		now->uncertain |= !has_0x(value) && !is_zero(value);
		add_place(now, option->ours, hex ? in_hex(value, text) : value);
		return;
	case BECOMES_SECTORS:
		add_sectors(now, option->ours, value);
		return;
	case IS_RENAMED:
	case IS_RENAMED_ALONE:
		line->renamed = option->theirs;
		line->new_name = option->ours;
		add(line, option->ours, option->meaning == IS_RENAMED ? "=" : "",
		    option->meaning == IS_RENAMED ? value : "");
		return;
	case BECOMES_WORD:
		now->words++;
		now->uncertain = true;
		add(line, value[0] == '-' && value[1] ? "./" : "", value, "");
		return;
	case BECOMES_SOC:
		add_soc(now, option, value);
		return;
	case BECOMES_PORT:
		if (is_port(value))
			add(line, "--port", "=", value);
		else
			leave_out_option(now, option);
		return;
	case IS_LEFT_OUT:
	case IS_LEFT_OUT_ALONE:
		leave_out_option(now, option);
		return;
	case IS_NOTHING_HERE:
		line->nothing_like = option->theirs;
	}
}

static bool has_value(const struct translation *now, const struct alias_option *option)
{
	switch (option->meaning) {
	case IS_LEFT_OUT_ALONE:
	case IS_RENAMED_ALONE:
	case IS_NOTHING_HERE:
		return false;
	default:
		break;
	}
	if (strcmp(option->theirs, "-c") == 0)
		return !(traits(now) & CHECKS);
	return strcmp(option->theirs, "-e") != 0 || !(traits(now) & SPLITS);
}

/* The foreign option that @word is, or NULL; *@value is its value in the same word, or NULL. */
static const struct alias_option *find_option(const char *word, const char **value)
{
	size_t length = strcspn(word, "=");

	*value = word[length] ? word + length + 1 : NULL;
	for (size_t i = 0; i < alias_option_count; i++)
		if (strlen(alias_options[i].theirs) == length &&
		    strncmp(alias_options[i].theirs, word, length) == 0)
			return &alias_options[i];
	/* "-s0x1000" */
	for (size_t i = 0;
	     word[0] == '-' && isalpha((unsigned char)word[1]) && i < alias_option_count; i++)
		if (strlen(alias_options[i].theirs) == 2 &&
		    strncmp(alias_options[i].theirs, word, 2) == 0 &&
		    isdigit((unsigned char)word[2])) {
			*value = word + 2;
			return &alias_options[i];
		}
	return NULL;
}

/* The next word begins with a dash: it is an option of its own, and has to keep its effect. */
static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

/* The number of words that it takes. */
static int take_option(struct translation *now, const struct alias_option *option,
		       const char *value, char *const *after)
{
	static const struct alias_option layout = {"-l", IS_LEFT_OUT, NULL};
	const bool is_p = strcmp(option->theirs, "-p") == 0;

	if (traits(now) & SPLITS && strcmp(option->theirs, "-l") == 0)
		option = &layout;
	if (is_p && (!*after || !is_any_port(*after)) && !value) {
		now->line->nothing_like = option->theirs;
	} else if (option->meaning == IS_RENAMED_ALONE && value) {
		add(now->line, option->theirs, "=", value); /* getopt reports an error */
	} else if (!has_value(now, option)) {
		if (option->meaning != IS_RENAMED_ALONE && option->meaning != IS_NOTHING_HERE)
			leave_out_option(now, option);
		else
			add_option(now, option, "");
	} else if (value) {
		add_option(now, option, value);
	} else if (*after && !is_option(*after)) {
		add_option(now, option, *after);
		return 2;
	} else {
		add(now->line, option->theirs, "", ""); /* here, too */
	}
	return 1;
}

/* --- words --- */

static void take_word(struct translation *now, const char *word)
{
	const unsigned has = traits(now);

	if (has & SOC_IS_A_WORD && now->words++ == 0) {
		if (chipdb_soc_by_name(word))
			add(now->line, "--soc", "=", word);
		return;
	}
	if (has & PLACES_ARE_WORDS && !now->words && is_number(word) && !now->has_size) {
		if (!now->has_at) {
			add_place(now, "--at", word);
			return;
		}
		if (strcmp(now->command->ours, "read") == 0) {
			add_place(now, "--size", word);
			return;
		}
	}
	now->words += !(has & SOC_IS_A_WORD);
	add(now->line, word, "", "");
}

/* "--size" of "--size 0x1000", if the option has the same name here, maybe cut off. */
static bool next_is_value(const char *word)
{
	if (strncmp(word, "--", 2) != 0)
		return false;
	FOR_EACH_OPTION(id, ~UINT64_C(0))
		if (option_table[id].argument && option_table[id].argument[0] != '[' &&
		    strncmp(option_table[id].name, word + 2, strlen(word + 2)) == 0)
			return true;
	return false;
}

/* --- commands --- */

static bool is_command(const struct alias_command *theirs, int argc, char *const *argv, int at)
{
	return strcmp(theirs->first, argv[at]) == 0 &&
	       (!theirs->second || (at + 1 < argc && strcmp(theirs->second, argv[at + 1]) == 0));
}

static const struct alias_command *find_flag(int argc, char *const *argv)
{
	for (int at = 1; at < argc && strcmp(argv[at], "--") != 0; at++)
		for (size_t i = 0; i < alias_command_count; i++)
			if (alias_commands[i].traits & IS_FLAG &&
			    is_command(&alias_commands[i], argc, argv, at))
				return &alias_commands[i];
	return NULL;
}

/* A name with a dot is a file's, and its tool has its command in the options. */
static bool may_have_flags(const char *first)
{
	const char *value;

	for (size_t i = 0; i < alias_command_count; i++)
		if (alias_commands[i].traits & IS_FLAG &&
		    strcmp(alias_commands[i].first, first) == 0)
			return true;
	return first[0] == '-' ? find_option(first, &value) != NULL : strchr(first, '.') != NULL;
}

static const struct alias_command *find_command(int argc, char *const *argv)
{
	for (size_t i = 0; argc > 1 && i < alias_command_count; i++)
		if (!(alias_commands[i].traits & IS_FLAG) &&
		    is_command(&alias_commands[i], argc, argv, 1))
			return &alias_commands[i];
	return argc > 1 && may_have_flags(argv[1]) ? find_flag(argc, argv) : NULL;
}

static bool is_harmless(const char *command)
{
	for (const char *const *at = alias_harmless; *at; at++)
		if (strcmp(*at, command) == 0)
			return true;
	return false;
}

/* "-p NAME" of flashrom, at @at: the length before NAME; 0 if it is something else. */
static size_t programmer_at(int argc, char *const *argv, int at, bool *next)
{
	static const char name[] = "--programmer";

	*next = strcmp(argv[at], "-p") == 0 || strcmp(argv[at], name) == 0;
	if (*next)
		return at + 1 < argc && argv[at + 1][0] != '-' && !is_any_port(argv[at + 1]) &&
		       argv[at + 1][strcspn(argv[at + 1], ".:")] != '.';
	return strncmp(argv[at], name, sizeof(name) - 1) == 0 && argv[at][sizeof(name) - 1] == '='
		       ? sizeof(name)
		       : 0;
}

/* flashrom's names of programmers look like this one. */
#define OURS "beken_spi"

/* @theirs: "linux_spi:dev=/dev/spidev0.0,spispeed=2000" */
static void add_programmer(struct alias_line *line, const char *before, const char *theirs)
{
	static const char bus[] = "linux_spi:", dev[] = "dev=";
	const bool is_bus = strncmp(theirs, bus, strlen(bus)) == 0;
	const char *param = theirs + strcspn(theirs, ":");
	char node[sizeof(":spidev=") + ALIAS_LEFT_OUT] = "", one[ALIAS_LEFT_OUT];

	while (*param) {
		const size_t length = strcspn(++param, ",");

		snprintf(one, sizeof(one), "%.*s", (int)length, param);
		if (is_bus && !node[0] && length < sizeof(one) &&
		    strncmp(one, dev, strlen(dev)) == 0)
			snprintf(node, sizeof(node), ":spidev=%s", one + strlen(dev));
		else if (length)
			leave_out(line, one);
		param += length;
	}
	add(line, before, OURS, node);
}

static bool translate_flashrom(int argc, char *const *argv, struct alias_line *line)
{
	bool next = false;
	size_t before = 0;
	int at = 1;

	if (argc < 2 || argv[1][0] != '-')
		return false;
	while (at < argc && strcmp(argv[at], "--") != 0) {
		before = programmer_at(argc, argv, at, &next);
		if (before)
			break;
		at++;
	}
	if (!before)
		return false;
	line->for_flashrom = true;
	line->may_run = false;
	for (int i = 0; i < argc; i++) {
		const bool here = i == at + next;
		const char *name = here ? argv[i] + (next ? 0 : before) : "";

		if (here && strncmp(name, "beken_", 6) != 0)
			add_programmer(line, next ? "" : "--programmer=", name);
		else
			add(line, argv[i], "", "");
	}
	return true;
}

static void add_defaults(struct translation *now)
{
	const unsigned has = traits(now), reads_in_hex = IN_HEX | ONLY_READS;

	if (has & IS_ALL)
		add(now->line, "--all", "", "");
	if ((has & reads_in_hex) == reads_in_hex && !now->has_at)
		add(now->line, "--at", "=", THEIR_START);
	if ((has & reads_in_hex) == reads_in_hex && !now->has_size)
		add(now->line, "--size", "=", THEIR_LENGTH);
	if (has & PLACES_ARE_WORDS && now->words > 1 && !now->line->nothing_like)
		now->line->nothing_like = "several files at once";
}

bool alias_has_flags(int argc, char *const *argv)
{
	struct alias_line line = {.argv = NULL};

	return argc > 1 && argv[1][0] == '-' &&
	       (find_command(argc, argv) || translate_flashrom(argc, argv, &line));
}

void alias_translate(int argc, char *const *argv, struct alias_line *line)
{
	struct translation now = {.line = line, .command = find_command(argc, argv)};
	bool is_value = false;
	int at = 1;

	*line = (struct alias_line){.may_run = true, .other = now.command != NULL};
	line->argv = calloc((size_t)argc + 4, sizeof(*line->argv));
	if (translate_flashrom(argc, argv, line))
		return;
	add(line, argv[0], "", "");
	if (now.command)
		add(line, now.command->ours, "", "");
	if (now.command && !(traits(&now) & IS_FLAG))
		at += 1 + (now.command->second != NULL);
	while (at < argc && strcmp(argv[at], "--") != 0) {
		const char *value, *word = argv[at];
		const struct alias_option *option = find_option(word, &value);

		if (now.command && traits(&now) & IS_FLAG &&
		    strcmp(word, now.command->first) == 0) {
			at++;
		} else if (!is_value && option && (now.command || at > 1)) {
			at += take_option(&now, option, value, argv + at + 1);
		} else if (!is_value && now.command && word[0] != '-') {
			take_word(&now, argv[at++]);
		} else {
			is_value = !is_value && next_is_value(word);
			add(line, argv[at++], "", "");
		}
	}
	while (at < argc)
		add(line, argv[at++], "", "");
	add_defaults(&now);
	if (now.command)
		line->may_run = traits(&now) & ONLY_READS;
	else
		line->may_run = !now.uncertain || is_harmless(argv[1]);
}

void alias_free(struct alias_line *line)
{
	for (int i = 0; line->argv && i < line->argc; i++)
		free(line->argv[i]);
	free(line->argv);
	line->argv = NULL;
	line->argc = 0;
}
