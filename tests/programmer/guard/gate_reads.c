/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How certain readings are, and how often a die is asked for them. */
#include "tests/programmer/guard/gate_fixture.h"

#include <stdlib.h>

#define SECTOR 4096u
#define BLOCK 65536u

static void many_pieces_are_read_in_few_runs_and_each_once(void **state)
{
	static uint8_t rx[512][16], large[3][BLOCK / 2];
	struct proxy_piece pieces[512 + 3];
	uint8_t *expected = copy_of_die();

	(void)state;
	for (uint32_t i = 0; i < 512; i++)
		pieces[i] = (struct proxy_piece){i * SECTOR + i, rx[i], 16};
	for (uint32_t i = 0; i < 3; i++)
		pieces[512 + i] = (struct proxy_piece){i * BLOCK, large[i], BLOCK / 2};
	gate_fixture_start((struct proxy_options){0});
	assert_int_equal(proxy_read_all(proxy, pieces, 512 + 3), TROUBLE_NONE);
	for (uint32_t i = 0; i < 512 + 3; i++)
		assert_memory_equal(pieces[i].data, expected + pieces[i].address, pieces[i].len);
	assert_int_equal(memory->reads, 512 + 3);
	assert_in_range(memory->runs, 4, 6);
	/* No run is longer than one long reading. */
	memory->runs = 0;
	assert_int_equal(proxy_read_all(proxy, pieces + 512, 3), TROUBLE_NONE);
	assert_int_equal(memory->runs, 2);
	assert_int_equal(proxy_read_all(proxy, NULL, 0), TROUBLE_NONE);
	pieces[1].address = part->size - 15;
	assert_int_equal(proxy_read_all(proxy, pieces, 2), TROUBLE_BUG);
	free(expected);
}

static void what_is_written_is_there_when_pieces_are_read(void **state)
{
	uint8_t rx[2][4];
	const struct proxy_piece pieces[] = {{0x20000, rx[0], 4}, {0x21000, rx[1], 4}};

	(void)state;
	gate_fixture_start((struct proxy_options){0});
	assert_int_equal(proxy_erase(proxy, (struct range){0x20000, 2 * SECTOR}), TROUBLE_NONE);
	assert_int_equal(proxy_write(proxy, 0x21000, (const uint8_t *)"new", 4), TROUBLE_NONE);
	assert_int_equal(proxy_read_all(proxy, pieces, 2), TROUBLE_NONE);
	assert_memory_equal(rx[0], "\xff\xff\xff\xff", 4);
	assert_memory_equal(rx[1], "new", 4);
}

static void a_chip_that_was_away_for_a_moment_is_asked_again(void **state)
{
	uint8_t *expected = copy_of_die(), rx[16];
	const struct proxy_piece piece = {0x20000, rx, 16};

	(void)state;
	for (unsigned runs = 1; runs <= 4; runs++) {
		proxy_close(proxy, true);
		gate_fixture_start((struct proxy_options){.read_only = true});
		memory->away_until = memory->runs + runs;
		if (runs < 3) {
			assert_int_equal(proxy_read_all(proxy, &piece, 1), TROUBLE_NONE);
			assert_memory_equal(rx, expected + 0x20000, 16);
		} else {
			assert_int_equal(proxy_read_all(proxy, &piece, 1),
					 runs == 3 ? TROUBLE_UNSTEADY_READ : TROUBLE_LINK_LOST);
		}
	}
	free(expected);
}

/*
 * After a backup with byte @wrong changed (0: none), reads @pairs places in each half. Returns how
 * many reads the first change needs. @revived: the die was away in between.
 */
static unsigned long reads_of_change(uint32_t pairs, uint32_t wrong, bool revived)
{
	static uint8_t rx[2 * 64][16];
	struct proxy_piece pieces[2 * 64];
	unsigned long before;
	uint8_t *backup;

	proxy_close(proxy, true);
	backup = copy_of_die();
	gate_fixture_start((struct proxy_options){0});
	backup[wrong] ^= wrong ? 1 : 0;
	proxy_expect(proxy, (struct range){0, part->size}, backup);
	for (uint32_t i = 0; i < 2 * pairs; i++)
		pieces[i] =
			(struct proxy_piece){i / 2 * SECTOR + i % 2 * (part->size / 2), rx[i], 16};
	assert_int_equal(proxy_read_all(proxy, pieces, 2 * pairs), TROUBLE_NONE);
	before = memory->reads;
	memory->die.revived += revived;
	assert_int_equal(proxy_write(proxy, 0x20000, &(uint8_t){0}, 1), TROUBLE_NONE);
	free(backup);
	return memory->reads - before;
}

