/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks of single blocks, on the simulated die: they are read, opened, and set again. */
#include "tests/unit.h"
#include "programmer/guard/protection.h"
#include "tests/programmer/sim_bus.h"

#define WPS 0x040000u
#define PART "W25Q32"
#define PART_LOCKS (16 + 62 + 16)

static struct notes notes;
static struct sim_bus *sim;
static struct protection protection;

static void begin(uint32_t sr, enum protection_policy policy, bool single)
{
	const struct board_options options = {.part = chipdb_part_by_name(PART),
					      .sr_given = true,
					      .sr = sr,
					      .no_global_unlock = single};

	notes_begin(&notes);
	sim = sim_bus_new(&options);
	protection =
		(struct protection){.die = sim->die, .observer = &notes.observer, .policy = policy};
}

static void all_are_read_and_make_one_range(void **state)
{
	struct protection_state found;

	(void)state;
	begin(WPS | 0x001c, UNPROTECT_AUTO, false);
	assert_int_equal(protection_look(&protection, &found), 0);
	assert_true(found.by_blocks && found.active && found.known);
	assert_int_equal(found.ranges.count, 1);
	assert_int_equal(found.ranges.range[0].length, 0x400000);
	assert_int_equal(sim->sent[0x3d], PART_LOCKS);
	sim_bus_free(sim);
}

static void one_lock_is_the_range_that_it_is_for(void **state)
{
	static const struct range rows[] = {{0x00f000, 0x1000},
					    {0x010000, 0x10000},
					    {0x3e0000, 0x10000},
					    {0x3f0000, 0x1000},
					    {0x3ff000, 0x1000}};
	struct protection_state found;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin(WPS, UNPROTECT_AUTO, false);
		nor_locks_set_all(&sim->nor.locks, false);
		nor_locks_set(&sim->nor.locks, rows[i].start, true);
		assert_int_equal(protection_look(&protection, &found), 0);
		assert_int_equal(found.ranges.count, 1);
		assert_int_equal(found.ranges.range[0].start, rows[i].start);
		assert_int_equal(found.ranges.range[0].length, rows[i].length);
		sim_bus_free(sim);
	}
}

static void a_die_has_locks_from_two_blocks_to_16_mib(void **state)
{
	struct chipdb_part other = *chipdb_part_by_name(PART);
	struct block_locks locks;

	(void)state;
	begin(WPS, UNPROTECT_AUTO, false);
	sim->die->part = &other;
	other.size = 0x10000;
	assert_int_equal(block_locks_read(sim->die, &locks), TROUBLE_BUG);
	assert_int_equal(locks.count, 0);
	other.size = 0x20000;
	assert_int_equal(block_locks_read(sim->die, &locks), TROUBLE_NONE);
	assert_int_equal(locks.count, 32);
	other.size = 0x1000000 + 0x10000;
	assert_int_equal(block_locks_read(sim->die, &locks), TROUBLE_BUG);
	sim_bus_free(sim);
}

static void without_wps_nothing_of_them_is_sent(void **state)
{
	struct protection_state found;

	(void)state;
	begin(0x4004, UNPROTECT_RESTORE, false);
	assert_int_equal(protection_look(&protection, &found), 0);
	assert_false(found.by_blocks);
	assert_int_equal(protection_lift(&protection), 0);
	assert_int_equal(protection_restore(&protection), 0);
	assert_int_equal(sim->sent[0x3d] + sim->sent[0x98] + sim->sent[0x39], 0);
	assert_int_equal(sim_bus_sr(sim), 0x4004);
	sim_bus_free(sim);
}

static void they_are_opened_by_one_command_and_no_register_is_written(void **state)
{
	(void)state;
	begin(WPS | 0x4000, UNPROTECT_AUTO, false);
	assert_int_equal(protection_lift(&protection), 0);
	assert_int_equal(nor_locks_count(&sim->nor.locks), 0);
	assert_int_equal(sim->sent[0x98], 1);
	assert_int_equal(sim->sent[0x39], 0);
	assert_int_equal(sim_bus_sr_commands(sim), 0);
	assert_int_equal(protection_restore(&protection), 0);
	assert_int_equal(nor_locks_count(&sim->nor.locks), 0);
	sim_bus_free(sim);
}

