/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/identify.h"
#include "programmer/guard/sfdp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPCODE_SFDP 0x5a

#define SIZE_LEAST 0x10000u
#define SIZE_MOST 0x1000000u /* three address bytes */

#define BLOCK 65536

/* How an unknown part is reported, at the end of messages. */
#define REPORT "Please report the ID and the module's name"

/*
 * What nearly all parts have in common, and times that are long enough for all of them.
 * Bit 5 of SR1 is TB on some and BP3 on others: it is cleared with BP, as if it were BP3.
 * Bit 6 is SEC, 4KBL or QE: it stays.
 */
static const struct chipdb_part usual = {
	.maker = "unknown",
	.address_bytes = 3,
	.page = 256,
	.program_typ_us = 700,
	.program_max_us = 5000,
	.sr_count = 2,
	.sr_read = {0x05, 0x35},
	.sr_write = CHIPDB_SR_JOINT,
	.sr_write_typ_us = 10000,
	.sr_write_max_us = 200000,
	.one_byte_01_clears_sr2 = true,
	.needless_write_locks = true,
	.sr_bits = {CHIPDB_WIP, CHIPDB_WEL, CHIPDB_BP0, CHIPDB_BP1, CHIPDB_BP2, CHIPDB_BP3,
		    CHIPDB_UNKNOWN, CHIPDB_SRP0,
		    /* SR2 */
		    CHIPDB_SRP1, CHIPDB_QE, [14] = CHIPDB_CMP},
};

/*
 * 35h reads SR2 on most parts. On Macronix' MX25L it switches to commands on four lines, to
 * which this die would then be deaf (datasheets: EQIO); ISSI and Micron are said to do the
 * same. Their dies are taken to have one register.
 */
static void choose_registers(struct chipdb_part *part, const uint8_t id[3])
{
	if (id[0] == 0xc2 || id[0] == 0x9d || (id[0] == 0x20 && (id[1] & 0xfe) == 0xba))
		part->sr_count = 1;
}

static const struct chipdb_erase erase_4k = {0x20, 4096, 50000, 400000};
static const struct chipdb_erase erase_64k = {0xd8, BLOCK, 300000, 3000000};

/* A size from "size:2M", or 0. */
static uint32_t size_from(const char *chip)
{
	unsigned long size;
	char *end;

	if (strncmp(chip, "size:", 5) != 0 || chip[5] < '0' || chip[5] > '9')
		return 0;
	size = strtoul(chip + 5, &end, 10);
	if (size > SIZE_MOST)
		return 0;
	if (*end == 'K')
		size *= 1024;
	else if (*end == 'M')
		size *= 1048576;
	if (*end && end[1])
		return 0;
	if (*end && *end != 'K' && *end != 'M')
		return 0;
	if (size < SIZE_LEAST || size > SIZE_MOST || size & (size - 1))
		return 0;
	return (uint32_t)size;
}

bool identify_is_chip(const char *chip)
{
	return size_from(chip) || chipdb_part_by_name(chip);
}

static struct spi_op op_sfdp(const uint8_t tx[5], uint8_t *rx, size_t len)
{
	return (struct spi_op){.kind = SPI_XFER, .tx = tx, .tx_len = 5, .rx = rx, .rx_len = len};
}

/* Reads twice; *@same tells whether both were alike. */
static int read_space(struct spi_bus *bus, uint32_t address, uint8_t *rx, size_t len, bool *same)
{
	const uint8_t tx[5] = {OPCODE_SFDP, (uint8_t)(address >> 16), (uint8_t)(address >> 8),
			       (uint8_t)address, 0x00};
	uint8_t again[SFDP_BASIC_MOST];
	struct spi_op ops[] = {op_sfdp(tx, rx, len), op_sfdp(tx, again, len)};
	int ret = spi_transfer(bus, ops, 2);

	*same = !ret && memcmp(rx, again, len) == 0;
	return ret;
}

/* *@there: the die has a valid table. An error is one of the bus. */
static int read_sfdp(struct spi_bus *bus, struct sfdp *sfdp, bool *there)
{
	uint8_t headers[SFDP_HEADERS], basic[SFDP_BASIC_MOST];
	uint32_t address;
	size_t len;
	bool same;
	int ret;

	*there = false;
	ret = read_space(bus, 0, headers, sizeof(headers), &same);
	if (ret || !same || !sfdp_find(headers, &address, &len))
		return ret;
	ret = read_space(bus, address, basic, len, &same);
	if (ret || !same)
		return ret;
	*there = sfdp_parse(basic, len, sfdp);
	return 0;
}

