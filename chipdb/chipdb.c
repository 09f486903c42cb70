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

static const char *without_open(const char *name)
{
	return strncasecmp(name, "Open", 4) == 0 ? name + 4 : name;
}

const struct chipdb_soc *chipdb_soc_by_name(const char *name)
{
	name = without_open(name);
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (is_called(chipdb_socs[i].name, chipdb_socs[i].also, name))
			return &chipdb_socs[i];
	return NULL;
}

chipdb_soc_set chipdb_soc_bit(const struct chipdb_soc *soc)
{
	return UINT32_C(1) << (soc - chipdb_socs);
}

chipdb_soc_set chipdb_socs_all(void)
{
	return (UINT32_C(1) << chipdb_soc_count) - 1;
}

chipdb_soc_set chipdb_socs_called(const char *name)
{
	chipdb_soc_set found = 0;

	name = without_open(name);
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (is_called(chipdb_socs[i].name, chipdb_socs[i].also, name) ||
		    is_called("", chipdb_socs[i].calls_itself, name))
			found |= chipdb_soc_bit(&chipdb_socs[i]);
	return found;
}

/* Longer than any name of a module. */
#define MODULE_ROOM 32

static bool spell_module(const char *name, char spelled[MODULE_ROOM])
{
	if (!*name || strlen(name) >= MODULE_ROOM)
		return false;
	strcpy(spelled, name);
	for (char *underscore; (underscore = strchr(spelled, '_'));)
		*underscore = '-';
	return true;
}

chipdb_soc_set chipdb_socs_in_module(const char *name)
{
	char spelled[MODULE_ROOM];
	chipdb_soc_set found = 0;

	if (!spell_module(name, spelled))
		return 0;
	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (is_called("", chipdb_socs[i].modules, spelled))
			found |= chipdb_soc_bit(&chipdb_socs[i]);
	return found;
}

chipdb_soc_set chipdb_socs_alike(const struct chipdb_soc *soc)
{
	chipdb_soc_set alike = chipdb_soc_bit(soc);

	for (size_t i = 0; i < chipdb_soc_count; i++)
		if (is_called("", soc->alike, chipdb_socs[i].name))
			alike |= chipdb_soc_bit(&chipdb_socs[i]);
	return alike;
}

uint32_t chipdb_sr_mask(const struct chipdb_part *part, enum chipdb_bit bit)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < 8 * part->sr_count; i++)
		if (part->sr_bits[i] == bit)
			mask |= UINT32_C(1) << i;
	return mask;
}

/* Whether @word is one of those in "BK7231T or BK7231N". */
static bool is_among(const char *words, const char *word)
{
	const size_t length = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += length)
		if ((at == words || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

static const struct chipdb_wiring *package_of(const struct chipdb_soc *soc)
{
	for (size_t i = 0; soc && i < chipdb_wiring_count; i++)
		if (!chipdb_wirings[i].package && is_among(chipdb_wirings[i].soc, soc->name))
			return &chipdb_wirings[i];
	return NULL;
}

const struct chipdb_wiring *chipdb_wiring_by_name(const char *name)
{
	char spelled[MODULE_ROOM];

	if (!spell_module(name, spelled))
		return NULL;
	for (size_t i = 0; i < chipdb_wiring_count; i++)
		if (strcasecmp(chipdb_wirings[i].name, spelled) == 0)
			return &chipdb_wirings[i];
	return package_of(chipdb_soc_by_name(name));
}

const char *chipdb_wire_name(enum chipdb_wire wire)
{
	static const char *const names[CHIPDB_WIRES] = {
		[CHIPDB_P20] = "P20", [CHIPDB_P21] = "P21", [CHIPDB_P22] = "P22",
		[CHIPDB_P23] = "P23", [CHIPDB_CEN] = "CEN", [CHIPDB_3V3] = "3V3",
		[CHIPDB_GND] = "GND",
	};

	return names[wire];
}
