/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A die behind a bootloader when something goes wrong: the wire, the chip, its cells, its
 * bootloader. It ends exact, or with the kind of what happened, and with what was hit.
 */
#include "tests/unit.h"
#include "programmer/die/uart_rate.h"
#include "tests/programmer/sim_wire.h"

#define SIZE (2u << 20)
#define USED 0x80000u /* of it; the rest is blank */
#define SECTOR 4096u
#define START 0x20000u

static struct notes notes;
static struct sim_wire *sim;
static struct uart_talk talk;
static struct uart_loader loader;
static struct beken_die *die;
static uint8_t before[USED], wanted[USED], rx[USED];

/* What happens behind the driver's back. */
static const struct wire_ops *real;
static struct wire_ops spy;
static uint32_t stuck_at;  /* a cell that stays as it is when erased; 0: none */
static unsigned resets_at; /* this call of the wire finds a chip that was just reset; 0: none */
static unsigned calls_before_relink;

static void happen(void)
{
	if (stuck_at)
		sim->nor.memory[stuck_at] = 0x5a;
	if (resets_at && sim->calls + 1 == resets_at) {
		uart_wire_set_lines(sim->line, true, true, sim->ns);
		sim->ns += 20000000;
		uart_wire_set_lines(sim->line, false, false, sim->ns);
		sim->ns += 500000000; /* and nobody spoke to it in time */
	}
}

static enum trouble_kind spy_write(struct wire *wire, const uint8_t *bytes, size_t count)
{
	happen();
	return real->write(wire, bytes, count);
}

static enum trouble_kind spy_read(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
				  size_t *got)
{
	happen();
	return real->read(wire, bytes, most, wait_us, got);
}

static enum trouble_kind relink(void *data)
{
	if (!calls_before_relink)
		calls_before_relink = sim->calls;
	return sim_wire_relink(data);
}

static bool is_rom(const char *name)
{
	return strcmp(name, "n") == 0 || strcmp(name, "7238") == 0;
}

static void end(void)
{
	if (sim) {
		uart_die_free(die);
		sim_wire_free(sim);
	}
	sim = NULL;
}

static int teardown(void **state)
{
	(void)state;
	end();
	return 0;
}

