/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a proxy does on a die that is not on SPI, and which requests it does not pass on. */
#include "tests/programmer/guard/gate_fixture.h"

#include <stdlib.h>

#define SECTOR 4096u
#define BLOCK 65536u

/* A bootloader keeps a block and a sector for itself. */
static const struct range closed = {0, 0x11000};

static enum trouble_kind send_to(uint8_t opcode, uint32_t address, size_t len)
{
	const uint8_t wren = 0x06;
	uint8_t tx[4 + 256] = {opcode, (uint8_t)(address >> 16), (uint8_t)(address >> 8),
			       (uint8_t)address};

	assert_int_equal(proxy_op(proxy, &wren, 1, NULL, 0), TROUBLE_NONE);
	return proxy_op(proxy, tx, opcode == 0xc7 ? 1 : 4 + len, NULL, 0);
}

static void a_change_of_what_is_closed_is_refused_before_anything_is_sent(void **state)
{
	static const struct {
		uint8_t opcode;
		uint32_t address;
		size_t len;
	} changes[] = {{0x20, 0, 0},	  {0x20, 0x10fff, 0}, {0xd8, 0x10000, 0},
		       {0x52, 0x8000, 0}, {0x02, 0, 256},     {0x02, 0x10f80, 128}};
	uint8_t *before = copy_of_die(), id[3];
	const uint8_t rdid = 0x9f;

	(void)state;
	memory->die.caps.closed[0] = closed;
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		gate_fixture_start((struct proxy_options){0});
		notes_begin(&notes);
		assert_int_equal(send_to(changes[i].opcode, changes[i].address, changes[i].len),
				 TROUBLE_CLOSED_RANGE);
		assert_int_equal(notes.errors, 1);
		assert_int_equal(notes.trouble.kind, TROUBLE_CLOSED_RANGE);
		assert_int_equal(notes.trouble.die, DIE_UNTOUCHED);
		assert_true(range_touches(notes.trouble.range, closed));
		assert_int_equal(notes_number(&notes, "closed_start"), closed.start);
		assert_int_equal(notes_number(&notes, "closed_length"), closed.length);
		assert_mentions(&notes, "0x000000-0x010fff (68 KiB)");
		/* After that, everything is refused, so that flashrom ends. */
		assert_int_equal(proxy_op(proxy, &rdid, 1, id, 3), TROUBLE_CLOSED_RANGE);
		assert_int_equal(proxy_close(proxy, false), TROUBLE_CLOSED_RANGE);
		proxy = NULL;
	}
	assert_int_equal(memory->ops, 0);
	assert_memory_equal(memory->memory, before, part->size);
	free(before);
}

static void what_is_open_beside_it_is_written(void **state)
{
	(void)state;
	memory->die.caps.closed[0] = closed;
	gate_fixture_start((struct proxy_options){0});
	assert_int_equal(send_to(0x20, 0x11000, 0), TROUBLE_NONE);
	assert_int_equal(send_to(0x02, 0x11000, 256), TROUBLE_NONE);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	assert_int_equal(memory->memory[0x11000], 0);
	assert_int_equal(memory->memory[0x11100], 0xff);
	assert_int_not_equal(memory->memory[0x10fff] & memory->memory[0x10ffe], 0xff);
}

static void
an_erase_of_the_chip_is_refused_with_the_die_untouched_if_any_of_it_is_closed(void **state)
{
	static const struct range ranges[][DIE_CLOSED] = {
		{{0, 0x11000}, NO_RANGE},
		{{0x1ff000, 0x1000}, NO_RANGE},
		{{0x100000, 0x800}, {0x40000, 0x20000}},
		{{0x10800, 0x1000}, {0x1f0000, 0x10000}}, /* two sectors are touched */
		{{0, 0x200000}, NO_RANGE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ranges); i++) {
		memset(memory->memory, 0x11, part->size);
		memcpy(memory->die.caps.closed, ranges[i], sizeof(ranges[i]));
		gate_fixture_start((struct proxy_options){.size_told = true});
		notes_begin(&notes);
		assert_int_equal(send_to(0xc7, 0, 0), TROUBLE_CLOSED_RANGE);
		assert_int_equal(proxy_close(proxy, false), TROUBLE_CLOSED_RANGE);
		proxy = NULL;
		assert_int_equal(notes.errors, 1);
		for (uint32_t at = 0; at < part->size; at++)
			assert_int_equal(memory->memory[at], 0x11);
		assert_int_equal(memory->erases, 0);
	}
}