static void what_reads_as_in_a_backup_is_not_asked_again_before_the_first_change(void **state)
{
	(void)state;
	assert_int_equal(reads_of_change(32, 0, false), 0);
	assert_in_range(reads_of_change(32, 0, true), 100, 200);
	/* Too few pairs; a pair that differs, twice; a difference in a byte that was not read. */
	assert_in_range(reads_of_change(31, 0, false), 100, 200);
	assert_in_range(reads_of_change(32, 3, false), 100, 200);
	assert_in_range(reads_of_change(32, part->size / 2 + 31 * SECTOR + 15, false), 100, 200);
	assert_int_equal(reads_of_change(32, 16, false), 0);
}

static void halves_that_are_alike_in_a_backup_do_not_tell_the_size(void **state)
{
	(void)state;
	memcpy(memory->memory + part->size / 2, memory->memory, 32 * SECTOR);
	assert_in_range(reads_of_change(32, 0, false), 100, 200);
	assert_int_equal(reads_of_change(33, 0, false), 0);
}

static enum trouble_kind come_back(struct die_reviver *reviver, struct beken_die *die,
				   bool *was_away)
{
	(void)reviver, (void)die;
	*was_away = memory->away_until > 0;
	memory->away_until = 0;
	return TROUBLE_NONE;
}

/* Samples were kept of long readings, and they show whether those were made in time. */
static void what_was_read_of_a_die_that_came_back_is_believed_by_its_samples_only(void **state)
{
	struct die_reviver reviver = {come_back};
	static uint8_t rx[BLOCK];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		size_t len = i < 2 ? BLOCK : 16;
		bool in_time = i % 2;

		proxy_close(proxy, true);
		notes_begin(&notes);
		memory->die.caps.checked = false;
		memory->die.reviver = &reviver;
		gate_fixture_start((struct proxy_options){.read_only = true});
		if (!in_time)
			memory->away_until = memory->runs + 1000;
		assert_int_equal(proxy_read(proxy, 0x30000, rx, len), TROUBLE_NONE);
		memory->away_until = memory->runs + 1000;
		if (len == BLOCK) {
			assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
			assert_memory_equal(rx, memory->memory + 0x30000, len);
		} else {
			assert_int_equal(proxy_finish(proxy), TROUBLE_LINK_LOST);
			assert_mentions(&notes, "out of its flash mode for a while");
		}
		memory->die.reviver = NULL;
		memory->away_until = 0;
	}
}

/* The check would not find anything that has to stay. */
static void what_was_read_of_a_die_that_was_away_decides_no_change(void **state)
{
	struct die_reviver reviver = {come_back};
	uint8_t rx[16];

	(void)state;
	memory->die.caps.checked = false;
	memory->die.reviver = &reviver;
	gate_fixture_start((struct proxy_options){.read_only = false});
	memory->away_until = memory->runs + 1000;
	assert_int_equal(proxy_read(proxy, 0x30000, rx, sizeof(rx)), TROUBLE_NONE);
	proxy_erase(proxy, (struct range){0x30000, SECTOR});
	assert_int_equal(proxy_finish(proxy), TROUBLE_LINK_LOST);
	assert_int_equal(memory->die.revived, 1);
	assert_int_equal(memory->erases, 0);
	assert_int_equal(notes.trouble.die, DIE_UNTOUCHED);
	memory->die.reviver = NULL;
}

static void a_long_reading_that_the_die_missed_is_made_again(void **state)
{
	static uint8_t rx[BLOCK];

	(void)state;
	for (memory->lost_read = 1; memory->lost_read <= 2; memory->lost_read++) {
		proxy_close(proxy, true);
		memory->reads = 0;
		gate_fixture_start((struct proxy_options){.read_only = true});
		assert_int_equal(proxy_read(proxy, 0x30000, rx, BLOCK), TROUBLE_NONE);
		assert_int_equal(proxy_read(proxy, 0x40000, rx, BLOCK), TROUBLE_NONE);
		assert_memory_equal(rx, memory->memory + 0x40000, BLOCK);
		assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	}
}

