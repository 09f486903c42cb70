/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joined erases, and kept promises, on the simulated die. */
#include "tests/unit.h"
#include "sim/model/prng.h"
#include "tests/programmer/sim_bus.h"
#include "programmer/guard/writeback.h"

#define SECTOR 4096u
#define BLOCK 65536u

static struct notes notes;
static struct sim_bus *sim;
static struct changes changes;
static struct writeback *writeback;
static const struct chipdb_part *part;

static void begin_part(const char *name)
{
	struct prng prng = {.state = 3};

	part = chipdb_part_by_name(name);
	sim = sim_bus_new(&(struct board_options){.part = part});
	for (uint32_t i = 0; i < 4 * BLOCK; i++)
		sim->nor.memory[i] = (uint8_t)prng_next(&prng) & 0x7f;
	notes_begin(&notes);
	changes = (struct changes){.die = sim->die, .observer = &notes.observer};
	writeback = writeback_new(&changes, true);
	assert_non_null(writeback);
}

static int begin(void **state)
{
	(void)state;
	begin_part("GD25Q16B");
	return 0;
}

static int end(void **state)
{
	(void)state;
	writeback_free(writeback);
	sim_bus_free(sim);
	return 0;
}

static enum trouble_kind erase_at(uint32_t address, unsigned which)
{
	return writeback_erase(writeback, which, address);
}

static enum trouble_kind erase_4k(uint32_t address)
{
	return erase_at(address, 0);
}

/* As flashrom does: erase, then check that it is blank. */
static void erase_and_look(uint32_t address)
{
	uint8_t rx[SECTOR];

	assert_int_equal(erase_4k(address), 0);
	assert_int_equal(writeback_read(writeback, address, rx, SECTOR), 0);
	for (size_t i = 0; i < SECTOR; i++)
		assert_int_equal(rx[i], 0xff);
}

static void program_sector(uint32_t address, uint8_t value)
{
	uint8_t page[256];

	memset(page, value, sizeof(page));
	for (uint32_t at = 0; at < SECTOR; at += 256)
		assert_int_equal(writeback_program(writeback, address + at, page, 256), 0);
}

static void check_die(uint32_t address, size_t len, uint8_t value)
{
	for (size_t i = 0; i < len; i++)
		assert_int_equal(sim->nor.memory[address + i], value);
}

static void a_block_that_is_erased_in_small_steps_is_erased_at_once(void **state)
{
	(void)state;
	for (uint32_t at = BLOCK; at < 2 * BLOCK; at += SECTOR)
		erase_and_look(at);
	assert_int_equal(sim->stats.erase_64k, 1);
	assert_int_equal(sim->stats.erase_4k, 0);
	check_die(BLOCK, BLOCK, 0xff);
	assert_int_equal(writeback_finish(writeback), 0);
	assert_int_equal(sim->stats.erase_64k, 1);
}

/* Every set of sectors in a block: the others keep their content, and are never erased. */
static void nothing_is_erased_that_was_not_asked_for(void **state)
{
	struct prng prng = {.state = 9};
	uint8_t before[BLOCK];

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		uint32_t set = (uint32_t)prng_next(&prng) & 0xffff;

		if (round < 16)
			set = 0xffffu >> round;
		for (uint32_t i = 0; i < BLOCK; i++)
			before[i] = sim->nor.memory[i] = (uint8_t)prng_next(&prng);
		for (uint32_t i = 0; i < 16; i++)
			if (set & 1u << i)
				erase_and_look(i * SECTOR);
		assert_int_equal(writeback_flush(writeback), 0);
		for (uint32_t i = 0; i < 16; i++) {
			if (set & 1u << i)
				check_die(i * SECTOR, SECTOR, 0xff);
			else
				assert_memory_equal(sim->nor.memory + i * SECTOR,
						    before + i * SECTOR, SECTOR);
		}
	}
	assert_int_equal(sim->stats.page_programs, 0);
}

static void the_largest_erases_that_fit_are_taken(void **state)
{
	(void)state;
	/* The second half, and one sector of the first. */
	for (uint32_t at = BLOCK / 2; at < BLOCK; at += SECTOR)
		assert_int_equal(erase_4k(at), 0);
	assert_int_equal(erase_4k(SECTOR), 0);
	assert_int_equal(writeback_flush(writeback), 0);
	assert_int_equal(sim->stats.erase_32k, 1);
	assert_int_equal(sim->stats.erase_4k, 1);
	assert_int_equal(sim->stats.erase_64k, 0);
}

