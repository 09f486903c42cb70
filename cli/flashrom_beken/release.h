/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * release.h - in what the releases of flashrom differ, as far as a user meets it.
 *
 * Which of them is installed is asked of it (flashrom_says.h), and only where it matters.
 * Sources: flashrom's cli_classic.c and erasure_layout.c at the tags v1.3.0 to v1.8.0-rc1.
 */
#ifndef RELEASE_H
#define RELEASE_H

#include <stdbool.h>

#include "base/observer.h"
#include "cli/flashrom_beken/flashrom_args.h"

/*
 * Before the chip is touched: an option that this flashrom has not, told with the release that
 * has it and what serves instead. False after that error.
 */
bool release_has_options(const char *flashrom, const struct flashrom_args *args,
			 const struct observer *observer);

/*
 * Whether it is 1.4.0: behind a write it compares the last byte of a region that does not end
 * on a sector with another byte than the file's (erasure_layout.c:402 there), and fails.
 */
bool release_misreads_ends(const char *flashrom, const struct observer *observer);

#endif
