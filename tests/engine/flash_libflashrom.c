/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How flash.c connects the programmer, the proxy, serprog, and the process in which libflashrom
 * runs. All four are replaced here.
 */
#include "engine/flash.h"

#include <stdlib.h>

#include "engine/flash_worker.h"
#include "programmer/serprog.h"
#include "tests/unit.h"

#define SIZE (2u << 20)

static struct fake {
	struct notes notes;
	struct chipdb_part part;
	struct worker_shared *shared;
	uint8_t *die;
	/* The faults. */
	bool unknown, no_worker, no_adapter, no_proxy, ends_badly, dies_at_once, dies_later,
		cancelled;
	enum worker_result result;
	const char *text;
	enum trouble_kind finish, op;
	/* The calls that were made. */
	unsigned jobs, workers, programmers;
	bool read_only, served_read, served_go_on, known_elsewhere, compared;
	struct identify_known answer;
	enum proxy_registers shown, shown_to_worker;
} fake;

/* --- programmer/programmer.h --- */

struct beken_programmer *beken_open(const struct beken_options *options)
{
	assert_string_equal(options->parameters, "a=b");
	if (fake.unknown)
		fake.known_elsewhere =
			options->ask->ask(options->ask->data, fake.part.id, &fake.answer);
	fake.programmers += !fake.no_adapter;
	return fake.no_adapter ? NULL : (struct beken_programmer *)&fake;
}

const struct chipdb_part *beken_part(const struct beken_programmer *beken)
{
	return beken ? &fake.part : NULL;
}

enum identity_source beken_part_source(const struct beken_programmer *beken)
{
	return beken ? IDENTITY_FLASHROM : IDENTITY_DATABASE;
}

const char *beken_adapter(const struct beken_programmer *beken)
{
	return beken ? "array" : NULL;
}

const char *beken_answers(const struct beken_programmer *beken)
{
	return beken ? "array" : NULL;
}

bool beken_tells_id(const struct beken_programmer *beken)
{
	return beken;
}

bool beken_has_registers(const struct beken_programmer *beken)
{
	return beken;
}

const struct die_cost *beken_cost(const struct beken_programmer *beken)
{
	static const struct die_cost cost = {.ns_per_byte = 1};

	return beken ? &cost : NULL;
}

const char *beken_place(const struct beken_programmer *beken)
{
	return beken ? "usb" : NULL;
}

const char *beken_port(const struct beken_programmer *beken)
{
	return beken ? "1-4.2" : NULL;
}

uint32_t beken_clock_hz(const struct beken_programmer *beken)
{
	return beken ? 1000000 : 0;
}

uint32_t beken_known(struct beken_programmer *beken, struct range range)
{
	(void)beken, (void)range;
	return 0;
}

void beken_idle(struct beken_programmer *beken)
{
	(void)beken;
}

void beken_differed(struct beken_programmer *beken)
{
	(void)beken;
}

struct proxy *beken_start(struct beken_programmer *beken, const struct proxy_options *options)
{
	(void)beken;
	fake.read_only = options->read_only;
	return fake.no_proxy ? NULL : (struct proxy *)&fake;
}

enum trouble_kind beken_close(struct beken_programmer *beken)
{
	(void)beken;
	fake.programmers--;
	return fake.ends_badly ? TROUBLE_ADAPTER_FAULT : TROUBLE_NONE;
}

/* --- programmer/guard/proxy.h --- */

void proxy_idle(struct proxy *proxy)
{
	(void)proxy;
}

struct protection *proxy_protection(struct proxy *proxy)
{
	return (struct protection *)proxy;
}

void proxy_show_registers(struct proxy *proxy, enum proxy_registers registers)
{
	(void)proxy;
	fake.shown = registers;
}

void proxy_is_compared(struct proxy *proxy, bool compared)
{
	(void)proxy;
	fake.compared = compared;
}

