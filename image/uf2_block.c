/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/uf2_block.h"

#include "image/bytes.h"

#define BEGIN_MARK 0x0A324655u
#define SECOND_MARK 0x9E5D5157u
#define END_MARK 0x0AB16F30u

#define DATA 32
#define DATA_MOST 476
#define CHECKSUM 24
#define TAG_HEADER 4

/* Whether there is a tag, and whether it is in its place. */
static bool tag_at(const struct uf2_block *block, size_t at, bool *fits)
{
	size_t size;

	*fits = true;
	if (at >= block->tags_size || block->tags[at] == 0)
		return false;
	size = block->tags[at];
	*fits = size >= TAG_HEADER && size <= block->tags_size - at;
	return *fits;
}

bool uf2_block_next_tag(const struct uf2_block *block, size_t *at, struct uf2_tag *tag)
{
	const uint8_t *bytes = block->tags + *at;
	bool fits;

	if (!tag_at(block, *at, &fits))
		return false;
	tag->kind = get_le32(bytes) >> 8;
	tag->value = bytes + TAG_HEADER;
	tag->size = bytes[0] - TAG_HEADER;
	*at += (bytes[0] + 3u) / 4 * 4;
	return true;
}

static bool tags_fit(const struct uf2_block *block)
{
	struct uf2_tag tag;
	size_t at = 0;
	bool fits;

	while (uf2_block_next_tag(block, &at, &tag))
		;
	tag_at(block, at, &fits);
	return fits;
}

bool uf2_block_parse(const uint8_t bytes[UF2_BLOCK_SIZE], struct uf2_block *block)
{
	size_t room;

	*block = (struct uf2_block){.flags = get_le32(bytes + 8),
				    .address = get_le32(bytes + 12),
				    .length = get_le32(bytes + 16),
				    .number = get_le32(bytes + 20),
				    .count = get_le32(bytes + 24),
				    .family = get_le32(bytes + 28),
				    .data = bytes + DATA};
	room = block->flags & UF2_HAS_CHECKSUM ? DATA_MOST - CHECKSUM : DATA_MOST;
	if (get_le32(bytes) != BEGIN_MARK || get_le32(bytes + 4) != SECOND_MARK ||
	    get_le32(bytes + UF2_BLOCK_SIZE - 4) != END_MARK || block->length > room)
		return false;
	block->tags = block->data + block->length;
	block->tags_size = block->flags & UF2_HAS_TAGS ? room - block->length : 0;
	return tags_fit(block);
}
