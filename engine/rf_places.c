/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/rf_places.h"

#include <stdbool.h>

#include "chipdb/chipdb.h"

size_t rf_places(uint32_t size, uint32_t length, uint32_t starts[RF_PLACES])
{
	size_t count = 0;

	for (size_t i = 0; i < chipdb_soc_count * CHIPDB_REGIONS; i++) {
		const struct chipdb_soc *soc = &chipdb_socs[i / CHIPDB_REGIONS];
		const struct chipdb_region *region = &soc->regions[i % CHIPDB_REGIONS];
		bool is_there = !region->name || region->kind != CHIPDB_REGION_RF ||
				length > size || region->start > size - length;

		for (size_t j = 0; j < count; j++)
			is_there |= starts[j] == region->start;
		if (!is_there && count < RF_PLACES)
			starts[count++] = region->start;
	}
	return count;
}
