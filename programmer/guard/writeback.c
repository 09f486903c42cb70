/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/writeback.h"
#include "programmer/guard/promises.h"

#include <stdlib.h>
#include <string.h>

#define SECTORS_MOST (WRITEBACK_BLOCK_MOST / 4096)

struct sector {
	bool erased;	 /* to be erased; @data is what it will hold */
	bool programmed; /* not only blank */
	bool looked_at;	 /* flashrom was told that it is blank, without asking the die */
	bool on_die;	 /* already erased on the die: only the programs are held */
	uint64_t unseen; /* pages that were erased one by one and that flashrom has not read yet */
};

struct writeback {
	struct changes *changes;
	bool careful;
	const struct chipdb_part *part;
	uint32_t sector_size; /* the smallest erase */
	uint32_t block_size;  /* what is joined to; the same as sector_size if nothing is */
	bool erased;	      /* something smaller than the chip was erased */

	bool holds;
	uint32_t start; /* of the block that is held */
	struct sector sectors[SECTORS_MOST];
	uint8_t *data; /* block_size bytes: what the block will hold */
	struct promises promises;
};

/* The smallest erase is the unit, at least 4 KiB; the largest one of up to 64 KiB is aimed at. */
static void choose_sizes(struct writeback *writeback)
{
	const struct chipdb_part *part = writeback->part;
	uint32_t smallest = part->erase[0].size, largest = smallest;

	for (size_t i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++)
		if (part->erase[i].size <= WRITEBACK_BLOCK_MOST &&
		    !chipdb_erases_chip(&part->erase[i]))
			largest = part->erase[i].size;
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
	if (!writeback->data ||
	    !promises_init(&writeback->promises, changes, writeback->sector_size)) {
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
	promises_free(&writeback->promises);
	free(writeback);
}

static struct sector *sector_at(struct writeback *writeback, uint32_t address)
{
	return &writeback->sectors[(address - writeback->start) / writeback->sector_size];
}

/* Whether every sector from @address to @address + @len is waiting to be erased. */
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

		if (!all_erased(writeback, at, writeback->sector_size) ||
		    sector_at(writeback, at)->on_die) {
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

/* Sectors that flashrom was told are blank, and that stay so: checked on the die in one go. */
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
		ret = changes_read(writeback->changes, address, writeback->promises.read, run);
		if (ret)
			return ret;
		if (!is_blank(writeback->promises.read, run))
			return promises_broken(&writeback->promises, address);
	}
	return TROUBLE_NONE;
}

static bool has_programmed(const struct writeback *writeback)
{
	for (uint32_t i = 0; i < writeback->block_size / writeback->sector_size; i++)
		if (writeback->sectors[i].programmed)
			return true;
	return false;
}