enum trouble_kind proxy_check_open(struct proxy *proxy, struct range range)
{
	return proxy && range.start ? TROUBLE_NONE : TROUBLE_CLOSED_RANGE;
}

uint32_t proxy_unknown(const struct proxy *proxy)
{
	return proxy ? 4096 : 0;
}

enum proxy_done proxy_done(const struct proxy *proxy)
{
	return proxy ? PROXY_CHANGED : PROXY_NOTHING;
}

enum trouble_kind proxy_finish(struct proxy *proxy)
{
	(void)proxy;
	return fake.finish;
}

enum trouble_kind proxy_op(struct proxy *proxy, const uint8_t *tx, size_t tx_len, uint8_t *rx,
			   size_t rx_len)
{
	(void)proxy, (void)tx, (void)tx_len;
	memcpy(rx, fake.die, rx_len);
	return fake.op;
}

void proxy_expect(struct proxy *proxy, struct range range, const uint8_t *data)
{
	(void)proxy, (void)range, (void)data;
}

enum trouble_kind proxy_read_all(struct proxy *proxy, const struct proxy_piece *pieces,
				 size_t count)
{
	(void)proxy;
	for (size_t i = 0; i < count; i++)
		memcpy(pieces[i].data, fake.die + pieces[i].address, pieces[i].len);
	return fake.op;
}

/* --- programmer/serprog.h: the client makes one request --- */

enum serprog_end serprog_serve(int fd, const struct serprog_target *target)
{
	const uint8_t read[] = {0x03, 0, 0, 0};
	uint8_t byte;

	(void)fd;
	fake.served_read = target->spi_op(target->data, read, sizeof(read), &byte, 1) == 0;
	fake.served_go_on = target->go_on(target->data);
	target->finish(target->data);
	return SERPROG_HANGUP;
}

/* --- engine/flash_worker.h --- */

bool worker_start(struct worker *worker)
{
	fake.workers += !fake.no_worker;
	worker->shared = fake.shared;
	return !fake.no_worker;
}

bool worker_begin(struct worker *worker)
{
	struct worker_shared *shared = worker->shared;

	if (fake.dies_at_once)
		return false;
	fake.jobs++;
	shared->result = fake.result;
	snprintf(shared->text, sizeof(shared->text), "%s", fake.text);
	if (shared->job == WORKER_ASK)
		shared->known = (struct identify_known){.name = "W25Q16.V", .size = SIZE};
	fake.shown_to_worker = fake.shown;
	shared->knows_protection = shared->job == WORKER_PROTECTION;
	shared->protected_range = (struct range){0, 4096};
	if (shared->job == WORKER_READ)
		memcpy(shared->die, fake.die, shared->size);
	return true;
}

bool worker_is_done(const struct worker *worker)
{
	(void)worker;
	return true;
}

bool worker_end(struct worker *worker)
{
	(void)worker;
	return !fake.dies_later;
}

void worker_stop(struct worker *worker)
{
	(void)worker;
	fake.workers--;
}

/* --- */

static bool is_cancelled(void *data)
{
	(void)data;
	return fake.cancelled;
}

static struct flash *open_flash(void)
{
	const struct flash_options options = {
		.params = "a=b", .observer = &fake.notes.observer, .read_only = true};

	return flash_open(&options);
}

static int set_up(void **state)
{
	memset(&fake, 0, sizeof(fake));
	notes_begin(&fake.notes);
	fake.notes.observer.cancelled = is_cancelled;
	fake.part = *chipdb_part_by_name("TH25Q16HB");
	fake.shared = calloc(1, sizeof(*fake.shared));
	fake.die = malloc(SIZE);
	fake.text = "";
	for (uint32_t i = 0; i < SIZE; i++)
		fake.die[i] = (uint8_t)(i * 3 + i / 256);
	(void)state;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(fake.shared);
	free(fake.die);
	return 0;
}

