/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a die, and how; and which of it a misdirected change may have hit. */
#include "tests/unit.h"

#include "tests/programmer/guard/mend_fixture.h"

#include <stdlib.h>

#define PAGE 256u
#define SECTOR 4096u
#define OURS 0x20000u  /* a sector that was erased here */
#define THERE 0x30000u /* one that was not */

static uint8_t rx[4 * SECTOR];

static void look(uint32_t address, size_t len)
{
	assert_true(len <= sizeof(rx));
	assert_int_equal(die_read(&memory->die, address, rx, len), TROUBLE_NONE);
	assert_int_equal(mend_look(mend, address, rx, len), TROUBLE_NONE);
}

static void blank(uint32_t address, size_t len)
{
	memset(memory->memory + address, 0xff, len);
}

/* Erases a sector and lets one of its pages lack a program, which is found and repaired. */
static void find_something_astray(void)
{
	uint8_t data[PAGE];

	for (uint32_t i = 0; i < PAGE; i++)
		data[i] = noise(7 * i + 3);
	blank(OURS, SECTOR);
	mend_erased(mend, (struct range){OURS, SECTOR});
	mend_programmed(mend, OURS, data, PAGE);
	look(OURS, SECTOR);
	assert_memory_equal(memory->memory + OURS, data, PAGE);
	assert_int_equal(notes.warnings, 1);
}

static bool is_blank(uint32_t address, uint32_t len)
{
	return mend_is_blank(mend, (struct range){address, len});
}

static void what_was_read_blank_is_blank_until_something_is_sent_to_it(void **state)
{
	const uint8_t zero = 0;

	(void)state;
	blank(THERE, SECTOR);
	assert_false(is_blank(THERE, SECTOR));
	look(THERE, SECTOR - 1);
	assert_true(is_blank(THERE, SECTOR - PAGE));
	assert_false(is_blank(THERE, SECTOR)); /* the last page was not read completely */
	look(THERE + SECTOR - PAGE, PAGE);
	assert_true(is_blank(THERE, SECTOR));
	look(THERE, SECTOR);
	assert_true(is_blank(THERE, SECTOR));
	look(THERE + SECTOR, SECTOR);
	assert_false(is_blank(THERE, SECTOR + PAGE));
	mend_programmed(mend, THERE + PAGE, &zero, 1);
	assert_false(is_blank(THERE, SECTOR));
	assert_true(is_blank(THERE, PAGE));
	/* One of our changes could have gone astray. */
	mend_erased(mend, (struct range){THERE, SECTOR});
	assert_false(is_blank(THERE, PAGE));
}

static void of_a_source_only_whole_pages_that_nobody_read_are_taken(void **state)
{
	uint8_t backup[SECTOR];
	const uint8_t *told;

	(void)state;
	for (uint32_t i = 0; i < SECTOR; i++)
		backup[i] = noise(9 * i + 1);
	look(THERE + 2 * PAGE, PAGE);
	mend_expect(mend, (struct range){THERE + 1, SECTOR - 2}, backup + 1);
	assert_null(mend_told(mend, THERE, PAGE));
	assert_null(mend_told(mend, THERE + PAGE - 1, 2));
	told = mend_told(mend, THERE + PAGE, PAGE);
	assert_non_null(told);
	assert_memory_equal(told, backup + PAGE, PAGE);
	assert_null(mend_told(mend, THERE + PAGE, PAGE + 1)); /* the next page was read */
	assert_null(mend_told(mend, THERE + 2 * PAGE, PAGE));
	told = mend_told(mend, THERE + 3 * PAGE + 5, SECTOR - 4 * PAGE - 5);
	assert_non_null(told);
	assert_memory_equal(told, backup + 3 * PAGE + 5, SECTOR - 4 * PAGE - 5);
	assert_null(mend_told(mend, THERE + SECTOR - 2 * PAGE, 2 * PAGE)); /* not a whole page */
	/* There is a whole page at each end. */
	mend_expect(mend, (struct range){THERE, SECTOR}, backup);
	assert_non_null(mend_told(mend, THERE, PAGE));
	assert_non_null(mend_told(mend, THERE + SECTOR - PAGE, PAGE));
	assert_null(mend_told(mend, THERE + SECTOR, 1));
	assert_null(mend_told(mend, THERE - 1, 1));
}

