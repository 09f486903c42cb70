/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/chip_choice.h"

#include <string.h>
#include <strings.h>

/* flashrom refuses the table of a larger part (sfdp.c, 1.3.0 to 1.8.0-rc1). */
#define SFDP_MOST (16u << 20)

/*
 * IDs of large parts that have opcodes for four address bytes and that flashrom knows from 1.3.0
 * on; used if the chip database has no other part of this size.
 */
static const uint8_t well_known[][3] = {
	{0xc8, 0x40, 0x19}, /* GD25Q256D, 32 MiB */
	{0xef, 0x40, 0x19}, /* W25Q256 */
	{0xef, 0x40, 0x20}, /* W25Q512JV, 64 MiB */
	{0xc2, 0x20, 0x1a}, /* MX66L51235F, MX25L51245G */
};

/* The least of a name that tells the family and the size. */
#define CORE_LEAST 5

static bool begins_alike(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t len = a_len < b_len ? a_len : b_len;

	return len >= CORE_LEAST && strncasecmp(a, b, len) == 0;
}

/* @list: names with ", " between. */
static bool is_among(const char *list, const char *name, size_t len)
{
	while (*list) {
		size_t piece = strcspn(list, ", ");

		if (begins_alike(list, piece, name, len))
			return true;
		list += piece;
		list += strspn(list, ", ");
	}
	return false;
}

bool chip_is_called(const struct chipdb_part *part, const char *name)
{
	while (*name) {
		/* "GD25Q16(B)" and "W25Q32.V" stand for several versions. */
		size_t core = strcspn(name, "/(.");

		if (is_among(part->name, name, core) ||
		    (part->also && is_among(part->also, name, core)))
			return true;
		name += strcspn(name, "/");
		name += *name == '/';
	}
	return false;
}

/* Asks for the names of an ID, and keeps only those of this size. */
static bool ask_names(const struct chip_choice_ask *ask, const uint8_t id[3], uint32_t size,
		      struct flashrom_names *names)
{
	unsigned kept = 0;

	if (!ask->ask(ask->data, id, names))
		return false;
	for (unsigned i = 0; i < names->count; i++)
		if (names->names[i].kib == size / 1024)
			names->names[kept++] = names->names[i];
	names->count = kept;
	return true;
}

static bool stands_in(const struct chip_choice_ask *ask, const uint8_t id[3], uint32_t size,
		      struct chip_choice *choice)
{
	struct flashrom_names names;

	if (!ask_names(ask, id, size, &names) || names.count == 0)
		return false;
	choice->kind = CHIP_STAND_IN;
	memcpy(choice->id, id, sizeof(choice->id));
	strcpy(choice->name, names.names[0].name);
	return true;
}

static void choose_stand_in(const struct chipdb_part *part, const struct chip_choice_ask *ask,
			    struct chip_choice *choice)
{
	for (size_t i = 0; i < chipdb_part_count; i++) {
		const struct chipdb_part *other = &chipdb_parts[i];

		if (other->size == part->size && !other->refuse &&
		    memcmp(other->id, part->id, sizeof(part->id)) &&
		    stands_in(ask, other->id, part->size, choice))
			return;
	}
	for (size_t i = 0; i < sizeof(well_known) / sizeof(well_known[0]); i++)
		if (stands_in(ask, well_known[i], part->size, choice))
			return;
}

/* Of several entries, the one that is called like the part; else the first. */
static const char *best_name(const struct chipdb_part *part, const struct flashrom_names *names)
{
	for (unsigned i = 0; i < names->count; i++)
		if (chip_is_called(part, names->names[i].name))
			return names->names[i].name;
	return names->names[0].name;
}

void chip_choose(const struct chipdb_part *part, const struct chip_choice_ask *ask,
		 struct chip_choice *choice)
{
	*choice = (struct chip_choice){.kind = CHIP_UNASKED};
	memcpy(choice->id, part->id, sizeof(choice->id));
	if (!ask_names(ask, part->id, part->size, &choice->possible))
		return;
	if (choice->possible.count > 0) {
		choice->kind = CHIP_KNOWN;
		strcpy(choice->name, best_name(part, &choice->possible));
	} else if (part->size <= SFDP_MOST) {
		choice->kind = CHIP_BY_SFDP;
		strcpy(choice->name, CHIP_BY_SFDP_NAME);
	} else {
		choice->kind = CHIP_NONE;
		choose_stand_in(part, ask, choice);
	}
}
