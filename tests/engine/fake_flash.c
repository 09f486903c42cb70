/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/engine/fake_flash.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit.h"

struct flash {
	struct fake_flash *fake;
	struct flash_options options;
	struct protection protection;
	enum proxy_done done;
	bool compared;
	bool failed; /* after that nothing more is sent, as with the driver */
	bool lifted;
	uint32_t registers_before;
};

static struct fake_flash *plugged;

struct fake_flash *fake_plugged(void)
{
	return plugged;
}

void fake_again(struct fake_flash *fake)
{
	fake->off = fake->missing = fake->ends_badly = false;
	fake->registers_unread = fake->registers_stay = fake->registers_return = false;
	fake->unreadable = fake->stubborn = FAKE_NOWHERE;
	fake->flip_count = fake->event_count = 0;
	fake->steps = fake->interrupt_at = fake->interrupt_step = FAKE_NEVER;
	fake->blind_from = FAKE_NEVER;
	fake->clock_hz = 1500000;
	fake->slower_after = fake->differed = fake->idles = fake->compared = 0;
	fake->calls = fake->opened = fake->closed = fake->resets = 0;
	fake->adapter = TROUBLE_NONE;
	fake->examined = (struct examined){.opened = false};
	memset(fake->bytes, 0, sizeof(fake->bytes));
	fake->signal = 0;
}

void fake_begin(struct fake_flash *fake, const struct chipdb_part *part)
{
	memset(fake, 0, sizeof(*fake));
	assert_null(plugged);
	assert_non_null(part);
	fake->part = part;
	fake->die = malloc(part->size);
	assert_non_null(fake->die);
	memset(fake->die, 0xff, part->size);
	fake_again(fake);
	plugged = fake;
}

void fake_end(struct fake_flash *fake)
{
	free(fake->die);
	fake->die = NULL;
	plugged = NULL;
}

void fake_flip(struct fake_flash *fake, uint32_t address, uint8_t bits, unsigned first,
	       unsigned last)
{
	assert_true(fake->flip_count < FAKE_FLIPS);
	fake->seen[fake->flip_count] = 0;
	fake->flips[fake->flip_count++] = (struct fake_flip){address, bits, first, last};
}

size_t fake_count(const struct fake_flash *fake, enum fake_what what)
{
	size_t count = 0;

	for (size_t i = 0; i < fake->event_count; i++)
		count += fake->events[i].what == what;
	return count;
}

const struct fake_event *fake_nth(const struct fake_flash *fake, enum fake_what what, size_t n)
{
	for (size_t i = 0; i < fake->event_count; i++)
		if (fake->events[i].what == what && n-- == 0)
			return &fake->events[i];
	fail_msg("no such event");
	return NULL;
}

bool fake_changed(const struct fake_flash *fake)
{
	return fake->bytes[FAKE_SECTOR] + fake->bytes[FAKE_PROGRAM] > 0;
}

static bool lies_in(uint32_t address, struct range range)
{
	return address >= range.start && address - range.start < range.length;
}

bool fake_was_read(const struct fake_flash *fake, uint32_t address)
{
	for (size_t i = 0; i < fake->event_count; i++)
		if (fake->events[i].what <= FAKE_READ && lies_in(address, fake->events[i].range))
			return true;
	return false;
}

static void note(struct fake_flash *fake, enum fake_what what, struct range range)
{
	assert_true(fake->event_count < FAKE_EVENTS);
	fake->events[fake->event_count++] = (struct fake_event){what, range};
	fake->bytes[what] += range.length;
}

static bool lose(struct flash *flash, const char *why)
{
	flash->failed = true;
	observer_raise(flash->options.observer, TROUBLE_ADAPTER_GONE, NO_RANGE, "%s", why);
	return false;
}

static bool is_cancelled(const struct flash *flash)
{
	return observer_cancelled(flash->options.observer);
}

/* Each call begins with this. */
static bool goes_on(struct flash *flash)
{
	struct fake_flash *fake = flash->fake;

	if (++fake->calls == fake->interrupt_at)
		fake->signal = SIGINT;
	if (fake->off)
		return lose(flash, "the power failed");
	if (is_cancelled(flash))
		return false;
	return !flash->failed || lose(flash, "after a failure nothing more is sent");
}

static bool look(struct flash *flash, enum fake_what what, struct range range, uint8_t *data)
{
	struct fake_flash *fake = flash->fake;

	assert_true(range.length > 0 && range.start < fake->part->size &&
		    range.length <= fake->part->size - range.start);
	note(fake, what, range);
	if (lies_in(fake->unreadable, range))
		return lose(flash, "the flash could not be read");
	memcpy(data, fake->die + range.start, range.length);
	if (fake->calls >= fake->blind_from)
		memset(data, 0xff, range.length);
	for (size_t i = 0; i < fake->flip_count; i++) {
		const struct fake_flip *flip = &fake->flips[i];

		if (!lies_in(flip->address, range))
			continue;
		fake->seen[i]++;
		if (fake->seen[i] >= flip->first && fake->seen[i] <= flip->last)
			data[flip->address - range.start] ^= flip->bits;
	}
	if (flash->done == PROXY_NOTHING)
		flash->done = PROXY_HAS_READ;
	observer_progress(flash->options.observer, ACTIVITY_READ, range);
	return true;
}

