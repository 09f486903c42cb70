/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine/flash.h without libflashrom's process: this file asks the proxy what libflashrom asks of
 * it, in the same order. A write erases the sectors that differ and cannot be changed by clearing
 * bits, then programs the pages that differ, and reads and compares the range.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/flash.h"

#define PAGE 256u

struct flash {
	struct flash_options options;
	struct beken_programmer *beken;
	struct proxy *proxy;
};

struct flash *flash_open(const struct flash_options *options)
{
	const struct beken_options beken_options = {
		.programmer = options->programmer,
		.parameters = options->params,
		.observer = options->observer,
		.pins = options->pins,
	};
	const struct proxy_options proxy_options = {.read_only = options->read_only};
	struct flash *flash = calloc(1, sizeof(*flash));

	if (!flash)
		return NULL;
	flash->options = *options;
	flash->beken = beken_open(&beken_options);
	if (!flash->beken) {
		free(flash);
		return NULL;
	}
	flash->proxy = beken_start(flash->beken, &proxy_options);
	return flash;
}

bool flash_close(struct flash *flash)
{
	bool good;

	if (!flash)
		return true;
	good = beken_close(flash->beken) == TROUBLE_NONE;
	free(flash);
	return good;
}

const struct chipdb_part *flash_part(const struct flash *flash)
{
	return beken_part(flash->beken);
}

enum identity_source flash_part_source(const struct flash *flash)
{
	return beken_part_source(flash->beken);
}

const char *flash_adapter(const struct flash *flash)
{
	return beken_adapter(flash->beken);
}

const char *flash_place(const struct flash *flash)
{
	return beken_place(flash->beken);
}

const char *flash_port(const struct flash *flash)
{
	return beken_port(flash->beken);
}

const struct die_cost *flash_cost(const struct flash *flash)
{
	return beken_cost(flash->beken);
}

uint32_t flash_known(struct flash *flash, struct range range)
{
	return beken_known(flash->beken, range);
}

const char *flash_engine_version(void)
{
	return "simulated";
}

const char *flash_answers(const struct flash *flash)
{
	return beken_answers(flash->beken);
}

bool flash_tells_id(const struct flash *flash)
{
	return beken_tells_id(flash->beken);
}

bool flash_can_change(struct flash *flash, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (proxy_check_open(flash->proxy, ranges[i]))
			return false;
	return true;
}

bool flash_has_registers(const struct flash *flash)
{
	return beken_has_registers(flash->beken);
}

void flash_expect(struct flash *flash, const uint8_t *die)
{
	proxy_expect(flash->proxy, (struct range){0, beken_part(flash->beken)->size}, die);
}

uint32_t flash_clock_hz(const struct flash *flash)
{
	return beken_clock_hz(flash->beken);
}

void flash_idle(struct flash *flash)
{
	beken_idle(flash->beken);
}

void flash_differed(struct flash *flash)
{
	beken_differed(flash->beken);
}

void flash_is_compared(struct flash *flash, bool compared)
{
	proxy_is_compared(flash->proxy, compared);
}

struct protection *flash_protection(struct flash *flash)
{
	return proxy_protection(flash->proxy);
}

bool flash_protected_range(struct flash *flash, struct range *range)
{
	(void)flash, (void)range;
	return false;
}

uint32_t flash_unknown(const struct flash *flash)
{
	return proxy_unknown(flash->proxy);
}

enum proxy_done flash_done(const struct flash *flash)
{
	return proxy_done(flash->proxy);
}

bool flash_peek(struct flash *flash, uint32_t address, uint8_t *data, size_t len)
{
	const struct proxy_piece piece = {address, data, len};

	return flash_peek_all(flash, &piece, 1);
}

bool flash_peek_all(struct flash *flash, const struct proxy_piece *pieces, size_t count)
{
	return proxy_read_all(flash->proxy, pieces, count) == TROUBLE_NONE;
}

/* The end of each job of libflashrom; @good: it succeeded. */
static bool finish(struct flash *flash, bool good)
{
	enum trouble_kind kind = proxy_finish(flash->proxy);

	if (observer_cancelled(flash->options.observer))
		return false;
	if (!good)
		observer_raise(flash->options.observer, TROUBLE_FLASHROM_FAILED, NO_RANGE,
			       "libflashrom failed");
	return good && kind == TROUBLE_NONE;
}

