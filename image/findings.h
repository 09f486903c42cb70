/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * findings.h - what has been found out about a file: the one list that all recognizers write to.
 *
 * image_identify() begins with an empty one and passes it from one to the next: code, SoCs,
 * regions. All other code only reads it. It points into chipdb and constants only, owns nothing,
 * and is about 12 KiB large.
 */
#ifndef IMAGE_FINDINGS_H
#define IMAGE_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chipdb/chipdb.h"
#include "image/code.h"
#include "image/identity.h"
#include "image/other_files.h"
#include "image/partitions.h"
#include "image/rbl.h"
#include "image/rf.h"
#include "image/settings.h"
#include "image/uf2.h"

#define IMAGE_RBLS 6
#define IMAGE_RFS 4
#define IMAGE_FINDINGS 24 /* more than there can be at once */
#define IMAGE_EVIDENCE 12
#define IMAGE_TEXT 160

enum image_kind {
	IMAGE_UNKNOWN,
	IMAGE_EMPTY,	     /* no byte at all */
	IMAGE_CONSTANT,	     /* the same byte everywhere: FF is an erased flash */
	IMAGE_DUMP,	     /* a whole flash */
	IMAGE_ROTATED_DUMP,  /* a whole flash that begins elsewhere and wraps around */
	IMAGE_REST,	     /* a flash from the application on, without the bootloader */
	IMAGE_QIO,	     /* bootloader and application, for address 0 */
	IMAGE_APPLICATION,   /* "UA", for the place of the application */
	IMAGE_BOOTLOADER,    /* for address 0 */
	IMAGE_UNFRAMED_CODE, /* code without CRC blocks: a step on the way to an image */
	IMAGE_OTA,	     /* an RBL file, for over-the-air updates */
	IMAGE_UG,	     /* a Tuya upgrade file */
	IMAGE_RF,	     /* a calibration region alone */
	IMAGE_TUYA_CONFIG,   /* Tuya's storage region alone */
	IMAGE_OBK_CONFIG,    /* OpenBeken's settings alone */
	IMAGE_UF2,	     /* a UF2 file that is not unpacked: image.uf2.why */
	IMAGE_OTHER,	     /* something else altogether, see image.other */
};

/* What is wrong. The first ones make an image unfit, the others are worth knowing. */
enum image_finding_kind {
	IMAGE_TRUNCATED,     /* the end is missing */
	IMAGE_DAMAGED,	     /* a checksum is wrong */
	IMAGE_UNCONFIRMED,   /* a file of code whose RBL header is missing or for other code */
	IMAGE_INCONSISTENT,  /* the pieces do not belong together */
	IMAGE_PADDED,	     /* padded with FF, which would erase what is there */
	IMAGE_NO_BOOTLOADER, /* a whole flash that does not boot */
	IMAGE_REPEATED,	     /* a smaller flash, twice */
	IMAGE_GRAVE,	     /* not a finding: all before this are grave */
	IMAGE_NO_CALIBRATION = IMAGE_GRAVE,
	IMAGE_NO_MAC,	    /* calibration with a MAC that is blank or made up */
	IMAGE_UNPROVEN,	    /* the same in a flash, where it was found in working ones */
	IMAGE_LEFTOVERS,    /* blocks half old, half new, where they do no harm */
	IMAGE_UNKNOWN_CODE, /* good blocks, but how they are coded cannot be told */
	IMAGE_FINDING_KINDS,
};

struct image_finding {
	enum image_finding_kind kind;
	char text[IMAGE_TEXT]; /* a sentence without its full stop */
};

struct image {
	enum image_kind kind;
	char piece[IMAGE_TEXT]; /* of what it is only a part, in words; "" for all of something */
	size_t file_size;	/* bytes */
	/*
	 * A UF2 file is unpacked: all that follows is about its content, laid out as in the flash.
	 * For any other file, both sizes are the same.
	 */
	bool unpacked;
	struct uf2 uf2; /* if it is one, or with IMAGE_UF2 */
	size_t size;	/* bytes from the first to the last */
	/*
	 * The flash address of the first byte. What follows comes after it; with
	 * IMAGE_ROTATED_DUMP, only up to the end of the flash, and then from 0 on.
	 */
	bool has_address;
	size_t address;
	size_t filled; /* this many bytes of FF at its end are padding */
	/* For which SoC it is, and how its code is coded: the bootloader's if that is known. */
	struct identity identity;
	struct coding coding;
	/* The pieces; offsets are flash addresses. */
	bool has_bootloader, has_application;
	struct code bootloader, application;
	struct partitions partitions;
	struct rbl rbl[IMAGE_RBLS];
	size_t rbl_count;
	struct rf rf[IMAGE_RFS];
	size_t rf_count;
	struct settings settings[SETTINGS_MOST]; /* of firmware, after its code */
	size_t settings_count;
	const struct other_file *other; /* with IMAGE_OTHER; else NULL */
	struct image_finding findings[IMAGE_FINDINGS];
	size_t finding_count;
	char evidence[IMAGE_EVIDENCE][IMAGE_TEXT]; /* how the kind is known, in words */
	size_t evidence_count;
};

/* For recognizers: one more piece of evidence, one more thing that is wrong. */
__attribute__((format(printf, 2, 3))) void image_say(struct image *image, const char *format, ...);
__attribute__((format(printf, 3, 4))) void
image_find(struct image *image, enum image_finding_kind kind, const char *format, ...);

bool image_has(const struct image *image, enum image_finding_kind kind);

/* Short names for machines ("qio", "truncated"), and a title for people. */
const char *image_kind_name(enum image_kind kind);
const char *image_kind_title(enum image_kind kind);
const char *image_finding_name(enum image_finding_kind kind);

#endif
