/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/writeback.h"

#include <stdlib.h>
#include <string.h>

#define SECTORS_MOST (WRITEBACK_BLOCK_MOST / 4096)

struct sector {
	bool erased;	 /* to be erased; @data is what it will hold */
	bool programmed; /* not only blank */
	bool looked_at;	 /* flashrom was told from memory that it is blank */
};

/* What a sector of the die must hold. */
struct due {
	bool is_due; /* told to flashrom and not yet seen on the die */
	uint64_t fingerprint;
	bool blank; /* erased, and not programmed since */
};

struct writeback {
	struct changes *changes;
	bool careful;
	const struct chipdb_part *part;
	uint32_t sector_size; /* the smallest erase */
	uint32_t block_size;  /* what is joined to; the same as sector_size if nothing is */
	bool erased;	      /* anything smaller than the chip */

	bool holds;
	uint32_t start; /* of the block that is held */
	struct sector sectors[SECTORS_MOST];
	uint8_t *data;	  /* block_size bytes: what the block will hold */
	uint8_t *read;	  /* WRITEBACK_READ_MOST bytes, to look at the die */
	struct due *dues; /* one a sector of the die */
};

static uint64_t fingerprint_of(const uint8_t *data, size_t len)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static bool is_blank(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] != 0xff)
			return false;
	return true;
}

/* The smallest erase is what is counted, the largest of up to 64 KiB what is aimed at. */
static void choose_sizes(struct writeback *writeback)
{
	const struct chipdb_part *part = writeback->part;
	uint32_t smallest = part->erase[0].size, largest = smallest;

	for (size_t i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++)
		if (part->erase[i].size <= WRITEBACK_BLOCK_MOST &&
		    !chipdb_erases_chip(&part->erase[i]))
			largest = part->erase[i].size;
	if (largest / smallest > SECTORS_MOST)
		largest = smallest;
	writeback->sector_size = smallest;
	writeback->block_size = largest;
}

struct writeback *writeback_new(struct changes *changes, bool careful)
{
	struct writeback *writeback = calloc(1, sizeof(*writeback));

	if (!writeback)
		return NULL;
	writeback->changes = changes;
	writeback->careful = careful;
	writeback->part = changes->die->part;
	choose_sizes(writeback);
	writeback->data = malloc(writeback->block_size);
	writeback->read = malloc(WRITEBACK_READ_MOST);
	writeback->dues =
		calloc(changes->die->part->size / writeback->sector_size, sizeof(*writeback->dues));
	if (!writeback->data || !writeback->read || !writeback->dues) {
		writeback_free(writeback);
		return NULL;
	}
	return writeback;
}

void writeback_free(struct writeback *writeback)
{
	if (!writeback)
		return;
	free(writeback->data);
	free(writeback->read);
	free(writeback->dues);
	free(writeback);
}

static struct due *due_at(struct writeback *writeback, uint32_t address)
{
	return &writeback->dues[address / writeback->sector_size];
}

/* Whether every sector from @address to @address + @len is held to be erased. */
static bool all_erased(const struct writeback *writeback, uint32_t address, size_t len)
{
	uint32_t first = address - writeback->start, last = first + (uint32_t)len - 1;

	if (!writeback->holds || address < writeback->start || last >= writeback->block_size)
		return false;
	for (uint32_t at = first / writeback->sector_size; at <= last / writeback->sector_size;
	     at++)
		if (!writeback->sectors[at].erased)
			return false;
	return true;
}

static bool touches_held(const struct writeback *writeback, uint32_t address, size_t len)
{
	return writeback->holds && address < writeback->start + writeback->block_size &&
	       writeback->start < address + len;
}

/* The largest erase that begins at @address and stays within what is to be erased. */
static unsigned best_erase(const struct writeback *writeback, uint32_t address)
{
	const struct chipdb_part *part = writeback->part;
	unsigned best = 0;

	for (unsigned i = 1; i < CHIPDB_ERASES && part->erase[i].opcode; i++) {
		const struct chipdb_erase *erase = &part->erase[i], *smaller = &part->erase[best];

		if (!chipdb_erases_chip(erase) && erase->size <= writeback->block_size &&
		    address % erase->size == 0 && all_erased(writeback, address, erase->size) &&
		    erase->typ_us <= smaller->typ_us * (erase->size / smaller->size))
			best = i;
	}
	return best;
}

