/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * advice.h - words of our own where flashrom's alone would leave the user guessing.
 *
 * They go to standard error before flashrom starts or after it has ended; what flashrom
 * prints itself passes through untouched.
 */
#ifndef ADVICE_H
#define ADVICE_H

#include "chipdb.h"
#include "flashrom_args.h"
#include "log.h"
#include "proxy.h"

/* No programmer, or one that is only nearly called beken_spi: flashrom's list lacks it. */
void advise_programmer(const struct log *log, const struct flashrom_args *args);

/* A file of another size than the flash: flashrom refuses it without saying how it is written. */
void advise_size(const struct log *log, const struct flashrom_args *args,
		 const struct chipdb_part *part);

/* After flashrom failed, or was stopped: what has become of the flash. */
void advise_end(const struct log *log, const struct flashrom_args *args, enum proxy_done done);

#endif
