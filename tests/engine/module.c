/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Without a flash: everything is computed from the contents of two dies. */
#include "engine/module.h"

#include <stdlib.h>

#include "tests/unit.h"

#define SIZE (2u << 20)
#define RF 0x1d0000u
#define RF_LENGTH 0x200u
#define APP 0x11000u

/* The content that a write was to produce, and that of the module on the adapter now. */
struct job {
	struct journal journal;
	uint8_t *present, *wanted;
	char why[MODULE_WHY];
};

static void put_word(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* Calibration of module @number; its MAC is made up if @number is 0. */
static void put_rf(uint8_t *at, unsigned number, unsigned calibration)
{
	memset(at, 0, RF_LENGTH);
	memcpy(at, "TLV", 4);
	put_word(at + 4, RF_LENGTH - 8);
	put_word(at + 8, 0x11111100);
	put_word(at + 16, 0x11111102);
	put_word(at + 20, 6);
	memcpy(at + 24, (uint8_t[]){0xc8, 0x47, 0x8c, 0, 0, (uint8_t)number}, 6);
	memset(at + 30, 0x40 + (int)calibration, 16);
}

static int set_up(void **state)
{
	struct job *job = calloc(1, sizeof(*job));

	job->present = malloc(SIZE);
	job->wanted = malloc(SIZE);
	memset(job->present, 0x5a, SIZE);
	memset(job->wanted, 0x5a, SIZE);
	put_rf(job->present + RF, 1, 1);
	put_rf(job->wanted + RF, 1, 1);
	memset(job->wanted + APP, 0x77, 0x1000);
	job->journal.size = SIZE;
	job->journal.known = (struct range){0, SIZE};
	strcpy(job->journal.part, "TH25Q16HB");
	strcpy(job->journal.id, "EB 60 15");
	*state = job;
	return 0;
}

static int tear_down(void **state)
{
	struct job *job = *state;

	free(job->present);
	free(job->wanted);
	free(job);
	return 0;
}

static void remember(struct job *job)
{
	module_remember(&job->journal, job->present, job->wanted);
}

static bool is_other(struct job *job)
{
	return module_is_other(&job->journal, job->present, job->wanted, job->why);
}

static void what_makes_the_module_is_remembered(void **state)
{
	struct job *job = *state;
	char sum[MANIFEST_SHA256];

	put_rf(job->wanted + RF, 2, 2);
	remember(job);
	assert_string_equal(job->journal.mac, "c8:47:8c:00:00:01");
	assert_string_equal(job->journal.wanted_mac, "c8:47:8c:00:00:02");
	assert_int_equal(job->journal.calibration_count, 1);
	sha256_text(job->present + RF, RF_LENGTH, sum);
	assert_string_equal(job->journal.calibration[0], sum);
}

static void the_same_module_is_the_same_wherever_the_write_was_stopped(void **state)
{
	struct job *job = *state;

	remember(job);
	assert_false(is_other(job));
	memset(job->present + APP, 0xff, 0x800);
	assert_false(is_other(job));
	memcpy(job->present, job->wanted, SIZE);
	assert_false(is_other(job));
}

static void another_mac_is_another_module(void **state)
{
	struct job *job = *state;

	remember(job);
	put_rf(job->present + RF, 2, 1);
	assert_true(is_other(job));
	assert_non_null(strstr(job->why, "c8:47:8c:00:00:01"));
	assert_non_null(strstr(job->why, "c8:47:8c:00:00:02"));
}

static void another_calibration_with_the_same_mac_is_another_module(void **state)
{
	struct job *job = *state;

	remember(job);
	put_rf(job->present + RF, 1, 2);
	assert_true(is_other(job));
}

static void another_calibration_under_a_made_up_mac_is_another_module(void **state)
{
	struct job *job = *state;

	put_rf(job->present + RF, 0, 1);
	put_rf(job->wanted + RF, 0, 1);
	remember(job);
	assert_string_equal(job->journal.mac, "");
	assert_false(is_other(job));
	put_rf(job->present + RF, 0, 2);
	assert_true(is_other(job));
}

/* Calibration that is to stay is never erased by the write, so it must be there. */
static void calibration_that_was_to_stay_and_is_gone_is_another_module(void **state)
{
	struct job *job = *state;

	remember(job);
	memset(job->present + RF, 0xff, 0x1000);
	assert_true(is_other(job));
}

static void calibration_that_was_being_replaced_may_be_anything_on_its_way(void **state)
{
	struct job *job = *state;

	put_rf(job->wanted + RF, 2, 2);
	remember(job);
	assert_false(is_other(job)); /* the old content */
	memset(job->present + RF, 0xff, 0x1000);
	assert_false(is_other(job)); /* erased */
	memcpy(job->present + RF, job->wanted + RF, 0x100);
	assert_false(is_other(job)); /* the first page */
	memcpy(job->present + RF, job->wanted + RF, 0x1000);
	assert_false(is_other(job)); /* the new one */
	put_rf(job->present + RF, 2, 3);
	assert_true(is_other(job)); /* the new MAC, but the calibration of neither */
}

static void a_module_that_gets_calibration_for_the_first_time_is_the_same(void **state)
{
	struct job *job = *state;

	memset(job->present + RF, 0xff, 0x1000);
	remember(job);
	assert_string_equal(job->journal.mac, "");
	assert_int_equal(job->journal.calibration_count, 0);
	assert_false(is_other(job));
	put_rf(job->present + RF, 3, 3);
	assert_true(is_other(job));
}

/* Then only the range and the calibration are known; differences elsewhere say nothing. */
static void of_a_write_without_a_backup_the_rest_is_not_looked_at(void **state)
{
	struct job *job = *state;

	job->journal.known = (struct range){APP, 0x1000};
	remember(job);
	memset(job->present, 0, APP);
	put_rf(job->present + 0x3000, 1, 9);
	assert_false(is_other(job));
	put_rf(job->present + RF, 1, 2);
	assert_true(is_other(job));
}

static void where_the_wanted_content_is_lost_only_the_mac_tells(void **state)
{
	struct job *job = *state;

	remember(job);
	put_rf(job->present + RF, 1, 2);
	assert_false(module_is_other(&job->journal, job->present, NULL, job->why));
	put_rf(job->present + RF, 2, 2);
	assert_true(module_is_other(&job->journal, job->present, NULL, job->why));
}

/* What would be lost if the second replaced the first. */
static enum module_difference differs(const struct job *job)
{
	return module_differs(job->present, job->wanted, SIZE);
}

static void another_mac_or_none_in_its_place_is_another_module(void **state)
{
	struct job *job = *state;

	assert_int_equal(differs(job), MODULE_SAME); /* different firmware does not matter */
	put_rf(job->wanted + RF, 2, 1);
	assert_int_equal(differs(job), MODULE_OTHER_MAC);
	put_rf(job->wanted + RF, 0, 1);
	assert_int_equal(differs(job), MODULE_OTHER_MAC);
	memset(job->wanted + RF, 0xff, RF_LENGTH);
	assert_int_equal(differs(job), MODULE_OTHER_MAC);
}

static void the_same_mac_is_the_same_module_whatever_its_calibration(void **state)
{
	struct job *job = *state;

	put_rf(job->wanted + RF, 1, 9);
	assert_int_equal(differs(job), MODULE_SAME);
}

static void under_a_made_up_mac_the_calibration_tells(void **state)
{
	struct job *job = *state;

	put_rf(job->present + RF, 0, 1);
	put_rf(job->wanted + RF, 0, 1);
	assert_int_equal(differs(job), MODULE_SAME);
	put_rf(job->wanted + RF, 0, 2);
	assert_int_equal(differs(job), MODULE_OTHER_CALIBRATION);
	put_rf(job->wanted + RF, 2, 1);
	assert_int_equal(differs(job), MODULE_OTHER_CALIBRATION);
	memset(job->wanted + RF, 0xff, RF_LENGTH);
	assert_int_equal(differs(job), MODULE_OTHER_CALIBRATION);
}

static void a_module_without_any_has_nothing_to_lose(void **state)
{
	struct job *job = *state;

	memset(job->present + RF, 0xff, RF_LENGTH);
	assert_int_equal(differs(job), MODULE_SAME);
}

static void a_flash_with_another_id_or_size_is_another_one(void **state)
{
	struct job *job = *state;
	struct chipdb_part part = *chipdb_part_by_name("TH25Q16HB");
	char wanted[128];

	assert_false(module_has_other_flash(&job->journal, &part, "EB 60 15", job->why));
	part.size *= 2;
	assert_true(module_has_other_flash(&job->journal, &part, "EB 60 15", job->why));
	snprintf(wanted, sizeof(wanted),
		 "(ID EB 60 15, %u KiB), and this is %s (ID EB 60 15, %u KiB)",
		 (unsigned)(job->journal.size / 1024), part.name, (unsigned)(part.size / 1024));
	assert_non_null(strstr(job->why, wanted));
	assert_true(module_has_other_flash(&job->journal, chipdb_part_by_name("GD25Q16B"),
					   "C8 40 15", job->why));
	assert_non_null(strstr(job->why, "EB 60 15"));
}

/* A bootloader tells the size only. */
static void a_flash_without_an_id_is_another_one_by_its_size_alone(void **state)
{
	struct job *job = *state;
	struct chipdb_part part = *chipdb_part_by_name("TH25Q16HB");

	assert_false(module_has_other_flash(&job->journal, &part, "", job->why));
	part.size *= 2;
	assert_true(module_has_other_flash(&job->journal, &part, "", job->why));
	assert_non_null(strstr(job->why, "(ID not known, 4096 KiB)"));
	part.size /= 2;
	job->journal.id[0] = '\0';
	assert_false(module_has_other_flash(&job->journal, &part, "EB 60 15", job->why));
}

static void a_die_is_of_before_if_all_its_calibration_was_there(void **state)
{
	struct job *job = *state;

	remember(job);
	assert_true(module_had_calibration(&job->journal, job->wanted, SIZE));
	put_rf(job->wanted + RF, 2, 1);
	assert_false(module_had_calibration(&job->journal, job->wanted, SIZE));
	memset(job->wanted + RF, 0xff, 0x1000);
	/* No calibration tells nothing. */
	assert_false(module_had_calibration(&job->journal, job->wanted, SIZE));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_makes_the_module_is_remembered),
		CASE(the_same_module_is_the_same_wherever_the_write_was_stopped),
		CASE(another_mac_is_another_module),
		CASE(another_calibration_with_the_same_mac_is_another_module),
		CASE(another_calibration_under_a_made_up_mac_is_another_module),
		CASE(calibration_that_was_to_stay_and_is_gone_is_another_module),
		CASE(calibration_that_was_being_replaced_may_be_anything_on_its_way),
		CASE(a_module_that_gets_calibration_for_the_first_time_is_the_same),
		CASE(of_a_write_without_a_backup_the_rest_is_not_looked_at),
		CASE(where_the_wanted_content_is_lost_only_the_mac_tells),
		CASE(another_mac_or_none_in_its_place_is_another_module),
		CASE(the_same_mac_is_the_same_module_whatever_its_calibration),
		CASE(under_a_made_up_mac_the_calibration_tells),
		CASE(a_module_without_any_has_nothing_to_lose),
		CASE(a_flash_without_an_id_is_another_one_by_its_size_alone),
		CASE(a_flash_with_another_id_or_size_is_another_one),
		CASE(a_die_is_of_before_if_all_its_calibration_was_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