/* One sector or page. If the power fails during it, half of it is done. */
static bool step(struct flash *flash, enum fake_what what, struct range range, const uint8_t *data)
{
	struct fake_flash *fake = flash->fake;
	bool cut = fake->steps == 0;

	if (fake->interrupt_step != FAKE_NEVER && fake->interrupt_step-- == 0)
		fake->signal = SIGINT;
	if (is_cancelled(flash))
		return false;
	flash->done = PROXY_CHANGED;
	if (!flash->lifted)
		flash->registers_before = fake->registers;
	flash->lifted = true;
	fake->registers &= ~protection_mask(fake->part);
	note(fake, what, range);
	if (what == FAKE_PROGRAM && lies_in(fake->stubborn, range))
		return true;
	for (uint32_t i = 0; i < (cut ? range.length / 2 : range.length); i++)
		fake->die[range.start + i] =
			what == FAKE_SECTOR ? 0xff : fake->die[range.start + i] & data[i];
	fake->off |= cut;
	fake->steps -= !cut && fake->steps != FAKE_NEVER;
	return !cut || lose(flash, "the power failed");
}

static bool is_blank(const uint8_t *data, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++)
		if (data[i] != 0xff)
			return false;
	return true;
}

/* As libflashrom does: erased only where a bit has to become 1, which is so if nothing is known. */
static bool change_sector(struct flash *flash, uint32_t at, uint32_t length, const uint8_t *wanted,
			  const uint8_t *present)
{
	uint32_t page = flash->fake->part->page;
	bool erased = !present;

	for (uint32_t i = at; i < at + length && !erased; i++)
		erased = (wanted[i] & ~present[i]) != 0;
	if (erased && !step(flash, FAKE_SECTOR, (struct range){at, length}, NULL))
		return false;
	for (uint32_t i = at; i < at + length; i += page) {
		bool differs = erased ? !is_blank(wanted + i, page)
				      : memcmp(wanted + i, present + i, page) != 0;

		if (differs && !step(flash, FAKE_PROGRAM, (struct range){i, page}, wanted + i))
			return false;
	}
	return true;
}

static bool may_change(struct flash *flash, enum fake_what what, const struct range *ranges,
		       size_t count)
{
	if (flash->options.read_only)
		return lose(flash, "nothing may be changed");
	for (size_t i = 0; i < count; i++) {
		assert_true(ranges[i].length > 0);
		assert_true(ranges[i].start + ranges[i].length <= flash->fake->part->size);
		note(flash->fake, what, ranges[i]);
	}
	return true;
}

/*
 * All sectors that the ranges touch and that differ from @present; or, if that is NULL, all of
 * them.
 */
static bool change(struct flash *flash, const struct range *ranges, size_t count,
		   const uint8_t *wanted, const uint8_t *present)
{
	uint32_t sector = flash->fake->part->erase[0].size;

	for (size_t i = 0; i < count; i++) {
		uint32_t end = ranges[i].start + ranges[i].length;

		for (uint32_t at = ranges[i].start / sector * sector; at < end; at += sector)
			if ((!present || memcmp(wanted + at, present + at, sector) != 0) &&
			    !change_sector(flash, at, sector, wanted, present))
				return false;
	}
	for (size_t i = 0; i < count; i++)
		if (memcmp(flash->fake->die + ranges[i].start, wanted + ranges[i].start,
			   ranges[i].length) != 0)
			return lose(flash, "the flash is not as it was written");
	return true;
}

/* --- engine/flash.h --- */

struct flash *fake_open(struct fake_flash *fake, const struct observer *observer)
{
	struct flash *flash = calloc(1, sizeof(*flash));

	assert_non_null(flash);
	assert_ptr_equal(fake, plugged);
	flash->fake = fake;
	flash->options.observer = observer;
	flash->protection = (struct protection){.observer = observer};
	fake->opened++;
	return flash;
}

struct flash *flash_open(const struct flash_options *options)
{
	struct flash *flash;

	assert_non_null(plugged);
	if (plugged->missing || plugged->off) {
		observer_raise(options->observer, TROUBLE_NO_ADAPTER, NO_RANGE,
			       "there is no adapter");
		return NULL;
	}
	flash = fake_open(plugged, options->observer);
	flash->options = *options;
	flash->options.params = NULL;
	snprintf(plugged->params, sizeof(plugged->params), "%s", options->params);
	return flash;
}

bool flash_close(struct flash *flash)
{
	struct fake_flash *fake;
	bool good;

	if (!flash)
		return true;
	fake = flash->fake;
	fake->closed++;
	if (flash->lifted && !fake->off && strstr(fake->params, "unprotect=restore"))
		fake->registers = flash->registers_before;
	good = !fake->ends_badly && !fake->off && !flash->failed;
	free(flash);
	return good;
}

