/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/uf2.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/bytes.h"
#include "image/uf2_block.h"

#define TAG_PART 0xC0EE0Cu
#define TAG_BOARD 0xCA25C8u
#define TAG_FIRMWARE 0x00DE43u
#define TAG_VERSION 0x9FC7BCu
#define TAG_TABLE 0x8288EDu

#define TABLE_ENTRY 48

#define AGAIN "Download it again"
#define OTHER_FILE "Use a file for this SoC"
#define USUAL "Use a build for the usual layout, or a QIO file"

/* families.json of libretiny. Names as there; those of other makers are only for messages. */
static const struct {
	uint32_t id;
	const char *name;
} families[] = {
	{0x675A40B0, "BK7231T"},  {0x7B3EF230, "BK7231N"},  {0xAFE81D49, "BK7231Q"},
	{0x159AC324, "BK7238"},	  {0x6A82CC42, "BK7251"},   {0x9FFFD543, "RTL8710A"},
	{0x22E0D6FC, "RTL8710B"}, {0xE08F7564, "RTL8720C"}, {0x3379CFE2, "RTL8720D"},
	{0xDE1270B7, "BL60X"},	  {0xA38090A8, "LN882H"},
};

bool uf2_begins(const uint8_t *data, size_t size)
{
	return size >= 4 && memcmp(data, "UF2\n", 4) == 0;
}

/* Only the first fault counts. Returns false. */
__attribute__((format(printf, 3, 4))) static bool fail(struct uf2 *uf2, enum uf2_fault fault,
						       const char *format, ...)
{
	va_list args;

	if (uf2->fault != UF2_GOOD)
		return false;
	uf2->fault = fault;
	va_start(args, format);
	vsnprintf(uf2->why, sizeof(uf2->why), format, args);
	va_end(args);
	return false;
}

static bool take_family(struct uf2 *uf2, const struct uf2_block *block)
{
	uf2->family = block->family;
	if (block->flags & UF2_FILES || !(block->flags & UF2_HAS_FAMILY))
		return fail(uf2, UF2_FOREIGN, "it does not say which SoC it is for. " OTHER_FILE);
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (families[i].id == block->family)
			uf2->family_name = families[i].name;
	if (!uf2->family_name)
		return fail(uf2, UF2_FOREIGN, "its family 0x%08x is not known here. " OTHER_FILE,
			    (unsigned)block->family);
	uf2->socs = chipdb_socs_called(uf2->family_name);
	return uf2->socs ||
	       fail(uf2, UF2_FOREIGN, "it is for %s, which is not one of Beken's. " OTHER_FILE,
		    uf2->family_name);
}

static bool check_block(struct uf2 *uf2, size_t index, const struct uf2_block *block,
			const struct uf2_block *first)
{
	if (block->family != first->family ||
	    (block->flags ^ first->flags) & (UF2_HAS_FAMILY | UF2_FILES))
		return fail(uf2, UF2_FOREIGN,
			    "block %zu has another family than those before: it is for several "
			    "SoCs, or damaged. " OTHER_FILE,
			    index);
	if (block->number != index || block->count != first->count)
		return fail(uf2, UF2_DAMAGED,
			    "block %zu says that it is number %u of %u: some are missing, double "
			    "or out of order. " AGAIN,
			    index, (unsigned)block->number, (unsigned)block->count);
	return true;
}

static bool check_blocks(struct uf2 *uf2, const uint8_t *data, size_t size)
{
	struct uf2_block block, first = {0};

	uf2->blocks = size / UF2_BLOCK_SIZE;
	if (uf2->blocks == 0)
		return fail(uf2, UF2_TRUNCATED, "it is cut off inside its first block. " AGAIN);
	for (size_t i = 0; i < uf2->blocks; i++) {
		if (!uf2_block_parse(data + i * UF2_BLOCK_SIZE, &block))
			return fail(uf2, UF2_DAMAGED, "block %zu of %zu is damaged. " AGAIN, i,
				    uf2->blocks);
		if (i == 0) {
			first = block;
			if (!take_family(uf2, &block))
				return false;
		}
		if (!check_block(uf2, i, &block, &first))
			return false;
	}
	if (first.count > uf2->blocks)
		return fail(uf2, UF2_TRUNCATED, "it is cut off: it has %zu of %u blocks. " AGAIN,
			    uf2->blocks, (unsigned)first.count);
	if (first.count < uf2->blocks || size % UF2_BLOCK_SIZE)
		return fail(uf2, UF2_DAMAGED, "something else follows its %u blocks. " AGAIN,
			    (unsigned)first.count);
	return true;
}