static void a_large_erase_that_takes_longer_than_the_small_ones_is_not_taken(void **state)
{
	struct chipdb_part slow = *part;

	(void)state;
	end(NULL);
	begin_part("GD25Q16B");
	writeback_free(writeback);
	slow.erase[2].typ_us = 17 * slow.erase[0].typ_us;
	slow.erase[1].typ_us = 9 * slow.erase[0].typ_us;
	die_take_part(sim->die, &slow);
	writeback = writeback_new(&changes, true);
	for (uint32_t at = 0; at < BLOCK; at += SECTOR)
		assert_int_equal(writeback_erase(writeback, 0, at), 0);
	assert_int_equal(writeback_flush(writeback), 0);
	assert_int_equal(sim->stats.erase_4k, 16);
}

static void what_is_programmed_into_erased_sectors_comes_behind_the_erase(void **state)
{
	(void)state;
	for (uint32_t at = 0; at < BLOCK; at += SECTOR) {
		erase_and_look(at);
		program_sector(at, (uint8_t)(at / SECTOR));
	}
	assert_int_equal(writeback_flush(writeback), 0);
	for (uint32_t at = 0; at < BLOCK; at += SECTOR)
		check_die(at, SECTOR, (uint8_t)(at / SECTOR));
	assert_int_equal(sim->stats.erase_64k, 1);
	assert_in_range(sim->stats.page_programs, 256, 256 + 16);
}

/* All but its last sector; the look at that one sends it. */
static void begin_block(void)
{
	for (uint32_t at = 0; at < BLOCK - SECTOR; at += SECTOR) {
		erase_and_look(at);
		program_sector(at, 0x55);
	}
	assert_int_equal(sim->stats.erase_64k, 0);
}

static void the_last_sector_of_a_block_that_is_written_costs_a_sample_and_is_due(void **state)
{
	uint32_t last = BLOCK - SECTOR;
	uint8_t rx[SECTOR];
	uint64_t before;

	(void)state;
	begin_block();
	assert_int_equal(erase_4k(last), 0);
	assert_int_equal(writeback_flush(writeback), 0);
	assert_int_equal(sim->stats.erase_64k, 1);
	check_die(0, last, 0x55);
	before = sim->stats.spi_bytes;
	assert_int_equal(writeback_read(writeback, last, rx, SECTOR), 0);
	check_die(last, SECTOR, rx[SECTOR - 1]);
	assert_in_range(sim->stats.spi_bytes - before, 20, 40);
	program_sector(last, 0x66);
	sim->sent[0x03] = 0;
	assert_int_equal(writeback_finish(writeback), 0);
	check_die(last, SECTOR, 0x66);
	/* All of the block, none of which flashrom has verified. */
	assert_int_equal(sim->sent[0x03], 1);
}

static void the_last_sector_of_a_block_shows_that_its_erase_did_nothing(void **state)
{
	uint8_t rx[SECTOR];

	(void)state;
	nor_firmware_status(&sim->nor, 0x1c);
	begin_block();
	assert_int_equal(erase_4k(BLOCK - SECTOR), 0);
	assert_int_not_equal(writeback_read(writeback, BLOCK - SECTOR, rx, SECTOR), 0);
	assert_mentions(&notes, "at 0xf000 ");
}

static void what_the_sample_of_the_last_sector_does_not_show_is_found_at_the_end(void **state)
{
	(void)state;
	begin_block();
	erase_and_look(BLOCK - SECTOR);
	sim->nor.memory[BLOCK - SECTOR / 2] = 0x7f;
	assert_int_not_equal(writeback_finish(writeback), 0);
	assert_int_equal(notes.errors, 1);
}

static void of_a_block_that_is_only_erased_all_is_seen_at_once(void **state)
{
	(void)state;
	for (uint32_t at = 0; at < BLOCK; at += SECTOR)
		erase_and_look(at);
	assert_in_range(sim->stats.spi_bytes, BLOCK, BLOCK + 100);
	sim->sent[0x03] = 0;
	assert_int_equal(writeback_finish(writeback), 0);
	assert_int_equal(sim->sent[0x03], 0);
}

static void what_was_programmed_is_read_from_the_die_and_not_from_memory(void **state)
{
	uint8_t rx[SECTOR];

	(void)state;
	erase_and_look(0);
	program_sector(0, 0x12);
	assert_int_equal(sim->stats.erase_4k, 0);
	assert_int_equal(writeback_read(writeback, 0, rx, SECTOR), 0);
	assert_int_equal(sim->stats.erase_4k, 1);
	assert_int_equal(rx[0], 0x12);
	sim->nor.memory[7] = 0;
	assert_int_equal(writeback_read(writeback, 0, rx, SECTOR), 0);
	assert_int_equal(rx[7], 0);
}

static void a_second_look_at_an_erased_sector_is_a_look_at_the_die(void **state)
{
	uint8_t rx[SECTOR];

	(void)state;
	erase_and_look(0);
	assert_int_equal(sim->stats.erase_4k, 0);
	assert_int_equal(writeback_read(writeback, 0, rx, SECTOR), 0);
	assert_int_equal(sim->stats.erase_4k, 1);
}

