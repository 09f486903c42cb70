/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Without a flash: which content shows that something was written after the job was stopped. */
#include "engine/since.h"

#include <stdlib.h>

#include "tests/unit.h"

#define SIZE 0x80000u
#define SECTOR JOURNAL_SECTOR
#define PAGE 256u
/* The range that the job was to write, over several blocks. */
#define PLANNED 0x10000u
#define PLANNED_END 0x50000u

static struct journal journal;
static uint8_t *before, *wanted, *present;
static struct since since;

static void fill(uint8_t *die, uint32_t start, uint32_t end, uint32_t seed)
{
	for (uint32_t i = start; i < end; i++)
		die[i] = (uint8_t)((i + seed * 977) * UINT32_C(2654435761) >> 24) & 0xfe;
}

static int begin(void **state)
{
	uint8_t *sums;

	(void)state;
	journal = (struct journal){.size = SIZE, .known = {0, SIZE}, .sums = true};
	before = malloc(SIZE);
	present = malloc(SIZE);
	wanted = malloc(SIZE + SIZE / SECTOR * 4);
	if (!before || !present || !wanted)
		return 1;
	fill(before, 0, SIZE, 1);
	memcpy(wanted, before, SIZE);
	fill(wanted, PLANNED, PLANNED_END, 2);
	sums = journal_sums(before, SIZE, NULL);
	memcpy(wanted + SIZE, sums, SIZE / SECTOR * 4);
	free(sums);
	memcpy(present, before, SIZE);
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(before);
	free(wanted);
	free(present);
	return 0;
}

static void look(void)
{
	since_look(&since, &journal, present, wanted);
}

static void assert_nothing_is_newer(void)
{
	look();
	assert_int_equal(since.newer, 0);
	assert_int_equal(since.left, 0);
}

static void what_the_job_left_is_not_newer_wherever_it_was_stopped(void **state)
{
	(void)state;
	assert_nothing_is_newer();
	for (uint32_t at = PLANNED; at < PLANNED_END; at += SECTOR) {
		memset(present + at, 0xff, SECTOR);
		assert_nothing_is_newer();
		/* Pages written in part count, too. */
		memcpy(present + at, wanted + at, 3 * PAGE);
		memcpy(present + at + 3 * PAGE, wanted + at + 3 * PAGE, PAGE / 2);
		assert_nothing_is_newer();
		memcpy(present + at, wanted + at, SECTOR);
	}
	assert_nothing_is_newer();
}

static void a_block_of_which_the_erase_was_stopped_may_be_anything(void **state)
{
	(void)state;
	fill(present, 0x20000, 0x30000, 3);
	assert_nothing_is_newer();
	/* Two are too many. */
	present[0x30000] ^= 1;
	look();
	assert_int_equal(since.newer, 17);
	assert_int_equal(since.first, 0x20000);
}

static void what_somebody_else_wrote_in_place_of_it_is_newer(void **state)
{
	(void)state;
	fill(present, PLANNED, PLANNED_END, 4);
	look();
	assert_int_equal(since.newer, (PLANNED_END - PLANNED) / SECTOR);
	assert_int_equal(since.first, PLANNED);
}

static void settings_that_were_written_since_are_left_as_they_are(void **state)
{
	(void)state;
	fill(present, 0x60000, 0x61000, 5);
	look();
	assert_int_equal(since.newer, 0);
	assert_int_equal(since.left, 1);
	assert_memory_equal(wanted + 0x60000, present + 0x60000, SECTOR);
	/* That is now the wanted content there, also when the job is resumed once more. */
	assert_nothing_is_newer();
}

static void a_command_that_went_astray_is_no_newer_work_and_is_put_back(void **state)
{
	(void)state;
	memset(present + 0x70000, 0xff, SECTOR);
	for (uint32_t i = 0; i < PAGE; i++)
		present[0x72300 + i] &= 0x0f;
	assert_nothing_is_newer();
	assert_memory_equal(wanted, before, PLANNED);
	assert_memory_equal(wanted + PLANNED_END, before + PLANNED_END, SIZE - PLANNED_END);
}

/* As after another program erased everything. */
static void a_flash_that_was_erased_since_is_newer(void **state)
{
	(void)state;
	memset(present, 0xff, SIZE);
	look();
	assert_true(since.newer > 0);
}

static void without_sums_and_outside_of_what_is_known_nothing_is_told(void **state)
{
	(void)state;
	fill(present, 0, SIZE, 6);
	journal.known = (struct range){0x60000, SECTOR};
	look();
	assert_int_equal(since.left, 1);
	journal.known = (struct range){0, SIZE};
	journal.sums = false;
	assert_nothing_is_newer();
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_the_job_left_is_not_newer_wherever_it_was_stopped),
		CASE(a_block_of_which_the_erase_was_stopped_may_be_anything),
		CASE(what_somebody_else_wrote_in_place_of_it_is_newer),
		CASE(settings_that_were_written_since_are_left_as_they_are),
		CASE(a_command_that_went_astray_is_no_newer_work_and_is_put_back),
		CASE(a_flash_that_was_erased_since_is_newer),
		CASE(without_sums_and_outside_of_what_is_known_nothing_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