static enum trouble_kind send_erases(struct writeback *writeback)
{
	uint32_t end = writeback->start + writeback->block_size;

	for (uint32_t at = writeback->start; at < end;) {
		enum trouble_kind ret;
		unsigned erase;

		if (!all_erased(writeback, at, writeback->sector_size)) {
			at += writeback->sector_size;
			continue;
		}
		erase = best_erase(writeback, at);
		ret = changes_erase(writeback->changes, erase, at);
		if (ret)
			return ret;
		at += writeback->part->erase[erase].size;
	}
	return TROUBLE_NONE;
}

/* One page, without the blank bytes at its ends. */
static enum trouble_kind send_page(struct writeback *writeback, uint32_t offset)
{
	const uint8_t *data = writeback->data + offset;
	size_t first = 0, end = writeback->part->page;

	while (end > 0 && data[end - 1] == 0xff)
		end--;
	while (first < end && data[first] == 0xff)
		first++;
	if (first == end)
		return TROUBLE_NONE;
	return changes_program(writeback->changes, writeback->start + offset + (uint32_t)first,
			       data + first, end - first);
}

static enum trouble_kind send_pages(struct writeback *writeback)
{
	for (uint32_t at = 0; at < writeback->block_size; at += writeback->part->page) {
		enum trouble_kind ret;

		if (!writeback->sectors[at / writeback->sector_size].programmed)
			continue;
		ret = send_page(writeback, at);
		if (ret)
			return ret;
	}
	return TROUBLE_NONE;
}

/* Somebody wrote, and the flash shows something else, though no bit that is known protects it. */
static enum trouble_kind not_written(const struct writeback *writeback, struct trouble *trouble)
{
	bool knows_locks = chipdb_sr_mask(writeback->part, CHIPDB_WPS) != 0;

	trouble->die = changes_state(writeback->changes);
	trouble_set_next(trouble,
			 knows_locks
				 ? "Check the module's power and the wires, then write again"
				 : "Check the module's power and the wires, then write again. If "
				   "that ends at the same place, the part may lock what it holds "
				   "in a way that is not known of it here, as locks of single "
				   "blocks (WPS) do");
	return observer_tell(writeback->changes->observer, trouble);
}

static enum trouble_kind not_as_promised(const struct writeback *writeback, uint32_t address)
{
	struct trouble trouble = trouble_seen(
		TROUBLE_NOT_WRITTEN, "the flash does not hold at 0x%x what was written there",
		(unsigned)address);

	trouble.range = (struct range){address, writeback->sector_size};
	return not_written(writeback, &trouble);
}

/* Sectors that flashrom was told are blank, and that stay so: seen on the die at once. */
static enum trouble_kind look_at_blank(struct writeback *writeback)
{
	uint32_t size = writeback->sector_size, run = 0;

	for (uint32_t at = 0; at < writeback->block_size; at += run ? run : size) {
		uint32_t address = writeback->start + at;
		enum trouble_kind ret;

		for (run = 0; at + run < writeback->block_size; run += size) {
			const struct sector *sector = &writeback->sectors[(at + run) / size];

			if (!sector->looked_at || sector->programmed)
				break;
		}
		if (!run)
			continue;
		ret = changes_read(writeback->changes, address, writeback->read, run);
		if (ret)
			return ret;
		if (!is_blank(writeback->read, run))
			return not_as_promised(writeback, address);
	}
	return TROUBLE_NONE;
}

static void note_dues(struct writeback *writeback)
{
	struct due *dues = due_at(writeback, writeback->start);
	uint32_t size = writeback->sector_size;

	for (uint32_t i = 0, at = 0; at < writeback->block_size; i++, at += size) {
		const struct sector *sector = &writeback->sectors[i];
		struct due *due = &dues[i];

		if (!sector->erased)
			continue;
		due->blank = !sector->programmed;
		due->is_due = sector->looked_at && sector->programmed;
		if (due->is_due)
			due->fingerprint = fingerprint_of(writeback->data + at, size);
	}
}