/* The die became protected without the driver's knowledge, and ignores the erase. */
static void an_erase_that_did_nothing_is_found_before_the_next_block_is_touched(void **state)
{
	(void)state;
	nor_firmware_status(&sim->nor, 0x1c);
	erase_and_look(0);
	assert_int_not_equal(erase_4k(BLOCK), 0);
	assert_mentions(&notes, "at 0x0 ");
	assert_int_equal(sim->stats.erase_4k + sim->stats.erase_64k, 0);
}

static void an_erase_that_did_nothing_is_found_at_the_end(void **state)
{
	(void)state;
	nor_firmware_status(&sim->nor, 0x1c);
	erase_and_look(0);
	erase_and_look(SECTOR);
	assert_int_not_equal(writeback_finish(writeback), 0);
	assert_int_equal(notes.errors, 1);
}

static void programs_that_did_not_take_are_found_at_the_end(void **state)
{
	(void)state;
	erase_and_look(0);
	program_sector(0, 0x55);
	assert_int_equal(writeback_flush(writeback), 0);
	sim->nor.memory[100] = 0x54;
	assert_int_not_equal(writeback_finish(writeback), 0);
	assert_int_equal(notes.errors, 1);
}

static void what_flashrom_has_verified_is_not_read_again(void **state)
{
	uint8_t rx[BLOCK];

	(void)state;
	for (uint32_t at = 0; at < 4 * SECTOR; at += SECTOR) {
		erase_and_look(at);
		program_sector(at, 0x55);
	}
	assert_int_equal(writeback_read(writeback, 0, rx, 4 * SECTOR), 0);
	sim->sent[0x03] = 0;
	assert_int_equal(writeback_finish(writeback), 0);
	assert_int_equal(sim->sent[0x03], 0);
}

static void a_reading_of_a_part_of_a_sector_verifies_nothing(void **state)
{
	uint8_t rx[SECTOR];

	(void)state;
	erase_and_look(0);
	program_sector(0, 0x55);
	assert_int_equal(writeback_read(writeback, 1, rx, SECTOR - 1), 0);
	sim->sent[0x03] = 0;
	assert_int_equal(writeback_finish(writeback), 0);
	assert_int_equal(sim->sent[0x03], 1);
}

static void a_sector_that_is_programmed_later_is_looked_at_before(void **state)
{
	const uint8_t zero = 0;

	(void)state;
	erase_and_look(0);
	program_sector(0, 0x55);
	assert_int_equal(writeback_flush(writeback), 0);
	sim->sent[0x03] = 0;
	assert_int_equal(writeback_program(writeback, 3, &zero, 1), 0);
	assert_int_equal(sim->sent[0x03], 1);
	assert_int_equal(writeback_finish(writeback), 0);
	assert_int_equal(sim->nor.memory[3], 0);
}

static void what_flashrom_did_not_look_at_is_not_looked_at(void **state)
{
	(void)state;
	assert_int_equal(erase_4k(0), 0);
	program_sector(0, 0x55);
	assert_int_equal(writeback_finish(writeback), 0);
	assert_int_equal(sim->sent[0x03], 0);
}

static void large_erases_go_straight_to_the_die_in_their_order(void **state)
{
	(void)state;
	assert_int_equal(erase_4k(SECTOR), 0);
	program_sector(SECTOR, 0x55);
	assert_int_equal(erase_at(2 * BLOCK, 2), 0);
	assert_int_equal(writeback_flush(writeback), 0);
	check_die(SECTOR, SECTOR, 0x55);
	check_die(2 * BLOCK, BLOCK, 0xff);
	assert_int_equal(erase_4k(SECTOR), 0);
	assert_int_equal(erase_at(0, 2), 0);
	assert_int_equal(writeback_finish(writeback), 0);
	check_die(0, BLOCK, 0xff);
}

static void the_whole_chip_is_erased_if_that_is_what_is_asked_for_first(void **state)
{
	(void)state;
	program_sector(0, 0x11);
	assert_int_equal(erase_at(0, 4), 0);
	program_sector(0, 0x22);
	assert_int_equal(writeback_finish(writeback), 0);
	check_die(0, SECTOR, 0x22);
	check_die(SECTOR, 4 * BLOCK - SECTOR, 0xff);
}

/* flashrom 1.3.0 tries that when an erase seems to have failed. */
static void the_whole_chip_is_not_erased_after_a_part_of_it(void **state)
{
	(void)state;
	for (unsigned which = 0; which < 3; which++) {
		assert_int_equal(erase_at(2 * BLOCK, which), 0);
		assert_int_not_equal(erase_at(0, 3), 0);
		assert_int_not_equal(erase_at(0, 4), 0);
	}
	assert_mentions(&notes, "whole chip");
	assert_int_equal(writeback_finish(writeback), 0);
	assert_int_equal(sim->stats.erase_chip, 0);
}

