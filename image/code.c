/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/code.h"

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

static void find_names(const uint8_t *data, bool bootloader, struct code *code)
{
	enum { WINDOW = 4096, STEP = WINDOW - OWN_NAMES_OVERLAP };
	uint8_t text[WINDOW];
	size_t count;

	memset(&code->names, 0, sizeof(code->names));
	for (size_t at = 0;; at += STEP) {
		count = crc_blocks_read(data + code->start, code->end - code->start, at, text,
					sizeof(text));
		if (count == 0)
			return;
		if (crc_blocks_blank(text, count))
			continue;
		code_key_apply(&code->coding.key, text, count, code->coding.address + (uint32_t)at);
		own_names_scan(&code->names, bootloader, text, count, at);
	}
}

void code_use_key(const uint8_t *data, const struct code_key *key, bool bootloader,
		  struct code *code)
{
	code->coding.key = *key;
	code->coding.has_key = true;
	find_names(data, bootloader, code);
}

void code_examine(const uint8_t *data, size_t size, size_t start, size_t end, const char *name,
		  uint32_t logical, struct code *code)
{
	uint8_t begin[128];
	size_t count;

	memset(code, 0, sizeof(*code));
	if (end > size)
		end = size;
	code->start = start;
	code->end = end;
	count = crc_blocks_read(data + start, end - start, 0, begin, sizeof(begin));
	if (count >= CODING_VECTORS)
		code->coding = coding_look(begin, logical);
	coding_find_key(&code->coding, begin, count);
	find_header(data, name, code);
	count_blocks(data, code);
	if (code->coding.has_key)
		find_names(data, logical == CODE_BOOTLOADER, code);
}