static void without_anything_astray_nothing_is_looked_for(void **state)
{
	unsigned long reads;

	(void)state;
	look(THERE, SECTOR);
	reads = memory->reads;
	assert_int_equal(mend_finish(mend), TROUBLE_NONE);
	assert_int_equal(memory->reads, reads);
	assert_int_equal(mend_unknown(mend), 0);
	assert_int_equal(strlen(notes.text), 0);
}

/* It may have missed what it was sent, or received something else. */
static void a_die_that_was_away_is_looked_at_once(void **state)
{
	unsigned long reads;

	(void)state;
	look(THERE, SECTOR);
	reads = memory->reads;
	memory->die.revived++;
	assert_int_equal(mend_finish(mend), TROUBLE_NONE);
	assert_int_equal(memory->reads, reads + 1);
	assert_int_equal(mend_finish(mend), TROUBLE_NONE);
	assert_int_equal(memory->reads, reads + 1);
}

static void how_much_may_have_been_hit_unknown_is_told(void **state)
{
	char kib[40];

	(void)state;
	look(THERE, SECTOR);
	look(THERE + 2 * SECTOR, PAGE);
	find_something_astray();
	assert_int_equal(mend_finish(mend), TROUBLE_NONE);
	assert_int_equal(mend_unknown(mend), part->size - 2 * SECTOR - PAGE);
	snprintf(kib, sizeof(kib), "and of %u KiB of", (part->size - 2 * SECTOR) / 1024);
	assert_mentions(&notes, kib);
	assert_int_equal(notes.warnings, 2);
	/* However often that is asked for. */
	memory->die.revived++;
	assert_int_equal(mend_finish(mend), TROUBLE_NONE);
	assert_int_equal(mend_unknown(mend), part->size - 2 * SECTOR - PAGE);
}

static void a_sector_that_is_sure_is_put_back(void **state)
{
	uint8_t before[SECTOR];
	unsigned long erases;

	(void)state;
	memcpy(before, memory->memory + THERE, SECTOR);
	look(THERE, SECTOR);
	look(THERE, SECTOR);
	find_something_astray();
	erases = memory->erases;
	blank(THERE, SECTOR);
	assert_int_equal(mend_finish(mend), TROUBLE_NONE);
	assert_memory_equal(memory->memory + THERE, before, SECTOR);
	/* Only programs were missing. */
	assert_int_equal(memory->erases, erases);
	assert_mentions(&notes, "0x30000: a change meant for elsewhere hit this sector");
	assert_int_equal(notes.errors, 0);
}

/* The second reading of one page was different: nothing about it is certain any more. */
static void what_did_not_read_the_same_twice_is_named_and_left(void **state)
{
	(void)state;
	look(THERE, SECTOR);
	memory->memory[THERE + 300] ^= 1;
	look(THERE, SECTOR);
	find_something_astray();
	blank(THERE, SECTOR);
	assert_int_equal(mend_finish(mend), TROUBLE_NOT_WRITTEN);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.range.start, THERE);
	assert_int_equal(notes.trouble.range.length, SECTOR);
	assert_int_equal(notes.trouble.die, DIE_HALF);
	assert_mentions(&notes, "0x30000 does not read as before");
	assert_mentions(&notes, "Compare the flash with a backup");
	assert_int_equal(memory->memory[THERE], 0xff);
}

/* A few different bits are not a hit: the only reading was wrong. */
static void a_single_reading_that_was_wrong_is_no_hit(void **state)
{
	unsigned long changes;

	(void)state;
	look(THERE, SECTOR);
	find_something_astray();
	changes = memory->changes;
	memory->memory[THERE + 4095] ^= 1;
	assert_int_equal(mend_finish(mend), TROUBLE_NONE);
	assert_int_equal(memory->changes, changes);
	assert_int_equal(notes.errors, 0);
}