const struct chipdb_part *flash_part(const struct flash *flash)
{
	return flash->fake->part;
}

const char *flash_adapter(const struct flash *flash)
{
	(void)flash;
	return "array";
}

const struct die_cost *flash_cost(const struct flash *flash)
{
	/* Figures of a CH341A. */
	static const struct die_cost cost = {.ns_per_byte = 7320,
					     .ns_per_known_byte = 7320,
					     .ns_per_erased_byte = 7320,
					     .us_per_read = 240,
					     .us_per_program = 269,
					     .us_per_erase = 240};

	(void)flash;
	return &cost;
}

uint32_t flash_known(struct flash *flash, struct range range)
{
	(void)range;
	return flash->fake->known;
}

const char *flash_place(const struct flash *flash)
{
	(void)flash;
	return "usb";
}

const char *flash_port(const struct flash *flash)
{
	(void)flash;
	return "1-4.2";
}

const char *flash_engine_version(void)
{
	return "arrays";
}

enum identity_source flash_part_source(const struct flash *flash)
{
	return flash->fake->by_flashrom ? IDENTITY_FLASHROM : IDENTITY_DATABASE;
}

bool flash_protected_range(struct flash *flash, struct range *range)
{
	*range = flash->fake->guarded;
	return flash->fake->by_flashrom && !flash->fake->guarded_unknown;
}

void flash_expect(struct flash *flash, const uint8_t *die)
{
	(void)flash, (void)die;
}

const char *flash_answers(const struct flash *flash)
{
	return flash->fake->only_size ? "a bootloader" : NULL;
}

bool flash_tells_id(const struct flash *flash)
{
	return !flash->fake->only_size;
}

bool flash_can_change(struct flash *flash, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (range_touches(flash->fake->shut, ranges[i])) {
			observer_raise(flash->options.observer, TROUBLE_CLOSED_RANGE, ranges[i],
				       "it cannot be changed this way");
			return false;
		}
	return true;
}

bool flash_has_registers(const struct flash *flash)
{
	return !flash->fake->only_size;
}

struct protection *flash_protection(struct flash *flash)
{
	return &flash->protection;
}

uint32_t flash_clock_hz(const struct flash *flash)
{
	return flash->fake->clock_hz;
}

void flash_idle(struct flash *flash)
{
	flash->fake->idles++;
}

void flash_differed(struct flash *flash)
{
	struct fake_flash *fake = flash->fake;

	if (++fake->differed == fake->slower_after)
		fake->clock_hz /= 2;
}

void flash_is_compared(struct flash *flash, bool compared)
{
	flash->compared = compared;
}

uint32_t flash_unknown(const struct flash *flash)
{
	(void)flash;
	return 4096;
}

enum proxy_done flash_done(const struct flash *flash)
{
	return flash->done;
}

bool flash_peek(struct flash *flash, uint32_t address, uint8_t *data, size_t len)
{
	return goes_on(flash) &&
	       look(flash, FAKE_PEEK, (struct range){address, (uint32_t)len}, data);
}

bool flash_peek_all(struct flash *flash, const struct proxy_piece *pieces, size_t count)
{
	if (!goes_on(flash))
		return false;
	if (flash->fake->calls >= flash->fake->blind_from)
		return lose(flash, "the chip is no longer in its flash mode");
	for (size_t i = 0; i < count; i++)
		if (!look(flash, FAKE_PEEK,
			  (struct range){pieces[i].address, (uint32_t)pieces[i].len},
			  pieces[i].data))
			return false;
	return true;
}

bool flash_read(struct flash *flash, const struct range *ranges, size_t count, uint8_t *die)
{
	if (!goes_on(flash))
		return false;
	flash->fake->compared += flash->compared;
	for (size_t i = 0; i < count; i++)
		if (!look(flash, FAKE_READ, ranges[i], die + ranges[i].start))
			return false;
	return true;
}

bool flash_write(struct flash *flash, const struct range *ranges, size_t count,
		 const uint8_t *wanted, const uint8_t *present)
{
	return count == 0 || (goes_on(flash) && may_change(flash, FAKE_WRITE, ranges, count) &&
			      change(flash, ranges, count, wanted, present));
}

/* The rest of each sector is written back. */
bool flash_erase(struct flash *flash, const struct range *ranges, size_t count)
{
	uint32_t size = flash->fake->part->size;
	uint8_t *wanted;
	bool good;

	if (!goes_on(flash) || !may_change(flash, FAKE_ERASE, ranges, count))
		return false;
	wanted = malloc(size);
	assert_non_null(wanted);
	memcpy(wanted, flash->fake->die, size);
	for (size_t i = 0; i < count; i++)
		memset(wanted + ranges[i].start, 0xff, ranges[i].length);
	good = change(flash, ranges, count, wanted, NULL);
	free(wanted);
	return good;
}