static void an_erase_of_the_chip_behind_others_is_refused_on_any_die(void **state)
{
	(void)state;
	for (int with = 0; with < 2; with++) {
		enum trouble_kind wanted = with ? TROUBLE_CLOSED_RANGE : TROUBLE_NOT_WRITTEN;

		memory->die.caps.closed[0] = with ? closed : NO_RANGE;
		gate_fixture_start((struct proxy_options){0});
		assert_int_equal(send_to(0x20, 0x20000, 0), TROUBLE_NONE);
		assert_int_equal(send_to(0xc7, 0, 0), wanted);
		assert_int_equal(proxy_close(proxy, false), wanted);
		proxy = NULL;
	}
}

static void ranges_are_read_written_and_erased_without_frames(void **state)
{
	static uint8_t data[3 * BLOCK], rx[3 * BLOCK];
	uint8_t *expected = copy_of_die();

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	gate_fixture_start((struct proxy_options){0});
	assert_int_equal(proxy_read(proxy, 0x12345, rx, 2 * BLOCK + 1), TROUBLE_NONE);
	assert_memory_equal(rx, expected + 0x12345, 2 * BLOCK + 1);
	assert_int_equal(proxy_read(proxy, part->size, rx, 0), TROUBLE_NONE);

	assert_int_equal(proxy_erase(proxy, (struct range){0x1f000, 2 * BLOCK}), TROUBLE_NONE);
	assert_int_equal(proxy_write(proxy, 0x1f00d, data, BLOCK + 100), TROUBLE_NONE);
	assert_int_equal(proxy_done(proxy), PROXY_CHANGED);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	memset(expected + 0x1f000, 0xff, 2 * BLOCK);
	memcpy(expected + 0x1f00d, data, BLOCK + 100);
	assert_memory_equal(memory->memory, expected, part->size);
	assert_int_equal(proxy_read(proxy, 0x1f00d, rx, BLOCK + 100), TROUBLE_NONE);
	assert_memory_equal(rx, data, BLOCK + 100);
	assert_int_equal(notes.errors, 0);
	free(expected);
}

static void what_is_written_without_an_erase_clears_bits_in_every_page_that_it_touches(void **state)
{
	static uint8_t data[3 * 256];
	uint8_t *expected = copy_of_die();

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + 3);
	gate_fixture_start((struct proxy_options){0});
	for (uint32_t at = 0x1ff01; at < 0x2ff00; at += 0x3fff) {
		assert_int_equal(proxy_write(proxy, at, data, sizeof(data)), TROUBLE_NONE);
		for (size_t i = 0; i < sizeof(data); i++)
			expected[at + i] &= data[i];
	}
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	assert_memory_equal(memory->memory, expected, part->size);
	free(expected);
}

static void ranges_outside_of_the_die_or_of_parts_of_a_sector_are_refused(void **state)
{
	uint8_t bytes[16] = {0};

	(void)state;
	gate_fixture_start((struct proxy_options){0});
	assert_int_equal(proxy_read(proxy, part->size - 15, bytes, 16), TROUBLE_BUG);
	assert_int_equal(proxy_read(proxy, UINT32_MAX, bytes, 1), TROUBLE_BUG);
	assert_int_equal(proxy_write(proxy, part->size - 15, bytes, 16), TROUBLE_BUG);
	assert_int_equal(proxy_erase(proxy, (struct range){part->size, SECTOR}), TROUBLE_BUG);
	assert_int_equal(proxy_erase(proxy, (struct range){0x800, SECTOR}), TROUBLE_BUG);
	assert_int_equal(proxy_erase(proxy, (struct range){0, 0x800}), TROUBLE_BUG);
	assert_int_equal(notes.errors, 6);
	assert_int_equal(memory->ops, 0);
	/* None of them is kept. */
	assert_int_equal(proxy_read(proxy, 0, bytes, 16), TROUBLE_NONE);
}

static void a_range_that_is_closed_somewhere_is_not_erased_at_all(void **state)
{
	uint8_t *before = copy_of_die();

	(void)state;
	memory->die.caps.closed[0] = (struct range){0x40000, SECTOR};
	gate_fixture_start((struct proxy_options){0});
	assert_false(proxy_may_change(proxy, (struct range){0x20000, 0x30000}));
	assert_true(proxy_may_change(proxy, (struct range){0x20000, 0x20000}));
	assert_int_equal(proxy_erase(proxy, (struct range){0x20000, 0x30000}),
			 TROUBLE_CLOSED_RANGE);
	assert_memory_equal(memory->memory, before, part->size);
	free(before);
}