static void begin(const char *name)
{
	bool changed;

	end();
	notes_begin(&notes);
	stuck_at = 0;
	resets_at = calls_before_relink = 0;
	/* As the firmware leaves it; a ROM does not lift the protection. */
	sim = sim_wire_new(
		&(struct sim_wire_options){.loader = name, .sr = is_rom(name) ? 0 : 0x3c});
	real = sim->wire.ops;
	spy = *real;
	spy.write = spy_write;
	spy.read = spy_read;
	sim->wire.ops = &spy;
	for (uint32_t i = 0; i < USED; i++)
		before[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	memcpy(sim->nor.memory, before, USED);
	memcpy(wanted, before, USED);
	talk = (struct uart_talk){
		.wire = &sim->wire, .relink = relink, .data = &talk, .relinks_soon = true};
	loader = (struct uart_loader){.family = is_rom(name) ? UART_ROM : UART_BL,
				      .id = {0xef, 0x40, 0x15},
				      .never_rearms = strcmp(name, "s") == 0};
	assert_int_equal(sim_wire_relink(&talk), TROUBLE_NONE);
	assert_int_equal(uart_change_rate(&talk, 2000000, &changed), TROUBLE_NONE);
	assert_true(changed);
	assert_int_equal(talk_learn_latency(&talk), TROUBLE_NONE);
	die = uart_die_new(&talk, &loader, &notes.observer);
	assert_non_null(die);
	die_take_part(die, chipdb_part_by_name("GD25Q16B"));
}

/* As the rooms above do it: an erase, and pages. */
static enum trouble_kind write_sector(uint32_t address, uint8_t seed)
{
	struct die_op ops[17] = {{.kind = DIE_ERASE, .address = address}};

	for (unsigned i = 0; i < SECTOR; i++)
		wanted[address + i] = (uint8_t)(i * 31 + seed);
	for (unsigned i = 0; i < 16; i++)
		ops[1 + i] = (struct die_op){.kind = DIE_PROGRAM,
					     .address = address + 256 * i,
					     .data = wanted + address + 256 * i,
					     .len = 256};
	return die_run(die, ops, 17);
}

static enum trouble_kind clear_bits(uint32_t address, size_t count)
{
	static const uint8_t zeros[256];
	struct die_op op = {.kind = DIE_PROGRAM, .address = address, .data = zeros, .len = count};

	memset(wanted + address, 0, count);
	return die_run(die, &op, 1);
}

static enum trouble_kind read_back(uint32_t address, uint32_t count)
{
	enum trouble_kind kind = die_read(die, address, rx + address, count);

	if (!kind)
		assert_memory_equal(rx + address, sim->nor.memory + address, count);
	return kind;
}

/* Some of everything. */
static enum trouble_kind work(void)
{
	uint8_t id[3];
	uint32_t crc;
	enum trouble_kind kind = die_id(die, id);

	if (!kind)
		kind = read_back(0x11000, 2 * SECTOR);
	if (!kind)
		kind = die_sum(die, (struct range){0x30000, 4 * SECTOR}, &crc);
	for (uint32_t i = 0; !kind && i < 4; i++)
		kind = write_sector(START + i * SECTOR, (uint8_t)i);
	if (!kind)
		kind = clear_bits(0x30010, 7);
	if (!kind)
		kind = read_back(START, 2 * SECTOR);
	if (!kind)
		kind = die_wait_ready(die, 0);
	return kind ? kind : uart_die_finish(die);
}

static const char *const loaders[] = {"n", "t", "s"};

static void a_sector_may_hold_what_answers_begin_with(void **state)
{
	static const uint8_t head[] = {0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(loaders); i++) {
		begin(loaders[i]);
		for (size_t k = 1; k <= sizeof(head); k++)
			memcpy(sim->nor.memory + 0x20000 + k * SECTOR - k, head, k);
		assert_int_equal(read_back(0x20000, 8 * SECTOR), TROUBLE_NONE);
		assert_int_equal(talk.counts.again + talk.counts.in_step, 0);
	}
}

static void nothing_that_was_changed_is_nothing_to_check(void **state)
{
	unsigned calls;

	(void)state;
	begin("t");
	assert_int_equal(read_back(0x11000, SECTOR), TROUBLE_NONE);
	calls = sim->calls;
	assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
	assert_int_equal(sim->calls, calls);
}

static void assert_not_written(uint32_t start, uint32_t length, const char *words)
{
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_NOT_WRITTEN);
	assert_int_equal(notes.trouble.range.start, start);
	assert_int_equal(notes.trouble.range.length, length);
	assert_int_equal(notes.trouble.die, DIE_HALF);
	assert_mentions(&notes, words);
	assert_mentions(&notes, "write it again");
}

static void a_cell_that_does_not_take_it_is_told_with_its_sector(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(loaders); i++) {
		begin(loaders[i]);
		stuck_at = START + SECTOR + 17;
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		assert_int_equal(write_sector(START + SECTOR, 2), TROUBLE_NONE);
		assert_int_equal(write_sector(START + 2 * SECTOR, 3), TROUBLE_NONE);
		assert_int_equal(uart_die_finish(die), TROUBLE_NOT_WRITTEN);
		assert_not_written(START + SECTOR, SECTOR,
				   "the flash does not hold what was written there");
		/* It was tried more often than once, and the others are right. */
		assert_in_range(talk.counts.written, 2, 100);
		wanted[stuck_at] = 0x5a;
		assert_memory_equal(sim->nor.memory, wanted, USED);
	}
}

/* Who has read it knows: what is there is no surprise at the end. */
static void one_that_was_read_in_the_meantime_is_not_told_again(void **state)
{
	(void)state;
	begin("n");
	stuck_at = START + 17;
	assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
	assert_int_equal(read_back(START, SECTOR), TROUBLE_NONE);
	assert_int_equal(rx[stuck_at], 0x5a);
	assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
	assert_int_equal(notes.errors, 0);
}

