/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/own_names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "chipdb/chipdb.h"

#define COMMON_NAME 0x100 /* logical; Beken's bootloaders have that of the core there */
#define COMMON_NAME_END 0x110
#define LINE_BEHIND 32 /* where the next line begins, at the latest */

struct text {
	const char *bytes;
	size_t size;
};

static char byte_at(const struct text *text, size_t at)
{
	return at < text->size ? text->bytes[at] : '\0';
}

static bool is_here(const struct text *text, size_t at, const char *word)
{
	size_t length = strlen(word);

	return at + length <= text->size && memcmp(text->bytes + at, word, length) == 0;
}

static bool is_digit(char c)
{
	return isdigit((unsigned char)c);
}

static bool is_alnum(char c)
{
	return isalnum((unsigned char)c);
}

/* The length of "BK7231N" or "bl2028n" at @at, with the letters that follow; or 0. */
static size_t soc_name_length(const struct text *text, size_t at)
{
	enum { DIGITS = 4 };
	size_t length = 2;
	char second = (char)tolower((unsigned char)byte_at(text, at + 1));

	if (tolower((unsigned char)byte_at(text, at)) != 'b' || (second != 'k' && second != 'l'))
		return 0;
	while (is_digit(byte_at(text, at + length)))
		length++;
	if (length != 2 + DIGITS ||
	    (second == 'k' ? byte_at(text, at + 2) != '7' : byte_at(text, at + 2) != '2'))
		return 0;
	while (is_alnum(byte_at(text, at + length)))
		length++;
	return length < OWN_NAME ? length : 0;
}

static void take_name(char name[OWN_NAME], const struct text *text, size_t at, size_t length)
{
	for (size_t i = 0; i < length; i++)
		name[i] = (char)toupper((unsigned char)text->bytes[at + i]);
	name[length] = '\0';
}

/* "1.0.13" or "1.18.300-beta" at @at: its length; 0 if there is none. */
static size_t version_length(const struct text *text, size_t at, size_t most)
{
	size_t length = 0;
	bool dot = false;

	if (!is_digit(byte_at(text, at)))
		return 0;
	for (; length < most; length++) {
		char c = byte_at(text, at + length);
		bool joins =
			(c == '.' || (c == '-' && dot)) && is_alnum(byte_at(text, at + length + 1));

		if (!is_alnum(c) && !joins)
			break;
		dot |= c == '.';
	}
	return dot ? length : 0;
}

static bool has_register_line(const struct text *text, size_t at)
{
	for (size_t i = at; i < at + LINE_BEHIND; i++)
		if (is_here(text, i, "\r\nREG:") || is_here(text, i, "\r\nCPSR:"))
			return true;
	return false;
}

static void scan_bootloader(struct own_names *names, const struct text *text, size_t i, size_t at)
{
	size_t length = soc_name_length(text, i);

	if (names->self[0] || !length || (at >= COMMON_NAME && at < COMMON_NAME_END) ||
	    (i > 0 && is_alnum(text->bytes[i - 1])))
		return;
	if ((byte_at(text, i + length) != '_' || !version_length(text, i + length + 1, 16)) &&
	    !has_register_line(text, i + length))
		return;
	take_name(names->self, text, i, length);
	names->self_at = at;
}

/* A version, or "2178_merge_bde63cebc7e3" in a test build of a change. */
static size_t build_length(const struct text *text, size_t at, size_t most)
{
	static const char merge[] = "_merge_";
	size_t length = version_length(text, at, most);

	if (length > 0)
		return length;
	while (length < most && is_digit(byte_at(text, at + length)))
		length++;
	if (length == 0 || !is_here(text, at + length, merge))
		return 0;
	length += sizeof(merge) - 1;
	while (length < most && is_alnum(byte_at(text, at + length)))
		length++;
	return length < most ? length : most;
}