static void note_promises(struct writeback *writeback)
{
	uint32_t size = writeback->sector_size;
	bool written = has_programmed(writeback);

	for (uint32_t i = 0, at = 0; at < writeback->block_size; i++, at += size) {
		const struct sector *sector = &writeback->sectors[i];
		struct promise *promise;

		if (!sector->erased)
			continue;
		promise = promise_at(&writeback->promises, writeback->start + at);
		/* The end of a block that is being written will be written, too, and read then. */
		*promise = (struct promise){.blank = !sector->programmed,
					    .fresh = written && !sector->programmed &&
						     !sector->looked_at};
		if (sector->looked_at && sector->programmed)
			promise_content(promise, writeback->data + at, size);
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
	note_promises(writeback);
	writeback->holds = false;
	memset(writeback->sectors, 0, sizeof(writeback->sectors));
	return ret;
}

/* Nothing of it is held, and it need not be joined with others. */
static enum trouble_kind erase_at_once(struct writeback *writeback, unsigned erase, uint32_t start)
{
	promises_erased(&writeback->promises,
			(struct range){start, writeback->part->erase[erase].size});
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

	return promises_not_written(&writeback->promises, &trouble);
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

/* Holds the sector at @address, as it is to be before anything is programmed into it. */
static enum trouble_kind hold_sector(struct writeback *writeback, uint32_t address,
				     struct sector sector)
{
	enum trouble_kind ret = TROUBLE_NONE;

	if (!touches_held(writeback, address, writeback->sector_size))
		ret = release(writeback);
	if (ret)
		return ret;
	hold(writeback, address, writeback->sector_size);
	*sector_at(writeback, address) = sector;
	return TROUBLE_NONE;
}

/*
 * The rest of the sector is kept, in memory until the sector is erased and written: parts for
 * which flashrom knows an erase of one page differ in whether they have it.
 */
enum trouble_kind writeback_erase_page(struct writeback *writeback, uint32_t address)
{
	const struct sector kept = {.erased = true, .programmed = true, .looked_at = true};
	uint32_t size = writeback->sector_size, page = address & ~(WRITEBACK_PAGE - 1),
		 start = address & ~(size - 1);
	uint8_t *old = writeback->promises.read, *again = old + size;
	enum trouble_kind ret = TROUBLE_NONE;

	if (size > WRITEBACK_READ_MOST / 2 || size / WRITEBACK_PAGE > 64)
		return TROUBLE_REFUSED_COMMAND;
	writeback->erased = true;
	if (!all_erased(writeback, start, size)) {
		if (!touches_held(writeback, start, size))
			ret = release(writeback);
		if (!ret)
			ret = changes_read(writeback->changes, start, old, size);
		if (!ret)
			ret = changes_read_again(writeback->changes, start, old, again, size);
		if (!ret)
			ret = hold_sector(writeback, start, kept);
		if (ret)
			return ret;
		memcpy(writeback->data + (start - writeback->start), old, size);
	}
	memset(writeback->data + (page - writeback->start), 0xff, WRITEBACK_PAGE);
	sector_at(writeback, page)->unseen |= UINT64_C(1) << (page - start) / WRITEBACK_PAGE;
	return TROUBLE_NONE;
}

enum trouble_kind writeback_program(struct writeback *writeback, uint32_t address,
				    const uint8_t *data, size_t len)
{
	uint32_t start = address & ~(writeback->sector_size - 1);
	struct promise *promise = promise_at(&writeback->promises, address);
	struct sector *sector;
	uint8_t *held;
	enum trouble_kind ret;

	if (!all_erased(writeback, address, len) && promise->blank) {
		ret = hold_sector(writeback, start,
				  (struct sector){.erased = true,
						  .on_die = true,
						  .looked_at = promise->is_due});
		if (ret)
			return ret;
	}
	if (!all_erased(writeback, address, len)) {
		/* What the sector must hold is only known as a whole. */
		ret = promises_look(&writeback->promises, start);
		return ret ? ret : changes_program(writeback->changes, address, data, len);
	}
	held = writeback->data + (address - writeback->start);
	for (size_t i = 0; i < len; i++)
		held[i] &= data[i];
	sector = sector_at(writeback, address);
	sector->programmed = true;
	sector->unseen &= ~(UINT64_C(1) << (address - start) / WRITEBACK_PAGE % 64);
	return TROUBLE_NONE;
}

/* The first reading of a page that was erased by itself, if nothing was programmed there since. */
static bool is_unseen_page(struct writeback *writeback, uint32_t address, size_t len)
{
	uint32_t start = address & ~(writeback->sector_size - 1);
	uint64_t page = UINT64_C(1) << (address - start) / WRITEBACK_PAGE % 64;

	if (address % WRITEBACK_PAGE || len != WRITEBACK_PAGE ||
	    !all_erased(writeback, address, len) || !(sector_at(writeback, address)->unseen & page))
		return false;
	sector_at(writeback, address)->unseen &= ~page;
	return true;
}

/*
 * flashrom's first reading of a sector that is to be erased is answered from memory. A second one,
 * or one of what was programmed since, asks for the actual content. And a block that is to be
 * erased completely need not wait for anything else.
 */
static bool answers_from_memory(struct writeback *writeback, uint32_t address, size_t len)
{
	uint32_t size = writeback->sector_size, first = address - writeback->start;

	if (is_unseen_page(writeback, address, len))
		return true;
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

enum trouble_kind writeback_read(struct writeback *writeback, uint32_t address, uint8_t *rx,
				 size_t len)
{
	enum trouble_kind ret;
	bool told;

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
	ret = promises_blank(&writeback->promises, (struct range){address, (uint32_t)len}, &told);
	if (ret || told) {
		memset(rx, 0xff, len);
		return ret;
	}
	ret = changes_read(writeback->changes, address, rx, len);
	if (!ret && writeback->careful && len < writeback->sector_size)
		ret = changes_read_again(writeback->changes, address, rx, writeback->promises.read,
					 len);
	return ret ? ret : promises_see(&writeback->promises, address, rx, len);
}

enum trouble_kind writeback_read_all(struct writeback *writeback, const struct die_op *reads,
				     size_t count, bool *there)
{
	enum trouble_kind ret = release(writeback);

	if (!ret)
		ret = changes_read_all(writeback->changes, reads, count, there);
	for (size_t i = 0; !ret && *there && i < count; i++)
		ret = promises_see(&writeback->promises, reads[i].address, reads[i].rx,
				   reads[i].len);
	return ret;
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
		ret = promises_look(&writeback->promises, at);
	return ret;
}