static void a_bootloader_that_is_no_longer_what_it_was_is_told(void **state)
{
	static const char *const bl[] = {"t", "u"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bl); i++)
		for (uint32_t at = 0x400; at < 0x12000; at += 0x10c00) {
			bool its_own = at < 0x11000;

			begin(bl[i]);
			assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
			sim->nor.memory[at] ^= 1;
			assert_int_equal(uart_die_finish(die),
					 its_own ? TROUBLE_NOT_WRITTEN : TROUBLE_NONE);
			if (its_own)
				assert_not_written(0, 0x11000,
						   "the bootloader's own area has changed");
		}
}

static uint32_t crc_of(const uint8_t *data, size_t count)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < count; i++) {
		crc ^= data[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void the_sum_of_any_range_is_that_of_its_bytes(void **state)
{
	static const struct range ranges[] = {
		{0x11000, 0x1000}, {0x12300, 0x100}, {0x12345, 0x2468}, {0x30000, 0x18000}, {0, 1},
		{0x20100, 0x1001}, {0x10001, 0xfff}};
	uint32_t crc;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(loaders); i++) {
		begin(loaders[i]);
		for (size_t k = 0; k < COUNT_OF(ranges); k++) {
			assert_int_equal(die_sum(die, ranges[k], &crc), TROUBLE_NONE);
			assert_int_equal(crc, crc_of(before + ranges[k].start, ranges[k].length));
		}
		assert_memory_equal(sim->nor.memory, before, USED);
	}
}

/* It is a guess: what is known is not overwritten by it, and what is wrong is read. */
static void what_is_expected_does_not_become_what_is_there(void **state)
{
	static uint8_t other[2 * SECTOR];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(loaders); i++) {
		begin(loaders[i]);
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		assert_int_equal(read_back(0x15000, SECTOR), TROUBLE_NONE);
		die_expect(die, (struct range){START, 2 * SECTOR}, other);
		die_expect(die, (struct range){0x15000, SECTOR}, other);
		die_expect(die, (struct range){0x16000, SECTOR - 1}, other);
		die_expect(die, (struct range){0x17100, SECTOR}, other);
		assert_int_equal(read_back(0x15000, 4 * SECTOR), TROUBLE_NONE);
		assert_int_equal(read_back(START, 2 * SECTOR), TROUBLE_NONE);
		assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
		assert_memory_equal(sim->nor.memory, wanted, USED);
	}
}

static uint64_t came(void)
{
	return sim_wire_stats(sim).from_chip;
}

/* The chip sums up what is there, rather than send it. */
static void what_is_expected_and_right_costs_a_sum(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint64_t bytes;
		uint32_t crc;

		begin(loaders[i]);
		die_expect(die, (struct range){0x20000, 4 * SECTOR}, before + 0x20000);
		bytes = came();
		assert_int_equal(read_back(0x20000, 4 * SECTOR), TROUBLE_NONE);
		assert_in_range(came() - bytes, 1, 200);
		bytes = came();
		assert_int_equal(die_sum(die, (struct range){0x30100, 0x1300}, &crc), TROUBLE_NONE);
		assert_in_range(came() - bytes, 1, 200);
		/* A second look at what is known as well. */
		bytes = came();
		assert_int_equal(read_back(0x20000, 4 * SECTOR), TROUBLE_NONE);
		assert_in_range(came() - bytes, 1, 200);
	}
}

/* The first 68 KiB are the bootloader's own, unless it is in ROM. */
static void a_bootloader_in_the_flash_is_not_changed_by_itself(void **state)
{
	struct die_op erase = {.kind = DIE_ERASE, .address = 0x10000};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		bool rom = is_rom(loaders[i]);

		begin(loaders[i]);
		assert_int_equal(die_run(die, &erase, 1),
				 rom ? TROUBLE_NONE : TROUBLE_CLOSED_RANGE);
		assert_int_equal(write_sector(0x11000, 1), TROUBLE_NONE);
		if (rom)
			memset(wanted + 0x10000, 0xff, SECTOR);
		assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
		assert_memory_equal(sim->nor.memory, wanted, USED);
	}
}