static void a_sector_that_is_not_blank_after_its_erase_is_an_error_whatever_the_erase(void **state)
{
	uint8_t rx[SECTOR];

	(void)state;
	for (unsigned which = 0; which < 3; which++) {
		assert_int_equal(erase_at(which * BLOCK, which), 0);
		assert_int_equal(writeback_flush(writeback), 0);
		sim->nor.memory[which * BLOCK + 5] = 0x7f;
		assert_int_not_equal(writeback_read(writeback, which * BLOCK, rx, SECTOR), 0);
	}
	/* What was programmed since is not expected to be blank. */
	assert_int_equal(erase_at(3 * BLOCK, 2), 0);
	assert_int_equal(writeback_program(writeback, 3 * BLOCK, (uint8_t[1]){0}, 1), 0);
	assert_int_equal(writeback_read(writeback, 3 * BLOCK, rx, SECTOR), 0);
}

/* A bad contact: one bit of the second reading differs. */
static void a_piece_of_a_sector_is_read_twice_before_it_is_written_back(void **state)
{
	uint8_t rx[SECTOR];

	(void)state;
	assert_int_equal(writeback_read(writeback, 7, rx, 100), 0);
	assert_int_equal(sim->sent[0x03], 2);
	assert_int_equal(writeback_read(writeback, 0, rx, SECTOR), 0);
	assert_int_equal(sim->sent[0x03], 3);
	sim->nor.noise = 60;
	assert_int_not_equal(writeback_read(writeback, 7, rx, 1000), 0);
	assert_mentions(&notes, "twice");
}

static void an_erase_forgets_what_was_programmed_before_it(void **state)
{
	(void)state;
	erase_and_look(0);
	program_sector(0, 0x55);
	assert_int_equal(erase_4k(0), 0);
	assert_int_equal(writeback_finish(writeback), 0);
	check_die(0, SECTOR, 0xff);
}

static void pages_are_sent_without_the_blank_bytes_at_their_ends(void **state)
{
	uint8_t page[256];
	unsigned long before;

	(void)state;
	memset(page, 0xff, sizeof(page));
	assert_int_equal(erase_4k(0), 0);
	assert_int_equal(writeback_program(writeback, 0, page, 256), 0);
	page[7] = 0;
	page[9] = 0;
	assert_int_equal(writeback_program(writeback, 256, page, 256), 0);
	before = (unsigned long)sim->stats.page_programs;
	assert_int_equal(writeback_flush(writeback), 0);
	assert_int_equal(sim->stats.page_programs, before + 1);
	assert_int_equal(sim->nor.memory[256 + 8], 0xff);
	assert_int_equal(sim->nor.memory[256 + 9], 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_block_that_is_erased_in_small_steps_is_erased_at_once),
		test(nothing_is_erased_that_was_not_asked_for),
		test(the_largest_erases_that_fit_are_taken),
		test(a_large_erase_that_takes_longer_than_the_small_ones_is_not_taken),
		test(what_is_programmed_into_erased_sectors_comes_behind_the_erase),
		test(the_last_sector_of_a_block_that_is_written_costs_a_sample_and_is_due),
		test(the_last_sector_of_a_block_shows_that_its_erase_did_nothing),
		test(what_the_sample_of_the_last_sector_does_not_show_is_found_at_the_end),
		test(of_a_block_that_is_only_erased_all_is_seen_at_once),
		test(what_was_programmed_is_read_from_the_die_and_not_from_memory),
		test(a_second_look_at_an_erased_sector_is_a_look_at_the_die),
		test(an_erase_that_did_nothing_is_found_before_the_next_block_is_touched),
		test(an_erase_that_did_nothing_is_found_at_the_end),
		test(programs_that_did_not_take_are_found_at_the_end),
		test(what_flashrom_has_verified_is_not_read_again),
		test(a_reading_of_a_part_of_a_sector_verifies_nothing),
		test(a_sector_that_is_programmed_later_is_looked_at_before),
		test(what_flashrom_did_not_look_at_is_not_looked_at),
		test(large_erases_go_straight_to_the_die_in_their_order),
		test(the_whole_chip_is_erased_if_that_is_what_is_asked_for_first),
		test(the_whole_chip_is_not_erased_after_a_part_of_it),
		test(a_sector_that_is_not_blank_after_its_erase_is_an_error_whatever_the_erase),
		test(a_piece_of_a_sector_is_read_twice_before_it_is_written_back),
		test(an_erase_forgets_what_was_programmed_before_it),
		test(pages_are_sent_without_the_blank_bytes_at_their_ends),
	};

	return cmocka_run_group_tests_name("writeback", tests, NULL, NULL);
}