static void what_is_opened_is_closed(void **state)
{
	struct flash *flash = open_flash();

	(void)state;
	assert_non_null(flash);
	assert_ptr_equal(flash_part(flash), &fake.part);
	assert_string_equal(flash_adapter(flash), "array");
	assert_string_equal(flash_place(flash), "usb");
	assert_string_equal(flash_port(flash), "1-4.2");
	assert_int_equal(flash_done(flash), PROXY_CHANGED);
	assert_int_equal(flash_unknown(flash), 4096);
	flash_is_compared(flash, true);
	assert_true(fake.compared);
	assert_ptr_equal(flash_protection(flash), &fake);
	assert_true(fake.read_only);
	assert_true(flash_close(flash));
	assert_int_equal(fake.workers, 0);
	assert_int_equal(fake.programmers, 0);
	assert_true(flash_close(NULL));
	fake.ends_badly = true;
	assert_false(flash_close(open_flash()));
}

static void the_worker_is_asked_of_a_part_that_nobody_knows(void **state)
{
	(void)state;
	assert_true(flash_close(open_flash()));
	assert_int_equal(fake.jobs, 0);
	fake.unknown = true;
	assert_true(flash_close(open_flash()));
	assert_true(fake.known_elsewhere);
	assert_string_equal(fake.answer.name, "W25Q16.V");
	assert_int_equal(fake.answer.size, SIZE);
	fake.result = WORKER_NO_FLASHROM;
	assert_true(flash_close(open_flash()));
	assert_false(fake.known_elsewhere);
	fake.dies_at_once = true;
	assert_true(flash_close(open_flash()));
	assert_false(fake.known_elsewhere);
}

static void the_worker_sees_the_registers_when_it_tells_what_is_protected(void **state)
{
	struct flash *flash = open_flash();
	struct range range;

	(void)state;
	assert_int_equal(flash_part_source(flash), IDENTITY_FLASHROM);
	assert_true(flash_protected_range(flash, &range));
	assert_int_equal(range.length, 4096);
	assert_int_equal(fake.shown_to_worker, PROXY_REGISTERS_READ);
	assert_int_equal(fake.shown, PROXY_REGISTERS_HIDDEN);
	fake.result = WORKER_NO_FLASHROM;
	assert_false(flash_protected_range(flash, &range));
	assert_int_equal(fake.shown, PROXY_REGISTERS_HIDDEN);
	flash_close(flash);
}

static void what_cannot_be_opened_leaves_nothing_open(void **state)
{
	bool *const faults[] = {&fake.no_worker, &fake.no_adapter, &fake.no_proxy};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		*faults[i] = true;
		assert_null(open_flash());
		*faults[i] = false;
		assert_int_equal(fake.workers, 0);
		assert_int_equal(fake.programmers, 0);
	}
}

static void a_range_is_read_to_its_place_and_the_rest_stays(void **state)
{
	const struct range ranges[] = {{4096, 100}, {SIZE - 1, 1}};
	uint8_t *die = calloc(1, SIZE);
	struct flash *flash = open_flash();

	(void)state;
	assert_true(flash_read(flash, ranges, 2, die));
	assert_int_equal(fake.shared->range_count, 2);
	assert_int_equal(fake.shared->size, SIZE);
	assert_memory_equal(die + 4096, fake.die + 4096, 100);
	assert_int_equal(die[SIZE - 1], fake.die[SIZE - 1]);
	assert_int_equal(die[4095] | die[4196] | die[SIZE - 2], 0);
	assert_true(fake.served_read);
	/* The worker has finished, so serprog need not go on. */
	assert_false(fake.served_go_on);
	flash_close(flash);
	free(die);
}

