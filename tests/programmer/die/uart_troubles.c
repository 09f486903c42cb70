/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A die behind a bootloader when something goes wrong: the wire, the chip, its cells, its
 * bootloader. A run ends exact, or with the kind of what happened, and names what was hit.
 */
#include "tests/programmer/die/uart_fixture.h"

/* Some of every kind of work. */
static enum trouble_kind work(void)
{
	uint8_t id[3];
	uint32_t crc;
	enum trouble_kind kind = die_id(uart.die, id);

	if (!kind)
		kind = read_back(0x11000, 2 * SECTOR);
	if (!kind)
		kind = die_sum(uart.die, (struct range){0x30000, 4 * SECTOR}, &crc);
	for (uint32_t i = 0; !kind && i < 4; i++)
		kind = write_sector(START + i * SECTOR, (uint8_t)i);
	if (!kind)
		kind = clear_bits(0x30010, 7);
	if (!kind)
		kind = read_back(START, 2 * SECTOR);
	if (!kind)
		kind = die_wait_ready(uart.die, 0);
	return kind ? kind : uart_die_finish(uart.die);
}

static void assert_nothing_was_repaired(void)
{
	const struct uart_counts *counts = &uart.talk.counts;

	assert_int_equal(counts->again + counts->in_step + counts->written + counts->slower, 0);
}

static void a_clean_line_needs_no_repair(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		assert_int_equal(work(), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
		assert_nothing_was_repaired();
		assert_int_equal(uart.notes.warnings + uart.notes.errors, 0);
	}
}

/* The addresses of its long frames with this command, and their numbers of data bytes. */
static uint8_t command;
static uint32_t addresses[64];
static size_t address_count, data_bytes;

static size_t listen(uint8_t *bytes, size_t count)
{
	static const uint8_t begin[] = {0x01, 0xe0, 0xfc, 0xff, 0xf4};

	if (count >= 12 && memcmp(bytes, begin, sizeof(begin)) == 0 && bytes[7] == command &&
	    address_count < COUNT_OF(addresses)) {
		addresses[address_count++] = uart_number(bytes + (command == 0x0f ? 9 : 8));
		data_bytes = (bytes[5] | (size_t)bytes[6] << 8) - 5;
	}
	return count;
}

static void listen_to(uint8_t what)
{
	command = what;
	address_count = 0;
	uart.damages = listen;
}

static unsigned erase_of_size(uint32_t size)
{
	unsigned i = 0;

	while (uart.die->part->erase[i].size != size)
		i++;
	return i;
}

/*
 * With its last address, a doubled or lost byte does not lead to a bootloader; a ROM has none to
 * hit.
 */
static void erases_are_blocks_where_that_fits_and_name_their_last_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uint32_t last = is_rom(loaders[i]) ? 0 : 1;
		struct die_op erase = {.kind = DIE_ERASE, .address = 0x30000};

		uart_fixture_begin(loaders[i]);
		erase.erase = erase_of_size(0x10000);
		listen_to(0x0f);
		assert_int_equal(die_run(uart.die, &erase, 1), TROUBLE_NONE);
		assert_int_equal(address_count, 1);
		assert_int_equal(addresses[0], 0x30000 + last * 0xffff);
		erase.erase = erase_of_size(0x8000);
		erase.address = 0x48000;
		listen_to(0x0f);
		assert_int_equal(die_run(uart.die, &erase, 1), TROUBLE_NONE);
		assert_int_equal(address_count, 8);
		for (uint32_t k = 0; k < 8; k++)
			assert_int_equal(addresses[k], 0x48000 + k * SECTOR + last * 0xfff);
		memset(wanted + 0x30000, 0xff, 0x10000);
		memset(wanted + 0x48000, 0xff, 0x8000);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
		assert_int_equal(uart.sim->stats.erase_64k, 1);
		assert_int_equal(uart.sim->stats.erase_4k, 8);
		assert_nothing_was_repaired();
	}
}