static void what_only_a_backup_told_is_named_with_it(void **state)
{
	uint8_t *backup = malloc(part->size);

	(void)state;
	assert_non_null(backup);
	memcpy(backup, memory->memory, part->size);
	mend_expect(mend, (struct range){0, part->size}, backup);
	free(backup);
	find_something_astray();
	/* Then everything is known. */
	blank(part->size - PAGE, PAGE);
	assert_int_equal(mend_finish(mend), TROUBLE_NOT_WRITTEN);
	assert_int_equal(mend_unknown(mend), 0);
	assert_int_equal(notes.trouble.range.start, part->size - SECTOR);
	assert_mentions(&notes, "in the backup: it was changed since");
	assert_mentions(&notes, "Compare the flash with the backup");
	assert_int_equal(notes.warnings, 1);
}

/* One reading of the check at the end is as good as any other. */
static void one_wrong_reading_at_the_end_is_none(void **state)
{
	unsigned long changes;

	(void)state;
	look(THERE, SECTOR);
	look(THERE, SECTOR);
	find_something_astray();
	changes = memory->changes;
	for (unsigned which = 0; which < 2; which++) {
		memory->flipped_next = 1u << which;
		memory->die.revived++;
		assert_int_equal(mend_finish(mend), TROUBLE_NONE);
		assert_int_equal(memory->flipped_next, 0);
	}
	assert_int_equal(memory->changes, changes);
	assert_int_equal(notes.errors, 0);
}

static void a_die_that_is_away_at_the_end_is_a_failure(void **state)
{
	(void)state;
	look(THERE, SECTOR);
	memory->die.revived++;
	memory->gone = true;
	assert_int_equal(mend_finish(mend), TROUBLE_LINK_LOST);
	assert_int_equal(notes.trouble.kind, TROUBLE_LINK_LOST);
	assert_int_equal(notes.trouble.range.start, THERE);
	assert_int_equal(memory->changes, 0);
}

/* Any step of the check may fail, for a sector that was hit. */
static void a_check_that_cannot_be_made_is_a_failure(void **state)
{
	unsigned long first = 0, last = 0;

	(void)state;
	for (unsigned long at = 0; at <= last; at = at ? at + 1 : first) {
		mend_fixture_end(NULL);
		mend_fixture_begin(NULL);
		look(THERE, SECTOR);
		look(THERE, SECTOR);
		find_something_astray();
		blank(THERE, SECTOR);
		if (at) {
			memory->fail_at = at;
			assert_int_equal(mend_finish(mend), TROUBLE_ADAPTER_FAULT);
			assert_int_equal(notes.errors, 1);
			assert_int_equal(notes.trouble.range.length, SECTOR);
			continue;
		}
		first = memory->ops + 1;
		assert_int_equal(mend_finish(mend), TROUBLE_NONE);
		last = memory->ops;
	}
	assert_true(last > first);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, mend_fixture_begin, mend_fixture_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_was_read_blank_is_blank_until_something_is_sent_to_it),
		CASE(of_a_source_only_whole_pages_that_nobody_read_are_taken),
		CASE(without_anything_astray_nothing_is_looked_for),
		CASE(a_die_that_was_away_is_looked_at_once),
		CASE(how_much_may_have_been_hit_unknown_is_told),
		CASE(a_sector_that_is_sure_is_put_back),
		CASE(what_did_not_read_the_same_twice_is_named_and_left),
		CASE(a_single_reading_that_was_wrong_is_no_hit),
		CASE(what_only_a_backup_told_is_named_with_it),
		CASE(one_wrong_reading_at_the_end_is_none),
		CASE(a_die_that_is_away_at_the_end_is_a_failure),
		CASE(a_check_that_cannot_be_made_is_a_failure),
	};

	return cmocka_run_group_tests_name("mend_known", tests, NULL, NULL);
}