static void a_reading_run_refuses_changes_of_ranges_and_goes_on_reading(void **state)
{
	uint8_t bytes[16] = {0};

	(void)state;
	gate_fixture_start((struct proxy_options){.read_only = true});
	assert_int_equal(proxy_write(proxy, 0, bytes, 16), TROUBLE_READ_ONLY);
	assert_int_equal(proxy_erase(proxy, (struct range){0, SECTOR}), TROUBLE_READ_ONLY);
	assert_int_equal(send_to(0xd8, 0, 0), TROUBLE_READ_ONLY);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(proxy_read(proxy, 0, bytes, 16), TROUBLE_NONE);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	assert_int_equal(memory->programs + memory->erases, 0);
}

/*
 * The check before the first change reads a sector for each sample: 32 of them, twice, would take a
 * minute.
 */
static void where_small_reads_are_slow_few_are_made(void **state)
{
	const uint8_t zero = 0;

	(void)state;
	memory->die.caps.cost.read_unit = SECTOR;
	memory->die.caps.checked = true;
	gate_fixture_start((struct proxy_options){0});
	assert_int_equal(proxy_write(proxy, 0, &zero, 1), TROUBLE_NONE);
	assert_in_range(memory->reads, 2, 8);
}

static void where_small_reads_are_dear_a_die_that_is_too_small_is_found_out(void **state)
{
	const uint8_t zero = 0;

	(void)state;
	memory->die.caps.cost.read_unit = SECTOR;
	memcpy(memory->memory + part->size / 2, memory->memory, part->size / 2);
	gate_fixture_start((struct proxy_options){0});
	assert_int_equal(proxy_write(proxy, 0, &zero, 1), TROUBLE_PART_SMALLER);
	assert_int_equal(notes_number(&notes, "size_seen"), part->size / 2);
	assert_int_equal(memory->programs, 0);
}

static void what_travels_under_a_check_sum_is_not_read_twice(void **state)
{
	uint8_t bytes[16];

	(void)state;
	for (int checked = 0; checked < 2; checked++) {
		memory->die.caps.checked = checked;
		memory->reads = 0;
		gate_fixture_start((struct proxy_options){0});
		assert_int_equal(proxy_read(proxy, 0x100, bytes, sizeof(bytes)), TROUBLE_NONE);
		assert_int_equal(memory->reads, checked ? 1 : 2);
		proxy_close(proxy, true);
		proxy = NULL;
	}
}

/* As flashrom does: a sector is erased, read back, and programmed page by page. */
static void write_sectors(uint32_t count)
{
	static uint8_t data[SECTOR], rx[SECTOR];

	memset(data, 0x55, sizeof(data));
	for (uint32_t at = 0; at < count * SECTOR; at += SECTOR) {
		assert_int_equal(proxy_erase(proxy, (struct range){at, SECTOR}), TROUBLE_NONE);
		assert_int_equal(proxy_read(proxy, at, rx, sizeof(rx)), TROUBLE_NONE);
		assert_int_equal(proxy_write(proxy, at, data, sizeof(data)), TROUBLE_NONE);
	}
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
}

static void a_unit_of_programs_stays_in_one_run(void **state)
{
	unsigned long cut = 0;

	(void)state;
	for (uint32_t unit = 0; unit <= SECTOR; unit += SECTOR) {
		memory->die.caps.cost.program_unit = unit;
		memory->frames = 0;
		gate_fixture_start((struct proxy_options){0});
		write_sectors(256);
		proxy_close(proxy, true);
		proxy = NULL;
		if (!unit)
			cut = memory->frames;
	}
	assert_in_range(memory->frames, 256, 256 + 32);
	assert_true(cut > 10 * memory->frames);
}