/* There everything repeats, and a bootloader does not read itself elsewhere. */
static void only_a_bootloader_in_the_flash_is_read_behind_the_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		listen_to(0x09);
		assert_int_equal(read_back(0x10000, 2 * SECTOR), TROUBLE_NONE);
		assert_int_equal(address_count, 2);
		assert_int_equal(addresses[0], is_rom(loaders[i]) ? 0x10000 : 0x210000);
		assert_int_equal(addresses[1], 0x11000);
	}
}

/*
 * Up to half a sector is sent alone, in whole lines of 32 bytes; more than that with the rest of
 * it.
 */
static void few_bytes_are_sent_alone(void **state)
{
	static const uint8_t zeros[SECTOR];
	static const size_t counts[] = {1, 2048, 2049};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		bool alone = counts[i] <= 2048;
		struct die_op ops[9];

		uart_fixture_begin("n");
		for (size_t k = 0; k < 9; k++)
			ops[k] = (struct die_op){
				.kind = DIE_PROGRAM,
				.address = START + 256 * (uint32_t)k,
				.data = zeros,
				.len = counts[i] - 256 * k < 256 ? counts[i] - 256 * k : 256};
		memset(wanted + START, 0, counts[i]);
		listen_to(alone ? 0x06 : 0x07);
		assert_int_equal(die_run(uart.die, ops, (counts[i] + 255) / 256), TROUBLE_NONE);
		assert_int_equal(address_count, 1);
		assert_int_equal(addresses[0], START);
		assert_int_equal(data_bytes, alone ? (counts[i] + 31) / 32 * 32 : SECTOR);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
		assert_nothing_was_repaired();
	}
}

static void a_sector_may_hold_what_answers_begin_with(void **state)
{
	static const uint8_t head[] = {0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4};

	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		for (size_t k = 1; k <= sizeof(head); k++)
			memcpy(uart.sim->nor.memory + 0x20000 + k * SECTOR - k, head, k);
		assert_int_equal(read_back(0x20000, 8 * SECTOR), TROUBLE_NONE);
		assert_int_equal(uart.talk.counts.again + uart.talk.counts.in_step, 0);
	}
}

static void nothing_that_was_changed_is_nothing_to_check(void **state)
{
	unsigned calls;

	(void)state;
	uart_fixture_begin("t");
	assert_int_equal(read_back(0x11000, SECTOR), TROUBLE_NONE);
	calls = uart.sim->calls;
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_int_equal(uart.sim->calls, calls);
}

static void assert_not_written(uint32_t start, uint32_t length, const char *words)
{
	assert_int_equal(uart.notes.errors, 1);
	assert_int_equal(uart.notes.trouble.kind, TROUBLE_NOT_WRITTEN);
	assert_int_equal(uart.notes.trouble.range.start, start);
	assert_int_equal(uart.notes.trouble.range.length, length);
	assert_int_equal(uart.notes.trouble.die, DIE_HALF);
	assert_mentions(&uart.notes, words);
	assert_mentions(&uart.notes, "write it again");
}

static void a_cell_that_does_not_take_it_is_told_with_its_sector(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		uart.stuck_at = START + SECTOR + 17;
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		assert_int_equal(write_sector(START + SECTOR, 2), TROUBLE_NONE);
		assert_int_equal(write_sector(START + 2 * SECTOR, 3), TROUBLE_NONE);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NOT_WRITTEN);
		assert_not_written(START + SECTOR, SECTOR,
				   "the flash does not hold all of what was written there");
		/*
		 * It was tried more than once, and not so often that it wears the die; the other
		 * sectors are right.
		 */
		assert_in_range(uart.talk.counts.written, 2, 12);
		wanted[uart.stuck_at] = 0x5a;
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
	}
}

/* It was read since, so what is there is no surprise at the end. */
static void one_that_was_read_in_the_meantime_is_not_told_again(void **state)
{
	(void)state;
	uart_fixture_begin("n");
	uart.stuck_at = START + 17;
	assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
	assert_int_equal(read_back(START, SECTOR), TROUBLE_NONE);
	assert_int_equal(rx[uart.stuck_at], 0x5a);
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_int_equal(uart.notes.errors, 0);
}