static void a_write_hands_over_what_is_wanted_and_what_is_there(void **state)
{
	const struct range range = {4096, 4096};
	uint8_t *wanted = calloc(1, SIZE);
	struct flash *flash = open_flash();

	(void)state;
	assert_true(flash_write(flash, &range, 1, wanted, fake.die));
	assert_int_equal(fake.shared->job, WORKER_WRITE);
	assert_true(fake.shared->has_present);
	assert_memory_equal(fake.shared->die, wanted, SIZE);
	assert_memory_equal(fake.shared->present, fake.die, SIZE);
	assert_int_equal(fake.shared->ranges[0].start, 4096);
	assert_true(flash_erase(flash, &range, 1));
	assert_int_equal(fake.shared->job, WORKER_ERASE);
	flash_close(flash);
	free(wanted);
}

static void nothing_to_do_is_done(void **state)
{
	struct flash *flash = open_flash();

	(void)state;
	assert_true(flash_erase(flash, NULL, 0));
	assert_int_equal(fake.jobs, 0);
	flash_close(flash);
}

static void ranges_that_are_not_inside_are_refused(void **state)
{
	static const struct range ranges[] = {
		{SIZE, 1}, {0, SIZE + 1}, {SIZE - 1, 2}, {0, 0}, {UINT32_MAX, 1}};
	struct flash *flash = open_flash();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ranges); i++)
		assert_false(flash_erase(flash, &ranges[i], 1));
	assert_false(flash_erase(flash, ranges, FLASH_SIZE_MOST));
	assert_int_equal(fake.jobs, 0);
	flash_close(flash);
}

static void whatever_fails_is_told(void **state)
{
	const struct range range = {0, 4096};
	struct flash *flash = open_flash();

	(void)state;
	fake.result = WORKER_FAILED;
	fake.text = "the reason";
	assert_false(flash_erase(flash, &range, 1));
	assert_mentions(&fake.notes, "the reason");
	fake.result = WORKER_NO_FLASHROM;
	assert_false(flash_erase(flash, &range, 1));
	assert_int_equal(fake.notes.errors, 2);
	fake.result = WORKER_DONE;
	fake.dies_later = true;
	assert_false(flash_erase(flash, &range, 1));
	fake.dies_at_once = true;
	assert_false(flash_erase(flash, &range, 1));
	assert_int_equal(fake.notes.errors, 4);
	/* A change that libflashrom was told is done was not made. */
	fake.dies_later = fake.dies_at_once = false;
	fake.finish = TROUBLE_ADAPTER_FAULT;
	assert_false(flash_erase(flash, &range, 1));
	flash_close(flash);
}

static void what_was_stopped_is_no_success_and_no_error(void **state)
{
	const struct range range = {0, 4096};
	struct flash *flash = open_flash();

	(void)state;
	fake.cancelled = true;
	assert_false(flash_erase(flash, &range, 1));
	assert_int_equal(fake.notes.errors, 0);
	flash_close(flash);
}

static void a_peek_asks_the_proxy_and_tells_its_failure(void **state)
{
	struct flash *flash = open_flash();
	uint8_t data[7];

	(void)state;
	assert_true(flash_peek(flash, 0x012345, data, sizeof(data)));
	assert_memory_equal(data, fake.die + 0x012345, sizeof(data));
	fake.op = TROUBLE_ADAPTER_FAULT;
	assert_false(flash_peek(flash, 0, data, 1));
	flash_close(flash);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_opened_is_closed),
		CASE(the_worker_is_asked_of_a_part_that_nobody_knows),
		CASE(the_worker_sees_the_registers_when_it_tells_what_is_protected),
		CASE(what_cannot_be_opened_leaves_nothing_open),
		CASE(a_range_is_read_to_its_place_and_the_rest_stays),
		CASE(a_write_hands_over_what_is_wanted_and_what_is_there),
		CASE(nothing_to_do_is_done),
		CASE(ranges_that_are_not_inside_are_refused),
		CASE(whatever_fails_is_told),
		CASE(what_was_stopped_is_no_success_and_no_error),
		CASE(a_peek_asks_the_proxy_and_tells_its_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