static void name_it(struct identity *identity, const char *kind, const uint8_t id[3])
{
	snprintf(identity->name, sizeof(identity->name), "%s %02X%02X%02X", kind, id[0], id[1],
		 id[2]);
	identity->part.name = identity->name;
}

static void add_erase(struct chipdb_part *part, struct chipdb_erase erase)
{
	size_t at = 0;

	while (at < CHIPDB_ERASES && part->erase[at].opcode)
		at++;
	if (at < CHIPDB_ERASES)
		part->erase[at] = erase;
}

static struct chipdb_erase chip_erase(uint32_t size)
{
	uint32_t blocks = size / BLOCK;

	return (struct chipdb_erase){0xc7, size, erase_64k.typ_us * blocks,
				     erase_64k.max_us * blocks};
}

/*
 * Typical times are the die's. The longest are never shorter than the usual ones, nor more
 * than four times as long, so that no table makes a wait endless.
 */
static void take_times(uint32_t *typ_us, uint32_t *max_us, uint32_t told_typ_us,
		       uint32_t told_max_us)
{
	uint32_t most_us = 4 * *max_us;

	if (told_typ_us && told_typ_us <= most_us)
		*typ_us = told_typ_us;
	if (told_max_us > *max_us)
		*max_us = told_max_us < most_us ? told_max_us : most_us;
	if (*typ_us > *max_us)
		*max_us = *typ_us;
}

static void part_from_sfdp(struct identity *identity, const uint8_t id[3], const struct sfdp *sfdp)
{
	struct chipdb_part *part = &identity->part;
	struct chipdb_erase chip = chip_erase(sfdp->size);

	*part = usual;
	choose_registers(part, id);
	part->size = sfdp->size;
	part->page = sfdp->page;
	part->has_sfdp = true;
	take_times(&part->program_typ_us, &part->program_max_us, sfdp->program_typ_us,
		   sfdp->program_max_us);
	for (size_t i = 0; i < SFDP_ERASES && sfdp->erase[i].opcode; i++) {
		struct chipdb_erase erase = sfdp->erase[i].size == 4096 ? erase_4k : erase_64k;

		erase.opcode = sfdp->erase[i].opcode;
		erase.size = sfdp->erase[i].size;
		take_times(&erase.typ_us, &erase.max_us, sfdp->erase[i].typ_us,
			   sfdp->erase[i].max_us);
		add_erase(part, erase);
	}
	take_times(&chip.typ_us, &chip.max_us, sfdp->chip_erase_typ_us, sfdp->chip_erase_max_us);
	add_erase(part, chip);
	name_it(identity, "SFDP part", id);
}

static void part_of_size(struct identity *identity, const uint8_t id[3], uint32_t size)
{
	struct chipdb_part *part = &identity->part;

	*part = usual;
	choose_registers(part, id);
	part->size = size;
	add_erase(part, erase_4k);
	if (size > erase_64k.size)
		add_erase(part, erase_64k);
	add_erase(part, chip_erase(size));
	name_it(identity, "part", id);
}

static bool refuse_part(const struct chipdb_part *part, const uint8_t id[3],
			const struct observer *observer)
{
	observer_raise(observer, TROUBLE_PART_REFUSED, NO_RANGE,
		       "the flash answers with the ID %02X %02X %02X, but %s is not driven by this "
		       "program: %s. Nothing was changed",
		       id[0], id[1], id[2], part->name, part->refuse);
	return false;
}

static bool identify_known(const struct chipdb_part *part, const char *chip,
			   const struct sfdp *sfdp, const struct observer *observer,
			   struct identity *identity)
{
	const struct chipdb_part *named = chip[0] ? chipdb_part_by_name(chip) : NULL;

	if (chip[0] && named != part) {
		observer_raise(
			observer, TROUBLE_PART_DOUBTFUL, NO_RANGE,
			"the flash is a %s (ID %02X %02X %02X, %u KiB), not what chip=%s says: "
			"leave chip= away. Nothing was changed",
			part->name, part->id[0], part->id[1], part->id[2],
			(unsigned)(part->size / 1024), chip);
		return false;
	}
	if (sfdp && sfdp->size != part->size && !named) {
		observer_raise(
			observer, TROUBLE_PART_DOUBTFUL, NO_RANGE,
			"the flash says two things: by its ID %02X %02X %02X it is a %s of %u KiB, "
			"by its own table (SFDP) it has %u KiB. Nothing was changed. " REPORT
			". To take it for the %s nevertheless: chip=%s",
			part->id[0], part->id[1], part->id[2], part->name,
			(unsigned)(part->size / 1024), (unsigned)(sfdp->size / 1024), part->name,
			part->name);
		return false;
	}
	identity->part = *part;
	identity->source = IDENTITY_DATABASE;
	identity->size_told = named;
	return true;
}