static void a_bootloader_that_is_no_longer_what_it_was_is_told(void **state)
{
	static const char *const bl[] = {"t", "u"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bl); i++)
		for (uint32_t at = 0x400; at < 0x12000; at += 0x10c00) {
			bool its_own = at < 0x11000;

			uart_fixture_begin(bl[i]);
			assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
			uart.sim->nor.memory[at] ^= 1;
			assert_int_equal(uart_die_finish(uart.die),
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
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		for (size_t k = 0; k < COUNT_OF(ranges); k++) {
			assert_int_equal(die_sum(uart.die, ranges[k], &crc), TROUBLE_NONE);
			assert_int_equal(crc, crc_of(before + ranges[k].start, ranges[k].length));
		}
		assert_memory_equal(uart.sim->nor.memory, before, USED);
	}
}

/*
 * An expectation is a guess: it does not replace what is known, and if it is wrong the flash is
 * read.
 */
static void what_is_expected_does_not_become_what_is_there(void **state)
{
	static uint8_t other[2 * SECTOR];

	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		assert_int_equal(read_back(0x15000, SECTOR), TROUBLE_NONE);
		die_expect(uart.die, (struct range){START, 2 * SECTOR}, other);
		die_expect(uart.die, (struct range){0x15000, SECTOR}, other);
		die_expect(uart.die, (struct range){0x16000, SECTOR - 1}, other);
		die_expect(uart.die, (struct range){0x17100, SECTOR}, other);
		assert_int_equal(read_back(0x15000, 4 * SECTOR), TROUBLE_NONE);
		assert_int_equal(read_back(START, 2 * SECTOR), TROUBLE_NONE);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
	}
}

static uint64_t came(void)
{
	return sim_wire_stats(uart.sim).from_chip;
}

/* The chip returns a checksum of the content instead of the content. */
static void what_is_expected_and_right_costs_a_sum(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint64_t bytes;
		uint32_t crc;

		uart_fixture_begin(loaders[i]);
		die_expect(uart.die, (struct range){0x20000, 4 * SECTOR}, before + 0x20000);
		bytes = came();
		assert_int_equal(read_back(0x20000, 4 * SECTOR), TROUBLE_NONE);
		assert_in_range(came() - bytes, 1, 200);
		bytes = came();
		assert_int_equal(die_sum(uart.die, (struct range){0x30100, 0x1300}, &crc),
				 TROUBLE_NONE);
		assert_in_range(came() - bytes, 1, 200);
		/* So does a second look at what is known. */
		bytes = came();
		assert_int_equal(read_back(0x20000, 4 * SECTOR), TROUBLE_NONE);
		assert_in_range(came() - bytes, 1, 200);
	}
}

/* The first 68 KiB belong to the bootloader, unless it is in ROM. */
static void a_bootloader_in_the_flash_is_not_changed_by_itself(void **state)
{
	struct die_op erase = {.kind = DIE_ERASE, .address = 0x10000};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		bool rom = is_rom(loaders[i]);

		uart_fixture_begin(loaders[i]);
		assert_int_equal(die_run(uart.die, &erase, 1),
				 rom ? TROUBLE_NONE : TROUBLE_CLOSED_RANGE);
		assert_int_equal(write_sector(0x11000, 1), TROUBLE_NONE);
		if (rom)
			memset(wanted + 0x10000, 0xff, SECTOR);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
	}
}

/* A page in the middle of an unknown sector, in which bits are 0 already. */
static void a_program_only_clears_bits_and_leaves_the_others(void **state)
{
	static const uint8_t data[8] = {0x0f, 0xf0, 0x00, 0xff, 0x55, 0xaa, 0x0f, 0x01};
	struct die_op ops[2] = {
		{.kind = DIE_PROGRAM, .address = 0x21ffc, .data = data, .len = 4},
		{.kind = DIE_PROGRAM, .address = 0x22000, .data = data + 4, .len = 4}};

	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		for (size_t k = 0; k < 8; k++)
			wanted[0x21ffc + k] &= data[k];
		assert_int_equal(die_run(uart.die, ops, 2), TROUBLE_NONE);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_nothing_was_repaired();
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
	}
}