static void a_die_without_registers_is_taken_as_open(void **state)
{
	const uint8_t rdsr = 0x05, wren = 0x06, wrsr[2] = {0x01, 0x04}, zero = 0;
	uint8_t value = 0;
	uint32_t sr;

	(void)state;
	gate_fixture_start((struct proxy_options){.registers = PROXY_REGISTERS_WRITE,
						  .unprotect = UNPROTECT_RESTORE});
	assert_int_equal(proxy_op(proxy, &rdsr, 1, &value, 1), TROUBLE_NONE);
	assert_int_equal(value, 0xff);
	assert_int_equal(proxy_write(proxy, 0, &zero, 1), TROUBLE_NONE);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	assert_int_equal(notes.errors, 0);
	assert_int_equal(protection_read(proxy_protection(proxy), &sr), TROUBLE_NO_REGISTERS);
	assert_int_equal(notes.trouble.kind, TROUBLE_NO_REGISTERS);
	assert_int_equal(proxy_op(proxy, &wren, 1, NULL, 0), TROUBLE_NONE);
	assert_int_equal(proxy_op(proxy, wrsr, 2, NULL, 0), TROUBLE_NO_REGISTERS);
	assert_int_equal(proxy_close(proxy, false), TROUBLE_NO_REGISTERS);
	proxy = NULL;
}

/* Wherever it fails: one trouble, of the returned kind, which says the truth about the die. */
static void a_failure_is_raised_once_and_says_what_became_of_the_die(void **state)
{
	static uint8_t bytes[SECTOR];
	bool failed = true;

	(void)state;
	for (unsigned long at = 1; failed; at++) {
		enum trouble_kind kind;

		memory->ops = memory->programs = memory->erases = 0;
		memory->fail_at = at;
		gate_fixture_start((struct proxy_options){.size_told = true});
		notes_begin(&notes);
		kind = proxy_erase(proxy, (struct range){0x2000, SECTOR});
		if (!kind)
			kind = proxy_write(proxy, 0x2000, bytes, sizeof(bytes));
		if (!kind)
			kind = proxy_read(proxy, 0x2000, bytes, sizeof(bytes));
		if (!kind)
			kind = proxy_finish(proxy);
		failed = memory->ops >= at;
		assert_int_equal(kind, failed ? TROUBLE_ADAPTER_FAULT : TROUBLE_NONE);
		assert_int_equal(proxy_close(proxy, false), kind);
		proxy = NULL;
		assert_int_equal(notes.errors, failed);
		assert_int_equal(notes.trouble.kind, kind);
		if (memory->programs + memory->erases)
			assert_int_equal(notes.trouble.die, failed ? DIE_HALF : DIE_UNTOUCHED);
	}
}

/* The last change is sent at the end only, and may still be running when that fails. */
static void a_change_that_failed_is_waited_for_before_the_chip_runs_again(void **state)
{
	(void)state;
	for (unsigned interrupted = 0; interrupted < 2; interrupted++) {
		gate_fixture_start((struct proxy_options){.size_told = true});
		assert_int_equal(proxy_erase(proxy, (struct range){0x2000, SECTOR}), TROUBLE_NONE);
		assert_int_equal(memory->erases, 0);
		memory->fail_at = memory->ops + 1;
		assert_int_equal(proxy_close(proxy, interrupted), TROUBLE_ADAPTER_FAULT);
		proxy = NULL;
		assert_int_equal(memory->waits, 1);
		memory->fail_at = 0;
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, gate_fixture_begin, gate_fixture_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_change_of_what_is_closed_is_refused_before_anything_is_sent),
		CASE(what_is_open_beside_it_is_written),
		CASE(an_erase_of_the_chip_is_refused_with_the_die_untouched_if_any_of_it_is_closed),
		CASE(an_erase_of_the_chip_behind_others_is_refused_on_any_die),
		CASE(ranges_are_read_written_and_erased_without_frames),
		CASE(what_is_written_without_an_erase_clears_bits_in_every_page_that_it_touches),
		CASE(ranges_outside_of_the_die_or_of_parts_of_a_sector_are_refused),
		CASE(a_range_that_is_closed_somewhere_is_not_erased_at_all),
		CASE(a_reading_run_refuses_changes_of_ranges_and_goes_on_reading),
		CASE(where_small_reads_are_slow_few_are_made),
		CASE(where_small_reads_are_dear_a_die_that_is_too_small_is_found_out),
		CASE(what_travels_under_a_check_sum_is_not_read_twice),
		CASE(a_unit_of_programs_stays_in_one_run),
		CASE(a_die_without_registers_is_taken_as_open),
		CASE(a_failure_is_raised_once_and_says_what_became_of_the_die),
		CASE(a_change_that_failed_is_waited_for_before_the_chip_runs_again),
	};

	return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
