/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/dialect/own_words.h"

#include <stdio.h>
#include <string.h>

#include "base/shell_word.h"

#define PROGRAM "beken-flash "
#define LETTERS "abcdefghijklmnopqrstuvwxyz_"
#define ANY_COMMAND "COMMAND" /* as in a line that stands for several */
#define WHERE (TAKES(PARAMS) | TAKES(USB) | TAKES(PORT))

static void add_option(char where[OWN_WHERE_ROOM], const char *name, const char *value)
{
	size_t length = strlen(where);
	char word[OWN_WHERE_ROOM];

	if (value)
		snprintf(where + length, OWN_WHERE_ROOM - length, " --%s=%s", name,
			 shell_word(value, word, sizeof(word)));
}

void own_where(const struct command_line *line, char where[OWN_WHERE_ROOM])
{
	where[0] = '\0';
	add_option(where, "params", line->option[OPTION_PARAMS]);
	add_option(where, "usb", line->option[OPTION_USB]);
	add_option(where, "port", line->option[OPTION_PORT]);
}

/* Makes room at @at and puts @what there; false if it does not fit. */
static bool insert(char *text, size_t room, size_t at, const char *what)
{
	size_t length = strlen(text), more = strlen(what);

	if (length + more >= room)
		return false;
	memmove(text + at + more, text + at, length - at + 1);
	memcpy(text + at, what, more);
	return true;
}

/* "name" of "name=value" at the beginning of @word; 0 if it is something else. */
static size_t name_length(const char *word)
{
	size_t length = strspn(word, LETTERS);

	return length && word[length] == '=' && word[length + 1] != '=' ? length : 0;
}

/* Punctuation at the end, or brackets, are not part of the value. */
static size_t word_length(const char *word)
{
	size_t length = strcspn(word, " ,;()");

	while (length && strchr(".?:", word[length - 1]))
		length--;
	return length;
}

static const char *option_of(const char *name, size_t length)
{
	if ((length == 3 && memcmp(name, "usb", 3) == 0) ||
	    (length == 4 && memcmp(name, "port", 4) == 0))
		return "--";
	return "--params=";
}

static void add_try(char *tries, size_t room, const char *word, size_t length)
{
	size_t before = strlen(tries);

	if (before + length + 2 <= room)
		snprintf(tries + before, room - before, "%s%.*s", before ? "," : "", (int)length,
			 word);
}

void own_params(char *text, size_t room, char *tries, size_t tries_room)
{
	for (size_t at = 0; text[at]; at++) {
		size_t length = at && !strchr(" (", text[at - 1]) ? 0 : name_length(text + at);

		if (!length)
			continue;
		if (!insert(text, room, at, option_of(text + at, length)))
			return;
		length = word_length(text + at);
		if (text[at + length - 1] != '=')
			add_try(tries, tries_room, text + at, length);
		at += length - 1;
	}
}

/* The length of the word at @name if it is a command that knows the adapter; else 0. */
static size_t command_length(const char *name, const struct command *const *table)
{
	size_t length = strspn(name, LETTERS);

	if (strncmp(name, ANY_COMMAND, strlen(ANY_COMMAND)) == 0)
		return strlen(ANY_COMMAND);
	for (; *table; table++)
		if (strlen((*table)->name) == length && memcmp((*table)->name, name, length) == 0 &&
		    ((*table)->takes & WHERE) == WHERE)
			return length;
	return 0;
}

void own_commands(char *text, size_t room, const struct command *const *table, const char *where)
{
	char *found = text;

	while ((found = strstr(found, PROGRAM))) {
		size_t length;

		found += strlen(PROGRAM);
		length = command_length(found, table);
		if (length)
			insert(text, room, (size_t)(found - text) + length, where);
	}
}
