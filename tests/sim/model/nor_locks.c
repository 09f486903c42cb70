/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A die with locks of single blocks, by the commands of the datasheets. */
#include "tests/sim/model/bench.h"
#include "tests/sim/model/die.h"

#define WPS 0x040000u

static struct die *locking_die(uint32_t sr, bool single)
{
	return die_with(
		(struct board_options){.sr_given = true, .sr = sr, .no_global_unlock = single},
		"W25Q32");
}

static bool programs(struct die *die, uint8_t middle)
{
	uint8_t read[] = {0x03, 0, middle, 0}, byte;

	die_enable(die);
	DIE_SEND(die, 0x02, 0, middle, 0, 0x5A);
	die_wait_ready(die);
	die_op(die, read, sizeof(read), &byte, 1);
	return byte == 0x5A;
}

static uint8_t lock_of(struct die *die, uint8_t high, uint8_t middle)
{
	const uint8_t out[] = {0x3D, high, middle, 0};
	uint8_t in;

	die_op(die, out, sizeof(out), &in, 1);
	return in;
}

static void all_is_locked_when_power_comes_though_bp_reads_zero(void **state)
{
	struct die *die = locking_die(WPS, false);

	(void)state;
	assert_int_equal(die_status(die, 0x05) & 0x7C, 0);
	assert_false(programs(die, 0x10));
	assert_int_equal(lock_of(die, 0x3F, 0xF0), 1);
	die_free(die);
}

static void without_wps_locks_have_no_effect_and_with_it_bp_has_none(void **state)
{
	struct die *die = locking_die(0, false);

	(void)state;
	assert_true(programs(die, 0x10));
	die_free(die);
	die = locking_die(WPS | 0x1C, false);
	die_enable(die);
	DIE_SEND(die, 0x98);
	assert_true(programs(die, 0x10));
	die_free(die);
}

static void one_lock_is_for_a_sector_at_both_ends_and_a_block_between(void **state)
{
	struct die *die = locking_die(WPS, false);

	(void)state;
	die_enable(die);
	DIE_SEND(die, 0x39, 0x00, 0x10, 0x00);
	assert_int_equal(lock_of(die, 0, 0x1F), 0);
	assert_int_equal(lock_of(die, 0, 0x20), 1);
	assert_true(programs(die, 0x10));
	assert_false(programs(die, 0x20));
	die_enable(die);
	DIE_SEND(die, 0x39, 0x12, 0x34, 0x56);
	assert_int_equal(lock_of(die, 0x12, 0xFF), 0);
	assert_int_equal(lock_of(die, 0x13, 0x00), 1);
	die_enable(die);
	DIE_SEND(die, 0x36, 0x12, 0x00, 0x00);
	assert_int_equal(lock_of(die, 0x12, 0xFF), 1);
	die_free(die);
}

static void they_want_a_write_enable_and_are_gone_with_power(void **state)
{
	struct die *die = locking_die(WPS, false);

	(void)state;
	DIE_SEND(die, 0x98);
	assert_int_equal(lock_of(die, 0, 0), 1);
	die_enable(die);
	DIE_SEND(die, 0x98);
	assert_int_equal(lock_of(die, 0, 0), 0);
	nor_power_cycle(&die->nor);
	assert_int_equal(lock_of(die, 0, 0), 1);
	die_free(die);
}

static void a_die_that_knows_single_ones_only_ignores_the_commands_for_all(void **state)
{
	struct die *die = locking_die(WPS, true);

	(void)state;
	die_enable(die);
	DIE_SEND(die, 0x98);
	assert_int_equal(lock_of(die, 0, 0), 1);
	die_free(die);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_locked_when_power_comes_though_bp_reads_zero),
		cmocka_unit_test(without_wps_locks_have_no_effect_and_with_it_bp_has_none),
		cmocka_unit_test(one_lock_is_for_a_sector_at_both_ends_and_a_block_between),
		cmocka_unit_test(they_want_a_write_enable_and_are_gone_with_power),
		cmocka_unit_test(a_die_that_knows_single_ones_only_ignores_the_commands_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
