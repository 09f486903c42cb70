/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uf2_block.h - one block of a UF2 file, and the tags in it. uf2.h says what they look like. */
#ifndef IMAGE_UF2_BLOCK_H
#define IMAGE_UF2_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UF2_BLOCK_SIZE 512

/* Flags; the others do not matter here. */
#define UF2_NOT_FLASH 0x0001u
#define UF2_FILES 0x1000u
#define UF2_HAS_FAMILY 0x2000u
#define UF2_HAS_CHECKSUM 0x4000u
#define UF2_HAS_TAGS 0x8000u

struct uf2_block {
	uint32_t flags, address, number, count, family;
	const uint8_t *data;
	size_t length;
	const uint8_t *tags;
	size_t tags_size; /* with what follows the last one */
};

struct uf2_tag {
	uint32_t kind;
	const uint8_t *value;
	size_t size;
};

/* False if its marks or its lengths, those of tags included, are wrong. Points into @bytes. */
bool uf2_block_parse(const uint8_t bytes[UF2_BLOCK_SIZE], struct uf2_block *block);

/* One tag after the other; *@at begins as 0. False if there are no more. */
bool uf2_block_next_tag(const struct uf2_block *block, size_t *at, struct uf2_tag *tag);

#endif
