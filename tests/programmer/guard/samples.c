/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bytes of a reading are kept, and what comparing them again says. */
#include "tests/unit.h"

#include <stdlib.h>

#include "programmer/guard/samples.h"
#include "tests/programmer/die/memory_die.h"

#define START 0x20000u
#define LENGTH 0x10000u
#define EACH 0x4000u

static struct memory_die *memory;
static struct samples samples;

static int begin(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q40B");

	(void)state;
	memset(&samples, 0, sizeof(samples));
	memory = memory_die_new(part);
	if (!memory)
		return 1;
	die_take_part(&memory->die, part);
	for (uint32_t i = 0; i < part->size; i++)
		memory->memory[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	return 0;
}

static int end(void **state)
{
	(void)state;
	memory_die_free(memory);
	return 0;
}

static bool take(uint32_t address, size_t len)
{
	uint8_t *data = malloc(len);
	bool good;

	assert_non_null(data);
	memcpy(data, memory->memory + address, len);
	good = samples_take(&samples, address, data, len);
	free(data);
	return good;
}

static enum samples_seen look(size_t from)
{
	enum samples_seen seen;
	uint32_t where;

	assert_int_equal(samples_look(&samples, from, &memory->die, &seen, &where), TROUBLE_NONE);
	return seen;
}

static void each_16_kib_have_one_that_lies_in_them(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 200; k++) {
		samples.count = 0;
		assert_true(take(START, LENGTH));
		assert_int_equal(samples.count, LENGTH / EACH);
		for (uint32_t i = 0; i < samples.count; i++) {
			const struct sample *sample = &samples.list[i];

			assert_in_range(sample->address, START + i * EACH,
					START + (i + 1) * EACH - SAMPLE_BYTES);
			assert_memory_equal(sample->bytes, memory->memory + sample->address,
					    SAMPLE_BYTES);
		}
	}
}

static void the_shortest_reading_that_has_one_has_it_whole(void **state)
{
	(void)state;
	assert_true(take(START, SAMPLES_LEAST - 1));
	assert_int_equal(samples.count, 0);
	for (unsigned k = 0; k < 2000; k++) {
		samples.count = 0;
		assert_true(take(START, SAMPLES_LEAST));
		assert_int_equal(samples.count, 1);
		assert_in_range(samples.list[0].address, START,
				START + SAMPLES_LEAST - SAMPLE_BYTES);
	}
}

static void what_finds_no_room_is_told_and_not_taken(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SAMPLES_MOST / (LENGTH / EACH); i++)
		assert_true(take(START, LENGTH));
	assert_int_equal(samples.count, SAMPLES_MOST);
	assert_false(take(START, LENGTH));
	assert_int_equal(samples.count, SAMPLES_MOST);
	assert_int_equal(look(0), SAMPLES_SAME);
}

static void one_wrong_look_is_none_and_two_are(void **state)
{
	uint8_t *changed;

	(void)state;
	assert_true(take(START, LENGTH));
	memory->flipped_read = 2;
	assert_int_equal(look(0), SAMPLES_SAME);
	assert_int_equal(memory->reads, LENGTH / EACH + 2);
	changed = memory->memory + samples.list[1].address;
	*changed ^= 1;
	assert_int_equal(look(0), SAMPLES_DIFFER);
	/* Earlier ones are not read. */
	assert_int_equal(look(2), SAMPLES_SAME);
	*changed ^= 1;
	memory->gone = true;
	assert_int_equal(look(0), SAMPLES_AWAY);
}

static void each_sample_is_looked_at_and_its_place_is_told(void **state)
{
	enum samples_seen seen;
	uint32_t where;

	(void)state;
	assert_true(take(START, LENGTH));
	for (size_t i = 0; i < LENGTH / EACH; i++) {
		uint8_t *last = memory->memory + samples.list[i].address + SAMPLE_BYTES - 1;

		*last ^= 0x80;
		assert_int_equal(samples_look(&samples, 0, &memory->die, &seen, &where),
				 TROUBLE_NONE);
		assert_int_equal(seen, SAMPLES_DIFFER);
		assert_int_equal(where, samples.list[i].address);
		*last ^= 0x80;
	}
	assert_int_equal(look(0), SAMPLES_SAME);
}

/* The bit that the fake flips makes one of the three readings right. */
static void two_wrong_looks_of_three_are_a_difference(void **state)
{
	(void)state;
	assert_true(take(START, LENGTH));
	memory->memory[samples.list[1].address + SAMPLE_BYTES / 2] ^= 0x10;
	for (unsigned long right = 1; right <= 2; right++) {
		memory->flipped_read = memory->reads + LENGTH / EACH + right;
		assert_int_equal(look(0), SAMPLES_DIFFER);
	}
}

static void a_look_that_fails_is_not_the_same(void **state)
{
	enum samples_seen seen;
	uint32_t where;

	(void)state;
	assert_true(take(START, LENGTH));
	memory->fail_at = 1;
	assert_int_equal(samples_look(&samples, 0, &memory->die, &seen, &where),
			 TROUBLE_ADAPTER_FAULT);
	assert_int_not_equal(seen, SAMPLES_SAME);
	/* Also if it is one of the two extra readings. */
	memory->memory[samples.list[0].address] ^= 1;
	for (unsigned long more = 1; more <= 2; more++) {
		memory->fail_at = memory->ops + LENGTH / EACH + 1 + more;
		assert_int_equal(samples_look(&samples, 0, &memory->die, &seen, &where),
				 TROUBLE_ADAPTER_FAULT);
		assert_int_not_equal(seen, SAMPLES_SAME);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_16_kib_have_one_that_lies_in_them),
		CASE(the_shortest_reading_that_has_one_has_it_whole),
		CASE(what_finds_no_room_is_told_and_not_taken),
		CASE(one_wrong_look_is_none_and_two_are),
		CASE(each_sample_is_looked_at_and_its_place_is_told),
		CASE(two_wrong_looks_of_three_are_a_difference),
		CASE(a_look_that_fails_is_not_the_same),
	};

	return cmocka_run_group_tests_name("samples", tests, NULL, NULL);
}
