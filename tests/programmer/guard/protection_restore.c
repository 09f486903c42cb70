/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Restoring protection, and setting it for the user. */
#include "tests/unit.h"
#include "tests/programmer/guard/register_die.h"

static void restore_puts_back_what_was_there(void **state)
{
	static const uint32_t before[] = {0x4004, 0x4000, 0x003c, 0x007c, 0x4204, 0x0a7c};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(before); i++) {
		struct protection protection =
			register_die_begin(&joint, before[i], UNPROTECT_RESTORE);
		size_t sent;

		assert_int_equal(lift_result(&protection), LIFT_DONE);
		assert_false(protection_active(&joint, register_die_value(die.sr)));
		assert_int_equal(protection_restore(&protection), 0);
		assert_registers(before[i], 2);
		assert_int_equal(register_die_value(die.kept), before[i]);
		/* Only once. */
		sent = die.fake.count;
		assert_int_equal(protection_restore(&protection), 0);
		assert_int_equal(die.fake.count, sent);
	}
}

static void without_that_policy_nothing_is_put_back(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4004, UNPROTECT_AUTO);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	assert_int_equal(protection_restore(&protection), 0);
	assert_registers(0x0000, 1);
}

static void what_was_open_is_not_touched_by_restore(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x0200, UNPROTECT_RESTORE);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_OPEN);
	assert_int_equal(protection_restore(&protection), 0);
	assert_registers(0x0200, 0);
}

static void volatile_writes_are_gone_when_power_is(void **state)
{
	struct protection protection = register_die_begin(&split, 0x4204, UNPROTECT_RESTORE);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	assert_registers(0x0200, 2);
	assert_int_equal(register_die_value(die.kept), 0x4204);
	assert_int_equal(die.volatile_writes, 2);
	assert_int_equal(protection_restore(&protection), 0);
	assert_registers(0x4204, 4);
	assert_int_equal(die.volatile_writes, 4);
	for (size_t i = 0; i < die.fake.count; i++)
		if (die.fake.ops[i].tx_len)
			assert_int_not_equal(die.fake.ops[i].tx[0], 0x06);
}

static void a_die_that_ignores_50h_is_written_in_the_normal_way(void **state)
{
	struct protection protection = register_die_begin(&split, 0x4004, UNPROTECT_RESTORE);

	(void)state;
	die.takes_50h = false;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	assert_false(protection.lifted_volatile);
	assert_int_equal(register_die_value(die.kept), 0);
	assert_int_equal(protection_restore(&protection), 0);
	assert_int_equal(register_die_value(die.kept), 0x4004);
	assert_int_equal(die.notes.warnings + die.notes.errors, 0);
}

static void a_restore_that_fails_says_what_the_registers_are(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4004, UNPROTECT_RESTORE);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	die.locked = true;
	die.writes = 0;
	assert_int_not_equal(protection_restore(&protection), 0);
	assert_registers(0x0000, 4);
	assert_mentions(&die.notes, "0x0000 instead of 0x4004");
}

/* The order matters: if a write in between fails, no more may be protected than before or after. */
static void cmp_is_cleared_first_and_set_last(void **state)
{
	static const uint8_t order[] = {0x31, 0x01, 0x01, 0x31};
	struct protection protection = register_die_begin(&split, 0x4004, UNPROTECT_RESTORE);
	size_t at = 0;

	(void)state;
	lift_result(&protection);
	protection_restore(&protection);
	for (size_t i = 0; i < die.fake.count; i++) {
		const struct fake_op *op = &die.fake.ops[i];

		if (op->tx_len && (op->tx[0] == 0x01 || op->tx[0] == 0x31))
			assert_int_equal(op->tx[0], order[at++]);
	}
	assert_int_equal(at, COUNT_OF(order));
}

static void set_makes_the_registers_what_the_user_wants(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4204, UNPROTECT_AUTO);

	(void)state;
	assert_int_equal(protection_set(&protection, 0x02a4), 0);
	assert_registers(0x02a4, 1);
	assert_int_equal(protection_set(&protection, 0x02a4), 0);
	assert_registers(0x02a4, 1);
}

