/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * own_names.h - what code says about itself: the SoC that it was built for, and the firmware's own
 * name and version.
 *
 * Bootloaders say it in one of two forms: "BK7231N_1.0.1", as Tuya's; or the name, a version, and
 * on the next line "REG:" or "CPSR:", as Beken's. The name at logical 0x100 is not the SoC's but
 * that of the core that several share. Applications contain "OpenBK7231N_1.18.300" or " AT bk7231n
 * >"; others have it in words ("oem_bk7231n_plug", "BK7231S_2M"), which may also name other SoCs:
 * so they count only if all of them agree. "BK7231" alone is the family's name, which a BK7231Q's
 * firmware gives for itself: in applications it counts for no SoC. Sources: docs/images.md.
 */
#ifndef IMAGE_OWN_NAMES_H
#define IMAGE_OWN_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OWN_NAME 16

struct own_names {
	char self[OWN_NAME];  /* the SoC, as the code calls itself; or "" */
	size_t self_at;	      /* logical, from the start of the code */
	char words[OWN_NAME]; /* the SoC that its words name, if it is only one; or "" */
	size_t words_at;
	bool words_differ; /* they name several: .words is one of them */
	char firmware[32]; /* "OpenBK7231N"; or "" */
	char version[24];  /* of .firmware; or "" */
};

/*
 * Look at @size logical bytes that are @at bytes from the start of a bootloader or an
 * application. The pieces of one code come one after the other, each overlapping the one
 * before by OWN_NAMES_OVERLAP bytes; @names begins zeroed.
 */
#define OWN_NAMES_OVERLAP 80
void own_names_scan(struct own_names *names, bool bootloader, const uint8_t *bytes, size_t size,
		    size_t at);

#endif
