/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "estimate.h"

#define CLOCK_HZ 1500000
#define ERASE_MOST 65536

static void add(struct estimate *estimate, uint64_t typical_us, uint64_t most_us)
{
	estimate->typical_us += typical_us;
	estimate->most_us += most_us;
}

static uint64_t transfer_us(uint64_t bytes)
{
	return bytes * 8 * 1000000 / CLOCK_HZ;
}

void estimate_read(struct estimate *estimate, uint64_t bytes)
{
	add(estimate, transfer_us(bytes), transfer_us(bytes));
}

/* The largest erase that begins at @at and ends at @end or before; the smallest at least. */
static const struct chipdb_erase *choose(const struct chipdb_part *part, uint64_t at, uint64_t end)
{
	const struct chipdb_erase *chosen = &part->erase[0];

	for (size_t i = 1; i < CHIPDB_ERASES && part->erase[i].opcode; i++) {
		const struct chipdb_erase *erase = &part->erase[i];

		if (!chipdb_erases_chip(erase) && erase->size <= ERASE_MOST &&
		    at % erase->size == 0 && at + erase->size <= end)
			chosen = erase;
	}
	return chosen;
}

void estimate_erase(struct estimate *estimate, const struct chipdb_part *part,
		    const struct area *area)
{
	for (size_t i = 0; i < area->count; i++) {
		uint64_t at = area->ranges[i].start, end = at + area->ranges[i].length;

		at -= at % part->erase[0].size;
		while (at < end) {
			const struct chipdb_erase *erase = choose(part, at, end);

			add(estimate, erase->typ_us, erase->max_us);
			at += erase->size;
		}
	}
	estimate_read(estimate, area_bytes(area));
}

void estimate_program(struct estimate *estimate, const struct chipdb_part *part, uint64_t bytes)
{
	uint64_t pages = (bytes + part->page - 1) / part->page;

	add(estimate, pages * part->program_typ_us, pages * part->program_max_us);
	estimate_read(estimate, bytes); /* the same way over the wires, outwards */
}

void estimate_register_write(struct estimate *estimate, const struct chipdb_part *part)
{
	add(estimate, part->sr_write_typ_us, part->sr_write_max_us);
}
