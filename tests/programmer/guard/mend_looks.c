/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one look at a die does with what is known of it: it is believed, read again, repaired, or
 * named.
 */
#include "tests/unit.h"

#include "tests/programmer/guard/mend_fixture.h"

#define PAGE 256u
#define SECTOR 4096u
#define OURS 0x20000u  /* a sector that was erased here */
#define THERE 0x30000u /* one that was only read */

static uint8_t rx[2 * SECTOR];

/* As after an erase and programs; two of its pages stay blank. */
static void write_sector(void)
{
	mend_erased(mend, (struct range){OURS, SECTOR});
	memset(memory->memory + OURS, 0xff, SECTOR);
	for (uint32_t at = 0; at < SECTOR - 2 * PAGE; at += PAGE) {
		for (uint32_t i = at; i < at + PAGE; i++)
			memory->memory[OURS + i] = noise(3 * i) | 1;
		mend_programmed(mend, OURS + at, memory->memory + OURS + at, PAGE);
	}
}

static enum trouble_kind look(uint32_t address, size_t len)
{
	enum trouble_kind kind = die_read(&memory->die, address, rx, len);

	assert_true(len <= sizeof(rx));
	return kind ? kind : mend_look(mend, address, rx, len);
}

static void look_well(uint32_t address, size_t len)
{
	assert_int_equal(look(address, len), TROUBLE_NONE);
	assert_memory_equal(rx, memory->memory + address, len);
}

/* The next readings; "x" is one with a flipped bit. Nothing else is sent. */
static void expect_only_readings(const char *readings)
{
	unsigned long before = memory->reads;

	memory->flipped_next = 0;
	for (size_t i = 0; readings[i]; i++)
		memory->flipped_next |= (uint64_t)(readings[i] == 'x') << i;
	look_well(OURS, SECTOR);
	assert_int_equal(memory->reads - before, strlen(readings));
	assert_int_equal(memory->changes, 0);
	assert_int_equal(notes.warnings, 0);
}

static void two_right_readings_of_three_are_enough(void **state)
{
	(void)state;
	write_sector();
	expect_only_readings(".");
	expect_only_readings("x..");
	expect_only_readings("xx..");
	expect_only_readings("x.x.");
	assert_mentions(&notes, "0x20000: one reading was wrong, the next were right");
	assert_int_equal(mend_finish(mend), TROUBLE_NONE);
	assert_int_equal(memory->ids, 0);
}

/* The wires are bad, not the die: the die answers, and two readings of it differ. */
static void readings_that_are_unlike_are_made_again(void **state)
{
	(void)state;
	write_sector();
	expect_only_readings("xx.x..");
	assert_int_equal(memory->ids, 1);
	expect_only_readings("x.xxx.x..");
	assert_int_equal(memory->ids, 3);
}

static void a_page_that_lacks_cleared_bits_is_programmed_alone(void **state)
{
	uint8_t *page = memory->memory + OURS + 3 * PAGE, before[PAGE];

	(void)state;
	write_sector();
	memcpy(before, page, PAGE);
	page[7] = 0xff;
	assert_int_equal(look(OURS + 3 * PAGE + 7, 1), TROUBLE_NONE);
	assert_int_equal(rx[0], before[7]);
	assert_memory_equal(page, before, PAGE);
	assert_int_equal(memory->programs, 1);
	assert_int_equal(memory->erases, 0);
	assert_int_equal(notes.warnings, 1);
	assert_mentions(&notes, "0x20000: the flash did not take what was written");
}

static void a_page_with_bits_too_few_is_erased_with_its_sector_and_all_is_programmed(void **state)
{
	uint8_t before[SECTOR];

	(void)state;
	write_sector();
	memcpy(before, memory->memory + OURS, SECTOR);
	memory->memory[OURS + SECTOR - 1] = 0;
	assert_int_equal(look(OURS, SECTOR), TROUBLE_NONE);
	assert_memory_equal(rx, before, SECTOR);
	assert_memory_equal(memory->memory + OURS, before, SECTOR);
	assert_int_equal(memory->erases, 1);
	/* The blank pages need only the erase. */
	assert_int_equal(memory->programs, SECTOR / PAGE - 2);
}

static void the_last_page_of_a_full_sector_is_programmed_too(void **state)
{
	uint8_t *last = memory->memory + OURS + SECTOR - PAGE, data[PAGE] = {0};

	(void)state;
	write_sector();
	for (uint32_t at = OURS + SECTOR - 2 * PAGE; at < OURS + SECTOR; at += PAGE) {
		memset(memory->memory + at, 0, PAGE);
		mend_programmed(mend, at, data, PAGE);
	}
	memory->memory[OURS] = 0;
	last[0] = 1;
	assert_int_equal(look(OURS, SECTOR), TROUBLE_NONE);
	assert_int_equal(memory->programs, SECTOR / PAGE);
	assert_memory_equal(last, data, PAGE);
	assert_int_equal(memory->memory[OURS], noise(0) | 1);
}

