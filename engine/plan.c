/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/plan.h"

#include <stdlib.h>
#include <string.h>

#include "image/crc_blocks.h"
#include "programmer/guard/writeback.h"

uint32_t plan_sector(const struct chipdb_part *part)
{
	return part->erase[0].size;
}

static void estimate_content(struct estimate *time, const struct die_cost *cost,
			     const struct chipdb_part *part, const struct range *ranges,
			     size_t count, const uint8_t *wanted)
{
	uint32_t page = part->page, sector = plan_sector(part);
	uint64_t pages = 0, bytes = 0, blank = 0;

	for (size_t i = 0; i < count; i++) {
		const uint8_t *begin = wanted + ranges[i].start;

		for (uint32_t done = 0; done < ranges[i].length; done += page)
			pages += !crc_blocks_blank(begin + done, page);
		for (uint32_t done = 0; done < ranges[i].length; done += sector)
			blank += crc_blocks_blank(begin + done, sector) ? sector : 0;
		bytes += ranges[i].length;
	}
	estimate_program(time, cost, part, pages);
	estimate_verify(time, cost, bytes);
	/* Blank parts are read once more, after the erase. */
	estimate_blank(time, cost, blank);
}

void plan_estimate(struct estimate *time, const struct die_cost *cost,
		   const struct chipdb_part *part, const struct range *ranges, size_t count,
		   const uint8_t *wanted, const uint8_t *present)
{
	estimate_erase(time, cost, part, ranges, count, present);
	estimate_content(time, cost, part, ranges, count, wanted);
}

static void estimate_writing(struct plan *plan, const uint8_t *present)
{
	const struct chipdb_part *part = plan->part;
	struct range begin = plan->ranges[0], rest = begin;
	uint32_t length = plan_begin_end(plan) - begin.start;

	/* No erase goes across the end of what comes last. */
	begin.length = begin.length < length ? begin.length : length;
	rest.start += begin.length;
	rest.length -= begin.length;
	estimate_erase(&plan->time, &plan->cost, part, &begin, 1, present);
	estimate_erase(&plan->time, &plan->cost, part, &rest, rest.length > 0, present);
	estimate_erase(&plan->time, &plan->cost, part, plan->ranges + 1, plan->range_count - 1,
		       present);
	estimate_content(&plan->time, &plan->cost, part, plan->ranges, plan->range_count,
			 plan->wanted);
}

static void add_sector(struct plan *plan, uint32_t start, uint32_t length)
{
	struct range *last = plan->range_count ? &plan->ranges[plan->range_count - 1] : NULL;

	plan->changed += length;
	if (last && last->start + last->length == start)
		last->length += length;
	else
		plan->ranges[plan->range_count++] = (struct range){start, length};
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
	if (plan->range_count > 0)
		estimate_writing(plan, present);
	return true;
}

bool plan_make_whole(struct plan *plan, const struct chipdb_part *part, const struct die_cost *cost,
		     const uint8_t *present, const uint8_t *wanted)
{
	*plan = (struct plan){.part = part, .cost = *cost};
	plan->wanted = malloc(part->size);
	if (plan->wanted) {
		memcpy(plan->wanted, wanted, part->size);
		if (find_changes(plan, present))
			return true;
	}
	plan_free(plan);
	return false;
}

void plan_put_file(uint8_t *wanted, const struct plan_file *file)
{
	uint32_t tail = file->length - file->rotation;

	if (!file->carried) {
		memcpy(wanted + file->address, file->data + file->rotation, tail);
		memcpy(wanted + file->address + tail, file->data, file->rotation);
		return;
	}
	for (uint32_t i = 0; i < file->length; i++)
		if (file->carried[i])
			wanted[file->address + i] = file->data[i];
}

bool plan_make(struct plan *plan, const struct chipdb_part *part, const struct die_cost *cost,
	       const uint8_t *present, const struct plan_file *file, struct plan_kept *kept,
	       size_t kept_count)
{
	*plan = (struct plan){.part = part, .cost = *cost};
	plan->wanted = malloc(part->size);
	if (!plan->wanted)
		return false;
	memcpy(plan->wanted, present, part->size);
	plan_put_file(plan->wanted, file);
	for (size_t i = 0; i < kept_count; i++) {
		const struct range *range = &kept[i].range;

		kept[i].differs = memcmp(plan->wanted + range->start, present + range->start,
					 range->length) != 0;
		kept[i].blank = crc_blocks_blank(present + range->start, range->length);
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

uint32_t plan_begin_end(const struct plan *plan)
{
	uint32_t start = plan->ranges[0].start, sector = plan_sector(plan->part);

	return start < WRITEBACK_BLOCK_MOST && sector < WRITEBACK_BLOCK_MOST ? WRITEBACK_BLOCK_MOST
									     : start + sector;
}

size_t plan_between(const struct plan *plan, uint32_t from, uint32_t to, struct range *ranges)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->range_count; i++) {
		uint32_t start = plan->ranges[i].start, end = start + plan->ranges[i].length;

		start = start > from ? start : from;
		end = end < to ? end : to;
		if (start < end)
			ranges[count++] = (struct range){start, end - start};
	}
	return count;
}
