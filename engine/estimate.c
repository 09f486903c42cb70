/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/estimate.h"

#include "programmer/guard/writeback.h"

#define PACKET_NS 40000
#define BYTE_NS 6030
#define PAYLOAD 31 /* bytes of a packet */

/* Of each page: the write enable, the chip selects, and the look at WIP. */
#define PROGRAM_PACKETS 5
#define PROGRAM_HEADER 4 /* opcode and address */

static void add(struct estimate *estimate, uint64_t typical_us, uint64_t most_us)
{
	estimate->typical_us += typical_us;
	estimate->most_us += most_us;
}

static uint64_t transfer_us(uint64_t bytes, uint64_t more_packets)
{
	uint64_t packets = (bytes + PAYLOAD - 1) / PAYLOAD + more_packets;

	return (packets * PACKET_NS + bytes * BYTE_NS) / 1000;
}

void estimate_read(struct estimate *estimate, uint64_t bytes)
{
	add(estimate, transfer_us(bytes, 0), transfer_us(bytes, 0));
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

void estimate_erase(struct estimate *estimate, const struct chipdb_part *part,
		    const struct range *ranges, size_t count)
{
	uint32_t sector = part->erase[0].size;

	for (size_t i = 0; i < count; i++) {
		uint64_t at = ranges[i].start / sector * sector;
		uint64_t end = (uint64_t)ranges[i].start + ranges[i].length;

		end = (end + sector - 1) / sector * sector;
		while (at < end) {
			const struct chipdb_erase *erase = choose(part, at, end);

			add(estimate, erase->typ_us, erase->max_us);
			at += erase->size;
		}
	}
}

void estimate_program(struct estimate *estimate, const struct chipdb_part *part, uint64_t pages)
{
	uint64_t wires_us = transfer_us(PROGRAM_HEADER + part->page, PROGRAM_PACKETS);

	add(estimate, pages * (part->program_typ_us + wires_us),
	    pages * (part->program_max_us + wires_us));
}

void estimate_register_write(struct estimate *estimate, const struct chipdb_part *part)
{
	add(estimate, part->sr_write_typ_us, part->sr_write_max_us);
}
