/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * advice.h - words of our own where flashrom's alone would leave the user guessing.
 *
 * They go to standard error before flashrom starts or after it has ended; what flashrom
 * prints itself passes through untouched.
 */
#ifndef ADVICE_H
#define ADVICE_H

#include "cli/flashrom_beken/chip_choice.h"
#include "chipdb/chipdb.h"
#include "cli/flashrom_beken/flashrom_args.h"
#include "base/observer.h"
#include "programmer/guard/proxy.h"

/* No programmer, or one that is only nearly called beken_spi: flashrom's list lacks it. */
void advise_programmer(const struct observer *observer, const struct flashrom_args *args);

/*
 * Before a write: what to do with a file of another size than the flash, which flashrom only
 * refuses, and what is wrong with one that fits only by its size. Files that cannot be read twice,
 * such as "-" and pipes, are left alone.
 */
void advise_files(const struct observer *observer, const struct flashrom_args *args,
		  const struct chipdb_part *part);

/*
 * Before flashrom starts: what it will call the part, where a user would not recognize it. False
 * after an error: flashrom cannot do with this part what was asked for.
 */
bool advise_choice(const struct observer *observer, const struct flashrom_args *args,
		   const struct chipdb_part *part, const struct chip_choice *choice);

/* At the end, after whatever @name flashrom used in its output. */
void advise_name(const struct observer *observer, const struct chipdb_part *part, const char *name);

/* After a flashrom that misreads (release.h) has failed: whether to trust that. */
void advise_second_look(const struct observer *observer, bool looked, bool good);

/* After a failure of --wp-... */
void advise_write_protect(const struct observer *observer);

/* After flashrom failed, or was stopped: what became of the flash. */
void advise_end(const struct observer *observer, const struct flashrom_args *args,
		enum proxy_done done);

#endif
