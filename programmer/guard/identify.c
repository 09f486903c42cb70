/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/identify.h"
#include "base/number.h"
#include "base/opcodes.h"
#include "programmer/guard/sfdp.h"

#include <stdio.h>
#include <string.h>

#define SIZE_LEAST 0x10000u
#define SIZE_MOST 0x1000000u /* three address bytes */

#define BLOCK 65536

/* How an unknown part is reported, at the end of messages. */
#define REPORT "Please report the ID and the module's name"

/*
 * What nearly all parts have in common, and times that are long enough for all of them. Bit 5 of
 * SR1 is TB on some and BP3 on others: it is cleared with BP, like BP3. Bit 6 is SEC, 4KBL or QE:
 * it stays.
 */
static const struct chipdb_part usual = {
	.maker = "unknown",
	.address_bytes = 3,
	.page = 256,
	.program_typ_us = 700,
	.program_max_us = 5000,
	.sr_count = 2,
	.sr_read = {OPCODE_RDSR, OPCODE_RDSR2},
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
 * 35h reads SR2 on most parts. On Macronix' MX25L it switches to commands on four lines, which
 * would make the die deaf here (datasheets: EQIO); ISSI and Micron are said to do the same. Their
 * dies are assumed to have one register.
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
	uint32_t size;

	if (strncmp(chip, "size:", 5) != 0 || !number_bytes(chip + 5, &size))
		return 0;
	if (size < SIZE_LEAST || size > SIZE_MOST || size & (size - 1))
		return 0;
	return size;
}

bool identify_is_chip(const char *chip)
{
	return size_from(chip) || chipdb_part_by_name(chip);
}

/* Reads twice; *@same: both readings were equal. */
static enum trouble_kind read_space(struct beken_die *die, uint32_t address, uint8_t *rx,
				    size_t len, bool *same)
{
	uint8_t again[SFDP_BASIC_MOST];
	struct die_op ops[] = {
		{.kind = DIE_SFDP, .address = address, .rx = rx, .len = len},
		{.kind = DIE_SFDP, .address = address, .rx = again, .len = len},
	};
	enum trouble_kind kind = die_run(die, ops, 2);

	*same = !kind && memcmp(rx, again, len) == 0;
	return kind;
}

/* *@there: the die has a valid table. An error comes from the link. */
static enum trouble_kind read_sfdp(struct beken_die *die, struct sfdp *sfdp, bool *there)
{
	uint8_t headers[SFDP_HEADERS], basic[SFDP_BASIC_MOST];
	enum trouble_kind kind;
	uint32_t address;
	size_t len;
	bool same;

	*there = false;
	if (!die->caps.sfdp)
		return TROUBLE_NONE;
	kind = read_space(die, 0, headers, sizeof(headers), &same);
	if (kind || !same || !sfdp_find(headers, &address, &len))
		return kind;
	kind = read_space(die, address, basic, len, &same);
	if (kind || !same)
		return kind;
	*there = sfdp_parse(basic, len, sfdp);
	return TROUBLE_NONE;
}

static void name_it(struct part_identity *identity, const char *kind, const uint8_t id[3])
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

	return (struct chipdb_erase){OPCODE_CHIP_ERASE, size, erase_64k.typ_us * blocks,
				     erase_64k.max_us * blocks};
}

/*
 * Typical times are the die's own. The longest ones are at least the usual ones, and at most four
 * times those, so that no table makes a wait endless.
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

static void part_from_sfdp(struct part_identity *identity, const uint8_t id[3],
			   const struct sfdp *sfdp)
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

static void part_of_size(struct part_identity *identity, const uint8_t id[3], uint32_t size)
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

static unsigned kib(uint32_t bytes)
{
	return (unsigned)(bytes / 1024);
}

/* With the ID as a value. */
static enum trouble_kind tell_with_id(const struct observer *observer, struct trouble *trouble,
				      const uint8_t id[3])
{
	trouble_add_text(trouble, "id", "%02x%02x%02x", id[0], id[1], id[2]);
	return observer_tell(observer, trouble);
}

static enum trouble_kind refuse_part(const struct chipdb_part *part, const uint8_t id[3],
				     const struct observer *observer)
{
	struct trouble trouble =
		trouble_seen(TROUBLE_PART_REFUSED,
			     "the flash answers with the ID %02X %02X %02X, but %s is not "
			     "supported by this program: %s. Nothing was changed",
			     id[0], id[1], id[2], part->name, part->refuse);

	trouble_add_text(&trouble, "part", "%s", part->name);
	return tell_with_id(observer, &trouble, id);
}

/* A known ID, with a chip= that names something else. */
static enum trouble_kind misnamed(const struct chipdb_part *part, const char *chip,
				  const struct observer *observer)
{
	struct trouble trouble = trouble_seen(
		TROUBLE_PART_DOUBTFUL,
		"the flash is a %s (ID %02X %02X %02X, %u KiB), not what chip=%s "
		"says. Nothing was changed",
		part->name, part->id[0], part->id[1], part->id[2], kib(part->size), chip);

	trouble_set_next(&trouble, "Omit chip=");
	trouble_add_text(&trouble, "part", "%s", part->name);
	return tell_with_id(observer, &trouble, part->id);
}

