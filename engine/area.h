/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * area.h - which bytes of the flash a job is about: regions, or an address and a size.
 *
 * Regions are those of the SoC in the chip database that lie in the flash.
 *
 * Functions return false after a trouble.
 */
#ifndef ENGINE_AREA_H
#define ENGINE_AREA_H

#include "chipdb/chipdb.h"
#include "engine/flash.h"
#include "base/observer.h"
#include "base/range.h"

/* What the user asked for. */
struct area_wish {
	const char *regions; /* names separated by commas; or NULL */
	bool has_at, has_size;
	uint32_t at, size;
};

/* Whether a flash of this size has the region. */
bool area_lies_in(const struct chipdb_region *region, uint32_t flash_size);

/* The region of this name, if it lies in a flash of this size; else NULL. */
const struct chipdb_region *area_region(const struct chipdb_soc *soc, const char *name,
					uint32_t flash_size);

/*
 * Whether some SoC has a region of one of these names, separated by commas, that is of one of these
 * kinds. @kinds: 1 << each.
 */
bool area_names_kind(const char *names, unsigned kinds);

/* Whether the range touches a region of this kind, of any of these SoCs. */
bool area_touches(struct range range, chipdb_soc_set socs, enum chipdb_region_kind kind);

/*
 * What the wish means. Without an address it begins at 0, without a size it goes to the end of
 * the flash. @soc may be NULL if it is unknown; then no region is known.
 */
bool area_find(const struct area_wish *wish, const struct chipdb_soc *soc, uint32_t flash_size,
	       const struct observer *observer, struct ranges *area);

#endif
