/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * code.h - one piece of code in the flash, the bootloader or the application: is it plain or keyed,
 * complete, undamaged; and what it says about itself.
 */
#ifndef IMAGE_CODE_H
#define IMAGE_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/coding.h"
#include "image/own_names.h"
#include "image/rbl.h"

/* What the RBL headers of the piece say about its content. */
enum code_check {
	CODE_NO_HEADER, /* nothing: there is none */
	CODE_MATCHES,	/* one of them was made for what is there */
	CODE_DIFFERS,	/* none of them was */
};

struct code {
	size_t start, end; /* bytes, from the start of what code_examine() was given */
	struct coding coding;
	size_t good, blank, bad; /* CRC blocks */
	size_t first_bad;	 /* where the first bad one is; if there are any */
	size_t leftovers;	 /* bad blocks that code_examine() forgives */
	bool cut;		 /* a part of a block is at the end */
	enum code_check check;
	struct rbl header;	/* the one that matches; else the last one, if any */
	struct own_names names; /* what it says about itself, if its key is known */
};

/* Whether CRC blocks begin here, as code in a flash has them. */
bool code_is_framed(const uint8_t *data, size_t size);

/*
 * Examine the blocks from @start to @end of the @size bytes of @data. @start is at most @end, and
 * @end at most @size. @name is the one in the RBL header, and @logical the CPU's address of the
 * code.
 *
 * After content that a header confirms, a block across a sector boundary may be bad: its halves
 * belong to old and new firmware, and nothing reads them.
 */
void code_examine(const uint8_t *data, size_t size, size_t start, size_t end, const char *name,
		  uint32_t logical, struct code *code);

/* The same code with a key that was found elsewhere: what it says about itself. */
void code_use_key(const uint8_t *data, const struct code_key *key, bool bootloader,
		  struct code *code);

#endif
