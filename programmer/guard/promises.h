/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * promises.h - what flashrom was told about the die without reading it, by sectors.
 *
 * A promise is due until the right content passes by on the way to flashrom, which verifies,
 * or is read by promises_look(). A difference is an error.
 *
 * Releases of flashrom from 1.4 on first erase everything they are going to erase and read each
 * range back, and program after that; reading 64 KiB takes as long as twenty erases of them. So a
 * large erase counts as done when a sample of each sector was seen to be blank: an erase without
 * any effect is found before anything is programmed, and the rest is a promise.
 *
 * Errors: TROUBLE_NONE, or a kind that has been raised.
 */
#ifndef PROMISES_H
#define PROMISES_H

#include "programmer/guard/changes.h"

#define PROMISES_READ_MOST 65536 /* bytes of one reading */

struct promise {
	bool is_due; /* told to flashrom and not yet seen on the die */
	bool blank;  /* erased, and not programmed since */
	bool fresh;  /* blank by an erase that is done, and flashrom has not looked yet */
	uint64_t fingerprint;
};

struct promises {
	struct changes *changes;
	uint32_t sector_size;
	uint8_t *read; /* PROMISES_READ_MOST bytes; for others in between */
	struct promise *sectors;
};

/* @changes outlives it. False when memory is short; then nothing is to be freed. */
bool promises_init(struct promises *promises, struct changes *changes, uint32_t sector_size);
void promises_free(struct promises *promises);

struct promise *promise_at(struct promises *promises, uint32_t address);

/* The sector holds these bytes from now on, and that has to be seen. */
void promise_content(struct promise *promise, const uint8_t *data, size_t len);

/* What was erased by one large command. */
void promises_erased(struct promises *promises, struct range range);

/*
 * Whether flashrom, which looks at @range, can be told that it is blank. False, and nothing
 * changed, if it has to be read. An error if the sample is not blank.
 */
enum trouble_kind promises_blank(struct promises *promises, struct range range, bool *told);

/* What flashrom reads. */
enum trouble_kind promises_see(struct promises *promises, uint32_t address, const uint8_t *data,
			       size_t len);

/* From the sector at @address on, as many that are due as go into one reading; maybe none. */
enum trouble_kind promises_look(struct promises *promises, uint32_t address);

/* The die holds something else in the sector at @address. */
enum trouble_kind promises_broken(const struct promises *promises, uint32_t address);

/*
 * Something was written, and the flash shows something else: what all these troubles have in
 * common.
 */
enum trouble_kind promises_not_written(const struct promises *promises, struct trouble *trouble);

bool is_blank(const uint8_t *data, size_t len);

#endif