static enum trouble_kind release(struct writeback *writeback)
{
	enum trouble_kind ret;

	if (!writeback->holds)
		return TROUBLE_NONE;
	ret = send_erases(writeback);
	if (!ret)
		ret = send_pages(writeback);
	if (!ret)
		ret = look_at_blank(writeback);
	note_dues(writeback);
	writeback->holds = false;
	memset(writeback->sectors, 0, sizeof(writeback->sectors));
	return ret;
}

/*
 * What passes by may be what is due. And a sector that was erased must be blank: flashrom
 * 1.3.0 tries larger and larger erases on one that is not, up to the chip's.
 */
static enum trouble_kind see(struct writeback *writeback, uint32_t address, const uint8_t *data,
			     size_t len)
{
	uint32_t size = writeback->sector_size;
	uint32_t first = (address + size - 1) & ~(size - 1);

	for (uint32_t at = first; at - address + size <= len; at += size) {
		struct due *due = due_at(writeback, at);

		if (due->blank && !is_blank(data + (at - address), size))
			return not_as_promised(writeback, at);
		if (due->is_due && fingerprint_of(data + (at - address), size) == due->fingerprint)
			due->is_due = false;
	}
	return TROUBLE_NONE;
}

/* From the sector at @address on, as many that are due as go into one reading. */
static enum trouble_kind look_at_due(struct writeback *writeback, uint32_t address)
{
	uint32_t size = writeback->sector_size, run = 0;
	enum trouble_kind ret;

	while (run < WRITEBACK_READ_MOST && address + run < writeback->part->size &&
	       due_at(writeback, address + run)->is_due)
		run += size;
	if (!run)
		return TROUBLE_NONE;
	ret = changes_read(writeback->changes, address, writeback->read, run);
	if (ret)
		return ret;
	ret = see(writeback, address, writeback->read, run);
	if (ret)
		return ret;
	for (uint32_t at = address; at < address + run; at += size)
		if (due_at(writeback, at)->is_due)
			return not_as_promised(writeback, at);
	return TROUBLE_NONE;
}

/* Nothing of it is held, and it needs no joining. */
static enum trouble_kind erase_at_once(struct writeback *writeback, unsigned erase, uint32_t start)
{
	uint32_t end = start + writeback->part->erase[erase].size;

	for (uint32_t at = start; at < end; at += writeback->sector_size)
		*due_at(writeback, at) = (struct due){.blank = true};
	return changes_erase(writeback->changes, erase, start);
}

static void hold(struct writeback *writeback, uint32_t start, uint32_t len)
{
	writeback->holds = true;
	writeback->start = start & ~(writeback->block_size - 1);
	memset(writeback->data + (start - writeback->start), 0xff, len);
	for (uint32_t at = start; at < start + len; at += writeback->sector_size)
		writeback->sectors[(at - writeback->start) / writeback->sector_size] =
			(struct sector){.erased = true};
}

static enum trouble_kind refuse_chip_erase(const struct writeback *writeback)
{
	struct trouble trouble = trouble_seen(
		TROUBLE_NOT_WRITTEN, "refused to erase the whole chip after erases of parts of it: "
				     "flashrom does that when an erase seems to have failed");

	return not_written(writeback, &trouble);
}

enum trouble_kind writeback_erase(struct writeback *writeback, unsigned erase, uint32_t address)
{
	const struct chipdb_erase *command = &writeback->part->erase[erase];
	bool chip = chipdb_erases_chip(command), at_once = command->size >= writeback->block_size;
	uint32_t start = chip ? 0 : address & ~(command->size - 1);
	enum trouble_kind ret;

	if (chip && writeback->erased)
		return refuse_chip_erase(writeback);
	writeback->erased |= !chip;
	if (at_once || !touches_held(writeback, start, command->size)) {
		ret = release(writeback);
		if (ret)
			return ret;
	}
	if (at_once)
		return erase_at_once(writeback, erase, start);
	hold(writeback, start, command->size);
	return TROUBLE_NONE;
}

