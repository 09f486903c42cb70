/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/promises.h"

#include <stdlib.h>
#include <string.h>

/* At the start of each sector: as much as one packet of the usual adapter returns. */
#define SAMPLE 27

static uint64_t fingerprint_of(const uint8_t *data, size_t len)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
	return hash;
}

bool is_blank(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] != 0xff)
			return false;
	return true;
}

bool promises_init(struct promises *promises, struct changes *changes, uint32_t sector_size)
{
	*promises = (struct promises){
		.changes = changes,
		.sector_size = sector_size,
		.read = malloc(PROMISES_READ_MOST),
		.sectors =
			calloc(changes->die->part->size / sector_size, sizeof(*promises->sectors)),
	};
	if (promises->read && promises->sectors)
		return true;
	promises_free(promises);
	return false;
}

void promises_free(struct promises *promises)
{
	free(promises->read);
	free(promises->sectors);
	*promises = (struct promises){0};
}

struct promise *promise_at(struct promises *promises, uint32_t address)
{
	return &promises->sectors[address / promises->sector_size];
}

void promise_content(struct promise *promise, const uint8_t *data, size_t len)
{
	promise->is_due = true;
	promise->fingerprint = fingerprint_of(data, len);
}

/* No known bit protects it; otherwise it would have been lifted, where that is possible. */
static const char *what_may_protect(const struct beken_die *die)
{
	if (!die->caps.registers)
		return ". If it fails at the same place again, it may have a write protection that "
		       "is out of reach this way: use SPI";
	if (chipdb_sr_mask(die->part, CHIPDB_WPS))
		return "";
	return ". If it fails at the same place again, the part may have a write protection that "
	       "is not known here, such as locks of single blocks (WPS)";
}

enum trouble_kind promises_not_written(const struct promises *promises, struct trouble *trouble)
{
	trouble->die = changes_state(promises->changes);
	trouble_set_next(trouble, "Check the module's power and the wires, then write again%s",
			 what_may_protect(promises->changes->die));
	return observer_tell(promises->changes->observer, trouble);
}

enum trouble_kind promises_broken(const struct promises *promises, uint32_t address)
{
	struct trouble trouble = trouble_seen(
		TROUBLE_NOT_WRITTEN, "at 0x%x the flash does not hold what was written there",
		(unsigned)address);

	trouble.range = (struct range){address, promises->sector_size};
	return promises_not_written(promises, &trouble);
}

void promises_erased(struct promises *promises, struct range range)
{
	uint32_t end = range.start + range.length;

	for (uint32_t at = range.start; at < end; at += promises->sector_size)
		*promise_at(promises, at) = (struct promise){.blank = true, .fresh = true};
}

static bool all_fresh(struct promises *promises, struct range range)
{
	if (range.start % promises->sector_size || range.length % promises->sector_size)
		return false;
	for (uint32_t done = 0; done < range.length; done += promises->sector_size)
		if (!promise_at(promises, range.start + done)->fresh)
			return false;
	return true;
}

enum trouble_kind promises_blank(struct promises *promises, struct range range, bool *told)
{
	uint64_t blank = 0;

	*told = all_fresh(promises, range);
	for (uint32_t done = 0; *told && done < range.length; done += promises->sector_size) {
		uint32_t address = range.start + done;
		struct promise *promise = promise_at(promises, address);
		enum trouble_kind kind;

		kind = changes_read(promises->changes, address, promises->read, SAMPLE);
		if (kind)
			return kind;
		if (!is_blank(promises->read, SAMPLE))
			return promises_broken(promises, address);
		if (!done) {
			memset(promises->read, 0xff, promises->sector_size);
			blank = fingerprint_of(promises->read, promises->sector_size);
		}
		*promise = (struct promise){.blank = true, .is_due = true, .fingerprint = blank};
	}
	return TROUBLE_NONE;
}

/*
 * A sector that was erased must be blank: flashrom 1.3.0 tries larger and larger erases on
 * one that is not, up to the chip's.
 */
enum trouble_kind promises_see(struct promises *promises, uint32_t address, const uint8_t *data,
			       size_t len)
{
	uint32_t size = promises->sector_size;
	uint32_t first = (address + size - 1) & ~(size - 1);

	for (uint32_t at = first; at - address + size <= len; at += size) {
		struct promise *promise = promise_at(promises, at);

		if (promise->blank && !is_blank(data + (at - address), size))
			return promises_broken(promises, at);
		promise->fresh = false;
		if (promise->is_due &&
		    fingerprint_of(data + (at - address), size) == promise->fingerprint)
			promise->is_due = false;
	}
	return TROUBLE_NONE;
}

enum trouble_kind promises_look(struct promises *promises, uint32_t address)
{
	uint32_t size = promises->sector_size, run = 0;
	enum trouble_kind kind;

	while (run < PROMISES_READ_MOST && address + run < promises->changes->die->part->size &&
	       promise_at(promises, address + run)->is_due)
		run += size;
	if (!run)
		return TROUBLE_NONE;
	kind = changes_read(promises->changes, address, promises->read, run);
	if (kind)
		return kind;
	kind = promises_see(promises, address, promises->read, run);
	if (kind)
		return kind;
	for (uint32_t at = address; at < address + run; at += size)
		if (promise_at(promises, at)->is_due)
			return promises_broken(promises, at);
	return TROUBLE_NONE;
}
