/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * placement.h - whether this file may be written to that flash, and where.
 *
 * What would brick a module, or destroy what is unique to it, is refused. Every refusal has a short
 * name that stays the same, so that a user who knows better can override exactly that one, and a
 * reason that ends with what to do instead.
 */
#ifndef IMAGE_PLACEMENT_H
#define IMAGE_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "chipdb/chipdb.h"
#include "image/fit.h"
#include "image/image.h"

#define PLACEMENT_TEXT 600

enum placement_refusal {
	PLACEMENT_NOT_AN_IMAGE,	 /* a file of another kind, or unknown */
	PLACEMENT_BLANK,	 /* it would only erase */
	PLACEMENT_UPDATE,	 /* for over-the-air updates: OTA, UG */
	PLACEMENT_UNFRAMED,	 /* code without its CRC blocks */
	PLACEMENT_APP_AT_0,	 /* an application in the place of the bootloader */
	PLACEMENT_WRONG_ADDRESS, /* it belongs elsewhere */
	PLACEMENT_NEEDS_SOC,	 /* where it belongs depends on the SoC, which is unknown */
	PLACEMENT_WRONG_SOC,	 /* it is for another */
	PLACEMENT_UNPROVEN_SOC,	 /* it cannot be told whether it is for this one */
	PLACEMENT_WRONG_KEY,	 /* its code is coded differently from the module's */
	PLACEMENT_WRONG_SIZE,	 /* a dump of a flash of another size */
	PLACEMENT_TOO_LARGE,	 /* it ends past the flash, or in a region that must stay */
	PLACEMENT_TRUNCATED,
	PLACEMENT_DAMAGED,
	PLACEMENT_UNCONFIRMED,
	PLACEMENT_INCONSISTENT,
	PLACEMENT_PADDED,
	PLACEMENT_NO_BOOTLOADER,   /* a whole flash without one */
	PLACEMENT_WOULD_NOT_START, /* an application for a module without a bootloader */
	PLACEMENT_REPEATED,
	PLACEMENT_REFUSAL_KINDS,
};

struct placement {
	/* Where it goes, if nothing is refused or all refusals are overridden. */
	size_t address; /* in the flash */
	size_t length;	/* bytes */
	/*
	 * The byte of the file that goes to @address; the others follow, and those before it
	 * come after the file's last byte. 0 unless the file is a rotated dump.
	 */
	size_t rotation;
	/* It is known to be for the module's SoC. If not, it may be for another. */
	bool soc_checked;
	bool identity; /* it has the MAC and the calibration of one module */
	struct {
		enum placement_refusal why;
		char text[PLACEMENT_TEXT];   /* one or two sentences, no full stop at the end */
	} refusals[PLACEMENT_REFUSAL_KINDS]; /* each kind once at most */
	size_t refusal_count;
};

#define PLACEMENT_ANYWHERE SIZE_MAX /* no address was asked for */

/*
 * @soc: whose regions count; NULL if that is not known. @target: the module; NULL if none is
 * connected, and then nothing is refused because of it. @flash_size: bytes, a power of two. @wish:
 * an address, or PLACEMENT_ANYWHERE. True if nothing is refused.
 */
bool placement_find(const struct image *image, const struct chipdb_soc *soc,
		    const struct target *target, size_t flash_size, size_t wish,
		    struct placement *placement);

bool placement_refuses(const struct placement *placement, enum placement_refusal why);

/* "wrong-soc"; and back, or PLACEMENT_REFUSAL_KINDS if there is none of that name. */
const char *placement_refusal_name(enum placement_refusal why);
enum placement_refusal placement_refusal_by_name(const char *name);

#endif
