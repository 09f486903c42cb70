/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the proxy handles releases of flashrom from 1.4 on, on the simulated die: large erases, which
 * are read back before anything is programmed, and erases of one page.
 */
#include "tests/unit.h"
#include "sim/model/prng.h"
#include "programmer/guard/proxy.h"
#include "tests/programmer/sim_bus.h"

#define BLOCK 65536u
#define SECTOR 4096u
#define PAGE 256u

static struct notes notes;
static struct sim_bus *sim;
static struct proxy *proxy;
static uint8_t before[2 * BLOCK], rx[BLOCK];

static int begin(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("P25Q32H");
	const struct proxy_options options = {.part = part, .observer = &notes.observer};
	struct prng prng = {.state = 7};

	(void)state;
	notes_begin(&notes);
	sim = sim_bus_new(&(struct board_options){.part = part});
	for (size_t i = 0; i < sizeof(before); i++)
		sim->nor.memory[i] = before[i] = (uint8_t)prng_next(&prng) & 0x7f;
	proxy = proxy_new(sim->die, &options);
	assert_non_null(proxy);
	return 0;
}

static int end(void **state)
{
	(void)state;
	proxy_close(proxy, true);
	sim_bus_free(sim);
	return 0;
}

static enum trouble_kind change(uint8_t opcode, uint32_t address, const uint8_t *data, size_t len)
{
	const uint8_t wren = 0x06;
	uint8_t tx[4 + PAGE] = {opcode, (uint8_t)(address >> 16), (uint8_t)(address >> 8),
				(uint8_t)address};

	if (len)
		memcpy(tx + 4, data, len);
	assert_int_equal(proxy_op(proxy, &wren, 1, NULL, 0), 0);
	return proxy_op(proxy, tx, 4 + len, NULL, 0);
}

static enum trouble_kind read_at(uint32_t address, size_t len)
{
	const uint8_t tx[4] = {0x03, (uint8_t)(address >> 16), (uint8_t)(address >> 8),
			       (uint8_t)address};

	return proxy_op(proxy, tx, 4, rx, len);
}

/* As flashrom does: erase, then check that all of it is blank. */
static void erase_and_look(uint8_t opcode, uint32_t address, size_t len)
{
	assert_int_equal(change(opcode, address, NULL, 0), 0);
	assert_int_equal(read_at(address, len), 0);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(rx[i], 0xff);
}

static void program_pages(uint32_t address, size_t len, uint8_t value)
{
	uint8_t page[PAGE];

	memset(page, value, sizeof(page));
	for (size_t done = 0; done < len; done += PAGE)
		assert_int_equal(change(0x02, address + (uint32_t)done, page, PAGE), 0);
}

static void check_die(uint32_t address, size_t len, uint8_t value)
{
	for (size_t i = 0; i < len; i++)
		assert_int_equal(sim->nor.memory[address + i], value);
}

static void what_flashrom_verifies_after_a_large_erase_is_read_once(void **state)
{
	(void)state;
	erase_and_look(0xd8, 0, BLOCK);
	program_pages(0, BLOCK, 0x55);
	assert_int_equal(read_at(0, BLOCK), 0);
	check_die(0, BLOCK, 0x55);
	assert_int_equal(rx[BLOCK - 1], 0x55);
	assert_int_equal(proxy_finish(proxy), 0);
	/* Programmed, and read by flashrom; only a sample of the erased block was read. */
	assert_in_range(sim->stats.spi_bytes, 2 * BLOCK, 2 * BLOCK + BLOCK / 2);
}

static void an_erase_without_effect_is_made_again_before_anything_is_programmed(void **state)
{
	(void)state;
	assert_int_equal(change(0xd8, 0, NULL, 0), 0);
	/* Sends what is queued; then the die gets its old content back. */
	assert_int_equal(read_at(BLOCK, 1), 0);
	memcpy(sim->nor.memory, before, BLOCK);
	assert_int_equal(read_at(0, BLOCK), 0);
	assert_int_equal(rx[0], 0xff);
	assert_int_equal(proxy_finish(proxy), 0);
	check_die(0, BLOCK, 0xff);
	assert_int_equal(notes.errors, 0);
	assert_true(notes.warnings > 0);
}