/* A known ID, and a table in the die that has another size. */
static enum trouble_kind two_sizes(const struct chipdb_part *part, const struct sfdp *sfdp,
				   const struct observer *observer)
{
	struct trouble trouble = trouble_seen(
		TROUBLE_PART_DOUBTFUL,
		"the flash contradicts itself: by its ID %02X %02X %02X it is a %s of %u "
		"KiB, by its own table (SFDP) it has %u KiB. Nothing was changed",
		part->id[0], part->id[1], part->id[2], part->name, kib(part->size),
		kib(sfdp->size));

	trouble_set_next(&trouble, REPORT ". To treat it as the %s anyway: chip=%s", part->name,
			 part->name);
	trouble_add_number(&trouble, "size_by_id", part->size);
	trouble_add_number(&trouble, "size_by_sfdp", sfdp->size);
	return tell_with_id(observer, &trouble, part->id);
}

static enum trouble_kind identify_known(const struct chipdb_part *part, const char *chip,
					const struct sfdp *sfdp, const struct observer *observer,
					struct part_identity *identity)
{
	const struct chipdb_part *named = chip[0] ? chipdb_part_by_name(chip) : NULL;

	if (chip[0] && named != part)
		return misnamed(part, chip, observer);
	if (sfdp && sfdp->size != part->size && !named)
		return two_sizes(part, sfdp, observer);
	identity->part = *part;
	identity->source = IDENTITY_DATABASE;
	identity->size_told = named;
	return TROUBLE_NONE;
}

static enum trouble_kind identify_as_told(const uint8_t id[3], const char *chip,
					  const struct sfdp *sfdp, const struct observer *observer,
					  struct part_identity *identity)
{
	const struct chipdb_part *named = chipdb_part_by_name(chip);
	uint32_t size = size_from(chip);

	if (named && named->refuse)
		return refuse_part(named, id, observer);
	if (!named && !size) {
		struct trouble trouble =
			trouble_seen(TROUBLE_PART_UNKNOWN,
				     "chip=%s is neither a part of the database nor a size", chip);

		return tell_with_id(observer, &trouble, id);
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
		observer_note(observer, NOTE_WARN, TROUBLE_PART_DOUBTFUL,
			      "chip=%s means %u KiB, but the flash's own table (SFDP) says %u KiB",
			      chip, kib(identity->part.size), kib(sfdp->size));
	identity->source = IDENTITY_USER;
	identity->size_told = true;
	return TROUBLE_NONE;
}

static enum trouble_kind too_large(const uint8_t id[3], uint32_t size, bool by_sfdp,
				   const struct observer *observer)
{
	struct trouble trouble = trouble_seen(
		TROUBLE_PART_UNKNOWN,
		"the flash answers with the ID %02X %02X %02X, which is not in the database, and "
		"has %u KiB %s: more than 16 MiB can only be driven if the part is known. Nothing "
		"was changed",
		id[0], id[1], id[2], kib(size),
		by_sfdp ? "by its own table (SFDP)" : "as flashrom knows it");

	trouble_set_next(&trouble, REPORT);
	trouble_add_number(&trouble, by_sfdp ? "size_by_sfdp" : "size_by_flashrom", size);
	return tell_with_id(observer, &trouble, id);
}

/* @size: according to its ID, or to flashrom. */
static enum trouble_kind unlike_its_id(const uint8_t id[3], uint32_t size, const struct sfdp *sfdp,
				       const struct observer *observer)
{
	struct trouble trouble = trouble_seen(
		TROUBLE_PART_DOUBTFUL,
		"the flash answers with the ID %02X %02X %02X, which is not in the database and "
		"looks like %u KiB, but its own table (SFDP) says %u KiB. Nothing was changed",
		id[0], id[1], id[2], kib(size), kib(sfdp->size));

	trouble_set_next(&trouble,
			 REPORT ". To find out its size, read it as the larger one, with "
				"chip=size:%uK: if then the second half repeats the first, it is "
				"the smaller one, chip=size:%uK",
			 kib(size > sfdp->size ? size : sfdp->size),
			 kib(size < sfdp->size ? size : sfdp->size));
	trouble_add_number(&trouble, "size_by_id", size);
	trouble_add_number(&trouble, "size_by_sfdp", sfdp->size);
	return tell_with_id(observer, &trouble, id);
}

static enum trouble_kind identify_by_sfdp(const uint8_t id[3], const struct sfdp *sfdp,
					  const struct observer *observer,
					  struct part_identity *identity)
{
	if (sfdp->size > SIZE_MOST)
		return too_large(id, sfdp->size, true, observer);
	if (identify_size(id) && identify_size(id) != sfdp->size)
		return unlike_its_id(id, identify_size(id), sfdp, observer);
	part_from_sfdp(identity, id, sfdp);
	identity->source = IDENTITY_SFDP;
	observer_note(
		observer, NOTE_WARN, TROUBLE_PART_UNKNOWN,
		"the ID %02X %02X %02X of the flash is not in the database: working from its own "
		"table (SFDP), and its protection bits are assumed to be where most parts have "
		"them. " REPORT,
		id[0], id[1], id[2]);
	return TROUBLE_NONE;
}

static void take_name(struct part_identity *identity, const struct identify_known *known)
{
	snprintf(identity->name, sizeof(identity->name), "%s", known->name);
	snprintf(identity->maker, sizeof(identity->maker), "%s", known->maker);
	identity->part.name = identity->name;
	identity->part.maker = identity->maker;
}

static enum trouble_kind identify_by_flashrom(const uint8_t id[3],
					      const struct identify_known *known,
					      const struct sfdp *sfdp,
					      const struct observer *observer,
					      struct part_identity *identity)
{
	if (known->size > SIZE_MOST)
		return too_large(id, known->size, false, observer);
	if (sfdp && sfdp->size != known->size)
		return unlike_its_id(id, known->size, sfdp, observer);
	if (sfdp)
		part_from_sfdp(identity, id, sfdp);
	else
		part_of_size(identity, id, known->size);
	take_name(identity, known);
	identity->source = IDENTITY_FLASHROM;
	observer_note(observer, NOTE_WARN, TROUBLE_PART_UNKNOWN,
		      "the ID %02X %02X %02X of the flash is not in this program's database; going "
		      "on with what flashrom knows: %s, %u KiB. Its protection bits are assumed to "
		      "be where most parts have them. " REPORT,
		      id[0], id[1], id[2], identity->part.name, kib(known->size));
	return TROUBLE_NONE;
}

static enum trouble_kind refuse_unknown(const uint8_t id[3], const struct observer *observer)
{
	struct trouble trouble = trouble_seen(
		TROUBLE_PART_UNKNOWN,
		"the flash answers with the ID %02X %02X %02X, which is not in the database, and "
		"it has no table of its own (SFDP) that could be used. Nothing was changed",
		id[0], id[1], id[2]);