bool flash_read(struct flash *flash, const struct range *ranges, size_t count, uint8_t *die)
{
	bool good = true;

	for (size_t i = 0; i < count && good; i++)
		good = !proxy_read(flash->proxy, ranges[i].start, die + ranges[i].start,
				   ranges[i].length);
	return finish(flash, good);
}

static bool is_blank(const uint8_t *data, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (data[i] != 0xff)
			return false;
	return true;
}

/* libflashrom's rule for pages of 256 bytes: a page that differs has to be blank before. */
static bool needs_erase(const uint8_t *present, const uint8_t *wanted, uint32_t length)
{
	for (uint32_t at = 0; at < length; at += PAGE)
		if (memcmp(present + at, wanted + at, PAGE) != 0 && !is_blank(present + at, PAGE))
			return true;
	return false;
}

static bool write_sector(struct flash *flash, uint32_t at, uint32_t length, const uint8_t *wanted,
			 uint8_t *present)
{
	if (needs_erase(present + at, wanted + at, length)) {
		if (proxy_erase(flash->proxy, (struct range){at, length}))
			return false;
		memset(present + at, 0xff, length);
	}
	for (uint32_t done = 0; done < length; done += PAGE)
		if (memcmp(present + at + done, wanted + at + done, PAGE) != 0 &&
		    proxy_write(flash->proxy, at + done, wanted + at + done, PAGE))
			return false;
	return true;
}

static bool compare(struct flash *flash, struct range range, const uint8_t *wanted)
{
	uint8_t *seen = malloc(range.length);
	bool same = seen && !proxy_read(flash->proxy, range.start, seen, range.length) &&
		    memcmp(seen, wanted + range.start, range.length) == 0;

	free(seen);
	return same;
}

static bool write_ranges(struct flash *flash, const struct range *ranges, size_t count,
			 const uint8_t *wanted, uint8_t *present)
{
	const struct chipdb_part *part = flash_part(flash);
	uint32_t sector = part->erase[0].size;

	for (size_t i = 0; i < count; i++) {
		uint32_t end = ranges[i].start + ranges[i].length;

		for (uint32_t at = ranges[i].start / sector * sector; at < end; at += sector)
			if (!write_sector(flash, at, sector, wanted, present))
				return false;
		if (!compare(flash, ranges[i], wanted))
			return false;
	}
	return true;
}

bool flash_write(struct flash *flash, const struct range *ranges, size_t count,
		 const uint8_t *wanted, const uint8_t *present)
{
	size_t size = flash_part(flash)->size;
	uint8_t *now = malloc(size);
	bool good;

	if (!now)
		return false;
	memcpy(now, present, size);
	good = finish(flash, write_ranges(flash, ranges, count, wanted, now));
	free(now);
	return good;
}

/* The rest of a sector is read before, and written back. */
bool flash_erase(struct flash *flash, const struct range *ranges, size_t count)
{
	uint32_t size = flash_part(flash)->size, sector = flash_part(flash)->erase[0].size;
	uint8_t *wanted = malloc(size);
	bool good = wanted != NULL;

	if (wanted)
		memset(wanted, 0xff, size);
	for (size_t i = 0; i < count && good; i++) {
		uint32_t start = ranges[i].start, end = start + ranges[i].length;
		uint32_t first = start / sector * sector;
		uint32_t last = (end + sector - 1) / sector * sector;

		if (first < start)
			good = !proxy_read(flash->proxy, first, wanted + first, start - first);
		if (good && end < last)
			good = !proxy_read(flash->proxy, end, wanted + end, last - end);
		good = good && !proxy_erase(flash->proxy, (struct range){first, last - first});
		for (uint32_t at = first; at < last && good; at += PAGE)
			good = is_blank(wanted + at, PAGE) ||
			       !proxy_write(flash->proxy, at, wanted + at, PAGE);
		good = good && compare(flash, (struct range){first, last - first}, wanted);
	}
	free(wanted);
	return finish(flash, good);
}