/* A page in the middle of a sector of which nothing is known, bits of which are 0 already. */
static void a_program_only_clears_bits_and_leaves_the_others(void **state)
{
	static const uint8_t data[8] = {0x0f, 0xf0, 0x00, 0xff, 0x55, 0xaa, 0x0f, 0x01};
	struct die_op ops[2] = {
		{.kind = DIE_PROGRAM, .address = 0x21ffc, .data = data, .len = 4},
		{.kind = DIE_PROGRAM, .address = 0x22000, .data = data + 4, .len = 4}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(loaders); i++) {
		begin(loaders[i]);
		for (size_t k = 0; k < 8; k++)
			wanted[0x21ffc + k] &= data[k];
		assert_int_equal(die_run(die, ops, 2), TROUBLE_NONE);
		assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
		assert_memory_equal(sim->nor.memory, wanted, USED);
	}
}

/* By its supply, or by its firmware's watchdog: it runs its firmware when it is spoken to next. */
static void a_chip_that_is_reset_in_the_middle_is_found_again_and_all_is_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(loaders); i++) {
		unsigned first, all;

		begin(loaders[i]);
		first = sim->calls;
		assert_int_equal(work(), TROUBLE_NONE);
		assert_memory_equal(sim->nor.memory, wanted, USED);
		all = sim->calls - first;
		for (unsigned number = 1; number < all; number += 1 + all / 12) {
			begin(loaders[i]);
			resets_at = first + number;
			assert_int_equal(work(), TROUBLE_NONE);
			assert_memory_equal(sim->nor.memory, wanted, USED);
			assert_true(talk.counts.relinks > 0);
			assert_int_equal(notes.errors, 0);
		}
	}
}

static void a_wire_that_fails_ends_it_with_its_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(loaders); i++) {
		unsigned first, all;

		begin(loaders[i]);
		first = sim->calls;
		assert_int_equal(work(), TROUBLE_NONE);
		all = (calls_before_relink ? calls_before_relink : sim->calls) - first;
		for (unsigned number = 1; number <= all; number += 1 + all / 40) {
			begin(loaders[i]);
			sim->fails_at = first + number;
			sim->fails_once = true;
			sim->fails_with = TROUBLE_ADAPTER_GONE;
			assert_int_equal(work(), TROUBLE_ADAPTER_GONE);
			assert_int_equal(sim->calls, first + number);
			assert_int_equal(talk.counts.relinks, 0);
		}
	}
}

/* What was not checked is not called good. */
static void an_end_that_cannot_be_checked_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(loaders); i++) {
		begin(loaders[i]);
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		sim->dead = true;
		talk.relink = NULL;
		assert_int_equal(uart_die_finish(die), TROUBLE_LINK_LOST);
		assert_int_equal(notes.errors, 1);
		assert_int_equal(notes.trouble.kind, TROUBLE_LINK_LOST);
		assert_mentions(&notes, "at the end");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_sector_may_hold_what_answers_begin_with, teardown),
		cmocka_unit_test_teardown(nothing_that_was_changed_is_nothing_to_check, teardown),
		cmocka_unit_test_teardown(a_cell_that_does_not_take_it_is_told_with_its_sector,
					  teardown),
		cmocka_unit_test_teardown(one_that_was_read_in_the_meantime_is_not_told_again,
					  teardown),
		cmocka_unit_test_teardown(a_bootloader_that_is_no_longer_what_it_was_is_told,
					  teardown),
		cmocka_unit_test_teardown(the_sum_of_any_range_is_that_of_its_bytes, teardown),
		cmocka_unit_test_teardown(what_is_expected_does_not_become_what_is_there, teardown),
		cmocka_unit_test_teardown(what_is_expected_and_right_costs_a_sum, teardown),
		cmocka_unit_test_teardown(a_bootloader_in_the_flash_is_not_changed_by_itself,
					  teardown),
		cmocka_unit_test_teardown(a_program_only_clears_bits_and_leaves_the_others,
					  teardown),
		cmocka_unit_test_teardown(
			a_chip_that_is_reset_in_the_middle_is_found_again_and_all_is_exact,
			teardown),
		cmocka_unit_test_teardown(a_wire_that_fails_ends_it_with_its_kind, teardown),
		cmocka_unit_test_teardown(an_end_that_cannot_be_checked_is_told, teardown),
	};

	return cmocka_run_group_tests_name("uart_troubles", tests, NULL, NULL);
}
