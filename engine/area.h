/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * area.h - which bytes of the flash a command is about: --region, or --at and --size.
 *
 * Numbers are bytes: decimal, or hexadecimal with 0x; with K or M behind them times 1024
 * or 1048576. Regions are those of the SoC in the chip database that lie in the flash.
 *
 * Functions return false after an error, which has been logged.
 */
#ifndef CLI_AREA_H
#define CLI_AREA_H

#include "chipdb/chipdb.h"
#include "cli/beken_flash/commands.h"
#include "engine/flash.h"
#include "base/number.h"
#include "base/observer.h"
#include "base/range.h"

/* For a command's options. */
#define AREA_REGION_OPTION                                                                         \
	{                                                                                          \
		"region", ARGUMENT_REGION, "this region of the SoC, by its name (see info)", false \
	}
#define AREA_AT_OPTION                                                                             \
	{                                                                                          \
		"at", "ADDRESS", "where it begins: bytes, or 0x and hex, with K or M behind",      \
			false                                                                      \
	}
#define AREA_SIZE_OPTION                                                                           \
	{                                                                                          \
		"size", "SIZE", "how much: bytes, or 0x and hex, with K or M behind", false        \
	}

/* What the user said. */
struct area_wish {
	const char *regions; /* names with commas between; or NULL */
	bool has_at, has_size;
	uint32_t at, size;
};

/*
 * What can be told before the chip is known: --region goes with neither of the others, and
 * numbers are numbers. Each may be NULL.
 */
bool area_wish(const char *regions, const char *at, const char *size,
	       const struct observer *observer, struct area_wish *wish);

/* Whether a flash of this size has the region. */
bool area_lies_in(const struct chipdb_region *region, uint32_t flash_size);

/* The region of this name, if it lies in a flash of this size; else NULL. */
const struct chipdb_region *area_region(const struct chipdb_soc *soc, const char *name,
					uint32_t flash_size);

/*
 * What the wish means. Without --at it begins at 0, without --size it goes to the end of
 * the flash. @soc may be NULL if it is unknown; then no region is known.
 */
bool area_find(const struct area_wish *wish, const struct chipdb_soc *soc, uint32_t flash_size,
	       const struct observer *observer, struct ranges *area);

#endif