/* By its supply, or by the firmware's watchdog: at the next request the firmware is running. */
static void a_chip_that_is_reset_in_the_middle_is_found_again_and_all_is_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		unsigned first, all;

		uart_fixture_begin(loaders[i]);
		first = uart.sim->calls;
		assert_int_equal(work(), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
		all = uart.sim->calls - first;
		for (unsigned number = 1; number < all; number += 1 + all / 12) {
			uart_fixture_begin(loaders[i]);
			uart.resets_at = first + number;
			assert_int_equal(work(), TROUBLE_NONE);
			assert_memory_equal(uart.sim->nor.memory, wanted, USED);
			/* A reset that it needs anyway may be the one that finds it again. */
			if (!uart.loader.never_rearms)
				assert_true(uart.talk.counts.relinks > 0);
			assert_int_equal(uart.notes.errors, 0);
		}
	}
}

static void a_wire_that_fails_ends_it_with_its_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		unsigned first, all;

		uart_fixture_begin(loaders[i]);
		first = uart.sim->calls;
		assert_int_equal(work(), TROUBLE_NONE);
		all = (uart.calls_before_relink ? uart.calls_before_relink : uart.sim->calls) -
		      first;
		for (unsigned number = 1; number <= all; number += 1 + all / 40) {
			uart_fixture_begin(loaders[i]);
			uart.sim->fails_at = first + number;
			uart.sim->fails_once = true;
			uart.sim->fails_with = TROUBLE_ADAPTER_GONE;
			assert_int_equal(work(), TROUBLE_ADAPTER_GONE);
			assert_int_equal(uart.sim->calls, first + number);
			assert_int_equal(uart.talk.counts.relinks, 0);
		}
	}
}

/* What was not checked is not reported as good. */
static void an_end_that_cannot_be_checked_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOADERS; i++) {
		uart_fixture_begin(loaders[i]);
		assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
		uart.sim->dead = true;
		uart.talk.relink = NULL;
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_LINK_LOST);
		assert_int_equal(uart.notes.errors, 1);
		assert_int_equal(uart.notes.trouble.kind, TROUBLE_LINK_LOST);
		assert_mentions(&uart.notes, "at the end");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_sector_may_hold_what_answers_begin_with,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(a_clean_line_needs_no_repair, uart_fixture_teardown),
		cmocka_unit_test_teardown(
			erases_are_blocks_where_that_fits_and_name_their_last_byte,
			uart_fixture_teardown),
		cmocka_unit_test_teardown(only_a_bootloader_in_the_flash_is_read_behind_the_end,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(few_bytes_are_sent_alone, uart_fixture_teardown),
		cmocka_unit_test_teardown(nothing_that_was_changed_is_nothing_to_check,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(a_cell_that_does_not_take_it_is_told_with_its_sector,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(one_that_was_read_in_the_meantime_is_not_told_again,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(a_bootloader_that_is_no_longer_what_it_was_is_told,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(the_sum_of_any_range_is_that_of_its_bytes,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(what_is_expected_does_not_become_what_is_there,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(what_is_expected_and_right_costs_a_sum,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(a_bootloader_in_the_flash_is_not_changed_by_itself,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(a_program_only_clears_bits_and_leaves_the_others,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(
			a_chip_that_is_reset_in_the_middle_is_found_again_and_all_is_exact,
			uart_fixture_teardown),
		cmocka_unit_test_teardown(a_wire_that_fails_ends_it_with_its_kind,
					  uart_fixture_teardown),
		cmocka_unit_test_teardown(an_end_that_cannot_be_checked_is_told,
					  uart_fixture_teardown),
	};

	return cmocka_run_group_tests_name("uart_troubles", tests, NULL, NULL);
}