/* The rest of the sector is not known, and would be lost. */
static void no_sector_is_erased_that_is_not_known_as_a_whole(void **state)
{
	(void)state;
	mend_erased(mend, (struct range){OURS, SECTOR - PAGE});
	memset(memory->memory + OURS, 0xff, SECTOR - PAGE);
	memory->memory[OURS + 5] = 0;
	assert_int_equal(look(OURS, SECTOR), TROUBLE_NONE);
	assert_int_equal(rx[5], 0);
	assert_int_equal(memory->changes, 0);
	/* Repairs were given up, for every reader: the caller verifies. */
	memory->memory[OURS + PAGE] = 0x7f;
	assert_int_equal(look(OURS, SECTOR), TROUBLE_NONE);
	assert_int_equal(mend_finish(mend), TROUBLE_NONE);
	assert_int_equal(memory->changes, 0);
	assert_int_equal(notes.warnings, 0);
}

static void a_cell_that_does_not_take_it_is_tried_three_times(void **state)
{
	(void)state;
	write_sector();
	memory->dead = (struct range){OURS + 9, 1};
	memory->memory[OURS + 9] = 0;
	assert_int_equal(look(OURS, SECTOR), TROUBLE_NONE);
	assert_int_equal(rx[9], 0);
	assert_int_equal(memory->erases, MEND_TRIES);
	assert_int_equal(look(OURS, SECTOR), TROUBLE_NONE);
	assert_int_equal(memory->erases, MEND_TRIES);
}

static void a_die_that_went_away_is_sent_nothing(void **state)
{
	(void)state;
	write_sector();
	memory->gone = true;
	assert_int_equal(look(OURS, PAGE), TROUBLE_NONE);
	assert_int_equal(rx[0], 0);
	assert_int_equal(memory->changes, 0);
	assert_int_equal(memory->reads, 3);
}

/* The adapter fails in any of the steps. */
static void a_repair_that_cannot_be_carried_out_is_a_failure(void **state)
{
	unsigned long ops;

	(void)state;
	write_sector();
	memory->memory[OURS] = 0;
	assert_int_equal(look(OURS, SECTOR), TROUBLE_NONE);
	ops = memory->ops;
	for (unsigned long at = 2; at <= ops; at++) {
		mend_fixture_end(NULL);
		mend_fixture_begin(NULL);
		write_sector();
		memory->memory[OURS] = 0;
		memory->fail_at = at;
		assert_int_equal(look(OURS, SECTOR), TROUBLE_ADAPTER_FAULT);
	}
}

/* In a reading of several pages, only those that were repaired are replaced. */
static void only_what_was_put_right_is_renewed_in_what_was_read(void **state)
{
	const uint32_t first = OURS - PAGE - 10, len = 3 * PAGE + 20;
	uint8_t right[3 * PAGE + 20];

	(void)state;
	write_sector();
	memcpy(right, memory->memory + first, len);
	memory->memory[OURS + PAGE + 30] = 0xff;
	assert_int_equal(die_read(&memory->die, first, rx, len), TROUBLE_NONE);
	rx[len] = 0x55;
	/* Of sectors that were not written here nothing better is known. */
	rx[4] = right[4] = (uint8_t)~right[4];
	rx[12] = right[12] = (uint8_t)~right[12];
	assert_int_equal(mend_look(mend, first, rx, len), TROUBLE_NONE);
	assert_memory_equal(rx, right, len);
	assert_int_equal(rx[len], 0x55);
	assert_int_equal(memory->programs, 1);
}

/* The rest of its page has to be right, or the repair would write wrong bytes. */
static void a_program_is_only_repaired_where_the_page_was_blank(void **state)
{
	const uint8_t zero = 0;

	(void)state;
	memset(memory->memory + THERE, 0xff, PAGE);
	look_well(THERE, PAGE);
	memory->flipped_next = 1; /* the only reading of this page is wrong */
	assert_int_equal(look(THERE + PAGE, PAGE), TROUBLE_NONE);
	for (uint32_t at = THERE; at < THERE + 3 * PAGE; at += PAGE)
		mend_programmed(mend, at + 1, &zero, 1);
	memory->memory[THERE + PAGE + 1] = memory->memory[THERE + 2 * PAGE + 1] = 0;
	/* The second page was read wrong, and the third one was not read. */
	look_well(THERE + PAGE, 2 * PAGE);
	assert_int_equal(memory->changes, 0);
	/* The first program was not accepted. */
	look_well(THERE, PAGE);
	assert_int_equal(rx[1], 0);
	assert_int_equal(memory->programs, 1);
	assert_int_equal(memory->erases, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, mend_fixture_begin, mend_fixture_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(two_right_readings_of_three_are_enough),
		CASE(readings_that_are_unlike_are_made_again),
		CASE(a_page_that_lacks_cleared_bits_is_programmed_alone),
		CASE(a_page_with_bits_too_few_is_erased_with_its_sector_and_all_is_programmed),
		CASE(the_last_page_of_a_full_sector_is_programmed_too),
		CASE(no_sector_is_erased_that_is_not_known_as_a_whole),
		CASE(a_cell_that_does_not_take_it_is_tried_three_times),
		CASE(a_die_that_went_away_is_sent_nothing),
		CASE(a_repair_that_cannot_be_carried_out_is_a_failure),
		CASE(a_program_is_only_repaired_where_the_page_was_blank),
		CASE(only_what_was_put_right_is_renewed_in_what_was_read),
	};

	return cmocka_run_group_tests_name("mend_looks", tests, NULL, NULL);
}
