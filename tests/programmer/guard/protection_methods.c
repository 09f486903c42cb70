/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lifting protection on dies that accept different commands. */
#include "tests/unit.h"
#include "tests/programmer/guard/register_die.h"

static void bp3_alone_protects_and_is_cleared(void **state)
{
	struct protection protection = register_die_begin(&macronix, 0x0020, UNPROTECT_AUTO);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	assert_registers(0x0000, 1);
}

static void a_configuration_register_is_read_by_its_own_command_and_kept(void **state)
{
	struct protection protection = register_die_begin(&macronix, 0x4f7c, UNPROTECT_AUTO);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	/* BP is clear; QE, TB and all other bits are unchanged. */
	assert_registers(0x4f40, 1);
	for (size_t i = 0; i < die.fake.count; i++)
		if (die.fake.ops[i].tx_len)
			assert_int_not_equal(die.fake.ops[i].tx[0], 0x35);
	assert_int_equal(die.notes.warnings + die.notes.errors, 0);
}

static void a_granularity_bit_stays_where_the_die_has_one(void **state)
{
	struct protection protection = register_die_begin(&single, 0x7c, UNPROTECT_AUTO);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	assert_registers(0x40, 1);
}

static void a_second_register_that_reads_ff_is_not_written(void **state)
{
	static const struct chipdb_part *const parts[] = {&joint, &split};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		struct protection protection = register_die_begin(parts[i], 0x3c, UNPROTECT_AUTO);

		die.count = die.joint = 1;
		assert_int_equal(lift_result(&protection), LIFT_DONE);
		assert_registers(0x00, 1);
		assert_int_equal(die.notes.errors, 0);
		assert_int_equal(die.notes.warnings, 1);
		assert_mentions(&die.notes, parts[i]->name);
	}
}

static void registers_that_come_and_go_are_an_error(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4004, UNPROTECT_AUTO);
	uint32_t sr;

	(void)state;
	assert_int_equal(protection_read(&protection, &sr), 0);
	assert_int_equal(sr, 0x4004);
	die.count = 1;
	assert_int_equal(lift_result(&protection), LIFT_ERROR);
	assert_int_equal(die.notes.trouble.kind, TROUBLE_UNSTEADY_READ);
	assert_registers(0x4004, 0);
}

/* A line that is stuck at 0 would read as unprotected. */
static void registers_without_the_id_beside_them_are_none(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4004, UNPROTECT_AUTO);
	struct protection_state seen;

	(void)state;
	die.away = true;
	assert_int_equal(protection_look(&protection, &seen), TROUBLE_LINK_LOST);
	assert_int_equal(lift_result(&protection), LIFT_ERROR);
	assert_int_equal(protection_set(&protection, 0), TROUBLE_LINK_LOST);
	assert_registers(0x4004, 0);
}

static void a_write_that_was_refused_leaves_no_write_enabled(void **state)
{
	static const struct chipdb_part *const parts[] = {&joint, &split};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		struct protection protection = register_die_begin(parts[i], 0x3c, UNPROTECT_AUTO);

		die.locked = true;
		assert_int_equal(lift_result(&protection), LIFT_STAYS);
		assert_true(die.writes > 0);
		assert_false(die.enabled);
	}
}

static void wel_that_still_shows_is_no_difference(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4004, UNPROTECT_RESTORE);

	(void)state;
	die.reads_wel = true;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	assert_int_equal(protection_restore(&protection), 0);
	assert_registers(0x4004, 2);
	assert_int_equal(die.notes.warnings, 0);
}

static void each_method_stands_in_for_the_other(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4204, UNPROTECT_AUTO);

	(void)state;
	die.joint = 1;
	die.split = true;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	assert_registers(0x0200, 3);
	protection = register_die_begin(&split, 0x4204, UNPROTECT_AUTO);
	die.joint = 2;
	die.split = false;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	assert_int_equal(register_die_value(die.sr), 0x0200);
	assert_int_equal(die.needless, 0);
}

static void qe_is_put_back_behind_either_method(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4204, UNPROTECT_AUTO);

	(void)state;
	die.joint = 1;
	die.split = die.clears_sr2 = true;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	/* 01h with two bytes; then 31h and 01h; then 31h for QE. */
	assert_registers(0x0200, 4);
	protection = register_die_begin(&split, 0x4204, UNPROTECT_AUTO);
	die.clears_sr2 = true;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	assert_registers(0x0200, 3);
}

static void no_command_is_sent_that_would_change_nothing(void **state)
{
	static const struct chipdb_part *const parts[] = {&joint, &split, &macronix, &single};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		for (uint32_t sr = 0; sr < (parts[i]->sr_count > 1 ? 0x8000 : 0x80); sr += 4) {
			struct protection protection =
				register_die_begin(parts[i], sr, UNPROTECT_RESTORE);

			lift_result(&protection);
			assert_int_equal(protection_active(parts[i], register_die_value(die.sr)),
					 0);
			assert_int_equal(protection_restore(&protection), 0);
			assert_int_equal(register_die_value(die.sr), sr);
			assert_int_equal(die.needless, 0);
		}
	}
}

static void a_die_that_takes_nothing_gets_its_own_method_twice_and_the_other_once(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4004, UNPROTECT_AUTO);

	(void)state;
	die.locked = true;
	assert_int_equal(lift_result(&protection), LIFT_STAYS);
	assert_registers(0x4004, 4);
	protection = register_die_begin(&single, 0x3c, UNPROTECT_AUTO);
	die.locked = true;
	assert_int_equal(lift_result(&protection), LIFT_STAYS);
	assert_registers(0x3c, 2);
	protection = register_die_begin(&split, 0x03bc, UNPROTECT_AUTO);
	die.locked = true;
	assert_int_equal(lift_result(&protection), LIFT_STAYS);
	assert_mentions(&die.notes, "SRP0 and SRP1");
}

static void unprotect_no_means_that_nothing_is_written(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4004, UNPROTECT_NO);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_STAYS);
	assert_mentions(&die.notes, "unprotect=no");
	assert_int_equal(die.notes.trouble.kind, TROUBLE_PROTECTED);
	assert_int_equal(notes_number(&die.notes, "registers"), 0x4004);
	assert_int_equal(protection_restore(&protection), 0);
	assert_int_not_equal(protection_set(&protection, 0), 0);
	assert_registers(0x4004, 0);
	protection = register_die_begin(&joint, 0x0200, UNPROTECT_NO);
	assert_int_equal(lift_result(&protection), LIFT_OPEN);
	assert_int_equal(die.notes.errors, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bp3_alone_protects_and_is_cleared),
		cmocka_unit_test(a_configuration_register_is_read_by_its_own_command_and_kept),
		cmocka_unit_test(a_granularity_bit_stays_where_the_die_has_one),
		cmocka_unit_test(a_second_register_that_reads_ff_is_not_written),
		cmocka_unit_test(registers_that_come_and_go_are_an_error),
		cmocka_unit_test(registers_without_the_id_beside_them_are_none),
		cmocka_unit_test(a_write_that_was_refused_leaves_no_write_enabled),
		cmocka_unit_test(wel_that_still_shows_is_no_difference),
		cmocka_unit_test(each_method_stands_in_for_the_other),
		cmocka_unit_test(qe_is_put_back_behind_either_method),
		cmocka_unit_test(no_command_is_sent_that_would_change_nothing),
		cmocka_unit_test(
			a_die_that_takes_nothing_gets_its_own_method_twice_and_the_other_once),
		cmocka_unit_test(unprotect_no_means_that_nothing_is_written),
	};

	return cmocka_run_group_tests_name("protection_methods", tests, NULL, NULL);
}