static void set_refuses_what_can_never_be_undone(void **state)
{
	/* SRP1, QE, LB; then TB_OTP, and a register that does not exist. */
	static const uint32_t wishes[] = {0x0100, 0x0200, 0x0800, 0x020000};
	struct protection protection;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wishes); i++) {
		protection = register_die_begin(&joint, 0x0000, UNPROTECT_AUTO);
		assert_int_not_equal(protection_set(&protection, wishes[i] | 0x04), 0);
		assert_registers(0x0000, 0);
		assert_int_equal(die.notes.errors, 1);
		assert_int_equal(notes_number(&die.notes, "refused"), wishes[i]);
	}
	protection = register_die_begin(&macronix, 0x0000, UNPROTECT_AUTO);
	assert_int_not_equal(protection_set(&protection, 0x0804), 0);
	assert_registers(0x0000, 0);
}

/* SRP0, the highest bit of the only register; and one of a register that is not there. */
static void all_bits_of_the_registers_that_are_there_can_be_set(void **state)
{
	struct protection protection = register_die_begin(&single, 0x0000, UNPROTECT_AUTO);

	(void)state;
	assert_int_equal(protection_set(&protection, 0x0084), 0);
	assert_registers(0x0084, 1);
	assert_int_equal(protection_set(&protection, 0x8084), TROUBLE_REGISTER_REFUSED);
	assert_int_equal(notes_number(&die.notes, "refused"), 0x8000);
	assert_registers(0x0084, 1);
}

static void set_keeps_unknown_bits_whatever_is_asked(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x2000, UNPROTECT_AUTO);

	(void)state;
	assert_int_equal(protection_set(&protection, 0x0004), 0);
	assert_registers(0x2004, 1);
}

static void set_says_when_the_die_did_not_take_it(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x0000, UNPROTECT_AUTO);

	(void)state;
	die.stuck[0] = 0x20;
	assert_int_not_equal(protection_set(&protection, 0x0024), 0);
	assert_int_equal(register_die_value(die.sr), 0x0004);
	assert_mentions(&die.notes, "did not become 0x0024");
	assert_int_equal(notes_number(&die.notes, "registers"), 0x0004);
	assert_int_equal(notes_number(&die.notes, "registers_wanted"), 0x0024);
}

static void wires_are_only_blamed_for_failures_on_the_bus(void **state)
{
	static const struct {
		enum trouble_kind kind;
		bool wires;
	} rows[] = {
		{TROUBLE_INTERRUPTED, false}, {TROUBLE_ADAPTER_GONE, false},
		{TROUBLE_NET_CLOSED, false},  {TROUBLE_NO_MEMORY, false},
		{TROUBLE_BUG, false},	      {TROUBLE_ADAPTER_FAULT, true},
		{TROUBLE_STAYS_BUSY, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct protection protection = register_die_begin(&joint, 0, UNPROTECT_AUTO);
		uint32_t sr;

		die.fake.error = rows[i].kind;
		assert_int_equal(protection_read(&protection, &sr), rows[i].kind);
		assert_int_equal(die.notes.trouble.kind, rows[i].kind);
		assert_int_equal(strstr(die.notes.text, "Check the wires") != NULL, rows[i].wires);
		assert_int_equal(strstr(die.notes.text, "not reached") != NULL, !rows[i].wires);
	}
}

static void what_the_user_set_is_not_undone_by_restore(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4004, UNPROTECT_RESTORE);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	assert_int_equal(protection_set(&protection, 0x001c), 0);
	assert_int_equal(protection_restore(&protection), 0);
	assert_registers(0x001c, 2);
}