/* All SoCs with that name; their code begins at the same place. */
static const struct chipdb_region *find_code(const struct uf2 *uf2, const char *name)
{
	for (size_t i = 0; i < chipdb_soc_count * CHIPDB_REGIONS; i++) {
		const struct chipdb_soc *soc = &chipdb_socs[i / CHIPDB_REGIONS];
		const struct chipdb_region *region = &soc->regions[i % CHIPDB_REGIONS];

		if (uf2->socs & chipdb_soc_bit(soc) && region->name &&
		    strcmp(region->name, name) == 0 &&
		    (region->kind == CHIPDB_REGION_BOOT || region->kind == CHIPDB_REGION_APP))
			return region;
	}
	return NULL;
}

static size_t largest_flash(const struct uf2 *uf2)
{
	size_t largest = 0;

	for (size_t i = 0; i < chipdb_soc_count * CHIPDB_FLASHES; i++) {
		const struct chipdb_soc *soc = &chipdb_socs[i / CHIPDB_FLASHES];

		if (uf2->socs & chipdb_soc_bit(soc) && largest < soc->flash[i % CHIPDB_FLASHES])
			largest = soc->flash[i % CHIPDB_FLASHES];
	}
	return largest;
}

/* Goes through the blocks, and keeps track of their part. */
struct reader {
	const uint8_t *data;
	struct uf2 *uf2;
	size_t next;
	struct uf2_block block;
	struct uf2_part *part;
};

/* Name number @count, from 1, in a list separated by 0. */
static bool get_name(const struct uf2_tag *tag, unsigned count, char *name, size_t room)
{
	const uint8_t *at = tag->value + 3, *end = tag->value + tag->size;

	while (at < end) {
		size_t length = strnlen((const char *)at, (size_t)(end - at));

		if (length > 0 && --count == 0) {
			get_text(name, at, length < room ? length : room - 1);
			return true;
		}
		at += length + 1;
	}
	return false;
}

static bool set_part(struct reader *reader, const struct uf2_tag *tag)
{
	struct uf2 *uf2 = reader->uf2;
	unsigned index = tag->size >= 3 ? tag->value[1] & 15 : 0;
	char name[sizeof(uf2->parts[0].name)];
	size_t i = 0;

	if (tag->size < 3 || !get_name(tag, index ? index : 1, name, sizeof(name)))
		return fail(uf2, UF2_DAMAGED, "block %zu names no partition. " AGAIN,
			    reader->next - 1);
	while (i < uf2->part_count &&
	       (strcmp(uf2->parts[i].name, name) != 0 || uf2->parts[i].by_wire != (index > 0)))
		i++;
	if (i == UF2_PARTS)
		return fail(uf2, UF2_UNPLACED, "it is for more than %d partitions. " USUAL,
			    UF2_PARTS);
	reader->part = &uf2->parts[i];
	if (i == uf2->part_count) {
		uf2->part_count++;
		reader->part->by_wire = index > 0;
		memcpy(reader->part->name, name, sizeof(name));
	}
	return true;
}

/* "01PE", name[16], device[16], start, length, 0: the partitions that the file uses, and where. */
static bool check_table(struct uf2 *uf2, const struct uf2_tag *tag)
{
	char name[17];

	for (size_t at = 0; at + TABLE_ENTRY <= tag->size; at += TABLE_ENTRY) {
		const uint8_t *entry = tag->value + at;
		const struct chipdb_region *region;

		get_text(name, entry + 4, sizeof(name) - 1);
		region = find_code(uf2, name);
		if (region && get_le32(entry + 36) != region->start)
			return fail(uf2, UF2_UNPLACED,
				    "it has the partition %s at 0x%x, where a %s has it at "
				    "0x%x. " USUAL,
				    name, (unsigned)get_le32(entry + 36), uf2->family_name,
				    (unsigned)region->start);
	}
	return true;
}

static void take_text(char *to, size_t room, const struct uf2_tag *tag)
{
	get_text(to, tag->value, tag->size < room ? tag->size : room - 1);
}

static bool take_tags(struct reader *reader)
{
	struct uf2 *uf2 = reader->uf2;
	struct uf2_tag tag;
	size_t at = 0;

	while (uf2_block_next_tag(&reader->block, &at, &tag)) {
		if (tag.kind == TAG_BOARD)
			take_text(uf2->board, sizeof(uf2->board), &tag);
		else if (tag.kind == TAG_FIRMWARE)
			take_text(uf2->firmware, sizeof(uf2->firmware), &tag);
		else if (tag.kind == TAG_VERSION)
			take_text(uf2->version, sizeof(uf2->version), &tag);
		else if ((tag.kind == TAG_PART && !set_part(reader, &tag)) ||
			 (tag.kind == TAG_TABLE && !check_table(uf2, &tag)))
			return false;
	}
	return true;
}

