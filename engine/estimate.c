/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/estimate.h"

#include "programmer/guard/writeback.h"

static void add(struct estimate *estimate, uint64_t typical_us, uint64_t most_us)
{
	estimate->typical_us += typical_us;
	estimate->most_us += most_us;
}

static uint64_t transfer_us(const struct die_cost *cost, uint64_t bytes)
{
	return bytes * cost->ns_per_byte / 1000;
}

void estimate_read(struct estimate *estimate, const struct die_cost *cost, uint64_t bytes)
{
	add(estimate, transfer_us(cost, bytes), transfer_us(cost, bytes));
}

/* The largest erase that begins at @at and ends at @end or before; the smallest at least. */
static const struct chipdb_erase *choose(const struct chipdb_part *part, uint64_t at, uint64_t end)
{
	const struct chipdb_erase *chosen = &part->erase[0];

	for (size_t i = 1; i < CHIPDB_ERASES && part->erase[i].opcode; i++) {
		const struct chipdb_erase *erase = &part->erase[i];

		if (!chipdb_erases_chip(erase) && erase->size <= WRITEBACK_BLOCK_MOST &&
		    at % erase->size == 0 && at + erase->size <= end &&
		    erase->typ_us <= chosen->typ_us * (erase->size / chosen->size))
			chosen = erase;
	}
	return chosen;
}

void estimate_erase(struct estimate *estimate, const struct die_cost *cost,
		    const struct chipdb_part *part, const struct range *ranges, size_t count)
{
	uint32_t sector = part->erase[0].size;

	for (size_t i = 0; i < count; i++) {
		uint64_t at = ranges[i].start / sector * sector;
		uint64_t end = (uint64_t)ranges[i].start + ranges[i].length;

		end = (end + sector - 1) / sector * sector;
		while (at < end) {
			const struct chipdb_erase *erase = choose(part, at, end);

			add(estimate, erase->typ_us + cost->us_per_erase,
			    erase->max_us + cost->us_per_erase);
			at += erase->size;
		}
	}
}

void estimate_program(struct estimate *estimate, const struct die_cost *cost,
		      const struct chipdb_part *part, uint64_t pages)
{
	uint64_t wires_us = cost->us_per_program + transfer_us(cost, part->page);

	add(estimate, pages * (part->program_typ_us + wires_us),
	    pages * (part->program_max_us + wires_us));
}

void estimate_register_write(struct estimate *estimate, const struct chipdb_part *part)
{
	add(estimate, part->sr_write_typ_us, part->sr_write_max_us);
}