/* "OpenBK7231N_1.18.300", also with a blank; but "OpenBK7231T_App" is the source directory. */
static bool take_open_beken(struct own_names *names, const struct text *text, size_t i, size_t at)
{
	size_t length = soc_name_length(text, i + 4), version;
	char between = byte_at(text, i + 4 + length);

	if (!is_here(text, i, "Open") || !length || (between != '_' && between != ' '))
		return false;
	version = build_length(text, i + 5 + length, sizeof(names->version) - 1);
	if (!version)
		return false;
	if (!names->self[0]) {
		take_name(names->self, text, i + 4, length);
		names->self_at = at;
	}
	snprintf(names->firmware, sizeof(names->firmware), "%.*s", (int)(4 + length),
		 text->bytes + i);
	snprintf(names->version, sizeof(names->version), "%.*s", (int)version,
		 text->bytes + i + 5 + length);
	return true;
}

/* A name that many SoCs share, and that so identifies none. */
static bool is_family(const struct text *text, size_t at, size_t length)
{
	return length == strlen("BK7231") && strncasecmp(text->bytes + at, "BK7231", length) == 0;
}

static void take_prompt(struct own_names *names, const struct text *text, size_t i, size_t at)
{
	size_t length = soc_name_length(text, i + 4);

	if (!is_here(text, i, " AT ") || !length || !is_here(text, i + 4 + length, " >") ||
	    names->self[0] || is_family(text, i + 4, length))
		return;
	take_name(names->self, text, i + 4, length);
	names->self_at = at;
}

/* The name of Tuya's applications: "oem_bk7231s_light_ty". */
static void take_firmware(struct own_names *names, const struct text *text, size_t i, size_t length)
{
	size_t start = i, end = i + length;

	if (names->firmware[0] || byte_at(text, end) != '_')
		return;
	while (start > 0 && (is_alnum(text->bytes[start - 1]) || text->bytes[start - 1] == '_'))
		start--;
	while (is_alnum(byte_at(text, end)) || byte_at(text, end) == '_')
		end++;
	if (byte_at(text, end) != '\0' || (start > 0 && text->bytes[start - 1] != '\0') ||
	    end - start >= sizeof(names->firmware) || islower((unsigned char)text->bytes[i]) == 0)
		return;
	snprintf(names->firmware, sizeof(names->firmware), "%.*s", (int)(end - start),
		 text->bytes + start);
}

/* A name within a longer word that is a SoC's; the family's name, as in "bk7231", says nothing. */
static void take_word(struct own_names *names, const struct text *text, size_t i, size_t at)
{
	size_t length = soc_name_length(text, i);
	char before = i > 0 ? text->bytes[i - 1] : '\0', behind = byte_at(text, i + length);
	char name[OWN_NAME];

	if (!length || is_alnum(before) ||
	    (before != '_' && before != '-' && behind != '_' && behind != '-'))
		return;
	take_name(name, text, i, length);
	if (!chipdb_socs_called(name))
		return;
	take_firmware(names, text, i, length);
	if (!names->words[0]) {
		memcpy(names->words, name, sizeof(name));
		names->words_at = at;
	} else if (chipdb_socs_called(name) != chipdb_socs_called(names->words)) {
		names->words_differ = true;
	}
}

void own_names_scan(struct own_names *names, bool bootloader, const uint8_t *bytes, size_t size,
		    size_t at)
{
	const struct text text = {(const char *)bytes, size};

	for (size_t i = 0; i < size; i++) {
		switch (bytes[i]) {
		case 'B':
		case 'b':
			if (bootloader)
				scan_bootloader(names, &text, i, at + i);
			else
				take_word(names, &text, i, at + i);
			break;
		case 'O':
			if (!bootloader)
				take_open_beken(names, &text, i, at + i);
			break;
		case ' ':
			if (!bootloader)
				take_prompt(names, &text, i, at + i);
			break;
		default:
			break;
		}
	}
}
