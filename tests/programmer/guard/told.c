/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When readings that agree with a backup are enough to recognize the die. */
#include "tests/unit.h"

#include "programmer/guard/told.h"
#include "tests/programmer/die/memory_die.h"

#define HALF (part->size / 2)

static const struct chipdb_part *part;
static struct memory_die *memory;
static struct mend *mend;
static struct told told;
static struct notes notes;

static int begin(void **state)
{
	(void)state;
	part = chipdb_part_by_name("GD25Q40B");
	notes_begin(&notes);
	memset(&told, 0, sizeof(told));
	memory = memory_die_new(part);
	if (!memory)
		return 1;
	die_take_part(&memory->die, part);
	mend = mend_new(&memory->die, NULL, &notes.observer);
	if (!mend)
		return 1;
	for (uint32_t i = 0; i < part->size; i++)
		memory->memory[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	mend_expect(mend, (struct range){0, part->size}, memory->memory);
	return 0;
}

static int end(void **state)
{
	(void)state;
	mend_free(mend);
	memory_die_free(memory);
	return 0;
}

/* Reads pairs of @len bytes, @apart from each other. */
static void read_pairs(unsigned count, size_t len, uint32_t apart)
{
	for (unsigned i = 0; i < count; i++) {
		uint8_t rx[2][64];
		const uint32_t at = i * 0x1000;
		const struct die_op reads[] = {
			{.kind = DIE_READ, .address = at, .rx = rx[0], .len = len},
			{.kind = DIE_READ, .address = at + apart, .rx = rx[1], .len = len}};

		memcpy(rx[0], memory->memory + at, len);
		memcpy(rx[1], memory->memory + at + apart, len);
		told_see(&told, mend, &memory->die, reads, 2);
	}
}

static bool is_so(void)
{
	return told_is_so(&told, &memory->die);
}

static void enough_pairs_that_read_as_told_are_enough(void **state)
{
	(void)state;
	assert_false(is_so());
	read_pairs(TOLD_PAIRS - 1, TOLD_BYTES, HALF);
	assert_false(is_so());
	read_pairs(1, TOLD_BYTES, HALF);
	assert_true(is_so());
}

static void pairs_that_are_short_or_not_of_both_halves_are_none(void **state)
{
	(void)state;
	read_pairs(TOLD_PAIRS, TOLD_BYTES - 1, HALF);
	read_pairs(TOLD_PAIRS, TOLD_BYTES, HALF - 0x1000);
	read_pairs(TOLD_PAIRS, TOLD_BYTES, HALF + 1);
	assert_false(is_so());
	assert_int_equal(told.pairs, 0);
	read_pairs(TOLD_PAIRS, TOLD_BYTES, HALF);
	assert_true(is_so());
}

static void both_of_a_pair_are_of_the_same_length_and_one_after_the_other(void **state)
{
	uint8_t rx[3][32];
	const struct die_op reads[] = {
		{.kind = DIE_READ, .address = 0, .rx = rx[0], .len = 16},
		{.kind = DIE_READ, .address = HALF, .rx = rx[1], .len = 32},
		{.kind = DIE_READ, .address = HALF, .rx = rx[2], .len = 16},
	};

	(void)state;
	memcpy(rx[0], memory->memory, 32);
	memcpy(rx[1], memory->memory + HALF, 32);
	memcpy(rx[2], memory->memory + HALF, 32);
	told_see(&told, mend, &memory->die, reads, 3);
	assert_int_equal(told.pairs, 0);
	told_see(&told, mend, &memory->die, reads, 1);
	told_see(&told, mend, &memory->die, reads + 2, 1);
	assert_int_equal(told.pairs, 0); /* two runs, not adjacent */
}

/* Like a die that is smaller than it says, and repeats its content. */
static void halves_that_are_the_same_tell_nothing(void **state)
{
	(void)state;
	mend_free(mend);
	mend = mend_new(&memory->die, NULL, &notes.observer);
	memcpy(memory->memory + HALF, memory->memory, HALF);
	mend_expect(mend, (struct range){0, part->size}, memory->memory);
	read_pairs(TOLD_PAIRS, TOLD_BYTES, HALF);
	assert_int_equal(told.pairs, TOLD_PAIRS);
	assert_false(is_so());
	/* One pair is enough to distinguish them. */
	mend_free(mend);
	mend = mend_new(&memory->die, NULL, &notes.observer);
	memory->memory[HALF + 15] ^= 1;
	mend_expect(mend, (struct range){0, part->size}, memory->memory);
	read_pairs(1, TOLD_BYTES, HALF);
	read_pairs(TOLD_PAIRS - 1, TOLD_BYTES - 1, HALF);
	assert_true(is_so());
}

static void one_that_differs_is_one_too_many(void **state)
{
	(void)state;
	read_pairs(TOLD_PAIRS, TOLD_BYTES, HALF);
	assert_true(is_so());
	memory->memory[3] ^= 1;
	read_pairs(1, 8, HALF);
	assert_false(is_so());
	memory->memory[3] ^= 1;
	read_pairs(TOLD_PAIRS, TOLD_BYTES, HALF);
	assert_false(is_so());
}

static void what_nobody_told_says_nothing(void **state)
{
	(void)state;
	mend_free(mend);
	mend = mend_new(&memory->die, NULL, &notes.observer);
	mend_expect(mend, (struct range){0, HALF}, memory->memory);
	read_pairs(TOLD_PAIRS, TOLD_BYTES, HALF);
	assert_int_equal(told.pairs, 0);
	assert_false(told.differed);
}

static void a_die_that_was_away_since_has_to_be_asked(void **state)
{
	(void)state;
	memory->die.revived = 3;
	read_pairs(TOLD_PAIRS, TOLD_BYTES, HALF);
	assert_true(is_so());
	memory->die.revived++;
	read_pairs(TOLD_PAIRS, TOLD_BYTES, HALF);
	assert_false(is_so());
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(enough_pairs_that_read_as_told_are_enough),
		CASE(pairs_that_are_short_or_not_of_both_halves_are_none),
		CASE(both_of_a_pair_are_of_the_same_length_and_one_after_the_other),
		CASE(halves_that_are_the_same_tell_nothing),
		CASE(one_that_differs_is_one_too_many),
		CASE(what_nobody_told_says_nothing),
		CASE(a_die_that_was_away_since_has_to_be_asked),
	};

	return cmocka_run_group_tests_name("told", tests, NULL, NULL);
}
