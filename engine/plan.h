/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.h - what a write would make of a die; computation only.
 *
 * From the content of the die, the content to write with its addresses, and the regions that must
 * stay it computes the wanted content, the sectors that differ, and how long the write takes
 * (estimate.h).
 */
#ifndef ENGINE_PLAN_H
#define ENGINE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chipdb/chipdb.h"
#include "engine/estimate.h"
#include "engine/flash.h"

#define PLAN_KEPT 64

/* A range that a write leaves alone, and why. */
struct plan_kept {
	char name[24];
	enum chipdb_region_kind kind;
	struct range range;
	bool differs; /* the file has something else there */
	bool blank;   /* there is nothing there to be kept */
};

struct plan {
	const struct chipdb_part *part;
	uint8_t *wanted; /* the die's content afterwards, of the size of the part */
	/* Whole sectors that differ, in the order of their addresses, neighbours joined. */
	struct range *ranges;
	size_t range_count;
	uint32_t changed; /* bytes in these */
	struct die_cost cost;
	/* To erase what of them has to be, program and verify. */
	struct estimate time;
};

/* What goes where: @length bytes of @data to @address, beginning with data[@rotation]. */
struct plan_file {
	const uint8_t *data;
	uint32_t address, length;
	uint32_t rotation;
	/* 0 for each of these bytes that is no content, and rotation is 0; NULL: all are. */
	const uint8_t *carried;
};

/* Its content into its place; @wanted has the size of the part, within which it lies. */
void plan_put_file(uint8_t *wanted, const struct plan_file *file);

/*
 * @present is the die's content. The content of @file replaces it, except in @kept, of which
 * .differs and .blank are set. False if memory runs out. @file must lie within the die, as must
 * @kept.
 */
bool plan_make(struct plan *plan, const struct chipdb_part *part, const struct die_cost *cost,
	       const uint8_t *present, const struct plan_file *file, struct plan_kept *kept,
	       size_t kept_count);

/* The same for a wanted content that is known completely; it is copied. */
bool plan_make_whole(struct plan *plan, const struct chipdb_part *part, const struct die_cost *cost,
		     const uint8_t *present, const uint8_t *wanted);

void plan_free(struct plan *plan);

/* Adds to @time how long it takes to make whole sectors @wanted; both of the size of the part. */
void plan_estimate(struct estimate *time, const struct die_cost *cost,
		   const struct chipdb_part *part, const struct range *ranges, size_t count,
		   const uint8_t *wanted, const uint8_t *present);

/*
 * What differs before this address makes the rest count, and is written last: all of the first 64
 * KiB, where the bootloader is; if nothing does there, the first sector that differs.
 */
uint32_t plan_begin_end(const struct plan *plan);

/*
 * What of plan->ranges lies from @from up to @to, into @ranges, which has room for as many. Returns
 * their number.
 */
size_t plan_between(const struct plan *plan, uint32_t from, uint32_t to, struct range *ranges);

/* The smallest erase of a part, bytes. */
uint32_t plan_sector(const struct chipdb_part *part);

#endif