	trouble_set_next(&trouble,
			 REPORT ". If you know what it is: chip=NAME, the name of a similar part "
				"in the database, or chip=size:SIZE");
	return tell_with_id(observer, &trouble, id);
}

static bool is_known_elsewhere(const struct identify_ask *ask, const uint8_t id[3],
			       struct identify_known *known)
{
	return ask && ask->ask(ask->data, id, known) && known->name[0] &&
	       known->size >= SIZE_LEAST && (known->size & (known->size - 1)) == 0;
}

static enum trouble_kind identify_unknown(const uint8_t id[3], const struct identify_ask *ask,
					  const struct sfdp *sfdp, const struct observer *observer,
					  struct part_identity *identity)
{
	struct identify_known known = {.size = 0};

	if (is_known_elsewhere(ask, id, &known))
		return identify_by_flashrom(id, &known, sfdp, observer, identity);
	if (sfdp)
		return identify_by_sfdp(id, sfdp, observer, identity);
	return refuse_unknown(id, observer);
}

/* For a die that cannot be asked for its ID. */
static enum trouble_kind identify_by_size(const uint8_t id[3], const char *chip,
					  const struct observer *observer,
					  struct part_identity *identity)
{
	if (chip[0])
		return identify_as_told(id, chip, NULL, observer, identity);
	part_of_size(identity, id, identify_size(id));
	identity->part.maker = "";
	identity->part.name = "unknown";
	identity->source = IDENTITY_SIZE;
	return TROUBLE_NONE;
}

enum trouble_kind identify(struct beken_die *die, const uint8_t id[3], const char *chip,
			   const struct identify_ask *ask, const struct observer *observer,
			   struct part_identity *identity)
{
	const struct chipdb_part *part = chipdb_part_by_id(id);
	struct sfdp table, *sfdp = NULL;
	enum trouble_kind kind;
	bool there;

	*identity = (struct part_identity){.source = IDENTITY_DATABASE};
	if (die->caps.no_id) {
		kind = identify_by_size(id, chip, observer, identity);
		memcpy(identity->part.id, id, 3);
		return kind ? kind : identify_fits(die, id, identity->part.size, observer);
	}
	if (part && part->refuse)
		return refuse_part(part, id, observer);
	kind = read_sfdp(die, &table, &there);
	if (kind)
		return observer_raise(observer, kind, NO_RANGE,
				      "the flash could not be asked what it is: %s",
				      trouble_text(kind));
	if (there)
		sfdp = &table;
	if (part)
		kind = identify_known(part, chip, sfdp, observer, identity);
	else if (chip[0])
		kind = identify_as_told(id, chip, sfdp, observer, identity);
	else
		kind = identify_unknown(id, ask, sfdp, observer, identity);
	if (kind)
		return kind;
	memcpy(identity->part.id, id, 3);
	return identify_fits(die, id, identity->part.size, observer);
}