static bool identify_as_told(const uint8_t id[3], const char *chip, const struct sfdp *sfdp,
			     const struct observer *observer, struct identity *identity)
{
	const struct chipdb_part *named = chipdb_part_by_name(chip);
	uint32_t size = size_from(chip);

	if (named && named->refuse)
		return refuse_part(named, id, observer);
	if (!named && !size) {
		observer_raise(observer, TROUBLE_PART_UNKNOWN, NO_RANGE,
			       "chip=%s is neither a part of the database nor a size", chip);
		return false;
	}
	if (named) {
		identity->part = *named;
		memcpy(identity->part.id, id, 3);
	} else {
		part_of_size(identity, id, size);
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "the protection bits of the flash are assumed to be where most "
			      "parts have them");
	}
	if (sfdp && sfdp->size != identity->part.size)
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "chip=%s means %u KiB, but the flash's own table (SFDP) says %u KiB",
			      chip, (unsigned)(identity->part.size / 1024),
			      (unsigned)(sfdp->size / 1024));
	identity->source = IDENTITY_USER;
	identity->size_told = true;
	return true;
}

/* Most makers write the size's power of two into the last byte of the ID. 0: this one did not. */
static uint32_t size_by_id(const uint8_t id[3])
{
	return id[2] >= 0x10 && id[2] <= 0x1a ? UINT32_C(1) << id[2] : 0;
}

static bool identify_by_sfdp(const uint8_t id[3], const struct sfdp *sfdp,
			     const struct observer *observer, struct identity *identity)
{
	uint32_t by_id = size_by_id(id);

	if (sfdp->size > SIZE_MOST) {
		observer_raise(
			observer, TROUBLE_PART_UNKNOWN, NO_RANGE,
			"the flash answers with the ID %02X %02X %02X, which is not in the "
			"database, and has %u KiB by its own table (SFDP): more than 16 MiB can "
			"only be driven if the part is known. Nothing was changed. " REPORT,
			id[0], id[1], id[2], (unsigned)(sfdp->size / 1024));
		return false;
	}
	if (by_id && by_id != sfdp->size) {
		observer_raise(
			observer, TROUBLE_PART_DOUBTFUL, NO_RANGE,
			"the flash answers with the ID %02X %02X %02X, which is not in the "
			"database and looks like %u KiB, but its own table (SFDP) says %u KiB. "
			"Nothing was changed. " REPORT ". If you know its size: chip=size:%uK",
			id[0], id[1], id[2], (unsigned)(by_id / 1024),
			(unsigned)(sfdp->size / 1024), (unsigned)(sfdp->size / 1024));
		return false;
	}
	part_from_sfdp(identity, id, sfdp);
	identity->source = IDENTITY_SFDP;
	observer_note(
		observer, NOTE_WARN, TROUBLE_NONE,
		"the ID %02X %02X %02X of the flash is not in the database: working from its own "
		"table (SFDP), and its protection bits are assumed to be where most parts have "
		"them. " REPORT,
		id[0], id[1], id[2]);
	return true;
}

static bool refuse_unknown(const uint8_t id[3], const struct observer *observer)
{
	observer_raise(
		observer, TROUBLE_PART_UNKNOWN, NO_RANGE,
		"the flash answers with the ID %02X %02X %02X, which is not in the database, and "
		"it has no table of its own (SFDP) that could be used. Nothing was changed. " REPORT
		". If you know what it is: chip=NAME, with a part of the database that it is "
		"like, or chip=size:2M",
		id[0], id[1], id[2]);
	return false;
}

bool identify(struct spi_bus *bus, const uint8_t id[3], const char *chip,
	      const struct observer *observer, struct identity *identity)
{
	const struct chipdb_part *part = chipdb_part_by_id(id);
	struct sfdp table, *sfdp = NULL;
	bool there, good;
	int ret;

	if (part && part->refuse)
		return refuse_part(part, id, observer);
	ret = read_sfdp(bus, &table, &there);
	if (ret) {
		observer_raise(observer, ret, NO_RANGE,
			       "the flash could not be asked what it is: %s", trouble_text(ret));
		return false;
	}
	if (there)
		sfdp = &table;
	*identity = (struct identity){.source = IDENTITY_DATABASE};
	if (part)
		good = identify_known(part, chip, sfdp, observer, identity);
	else if (chip[0])
		good = identify_as_told(id, chip, sfdp, observer, identity);
	else if (sfdp)
		good = identify_by_sfdp(id, sfdp, observer, identity);
	else
		good = refuse_unknown(id, observer);
	if (good)
		memcpy(identity->part.id, id, 3);
	return good;
}
