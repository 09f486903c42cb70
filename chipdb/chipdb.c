/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chipdb/chipdb.h"

#include <string.h>
#include <strings.h>

const struct chipdb_part *chipdb_part_by_id(const uint8_t id[3])
{
	for (size_t i = 0; i < chipdb_part_count; i++)
		if (memcmp(chipdb_parts[i].id, id, 3) == 0)
			return &chipdb_parts[i];
	return NULL;
}

/* @also: names with ", " between, or NULL. */
static bool is_called(const char *name, const char *also, const char *wanted)
{
	size_t len = strlen(wanted);

	if (strcasecmp(name, wanted) == 0)
		return true;
	while (also) {
		size_t end = strcspn(also, ",");

		if (end == len && strncasecmp(also, wanted, len) == 0)
			return true;
		also = also[end] ? also + end + 2 : NULL;
	}
	return false;
}

const struct chipdb_part *chipdb_part_by_name(const char *name)
{
	for (size_t i = 0; i < chipdb_part_count; i++)
		if (is_called(chipdb_parts[i].name, chipdb_parts[i].also, name))
			return &chipdb_parts[i];
	return NULL;
}

const struct chipdb_soc *chipdb_soc_by_name(const char *name)
{
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (is_called(chipdb_socs[i].name, chipdb_socs[i].also, name))
			return &chipdb_socs[i];
	return NULL;
}

uint32_t chipdb_sr_mask(const struct chipdb_part *part, enum chipdb_bit bit)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < 8 * part->sr_count; i++)
		if (part->sr_bits[i] == bit)
			mask |= UINT32_C(1) << i;
	return mask;
}
