/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * estimate.h - how long work on a flash takes, from its datasheet and the link to it.
 *
 * The figures of the part are those of the chip database; those of the link are what it reports
 * (struct die_cost), on a good host. What comes before and after (the reset, the handshake,
 * libflashrom's start) is not counted: about half a second with a CH341A.
 *
 * Each function adds to @estimate.
 */
#ifndef ENGINE_ESTIMATE_H
#define ENGINE_ESTIMATE_H

#include "base/observer.h"
#include "chipdb/chipdb.h"
#include "engine/flash.h"

#define COMPARE_PIECE 4096u /* what is compared at a time */

struct estimate {
	uint64_t typical_us, most_us;
	struct work work; /* what of @typical_us is reading, programming and erasing */
};

void estimate_read(struct estimate *estimate, const struct die_cost *cost, uint64_t bytes);

/* The same for what is known: there as it was read before, as it was written, or as expected. */
void estimate_verify(struct estimate *estimate, const struct die_cost *cost, uint64_t bytes);

/* The same in looks (looks.h) at a COMPARE_PIECE each. */
void estimate_compare(struct estimate *estimate, const struct die_cost *cost, uint64_t bytes);

/* The same for what was just erased. */
void estimate_blank(struct estimate *estimate, const struct die_cost *cost, uint64_t bytes);

/* @count looks at @bytes each of what is not known yet; @times at each of these places. */
void estimate_search(struct estimate *estimate, const struct die_cost *cost, uint32_t bytes,
		     uint64_t count, unsigned times);

/* The same of what is known, once. */
void estimate_samples(struct estimate *estimate, const struct die_cost *cost, uint32_t bytes,
		      uint64_t count);

/*
 * The sectors that the ranges touch, by the erases that programmer/guard/writeback.h joins them to.
 * Reading back what was erased is not included. What is blank in @present, which has the size of
 * the part, is not erased again; NULL: that is not known. Returns how many bytes are erased.
 */
uint64_t estimate_erase(struct estimate *estimate, const struct die_cost *cost,
			const struct chipdb_part *part, const struct range *ranges, size_t count,
			const uint8_t *present);

void estimate_program(struct estimate *estimate, const struct die_cost *cost,
		      const struct chipdb_part *part, uint64_t pages);
void estimate_register_write(struct estimate *estimate, const struct chipdb_part *part);

#endif
