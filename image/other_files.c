/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/other_files.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define UNPACK "unpack it, and look at what is inside"
#define DOWNLOAD "download the file itself, not the page about it"

struct begin {
	const char *bytes;
	size_t length;
	struct other_file file;
};

#define BEGIN(bytes) bytes, sizeof(bytes) - 1

/* Longer ones come first where one begins like another. */
static const struct begin begins[] = {
	{BEGIN("version https://git-lfs."),
	 {"lfs-pointer", "a Git LFS pointer", "fetch the file that it stands for: git lfs pull"}},
	{BEGIN("\177ELF"), {"elf", "an ELF program", "use the flash image that was made from it"}},
	{BEGIN("PK\003\004"), {"zip", "a zip archive", UNPACK}},
	{BEGIN("PK\005\006"), {"zip", "an empty zip archive", UNPACK}},
	{BEGIN("\037\213"), {"gzip", "a gzip file", UNPACK}},
	{BEGIN("7z\274\257\047\034"), {"7z", "a 7-Zip archive", UNPACK}},
	{BEGIN("Rar!\032\007"), {"rar", "a RAR archive", UNPACK}},
	{BEGIN("\375"
	       "7zXZ"),
	 {"xz", "an xz file", UNPACK}},
	{BEGIN("BZh"), {"bzip2", "a bzip2 file", UNPACK}},
	{BEGIN("MZ"), {"exe", "a Windows program", "use the flash image"}},
	{BEGIN("%PDF-"), {"pdf", "a PDF document", "use the flash image"}},
	{BEGIN("\211PNG"), {"png", "a PNG picture", "use the flash image"}},
	{BEGIN("\377\330\377"), {"jpeg", "a JPEG picture", "use the flash image"}},
};

static const struct other_file html = {"html", "a web page", DOWNLOAD};
static const struct other_file intel_hex = {"intel-hex", "an Intel HEX file",
					    "convert it: objcopy -I ihex -O binary"};
static const struct other_file s_record = {"s-record", "a Motorola S-record file",
					   "convert it: objcopy -I srec -O binary"};
static const struct other_file text = {"text", "a text", DOWNLOAD};

static bool is_text(const uint8_t *data, size_t size)
{
	size_t looked = size < 256 ? size : 256;

	for (size_t i = 0; i < looked; i++)
		if (data[i] != '\t' && data[i] != '\n' && data[i] != '\r' &&
		    (data[i] < ' ' || data[i] == 0x7f || data[i] == 0xff))
			return false;
	return looked > 0;
}

static bool begins_with_word(const uint8_t *data, size_t size, const char *word)
{
	return size >= strlen(word) && strncasecmp((const char *)data, word, strlen(word)) == 0;
}

static bool is_hex_digits(const uint8_t *data, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strchr("0123456789abcdefABCDEF", data[i]) || !data[i])
			return false;
	return true;
}

static const struct other_file *kind_of_text(const uint8_t *data, size_t size)
{
	if (size >= 11 && data[0] == ':' && is_hex_digits(data + 1, 8))
		return &intel_hex;
	if (size >= 10 && data[0] == 'S' && is_hex_digits(data + 1, 8))
		return &s_record;
	while (size && strchr(" \t\r\n", data[0]) && data[0]) {
		data++;
		size--;
	}
	if (begins_with_word(data, size, "<!doctype") || begins_with_word(data, size, "<html") ||
	    begins_with_word(data, size, "<?xml"))
		return &html;
	return &text;
}

const struct other_file *other_file_find(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (size >= begins[i].length &&
		    memcmp(data, begins[i].bytes, begins[i].length) == 0)
			return &begins[i].file;
	return is_text(data, size) ? kind_of_text(data, size) : NULL;
}
