/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * release.h - how the releases of flashrom differ, as far as a user notices.
 *
 * The installed flashrom is asked for its release (flashrom_says.h), only where it matters.
 * Sources: flashrom's cli_classic.c and erasure_layout.c at the tags v1.3.0 to v1.8.0-rc1.
 */
#ifndef RELEASE_H
#define RELEASE_H

#include <stdbool.h>

#include "base/observer.h"
#include "cli/flashrom_beken/flashrom_args.h"

/*
 * Before the chip is touched: reports an option that this flashrom lacks, with the release that has
 * it and what to use instead. False after that error.
 */
bool release_has_options(const char *flashrom, const struct flashrom_args *args,
			 const struct observer *observer);

/*
 * Whether it is 1.4.0: after a write it compares the last byte of a region that does not end at a
 * sector boundary with a byte other than the file's (erasure_layout.c:402 there), and fails.
 */
bool release_misreads_ends(const char *flashrom, const struct observer *observer);

#endif
