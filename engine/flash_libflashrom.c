/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/flash.h"
#include "engine/flash_worker.h"
#include "programmer/bare_id.h"
#include "programmer/bridge.h"

#include <errno.h>
#include <libflashrom.h>
#include <stdlib.h>
#include <string.h>

struct flash {
	struct flash_options options;
	const struct chipdb_part *part;
	struct beken_programmer *beken;
	struct proxy *proxy;
	struct worker worker;
};

static bool is_cancelled(const struct flash *flash)
{
	return observer_cancelled(flash->options.observer);
}

static bool go_on(void *data)
{
	const struct flash *flash = data;

	return !worker_is_done(&flash->worker) && !is_cancelled(flash);
}

/* Of an ID that is not in the database. */
static bool ask_libflashrom(void *data, const uint8_t id[3], struct identify_known *known)
{
	struct flash *flash = data;
	struct worker_shared *shared = flash->worker.shared;
	struct bare_id bare = {.id = id, .go_on = go_on, .data = flash};

	shared->job = WORKER_ASK;
	shared->size = 0;
	if (!worker_begin(&flash->worker))
		return false;
	bare_id_serve(flash->worker.pty.master, &bare);
	if (is_cancelled(flash) || !worker_end(&flash->worker) || shared->result != WORKER_DONE)
		return false;
	*known = shared->known;
	return true;
}

struct flash *flash_open(const struct flash_options *options)
{
	struct flash *flash = calloc(1, sizeof(*flash));
	const struct identify_ask ask = {.ask = ask_libflashrom, .data = flash};
	const struct beken_options beken_options = {
		.programmer = options->programmer,
		.parameters = options->params,
		.observer = options->observer,
		.pins = options->pins,
		.ask = &ask,
	};
	const struct proxy_options proxy_options = {
		.read_only = options->read_only,
	};

	if (!flash || !worker_start(&flash->worker)) {
		observer_raise(options->observer, TROUBLE_SYSTEM, NO_RANGE,
			       "no process for libflashrom: %s", strerror(errno));
		free(flash);
		return NULL;
	}
	flash->options = *options;
	flash->beken = beken_open(&beken_options);
	if (!flash->beken)
		goto err_worker;
	flash->part = beken_part(flash->beken);
	flash->proxy = beken_start(flash->beken, &proxy_options);
	if (!flash->proxy) {
		observer_raise(options->observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		goto err_beken;
	}
	return flash;

err_beken:
	beken_close(flash->beken);
err_worker:
	worker_stop(&flash->worker);
	free(flash);
	return NULL;
}

bool flash_close(struct flash *flash)
{
	bool good;

	if (!flash)
		return true;
	worker_stop(&flash->worker);
	good = beken_close(flash->beken) == TROUBLE_NONE;
	free(flash);
	return good;
}

const struct chipdb_part *flash_part(const struct flash *flash)
{
	return flash->part;
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

const struct die_cost *flash_cost(const struct flash *flash)
{
	return beken_cost(flash->beken);
}

uint32_t flash_known(struct flash *flash, struct range range)
{
	return beken_known(flash->beken, range);
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

const char *flash_engine_version(void)
{
	return flashrom_version_info();
}

struct protection *flash_protection(struct flash *flash)
{
	return proxy_protection(flash->proxy);
}

enum proxy_done flash_done(const struct flash *flash)
{
	return proxy_done(flash->proxy);
}

uint32_t flash_unknown(const struct flash *flash)
{
	return proxy_unknown(flash->proxy);
}

void flash_expect(struct flash *flash, const uint8_t *die)
{
	proxy_expect(flash->proxy, (struct range){0, flash->part->size}, die);
}

void flash_is_compared(struct flash *flash, bool compared)
{
	proxy_is_compared(flash->proxy, compared);
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

static bool failed(const struct flash *flash, const char *what)
{
	const char *text = flash->worker.shared->text;

	observer_raise(flash->options.observer, TROUBLE_FLASHROM_FAILED, NO_RANGE, "%s%s%s", what,
		       text[0] ? ": " : "", text);
	return false;
}

static bool check_ranges(const struct flash *flash, const struct range *ranges, size_t count)
{
	if (count > sizeof(flash->worker.shared->ranges) / sizeof(ranges[0]))
		return false;
	for (size_t i = 0; i < count; i++)
		if (ranges[i].length == 0 || ranges[i].start >= flash->part->size ||
		    ranges[i].length > flash->part->size - ranges[i].start)
			return false;
	return true;
}

/* One job of the worker, from the first serprog byte to the last. */
static bool run(struct flash *flash, enum worker_job job, const struct range *ranges, size_t count)
{
	const struct bridge bridge = {
		.proxy = flash->proxy,
		.name = "beken-flash",
		.clock_hz = beken_clock_hz(flash->beken),
		.go_on = go_on,
		.data = flash,
	};
	struct worker_shared *shared = flash->worker.shared;
	enum trouble_kind ret;

	if (count == 0)
		return true;
	if (!check_ranges(flash, ranges, count)) {
		observer_raise(flash->options.observer, TROUBLE_BUG, NO_RANGE,
			       "a range is not inside the flash");
		return false;
	}
	shared->job = job;
	shared->size = flash->part->size;
	memcpy(shared->ranges, ranges, count * sizeof(ranges[0]));
	shared->range_count = count;
	if (!worker_begin(&flash->worker))
		return failed(flash, "libflashrom's process has ended");
	bridge_serve(flash->worker.pty.master, &bridge);
	/* Acknowledged changes are made, and promised ones are checked. */
	ret = proxy_finish(flash->proxy);
	if (is_cancelled(flash))
		return false;
	if (!worker_end(&flash->worker))
		return failed(flash, "libflashrom's process has ended");
	switch (shared->result) {
	case WORKER_DONE:
		return ret == 0;
	case WORKER_NO_FLASHROM:
		return failed(flash, "libflashrom could not work with the flash");
	case WORKER_FAILED:
		break;
	}
	return failed(flash, "libflashrom failed");
}

bool flash_protected_range(struct flash *flash, struct range *range)
{
	const struct worker_shared *shared = flash->worker.shared;
	const struct range all = {0, flash->part->size};
	bool good;

	proxy_show_registers(flash->proxy, PROXY_REGISTERS_READ);
	good = run(flash, WORKER_PROTECTION, &all, 1);
	proxy_show_registers(flash->proxy, PROXY_REGISTERS_HIDDEN);
	*range = shared->protected_range;
	return good && shared->knows_protection;
}

bool flash_read(struct flash *flash, const struct range *ranges, size_t count, uint8_t *die)
{
	if (!run(flash, WORKER_READ, ranges, count))
		return false;
	for (size_t i = 0; i < count; i++)
		memcpy(die + ranges[i].start, flash->worker.shared->die + ranges[i].start,
		       ranges[i].length);
	return true;
}

bool flash_write(struct flash *flash, const struct range *ranges, size_t count,
		 const uint8_t *wanted, const uint8_t *present)
{
	struct worker_shared *shared = flash->worker.shared;

	memcpy(shared->die, wanted, flash->part->size);
	memcpy(shared->present, present, flash->part->size);
	shared->has_present = true;
	return run(flash, WORKER_WRITE, ranges, count);
}

bool flash_erase(struct flash *flash, const struct range *ranges, size_t count)
{
	return run(flash, WORKER_ERASE, ranges, count);
}