enum trouble_kind writeback_program(struct writeback *writeback, uint32_t address,
				    const uint8_t *data, size_t len)
{
	uint8_t *held;
	enum trouble_kind ret;

	if (!all_erased(writeback, address, len)) {
		uint32_t sector = address & ~(writeback->sector_size - 1);

		/* It is only known as a whole what the sector must hold. */
		ret = look_at_due(writeback, sector);
		due_at(writeback, sector)->blank = false;
		return ret ? ret : changes_program(writeback->changes, address, data, len);
	}
	held = writeback->data + (address - writeback->start);
	for (size_t i = 0; i < len; i++)
		held[i] &= data[i];
	writeback->sectors[(address - writeback->start) / writeback->sector_size].programmed = true;
	return TROUBLE_NONE;
}

/*
 * flashrom's first look at a sector that is to be erased is answered from memory. A second
 * one, or one at what was programmed since, asks for what the die holds. And a whole
 * block that is to be erased has nothing more to wait for.
 */
static bool answers_from_memory(struct writeback *writeback, uint32_t address, size_t len)
{
	uint32_t size = writeback->sector_size, first = address - writeback->start;

	if (!all_erased(writeback, address, len) ||
	    all_erased(writeback, writeback->start, writeback->block_size))
		return false;
	for (uint32_t i = first / size; i <= (first + len - 1) / size; i++)
		if (writeback->sectors[i].looked_at || writeback->sectors[i].programmed)
			return false;
	for (uint32_t i = first / size; i <= (first + len - 1) / size; i++)
		writeback->sectors[i].looked_at = true;
	return true;
}

/*
 * The rest of a sector of which flashrom wants to change only a piece is read, erased and
 * written back: nobody would ever see what a bad contact did to it in between.
 */
static enum trouble_kind read_again(struct writeback *writeback, uint32_t address,
				    const uint8_t *rx, size_t len)
{
	enum trouble_kind ret = changes_read(writeback->changes, address, writeback->read, len);
	struct trouble trouble;

	if (ret || memcmp(writeback->read, rx, len) == 0)
		return ret;
	trouble = trouble_seen(TROUBLE_UNSTEADY_READ,
			       "the flash does not read the same twice at 0x%x: a bad contact",
			       (unsigned)address);
	trouble.range = (struct range){address, (uint32_t)len};
	trouble.die = changes_state(writeback->changes);
	trouble_set_next(&trouble, "Check the wires (shorter ones help), ground and the supply");
	return observer_tell(writeback->changes->observer, &trouble);
}

enum trouble_kind writeback_read(struct writeback *writeback, uint32_t address, uint8_t *rx,
				 size_t len)
{
	enum trouble_kind ret;

	if (len == 0 || len > WRITEBACK_READ_MOST)
		return observer_raise(writeback->changes->observer, TROUBLE_BUG, NO_RANGE,
				      "%zu bytes cannot be read at once", len);
	if (answers_from_memory(writeback, address, len)) {
		memset(rx, 0xff, len);
		return TROUBLE_NONE;
	}
	if (touches_held(writeback, address, len)) {
		ret = release(writeback);
		if (ret)
			return ret;
	}
	ret = changes_read(writeback->changes, address, rx, len);
	if (!ret && writeback->careful && !writeback->changes->die->caps.checked &&
	    len < writeback->sector_size)
		ret = read_again(writeback, address, rx, len);
	return ret ? ret : see(writeback, address, rx, len);
}

bool writeback_has_erased(const struct writeback *writeback)
{
	return writeback->erased;
}

bool writeback_is_pending(const struct writeback *writeback)
{
	return writeback->holds || writeback->changes->queued > 0;
}

enum trouble_kind writeback_flush(struct writeback *writeback)
{
	enum trouble_kind ret = release(writeback);

	return ret ? ret : changes_flush(writeback->changes);
}

enum trouble_kind writeback_finish(struct writeback *writeback)
{
	enum trouble_kind ret = writeback_flush(writeback);

	for (uint32_t at = 0; !ret && at < writeback->part->size; at += writeback->sector_size)
		ret = look_at_due(writeback, at);
	return ret;
}