static void a_bit_that_stayed_is_erased_at_the_end(void **state)
{
	(void)state;
	for (unsigned programmed = 0; programmed < 2; programmed++) {
		uint32_t block = programmed * BLOCK;

		assert_int_equal(change(0xd8, block, NULL, 0), 0);
		assert_int_equal(read_at(3 * BLOCK, 1), 0);
		sim->nor.memory[block + SECTOR + 1000] = 0x7f;
		assert_int_equal(read_at(block, BLOCK), 0);
		if (programmed)
			program_pages(block, 2 * SECTOR, 0xaa);
		assert_int_equal(proxy_finish(proxy), 0);
		check_die(block, 2 * SECTOR, programmed ? 0xaa : 0xff);
		check_die(block + 2 * SECTOR, BLOCK - 2 * SECTOR, 0xff);
		proxy_close(proxy, true);
		proxy = proxy_new(sim->die, &(struct proxy_options){.part = sim->die->part,
								    .observer = &notes.observer});
	}
}

static void a_second_look_is_a_look_at_the_die(void **state)
{
	(void)state;
	erase_and_look(0xd8, 0, BLOCK);
	sim->nor.memory[1000] = 0x7f;
	assert_int_equal(read_at(0, BLOCK), 0);
	assert_int_equal(rx[1000], 0xff);
	check_die(0, BLOCK, 0xff);
	assert_true(notes.warnings > 0);
}

static void an_erased_page_is_blank_and_the_rest_of_its_sector_is_kept(void **state)
{
	(void)state;
	for (uint32_t block = 0; block < sizeof(before); block += BLOCK) {
		erase_and_look(0x81, block + 3 * PAGE, PAGE);
		erase_and_look(0x81, block + 5 * PAGE + 17, 0 + PAGE - 17);
		memset(before + block + 3 * PAGE, 0xff, PAGE);
		memset(before + block + 5 * PAGE, 0xff, PAGE);
	}
	assert_int_equal(proxy_finish(proxy), 0);
	assert_memory_equal(sim->nor.memory, before, sizeof(before));
}

/* Only a reading of just that page, before it is programmed, is answered without the die. */
static void what_is_around_an_erased_page_and_what_is_programmed_there_is_read(void **state)
{
	(void)state;
	assert_int_equal(change(0x81, SECTOR, NULL, 0), 0);
	assert_int_equal(read_at(SECTOR, SECTOR), 0);
	memset(before + SECTOR, 0xff, PAGE);
	assert_memory_equal(rx, before + SECTOR, SECTOR);
	for (uint32_t page = 5 * SECTOR; page < 6 * SECTOR; page += 3 * PAGE) {
		assert_int_equal(change(0x81, page, NULL, 0), 0);
		program_pages(page, PAGE, 0x33);
		memset(before + page, 0x33, PAGE);
		assert_int_equal(read_at(page, PAGE), 0);
		assert_memory_equal(rx, before + page, PAGE);
	}
	assert_int_equal(proxy_finish(proxy), 0);
	assert_memory_equal(sim->nor.memory, before, sizeof(before));
}

static void pages_of_one_sector_are_erased_by_one_command_and_then_programmed(void **state)
{
	(void)state;
	for (uint32_t at = SECTOR; at < SECTOR + 8 * PAGE; at += PAGE)
		erase_and_look(0x81, at, PAGE);
	program_pages(SECTOR, 8 * PAGE, 0x33);
	assert_int_equal(proxy_finish(proxy), 0);
	check_die(SECTOR, 8 * PAGE, 0x33);
	assert_memory_equal(sim->nor.memory + SECTOR + 8 * PAGE, before + SECTOR + 8 * PAGE,
			    SECTOR - 8 * PAGE);
	assert_int_equal(sim->stats.erase_4k, 1);
	assert_int_equal(sim->sent[0x81], 0);
}