/* Except a reading of nothing, which a caller who reads twice might believe. */
static void readings_that_the_caller_compares_are_not_sampled(void **state)
{
	static uint8_t rx[BLOCK];

	(void)state;
	memory->die.caps.checked = false;
	gate_fixture_start((struct proxy_options){.read_only = true});
	proxy_is_compared(proxy, true);
	assert_int_equal(proxy_read(proxy, 0x30000, rx, BLOCK), TROUBLE_NONE);
	assert_int_equal(memory->reads, 1);
	memory->astray_read = 2;
	assert_int_equal(proxy_read(proxy, 0x40000, rx, BLOCK), TROUBLE_NONE);
	memory->lost_read = memory->reads + 1;
	assert_int_equal(proxy_read(proxy, 0x50000, rx, BLOCK), TROUBLE_NONE);
	assert_memory_equal(rx, memory->memory + 0x50000, BLOCK);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	/* What nobody compares is read again. */
	proxy_is_compared(proxy, false);
	memory->astray_read = memory->reads + 1;
	assert_int_equal(proxy_read(proxy, 0x40000, rx, BLOCK), TROUBLE_NONE);
	assert_int_equal(proxy_finish(proxy), TROUBLE_UNSTEADY_READ);
}

static void a_long_reading_that_the_die_always_misses_is_no_content(void **state)
{
	static uint8_t rx[BLOCK];

	(void)state;
	memory->die.caps.checked = false;
	gate_fixture_start((struct proxy_options){.read_only = true});
	memory->away_until = 1000;
	assert_int_equal(proxy_read(proxy, 0x30000, rx, BLOCK), TROUBLE_UNSTEADY_READ);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(proxy_read(proxy, 0x30000, rx, 16), TROUBLE_UNSTEADY_READ);
}

static void what_is_blank_is_believed_after_a_look_of_its_own(void **state)
{
	static uint8_t rx[BLOCK];

	(void)state;
	memset(memory->memory + 0x30000, 0xff, BLOCK);
	gate_fixture_start((struct proxy_options){.read_only = true});
	assert_int_equal(proxy_read(proxy, 0x30000, rx, BLOCK), TROUBLE_NONE);
	assert_int_equal(memory->runs, 2);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	assert_int_equal(notes.errors, 0);
}

/* The die misread an address: of a single reading, that is found at the end. */
static void a_look_that_fails_is_raised_and_ends_the_reading(void **state)
{
	uint8_t rx[SECTOR];
	const struct proxy_piece piece = {0x20000, rx, sizeof(rx)};

	(void)state;
	memset(memory->memory + 0x20000, 0xff, SECTOR);
	gate_fixture_start((struct proxy_options){.read_only = true});
	memory->fail_at = memory->ops + 2;
	assert_int_equal(proxy_read(proxy, 0x20000, rx, sizeof(rx)), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_ADAPTER_FAULT);
	memory->fail_at = 0;
	assert_int_equal(proxy_read_all(proxy, &piece, 1), TROUBLE_ADAPTER_FAULT);
}

static void what_was_read_from_another_place_is_a_failure_in_the_end(void **state)
{
	static uint8_t rx[BLOCK];

	(void)state;
	for (int reads_only = 0; reads_only < 2; reads_only++) {
		proxy_close(proxy, true);
		memory->reads = 0;
		memory->astray_read = 2;
		gate_fixture_start((struct proxy_options){.read_only = reads_only});
		assert_int_equal(proxy_read(proxy, 0x30000, rx, BLOCK), TROUBLE_NONE);
		assert_int_equal(proxy_read(proxy, 0x50000, rx, BLOCK), TROUBLE_NONE);
		if (reads_only)
			assert_int_equal(proxy_finish(proxy), TROUBLE_UNSTEADY_READ);
		else
			assert_int_equal(proxy_erase(proxy, (struct range){0, SECTOR}),
					 TROUBLE_UNSTEADY_READ);
		assert_in_range(notes.trouble.range.start, 0x50000, 0x5ffff);
		assert_int_equal(memory->changes, 0);
	}
}

static void a_bit_that_flips_in_that_look_is_no_failure(void **state)
{
	static uint8_t rx[BLOCK];

	(void)state;
	for (unsigned long read = 2; read <= 7; read++) {
		proxy_close(proxy, true);
		memory->reads = 0;
		memory->flipped_read = read;
		gate_fixture_start((struct proxy_options){.read_only = true});
		assert_int_equal(proxy_read(proxy, 0x30000, rx, BLOCK), TROUBLE_NONE);
		assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	}
}

