/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/code.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "image/crc_blocks.h"

#define SECTOR 0x1000 /* what an erase clears, at least */

bool code_is_framed(const uint8_t *data, size_t size)
{
	unsigned good = 0;

	for (size_t block = 0; block < 8 && (block + 1) * CRC_BLOCK_SIZE <= size; block++)
		good += crc_block_check(data + block * CRC_BLOCK_SIZE) == CRC_BLOCK_GOOD;
	return good >= 3;
}

/* Headers lie on the grid of blocks or, in images for BK7231T, in blocks of their own. */
static void find_header(const uint8_t *data, const char *name, struct code *code)
{
	struct rbl rbl;

	for (size_t at = code->start; code->check != CODE_MATCHES; at = rbl.offset + 1) {
		if (!rbl_find(data, code->end, at, &rbl))
			return;
		if (!rbl.framed || strcmp(rbl.name, name) != 0)
			continue;
		code->header = rbl;
		code->check =
			rbl_content_matches(&rbl, data + code->start, rbl.offset - code->start)
				? CODE_MATCHES
				: CODE_DIFFERS;
	}
}

static bool overlaps_header(const struct code *code, size_t at, size_t size)
{
	return code->check != CODE_NO_HEADER && at < code->header.offset + RBL_FRAMED_SIZE &&
	       at + size > code->header.offset;
}

static bool is_leftover(const struct code *code, size_t at)
{
	size_t content = code->header.raw_size / CRC_BLOCK_DATA * CRC_BLOCK_SIZE + CRC_BLOCK_SIZE;

	return code->check == CODE_MATCHES && at >= code->start + content &&
	       at / SECTOR != (at + CRC_BLOCK_SIZE - 1) / SECTOR;
}

static void count_blocks(const uint8_t *data, struct code *code)
{
	size_t at = code->start;

	for (; code->end - at >= CRC_BLOCK_SIZE; at += CRC_BLOCK_SIZE) {
		enum crc_block block = crc_block_check(data + at);

		if (block == CRC_BLOCK_GOOD) {
			code->good++;
		} else if (block == CRC_BLOCK_BLANK) {
			code->blank++;
		} else if (overlaps_header(code, at, CRC_BLOCK_SIZE)) {
			continue; /* of a header off the grid, whose own blocks are good */
		} else if (is_leftover(code, at)) {
			code->leftovers++;
		} else if (code->bad++ == 0) {
			code->first_bad = at;
		}
	}
	code->cut = !crc_blocks_blank(data + at, code->end - at) &&
		    !overlaps_header(code, at, code->end - at);
}

/* "BK7231N" from what is like "OpenBK7231N_1.18.300" or " AT bk7231n >" (Tuya's SDK). */
static bool get_name(const char *text, size_t size, char name[16])
{
	enum { PREFIX = 6, DIGITS_MOST = 8 };
	size_t length = PREFIX;

	if (size < PREFIX ||
	    (memcmp(text, "OpenBK", PREFIX) != 0 && memcmp(text, " AT bk", PREFIX) != 0))
		return false;
	while (length < size && length < PREFIX + DIGITS_MOST &&
	       isalnum((unsigned char)text[length]))
		length++;
	if (length < PREFIX + 4 || size - length < 2 ||
	    (text[length] != '_' && text[length] != ' ') ||
	    (text[length + 1] != '>' && !isdigit((unsigned char)text[length + 1])))
		return false;
	snprintf(name, 16, "BK%.*s", (int)(length - PREFIX), text + PREFIX);
	for (char *at = name; *at; at++)
		*at = (char)toupper((unsigned char)*at);
	return true;
}

static bool find_name_in(const char *text, size_t size, char name[16])
{
	for (size_t i = 0; i < size; i++)
		if ((text[i] == 'O' || text[i] == ' ') && get_name(text + i, size - i, name))
			return true;
	return false;
}

static void find_name(const uint8_t *data, uint32_t logical, struct code *code)
{
	enum { WINDOW = 2048, OVERLAP = 32 };
	uint8_t text[WINDOW];
	size_t count;

	for (size_t at = 0;; at += WINDOW - OVERLAP) {
		count = crc_blocks_read(data + code->start, code->end - code->start, at, text,
					sizeof(text));
		if (count == 0)
			return;
		if (code->look != CODE_PLAIN)
			code_key_apply(text, count, logical + (uint32_t)at);
		if (find_name_in((const char *)text, count, code->names))
			return;
	}
}

void code_examine(const uint8_t *data, size_t size, size_t start, size_t end, const char *name,
		  uint32_t logical, struct code *code)
{
	uint8_t vectors[CODE_VECTORS];

	memset(code, 0, sizeof(*code));
	if (end > size)
		end = size;
	code->start = start;
	code->end = end;
	if (crc_blocks_read(data + start, end - start, 0, vectors, sizeof(vectors)) ==
	    sizeof(vectors))
		code->look = code_look(vectors);
	find_header(data, name, code);
	count_blocks(data, code);
	if (code->look != CODE_NONE)
		find_name(data, logical, code);
}
