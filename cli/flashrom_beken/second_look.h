/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * second_look.h - whether regions were written after all, when flashrom 1.4.0 says no.
 *
 * That release misreads the last byte of a region that does not end at a sector boundary
 * (release.h). So what it may have changed is compared with the files: the regions, and what was
 * beside them in their first and last sectors, which is read before the write.
 */
#ifndef SECOND_LOOK_H
#define SECOND_LOOK_H

#include "cli/flashrom_beken/flashrom_args.h"
#include "programmer/guard/proxy.h"

struct second_look;

/* Whether the write of @args ends in a sector that it shares, in a region of its layout. */
bool second_look_needed(const struct flashrom_args *args, const struct chipdb_part *part);

/*
 * Before the write. NULL if the wanted content of the flash cannot be known: a file that cannot be
 * read twice, regions that come from elsewhere than -l. @args outlives it.
 */
struct second_look *second_look_begin(const struct flashrom_args *args,
				      const struct chipdb_part *part, struct proxy *proxy);

/* After it: true if the flash holds what it should. */
bool second_look_is_good(struct second_look *look, struct proxy *proxy);

void second_look_end(struct second_look *look);

#endif