/* There is room for the samples of 2 MiB; longer readings do not lose any, either. */
static void all_that_was_read_is_looked_at_however_much_that_is(void **state)
{
	static uint8_t rx[BLOCK];

	(void)state;
	gate_fixture_start((struct proxy_options){.read_only = true});
	memory->astray_read = 3;
	for (unsigned i = 0; i < 32; i++)
		assert_int_equal(proxy_read(proxy, i * BLOCK, rx, BLOCK), TROUBLE_NONE);
	assert_int_equal(proxy_read(proxy, 0, rx, BLOCK), TROUBLE_UNSTEADY_READ);
}

static void what_became_of_the_die_is_told_as_it_is(void **state)
{
	static uint8_t rx[BLOCK];

	(void)state;
	gate_fixture_start((struct proxy_options){0});
	assert_int_equal(proxy_done(proxy), PROXY_NOTHING);
	assert_int_equal(proxy_read(proxy, 0, rx, 16), TROUBLE_NONE);
	assert_int_equal(proxy_done(proxy), PROXY_HAS_READ);
	/* What is held back is sent at the end, but not after a failure. */
	assert_int_equal(proxy_erase(proxy, (struct range){0x20000, SECTOR}), TROUBLE_NONE);
	assert_int_equal(memory->changes, 0);
	assert_int_equal(proxy_done(proxy), PROXY_CHANGED);
	memory->fail_at = 1;
	assert_int_equal(proxy_read(proxy, 0, rx, 16), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(memory->changes, 0);
	assert_int_equal(proxy_done(proxy), PROXY_HAS_READ);
}

/* Its samples are checked, then the ID. */
static void what_was_long_is_asked_for_once_at_the_end(void **state)
{
	static uint8_t rx[BLOCK];

	(void)state;
	gate_fixture_start((struct proxy_options){.read_only = true});
	assert_int_equal(proxy_read(proxy, 0, rx, BLOCK), TROUBLE_NONE);
	assert_int_equal(memory->ids, 0);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	assert_int_equal(memory->ids, 1);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	assert_int_equal(memory->ids, 1);
}

static void the_id_that_a_lost_chip_answers_with_is_told(void **state)
{
	uint8_t rx[16];

	(void)state;
	gate_fixture_start((struct proxy_options){.read_only = true});
	assert_int_equal(proxy_read(proxy, 0, rx, sizeof(rx)), TROUBLE_NONE);
	memcpy(memory->id, "\x12\x34\x56", 3);
	assert_int_equal(proxy_finish(proxy), TROUBLE_LINK_LOST);
	assert_string_equal(notes.trouble.values[0].name, "id");
	assert_string_equal(notes.trouble.values[0].text, "123456");
	assert_mentions(&notes, "its ID is 12 34 56");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, gate_fixture_begin, gate_fixture_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_became_of_the_die_is_told_as_it_is),
		CASE(what_was_long_is_asked_for_once_at_the_end),
		CASE(the_id_that_a_lost_chip_answers_with_is_told),
		CASE(many_pieces_are_read_in_few_runs_and_each_once),
		CASE(what_is_written_is_there_when_pieces_are_read),
		CASE(a_chip_that_was_away_for_a_moment_is_asked_again),
		CASE(what_reads_as_in_a_backup_is_not_asked_again_before_the_first_change),
		CASE(halves_that_are_alike_in_a_backup_do_not_tell_the_size),
		CASE(what_was_read_of_a_die_that_came_back_is_believed_by_its_samples_only),
		CASE(what_was_read_of_a_die_that_was_away_decides_no_change),
		CASE(a_long_reading_that_the_die_missed_is_made_again),
		CASE(readings_that_the_caller_compares_are_not_sampled),
		CASE(a_long_reading_that_the_die_always_misses_is_no_content),
		CASE(what_is_blank_is_believed_after_a_look_of_its_own),
		CASE(a_look_that_fails_is_raised_and_ends_the_reading),
		CASE(what_was_read_from_another_place_is_a_failure_in_the_end),
		CASE(a_bit_that_flips_in_that_look_is_no_failure),
		CASE(all_that_was_read_is_looked_at_however_much_that_is),
	};

	return cmocka_run_group_tests_name("gate_reads", tests, NULL, NULL);
}