static void what_comes_back_in_the_middle_is_lifted_again(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4004, UNPROTECT_RESTORE);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	assert_int_equal(protection_lift_again(&protection), TROUBLE_NONE);
	assert_registers(0x0000, 1);
	assert_int_equal(die.notes.warnings, 0);
	die.sr[0] = 0x3c;
	assert_int_equal(protection_lift_again(&protection), TROUBLE_NONE);
	assert_registers(0x0000, 2);
	assert_mentions(&die.notes,
			"had become 0x003c, by the firmware or by a command with a wrong bit. "
			"They were put back: 0x0000");
	/* The value at the start, not the one in between. */
	assert_int_equal(protection_restore(&protection), 0);
	assert_registers(0x4004, 3);
	assert_int_equal(die.notes.errors, 0);
}

static void a_die_that_was_open_stays_open_whatever_came_in_between(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x0200, UNPROTECT_RESTORE);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_OPEN);
	die.sr[0] = 0x3c;
	assert_int_equal(protection_lift_again(&protection), TROUBLE_NONE);
	assert_registers(0x0200, 1);
	assert_int_equal(protection_restore(&protection), 0);
	assert_registers(0x0200, 1);
}

/* 20 01 80 00 whose first byte was lost. */
static void what_an_erase_without_its_opcode_wrote_is_put_back(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4204, UNPROTECT_AUTO);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	assert_registers(0x0200, 1);
	die.sr[0] = 0x80;
	die.sr[1] = 0x00;
	assert_int_equal(protection_lift_again(&protection), TROUBLE_NONE);
	assert_registers(0x0200, 2);
	assert_mentions(&die.notes, "had become 0x0080");
}

static void what_comes_back_and_stays_is_said_and_left_to_who_repairs(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x4004, UNPROTECT_AUTO);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_DONE);
	die.sr[0] = 0x3c;
	die.locked = true;
	assert_int_equal(protection_lift_again(&protection), TROUBLE_NONE);
	assert_mentions(&die.notes, "0x003c, which still protects");
	assert_int_equal(die.notes.errors, 0);
	die.away = true;
	assert_int_equal(protection_lift_again(&protection), TROUBLE_LINK_LOST);
	assert_int_equal(die.notes.errors, 0);
}

static void protection_that_must_not_be_lifted_is_not_lifted_later(void **state)
{
	struct protection protection = register_die_begin(&joint, 0x0000, UNPROTECT_NO);

	(void)state;
	assert_int_equal(lift_result(&protection), LIFT_OPEN);
	die.sr[0] = 0x3c;
	assert_int_equal(protection_lift_again(&protection), TROUBLE_NONE);
	assert_registers(0x003c, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(restore_puts_back_what_was_there),
		cmocka_unit_test(without_that_policy_nothing_is_put_back),
		cmocka_unit_test(what_was_open_is_not_touched_by_restore),
		cmocka_unit_test(volatile_writes_are_gone_when_power_is),
		cmocka_unit_test(a_die_that_ignores_50h_is_written_in_the_normal_way),
		cmocka_unit_test(a_restore_that_fails_says_what_the_registers_are),
		cmocka_unit_test(cmp_is_cleared_first_and_set_last),
		cmocka_unit_test(set_makes_the_registers_what_the_user_wants),
		cmocka_unit_test(set_refuses_what_can_never_be_undone),
		cmocka_unit_test(all_bits_of_the_registers_that_are_there_can_be_set),
		cmocka_unit_test(set_keeps_unknown_bits_whatever_is_asked),
		cmocka_unit_test(set_says_when_the_die_did_not_take_it),
		cmocka_unit_test(wires_are_only_blamed_for_failures_on_the_bus),
		cmocka_unit_test(what_the_user_set_is_not_undone_by_restore),
		cmocka_unit_test(what_comes_back_in_the_middle_is_lifted_again),
		cmocka_unit_test(a_die_that_was_open_stays_open_whatever_came_in_between),
		cmocka_unit_test(what_an_erase_without_its_opcode_wrote_is_put_back),
		cmocka_unit_test(what_comes_back_and_stays_is_said_and_left_to_who_repairs),
		cmocka_unit_test(protection_that_must_not_be_lifted_is_not_lifted_later),
	};

	return cmocka_run_group_tests_name("protection_restore", tests, NULL, NULL);
}