static void an_erased_page_with_a_bit_that_stayed_is_erased_at_the_end(void **state)
{
	(void)state;
	erase_and_look(0x81, 3 * PAGE, PAGE);
	/* This verifies nothing, but what is held back is sent. */
	assert_int_equal(read_at(0, 1), 0);
	check_die(3 * PAGE, PAGE, 0xff);
	sim->nor.memory[3 * PAGE + 9] = 0x7f;
	assert_int_equal(proxy_finish(proxy), 0);
	check_die(3 * PAGE, PAGE, 0xff);
	assert_memory_equal(sim->nor.memory, before, 3 * PAGE);
	assert_memory_equal(sim->nor.memory + 4 * PAGE, before + 4 * PAGE,
			    sizeof(before) - 4 * PAGE);
}

static void a_sector_that_does_not_read_the_same_twice_is_not_erased_for_a_page(void **state)
{
	(void)state;
	/* The ID is read, and protection is lifted. */
	program_pages(BLOCK, PAGE, 0);
	assert_int_equal(proxy_finish(proxy), 0);
	sim->fail_at = sim->transfers + 2;
	sim->fail_error = TROUBLE_INTERRUPTED;
	assert_int_not_equal(change(0x81, 3 * PAGE, NULL, 0), 0);
	proxy_close(proxy, true);
	proxy = NULL;
	assert_memory_equal(sim->nor.memory, before, BLOCK);
}

static void an_erase_that_the_part_has_not_is_refused_and_said(void **state)
{
	(void)state;
	assert_int_equal(change(0xdb, 0, NULL, 0), TROUBLE_REFUSED_COMMAND);
	assert_mentions(&notes, "refused command DBh");
	assert_int_equal(proxy_finish(proxy), 0);
	assert_memory_equal(sim->nor.memory, before, sizeof(before));
}

static void an_erase_that_the_part_has_not_is_made_of_smaller_ones(void **state)
{
	struct chipdb_part few = *sim->die->part;

	(void)state;
	proxy_close(proxy, true);
	memset(few.erase, 0, sizeof(few.erase));
	few.erase[0] = (struct chipdb_erase){0x20, SECTOR, 60000, 400000};
	proxy = proxy_new(sim->die,
			  &(struct proxy_options){.part = &few, .observer = &notes.observer});
	assert_non_null(proxy);
	erase_and_look(0x52, 0x8000, BLOCK / 2);
	assert_int_equal(proxy_finish(proxy), 0);
	check_die(0x8000, BLOCK / 2, 0xff);
	assert_memory_equal(sim->nor.memory, before, 0x8000);
	assert_memory_equal(sim->nor.memory + BLOCK, before + BLOCK, BLOCK);
	erase_and_look(0xd8, BLOCK, BLOCK);
	assert_int_equal(proxy_finish(proxy), 0);
	check_die(BLOCK, BLOCK, 0xff);
	assert_int_equal(notes.warnings, 0);
	proxy_close(proxy, true);
	proxy = NULL;
}

#define test(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_flashrom_verifies_after_a_large_erase_is_read_once),
		test(an_erase_without_effect_is_made_again_before_anything_is_programmed),
		test(a_bit_that_stayed_is_erased_at_the_end),
		test(a_second_look_is_a_look_at_the_die),
		test(an_erased_page_is_blank_and_the_rest_of_its_sector_is_kept),
		test(what_is_around_an_erased_page_and_what_is_programmed_there_is_read),
		test(pages_of_one_sector_are_erased_by_one_command_and_then_programmed),
		test(an_erased_page_with_a_bit_that_stayed_is_erased_at_the_end),
		test(a_sector_that_does_not_read_the_same_twice_is_not_erased_for_a_page),
		test(an_erase_that_the_part_has_not_is_refused_and_said),
		test(an_erase_that_the_part_has_not_is_made_of_smaller_ones),
	};

	return cmocka_run_group_tests_name("proxy_releases", tests, NULL, NULL);
}
