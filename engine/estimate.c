/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/estimate.h"

#include "image/crc_blocks.h"
#include "programmer/guard/writeback.h"

static void add(struct estimate *estimate, enum activity activity, uint32_t piece, uint64_t bytes,
		uint64_t typical_us, uint64_t most_us)
{
	estimate->typical_us += typical_us;
	estimate->most_us += most_us;
	work_add(&estimate->work, activity, piece, bytes, typical_us);
}

static uint64_t transfer_us(uint32_t ns_per_byte, uint64_t bytes)
{
	return bytes * ns_per_byte / 1000;
}

static void read_at(struct estimate *estimate, uint32_t ns_per_byte, uint64_t bytes)
{
	uint64_t us = transfer_us(ns_per_byte, bytes);

	add(estimate, ACTIVITY_READ, 0, bytes, us, us);
}

void estimate_read(struct estimate *estimate, const struct die_cost *cost, uint64_t bytes)
{
	read_at(estimate, cost->ns_per_byte, bytes);
}

void estimate_verify(struct estimate *estimate, const struct die_cost *cost, uint64_t bytes)
{
	read_at(estimate, cost->ns_per_known_byte, bytes);
}

void estimate_samples(struct estimate *estimate, const struct die_cost *cost, uint32_t bytes,
		      uint64_t count)
{
	uint64_t us = count * (cost->us_per_read + transfer_us(cost->ns_per_known_byte, bytes));

	add(estimate, ACTIVITY_READ, bytes, count * bytes, us, us);
}

/* The largest erase that starts at @at and does not go past @end; at least the smallest one. */
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
		    const struct chipdb_part *part, const struct range *ranges, size_t count,
		    const uint8_t *present)
{
	uint32_t sector = part->erase[0].size;

	for (size_t i = 0; i < count; i++) {
		uint64_t at = ranges[i].start / sector * sector;
		uint64_t end = (uint64_t)ranges[i].start + ranges[i].length;

		end = (end + sector - 1) / sector * sector;
		while (at < end) {
			const struct chipdb_erase *erase = choose(part, at, end);

			if (!present || !crc_blocks_blank(present + at, erase->size))
				add(estimate, ACTIVITY_ERASE, erase->size, erase->size,
				    erase->typ_us + cost->us_per_erase,
				    erase->max_us + cost->us_per_erase);
			at += erase->size;
		}
	}
}

void estimate_program(struct estimate *estimate, const struct die_cost *cost,
		      const struct chipdb_part *part, uint64_t pages)
{
	uint64_t wires_us = cost->us_per_program + transfer_us(cost->ns_per_byte, part->page);

	add(estimate, ACTIVITY_PROGRAM, 0, pages * part->page,
	    pages * (part->program_typ_us + wires_us), pages * (part->program_max_us + wires_us));
}

void estimate_register_write(struct estimate *estimate, const struct chipdb_part *part)
{
	estimate->typical_us += part->sr_write_typ_us;
	estimate->most_us += part->sr_write_max_us;
}