/* The next block with data. False at the end, and after a fault. */
static bool next_data(struct reader *reader)
{
	struct uf2 *uf2 = reader->uf2;

	while (reader->next < uf2->blocks) {
		uf2_block_parse(reader->data + reader->next++ * UF2_BLOCK_SIZE, &reader->block);
		if (!take_tags(reader))
			return false;
		if (reader->block.length == 0 || reader->block.flags & UF2_NOT_FLASH)
			continue;
		return reader->part ||
		       fail(uf2, UF2_UNPLACED,
			    "block %zu does not name its partition: it is of an older format. "
			    "Build it with a newer LibreTiny, or use a QIO file",
			    reader->next - 1);
	}
	return false;
}

/* Where the data of this block goes; SIZE_MAX after a fault. */
static size_t place_of(struct reader *reader, const struct chipdb_region **region)
{
	struct uf2 *uf2 = reader->uf2;
	const struct uf2_block *block = &reader->block;
	size_t most = largest_flash(uf2);

	*region = find_code(uf2, reader->part->name);
	if (!*region) {
		fail(uf2, UF2_UNPLACED,
		     "it has something for the partition %s, but a %s has no code in one of that "
		     "name. " USUAL,
		     reader->part->name, uf2->family_name);
		return SIZE_MAX;
	}
	if (block->address <= most - (*region)->start &&
	    block->length <= most - (*region)->start - block->address)
		return (*region)->start + block->address;
	fail(uf2, UF2_UNPLACED,
	     "block %zu is for 0x%x in the partition %s: past the end of any flash of a "
	     "%s. " USUAL,
	     reader->next - 1, (unsigned)block->address, reader->part->name, uf2->family_name);
	return SIZE_MAX;
}

static void widen(struct uf2_part *part, size_t start, size_t length)
{
	if (part->bytes == 0 || start < part->start)
		part->start = start;
	if (start + length > part->end)
		part->end = start + length;
}

static bool measure(struct reader *reader, struct uf2_content *content)
{
	struct uf2 *uf2 = reader->uf2;
	const struct chipdb_region *region;
	size_t end = 0;

	content->address = SIZE_MAX;
	while (next_data(reader)) {
		struct uf2_part *part = reader->part;
		size_t place;

		if (part->by_wire) {
			place = place_of(reader, &region);
			if (place == SIZE_MAX)
				return false;
			widen(part, place, reader->block.length);
			if (content->address > region->start)
				content->address = region->start;
			if (end < part->end)
				end = part->end;
		}
		part->bytes += reader->block.length;
	}
	if (end == 0)
		return fail(uf2, UF2_UPDATE,
			    "it holds nothing that is written by wire%s. Use a QIO file",
			    uf2->part_count > 0 ? ", only over-the-air updates" : "");
	content->size = end - content->address;
	return uf2->fault == UF2_GOOD;
}

static bool copy(struct reader *reader, struct uf2_content *content)
{
	const struct chipdb_region *region;

	while (next_data(reader)) {
		size_t length = reader->block.length, at;

		if (!reader->part->by_wire)
			continue;
		at = place_of(reader, &region) - content->address;
		if (memchr(content->carried + at, 1, length))
			return fail(reader->uf2, UF2_DAMAGED,
				    "block %zu has the address of an earlier one: 0x%zx. " AGAIN,
				    reader->next - 1, content->address + at);
		memcpy(content->data + at, reader->block.data, length);
		memset(content->carried + at, 1, length);
	}
	return true;
}

bool uf2_unpack(const uint8_t *data, size_t size, struct uf2 *uf2, struct uf2_content *content)
{
	struct reader first = {.data = data, .uf2 = uf2}, second = first;

	memset(uf2, 0, sizeof(*uf2));
	memset(content, 0, sizeof(*content));
	if (!check_blocks(uf2, data, size) || !measure(&first, content))
		return true;
	content->data = malloc(content->size);
	content->carried = calloc(content->size, 1);
	if (!content->data || !content->carried)
		return false;
	memset(content->data, 0xff, content->size);
	if (!copy(&second, content))
		uf2_free_content(content);
	return true;
}

void uf2_free_content(struct uf2_content *content)
{
	free(content->data);
	free(content->carried);
	content->data = content->carried = NULL;
}
