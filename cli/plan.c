/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

/* The adapter's own time; programmer/ch341a_stream.h has the source. */
#define PACKET_NS 40000
#define BYTE_NS 6030
#define PAYLOAD 31

#define PAGE 256
#define COMMAND_BYTES 5 /* opcode and address of a program, a look at WIP */

uint64_t plan_read_us(uint64_t bytes)
{
	return ((bytes + PAYLOAD - 1) / PAYLOAD * PACKET_NS + bytes * BYTE_NS) / 1000;
}

uint32_t plan_sector(const struct chipdb_part *part)
{
	return part->erase[0].size;
}

static bool is_blank(const uint8_t *bytes, uint32_t length)
{
	return bytes[0] == 0xff && memcmp(bytes, bytes + 1, length - 1) == 0;
}

/* The largest erase that begins at @at and ends within @left bytes, but no whole-chip one. */
static const struct chipdb_erase *best_erase(const struct chipdb_part *part, uint32_t at,
					     uint32_t left)
{
	const struct chipdb_erase *best = &part->erase[0];

	for (size_t i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++)
		if (!chipdb_erases_chip(&part->erase[i]) && part->erase[i].size <= left &&
		    at % part->erase[i].size == 0)
			best = &part->erase[i];
	return best;
}

static uint64_t range_us(const struct plan *plan, const struct flash_range *range)
{
	uint64_t us = plan_read_us(range->length);
	uint32_t done = 0;

	while (done < range->length) {
		const struct chipdb_erase *erase =
			best_erase(plan->part, range->start + done, range->length - done);

		us += erase->typ_us;
		done += erase->size;
	}
	for (done = 0; done < range->length; done += PAGE)
		if (!is_blank(plan->wanted + range->start + done, PAGE))
			us += plan->part->program_typ_us + plan_read_us(PAGE + COMMAND_BYTES);
	return us;
}

static void add_sector(struct plan *plan, uint32_t start, uint32_t length)
{
	struct flash_range *last = plan->range_count ? &plan->ranges[plan->range_count - 1] : NULL;

	plan->changed += length;
	if (last && last->start + last->length == start)
		last->length += length;
	else
		plan->ranges[plan->range_count++] = (struct flash_range){start, length};
}

static bool find_changes(struct plan *plan, const uint8_t *present)
{
	uint32_t sector = plan_sector(plan->part), size = plan->part->size;

	plan->ranges = calloc(size / sector, sizeof(plan->ranges[0]));
	if (!plan->ranges)
		return false;
	for (uint32_t at = 0; at < size; at += sector)
		if (memcmp(plan->wanted + at, present + at, sector) != 0)
			add_sector(plan, at, sector);
	for (size_t i = 0; i < plan->range_count; i++)
		plan->write_us += range_us(plan, &plan->ranges[i]);
	return true;
}

bool plan_make_whole(struct plan *plan, const struct chipdb_part *part, const uint8_t *present,
		     const uint8_t *wanted)
{
	*plan = (struct plan){.part = part};
	plan->wanted = malloc(part->size);
	if (plan->wanted) {
		memcpy(plan->wanted, wanted, part->size);
		if (find_changes(plan, present))
			return true;
	}
	plan_free(plan);
	return false;
}

bool plan_make(struct plan *plan, const struct chipdb_part *part, const uint8_t *present,
	       const struct plan_file *file, struct plan_kept *kept, size_t kept_count)
{
	uint32_t tail = file->length - file->rotation;

	*plan = (struct plan){.part = part};
	plan->wanted = malloc(part->size);
	if (!plan->wanted)
		return false;
	memcpy(plan->wanted, present, part->size);
	memcpy(plan->wanted + file->address, file->data + file->rotation, tail);
	memcpy(plan->wanted + file->address + tail, file->data, file->rotation);
	for (size_t i = 0; i < kept_count; i++) {
		const struct flash_range *range = &kept[i].range;

		kept[i].differs = memcmp(plan->wanted + range->start, present + range->start,
					 range->length) != 0;
		kept[i].blank = is_blank(present + range->start, range->length);
		memcpy(plan->wanted + range->start, present + range->start, range->length);
	}
	if (find_changes(plan, present))
		return true;
	plan_free(plan);
	return false;
}

void plan_free(struct plan *plan)
{
	free(plan->wanted);
	free(plan->ranges);
	plan->wanted = NULL;
	plan->ranges = NULL;
	plan->range_count = 0;
}

struct plan_order plan_order(struct plan *plan)
{
	uint32_t sector = plan_sector(plan->part);
	struct plan_order order = {.first = plan->ranges, .first_count = plan->range_count};

	order.last = (struct flash_range){plan->ranges[0].start, sector};
	plan->ranges[0].start += sector;
	plan->ranges[0].length -= sector;
	if (plan->ranges[0].length == 0) {
		order.first++;
		order.first_count--;
	}
	return order;
}
