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

void estimate_read(struct estimate *estimate, const struct die_cost *cost, uint64_t bytes)
{
	uint64_t us = transfer_us(cost->ns_per_byte, bytes);

	add(estimate, ACTIVITY_READ, 0, bytes, us, us);
}

static void compare(struct estimate *estimate, uint32_t piece, uint64_t bytes, uint64_t us)
{
	add(estimate, ACTIVITY_COMPARE, piece, bytes, us, us);
}

void estimate_verify(struct estimate *estimate, const struct die_cost *cost, uint64_t bytes)
{
	compare(estimate, 0, bytes, transfer_us(cost->ns_per_known_byte, bytes));
}

void estimate_compare(struct estimate *estimate, const struct die_cost *cost, uint64_t bytes)
{
	uint64_t looks = (bytes + COMPARE_PIECE - 1) / COMPARE_PIECE;

	compare(estimate, 0, bytes,
		transfer_us(cost->ns_per_known_byte, bytes) + looks * cost->us_per_known_read);
}

void estimate_blank(struct estimate *estimate, const struct die_cost *cost, uint64_t bytes)
{
	compare(estimate, 0, bytes, transfer_us(cost->ns_per_erased_byte, bytes));
}

/* A few bytes may cost as much as some more. */
static uint64_t look_us(const struct die_cost *cost, uint32_t ns_per_byte, uint32_t bytes)
{
	return cost->us_per_read +
	       transfer_us(ns_per_byte, bytes > cost->read_unit ? bytes : cost->read_unit);
}

void estimate_search(struct estimate *estimate, const struct die_cost *cost, uint32_t bytes,
		     uint64_t count, unsigned times)
{
	uint64_t us = look_us(cost, cost->ns_per_byte, bytes) +
		      (times - 1) * look_us(cost, cost->ns_per_known_byte, bytes);

	add(estimate, ACTIVITY_READ, bytes, count * times * bytes, count * us, count * us);
}

void estimate_samples(struct estimate *estimate, const struct die_cost *cost, uint32_t bytes,
		      uint64_t count)
{
	compare(estimate, bytes, count * bytes,
		count * look_us(cost, cost->ns_per_known_byte, bytes));
}

/* The largest erase that starts at @at and is not longer than @length; at least the smallest one.
 */
static const struct chipdb_erase *choose(const struct chipdb_part *part, uint64_t at,
					 uint64_t length)
{
	const struct chipdb_erase *chosen = &part->erase[0];

	for (size_t i = 1; i < CHIPDB_ERASES && part->erase[i].opcode; i++) {
		const struct chipdb_erase *erase = &part->erase[i];

		if (!chipdb_erases_chip(erase) && erase->size <= WRITEBACK_BLOCK_MOST &&
		    at % erase->size == 0 && erase->size <= length &&
		    erase->typ_us <= chosen->typ_us * (erase->size / chosen->size))
			chosen = erase;
	}
	return chosen;
}

uint64_t estimate_erase(struct estimate *estimate, const struct die_cost *cost,
			const struct chipdb_part *part, const struct range *ranges, size_t count,
			const uint8_t *present)
{
	uint32_t sector = part->erase[0].size;
	uint64_t bytes = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t at = ranges[i].start / sector * sector;
		uint64_t end = (uint64_t)ranges[i].start + ranges[i].length;

		end = (end + sector - 1) / sector * sector;
		while (at < end) {
			const struct chipdb_erase *erase = choose(part, at, end - at);

			if (!present || !crc_blocks_blank(present + at, erase->size)) {
				bytes += erase->size;
				add(estimate, ACTIVITY_ERASE, erase->size, erase->size,
				    erase->typ_us + cost->us_per_erase,
				    erase->max_us + cost->us_per_erase);
			}
			at += erase->size;
		}
	}
	return bytes;
}

void estimate_program(struct estimate *estimate, const struct die_cost *cost,
		      const struct chipdb_part *part, uint64_t pages)
{
	uint64_t wires_us = cost->us_per_program + transfer_us(cost->ns_per_byte, part->page);
	uint64_t page_us = part->program_typ_us + wires_us,
		 most_us = part->program_max_us + wires_us;

	if (cost->us_per_page) {
		page_us = cost->us_per_page;
		most_us = page_us > part->program_max_us ? page_us : part->program_max_us;
	}
	add(estimate, ACTIVITY_PROGRAM, 0, pages * part->page, pages * page_us, pages * most_us);
}

void estimate_register_write(struct estimate *estimate, const struct chipdb_part *part)
{
	estimate->typical_us += part->sr_write_typ_us;
	estimate->most_us += part->sr_write_max_us;
}
