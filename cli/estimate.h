/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * estimate.h - how long work on a flash takes, by its datasheet and the adapter's clock.
 *
 * The figures of the part are those of the chip database. The CH341A's clock is fixed at a
 * mean of 1.5 MHz (docs/protocol.md); its gaps between packets are not counted.
 */
#ifndef CLI_ESTIMATE_H
#define CLI_ESTIMATE_H

#include "area.h"
#include "chipdb.h"

struct estimate {
	uint64_t typical_us, most_us;
};

void estimate_read(struct estimate *estimate, uint64_t bytes);

/* The largest erases up to 64 KiB that fit, and a look at what was erased. */
void estimate_erase(struct estimate *estimate, const struct chipdb_part *part,
		    const struct area *area);

void estimate_program(struct estimate *estimate, const struct chipdb_part *part, uint64_t bytes);
void estimate_register_write(struct estimate *estimate, const struct chipdb_part *part);

#endif
