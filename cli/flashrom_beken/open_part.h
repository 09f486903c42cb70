/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * open_part.h - a write of the whole flash, where a range of it cannot be changed.
 *
 * A bootloader does not change its own range (die.h). flashrom from 1.4 on erases the largest block
 * of which more than half is to change, or all of the chip, although it then writes the same bytes
 * into such a range again (erasure_layout.c at the tags v1.4.0 to v1.8.0-rc1), and such an erase is
 * refused. So what cannot be changed is compared here, and flashrom gets a layout by which it
 * writes the rest.
 */
#ifndef OPEN_PART_H
#define OPEN_PART_H

#include <limits.h>
#include <stdbool.h>

#include "base/observer.h"
#include "cli/flashrom_beken/flashrom_args.h"
#include "programmer/guard/proxy.h"

#define OPEN_PART_REGIONS (DIE_CLOSED + 1)
#define OPEN_PART_WORDS (2 + 2 * OPEN_PART_REGIONS)

struct open_part {
	const char *words[OPEN_PART_WORDS + 1]; /* for flashrom's command line, NULL at the end */
	char layout[PATH_MAX];			/* the file; "" if there is none */
};

/*
 * There are no words if nothing is closed, if @args has a layout of its own, and if its file cannot
 * be compared: not of the size of the flash, or readable only once. False, and raised, if what
 * cannot be changed differs from the file, if it cannot be read, or if there is no room for the
 * layout. The flash is not changed.
 */
bool open_part_make(struct open_part *open, const struct flashrom_args *args,
		    const struct chipdb_part *part, struct proxy *proxy,
		    const struct observer *observer);

/* When flashrom has ended. What is all zeros is fine. */
void open_part_remove(struct open_part *open);

#endif