static void where_98h_is_not_known_they_are_opened_one_by_one(void **state)
{
	(void)state;
	begin(WPS, UNPROTECT_RESTORE, true);
	assert_int_equal(protection_lift(&protection), 0);
	assert_int_equal(nor_locks_count(&sim->nor.locks), 0);
	assert_int_equal(sim->sent[0x39], PART_LOCKS);
	assert_int_equal(protection_restore(&protection), 0);
	assert_int_equal(nor_locks_count(&sim->nor.locks), PART_LOCKS);
	sim_bus_free(sim);
}

static void what_was_locked_is_locked_again_and_nothing_else(void **state)
{
	(void)state;
	begin(WPS, UNPROTECT_RESTORE, false);
	nor_locks_set_all(&sim->nor.locks, false);
	nor_locks_set(&sim->nor.locks, 0x120000, true);
	nor_locks_set(&sim->nor.locks, 0x3f3000, true);
	assert_int_equal(protection_lift(&protection), 0);
	assert_int_equal(nor_locks_count(&sim->nor.locks), 0);
	assert_int_equal(protection_restore(&protection), 0);
	assert_int_equal(nor_locks_count(&sim->nor.locks), 2);
	assert_true(nor_locks_get(&sim->nor.locks, 0x120000));
	assert_true(nor_locks_get(&sim->nor.locks, 0x3f3000));
	assert_int_equal(sim->sent[0x7e], 0);
	/* There is nothing to restore. */
	assert_int_equal(protection_restore(&protection), 0);
	sim_bus_free(sim);
}

static void a_policy_that_forbids_it_leaves_them(void **state)
{
	(void)state;
	begin(WPS, UNPROTECT_NO, false);
	assert_int_equal(protection_lift(&protection), TROUBLE_PROTECTED);
	assert_int_equal(nor_locks_count(&sim->nor.locks), PART_LOCKS);
	nor_locks_set_all(&sim->nor.locks, false);
	assert_int_equal(protection_lift(&protection), 0);
	sim_bus_free(sim);
}

static void locks_that_come_back_in_the_middle_are_opened_again(void **state)
{
	(void)state;
	begin(WPS, UNPROTECT_AUTO, true);
	assert_int_equal(protection_lift(&protection), TROUBLE_NONE);
	assert_int_equal(protection_lift_again(&protection), TROUBLE_NONE);
	assert_int_equal(notes.warnings, 0);
	nor_locks_set_all(&sim->nor.locks, true);
	assert_int_equal(protection_lift_again(&protection), TROUBLE_NONE);
	assert_int_equal(nor_locks_count(&sim->nor.locks), 0);
	assert_mentions(&notes, "had come back, and were opened again");
	sim_bus_free(sim);
}

static void a_link_that_fails_is_a_trouble_and_no_success(void **state)
{
	(void)state;
	for (unsigned at = 1; at < 8; at++) {
		begin(WPS, UNPROTECT_AUTO, false);
		sim->fail_at = at;
		sim->fail_more = 1000;
		sim->fail_error = TROUBLE_ADAPTER_GONE;
		assert_int_equal(protection_lift(&protection), TROUBLE_ADAPTER_GONE);
		assert_int_equal(notes.errors, 1);
		sim_bus_free(sim);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_read_and_make_one_range),
		cmocka_unit_test(one_lock_is_the_range_that_it_is_for),
		cmocka_unit_test(a_die_has_locks_from_two_blocks_to_16_mib),
		cmocka_unit_test(without_wps_nothing_of_them_is_sent),
		cmocka_unit_test(they_are_opened_by_one_command_and_no_register_is_written),
		cmocka_unit_test(where_98h_is_not_known_they_are_opened_one_by_one),
		cmocka_unit_test(what_was_locked_is_locked_again_and_nothing_else),
		cmocka_unit_test(a_policy_that_forbids_it_leaves_them),
		cmocka_unit_test(a_link_that_fails_is_a_trouble_and_no_success),
		cmocka_unit_test(locks_that_come_back_in_the_middle_are_opened_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
