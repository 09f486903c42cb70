/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/die.h"
#include "tests/sim/model/parts.h"

static struct die *die_at(const struct chipdb_part *part, uint32_t sr)
{
	return die_with((struct board_options){.part = part, .sr_given = true, .sr = sr}, NULL);
}

static uint32_t registers(const struct die *die)
{
	return nor_status(&die->nor, die->ns) & ~UINT32_C(3);
}

#define WRITE(die, ...)                                                                            \
	do {                                                                                       \
		die_enable(die);                                                                   \
		DIE_SEND(die, __VA_ARGS__);                                                        \
		die_wait_ready(die);                                                               \
	} while (0)

static void a_macronix_reads_its_configuration_with_15(void **state)
{
	struct die *die = die_at(&part_macronix, 0x083C);

	(void)state;
	assert_int_equal(die_status(die, 0x05), 0x3C);
	assert_int_equal(die_status(die, 0x15), 0x08);
	assert_int_equal(die_status(die, 0x35), 0xFF);
	die_free(die);
}

static void a_macronix_takes_both_registers_in_one_01(void **state)
{
	struct die *die = die_at(&part_macronix, 0x003C);

	(void)state;
	WRITE(die, 0x01, 0x40, 0x08);
	assert_int_equal(registers(die), 0x0840);
	WRITE(die, 0x01, 0x00);
	assert_int_equal(registers(die), 0x0800);
	die_free(die);
}

static void one_time_bits_are_set_once_and_never_cleared(void **state)
{
	struct die *macronix = die_at(&part_macronix, 0x0000), *three = die_at(&part_three, 0);

	(void)state;
	WRITE(macronix, 0x01, 0x00, 0x08);
	WRITE(macronix, 0x01, 0x00, 0x00);
	assert_int_equal(registers(macronix), 0x0800);
	WRITE(three, 0x31, 0x08);
	WRITE(three, 0x31, 0x00);
	assert_int_equal(registers(three), 0x0800);
	nor_firmware_status(&macronix->nor, 0x003C);
	assert_int_equal(registers(macronix), 0x083C);
	die_free(macronix);
	die_free(three);
}

static void a_split_part_has_a_command_for_each_register(void **state)
{
	struct die *die = die_at(&part_three, 0);

	(void)state;
	WRITE(die, 0x01, 0x1C);
	WRITE(die, 0x31, 0x42);
	WRITE(die, 0x11, 0x20);
	assert_int_equal(registers(die), 0x20421C);
	WRITE(die, 0x01, 0x00);
	assert_int_equal(registers(die), 0x204200);
	die_enable(die);
	DIE_SEND(die, 0x01, 0x00, 0x00);
	assert_int_equal(die_status(die, 0x05), 0x02);
	assert_int_equal(die->stats.sr_writes, 4);
	assert_int_equal(die->stats.sr_write_commands, 5);
	die_free(die);
}

static void a_joint_write_of_fewer_bytes_keeps_the_third_register(void **state)
{
	struct die *die = die_with((struct board_options){.part = &part_three,
							  .sr_given = true,
							  .sr = 0x20421C,
							  .sr_forms = SR_FORMS_JOINT,
							  .one_byte_01 = ONE_BYTE_01_CLEARS_SR2},
				   NULL);

	(void)state;
	WRITE(die, 0x01, 0x04, 0x40);
	assert_int_equal(registers(die), 0x204004);
	WRITE(die, 0x01, 0x08);
	assert_int_equal(registers(die), 0x200008);
	die_free(die);
}

static void the_forms_of_writes_follow_the_option(void **state)
{
	const struct {
		enum sr_forms forms;
		bool joint, split;
	} cases[] = {{SR_FORMS_PART, true, false},
		     {SR_FORMS_JOINT, true, false},
		     {SR_FORMS_SPLIT, false, true},
		     {SR_FORMS_BOTH, true, true}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct die *die =
			die_with((struct board_options){.sr_forms = cases[i].forms}, "XT25F16B");

		WRITE(die, 0x01, 0x04, 0x40);
		assert_int_equal(registers(die), cases[i].joint ? 0x4004 : 0);
		DIE_SEND(die, 0x04);
		WRITE(die, 0x31, 0x02);
		assert_int_equal(registers(die) >> 8, cases[i].split   ? 0x02
						      : cases[i].joint ? 0x40
								       : 0);
		WRITE(die, 0x01, 0x08);
		assert_int_equal(registers(die) & 0xFF, 0x08);
		die_free(die);
	}
}

static void a_needless_write_locks_a_touchy_part_for_good(void **state)
{
	struct die *die = die_at(&part_touchy, 0x4000);

	(void)state;
	WRITE(die, 0x01, 0x00, 0x40);
	assert_int_equal(registers(die), 0x7BFC);
	assert_int_equal(die->stats.sr_writes_needless, 1);
	WRITE(die, 0x01, 0x00, 0x00);
	nor_power_cycle(&die->nor);
	WRITE(die, 0x01, 0x00, 0x00);
	assert_int_equal(registers(die), 0x7BFC);
	assert_int_equal(die->stats.sr_writes, 1);
	assert_int_equal(die->stats.sr_write_commands, 3);
	die_free(die);
}

static void a_needed_write_does_a_touchy_part_no_harm(void **state)
{
	struct die *die = die_at(&part_touchy, 0x4004);

	(void)state;
	WRITE(die, 0x01, 0x00, 0x00);
	assert_int_equal(registers(die), 0);
	assert_int_equal(die->stats.sr_writes_needless, 0);
	die_free(die);
}

static void a_needless_write_does_other_parts_no_harm(void **state)
{
	struct die *die = die_at(&part_plain, 0x1C);

	(void)state;
	WRITE(die, 0x01, 0x1C);
	assert_int_equal(registers(die), 0x1C);
	assert_int_equal(die->stats.sr_writes_needless, 1);
	die_free(die);
}

static void what_is_locked_for_a_session_is_open_after_power(void **state)
{
	struct die *die = die_at(&part_touchy, 0x0000);

	(void)state;
	DIE_SEND(die, 0x50);
	DIE_SEND(die, 0x01, 0x00, 0x00);
	assert_int_equal(registers(die), 0x7BFC);
	nor_power_cycle(&die->nor);
	assert_int_equal(registers(die), 0);
	die_free(die);
}

static void volatile_writes_are_counted_apart(void **state)
{
	struct die *die = die_of("XT25F16B");

	(void)state;
	DIE_SEND(die, 0x50);
	DIE_SEND(die, 0x01, 0x1C, 0x00);
	WRITE(die, 0x01, 0x00, 0x00);
	DIE_SEND(die, 0x01, 0x1C, 0x00);
	assert_int_equal(die->stats.sr_writes, 2);
	assert_int_equal(die->stats.sr_writes_volatile, 1);
	assert_int_equal(die->stats.sr_write_commands, 3);
	die_free(die);
}

static void registers_that_are_being_written_read_as_nonsense(void **state)
{
	struct die *die = die_at(&part_touchy, 0x4004);

	(void)state;
	die_enable(die);
	DIE_SEND(die, 0x01, 0x00, 0x40);
	assert_int_equal(nor_status(&die->nor, die->ns), 0x4007);
	die_wait_ready(die);
	assert_int_equal(nor_status(&die->nor, die->ns), 0x4000);
	die_enable(die);
	DIE_SEND(die, 0x01, 0x38, 0x00);
	assert_int_equal(nor_status(&die->nor, die->ns), 0x0007);
	die_wait_ready(die);
	assert_int_equal(nor_status(&die->nor, die->ns), 0x0038);
	die_free(die);
}

static void a_program_leaves_the_registers_readable(void **state)
{
	struct die *die = die_at(&part_plain, 0x00);

	(void)state;
	WRITE(die, 0x01, 0x80);
	die_enable(die);
	DIE_SEND(die, 0x02, 0, 0, 0, 0);
	assert_int_equal(die_status(die, 0x05), 0x83);
	die_free(die);
}

static void qe_takes_the_lock_from_srp0_and_wp(void **state)
{
	const struct board_options open = {
		.part = &part_macronix, .sr_given = true, .sr = 0x00C4, .wp_low = true};
	const struct board_options shut = {
		.part = &part_macronix, .sr_given = true, .sr = 0x0084, .wp_low = true};
	struct die *with_qe = die_with(open, NULL), *without = die_with(shut, NULL);

	(void)state;
	WRITE(with_qe, 0x01, 0x40);
	WRITE(without, 0x01, 0x40);
	assert_int_equal(registers(with_qe), 0x40);
	assert_int_equal(registers(without), 0x84);
	die_free(with_qe);
	die_free(without);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_macronix_reads_its_configuration_with_15),
		cmocka_unit_test(a_macronix_takes_both_registers_in_one_01),
		cmocka_unit_test(one_time_bits_are_set_once_and_never_cleared),
		cmocka_unit_test(a_split_part_has_a_command_for_each_register),
		cmocka_unit_test(a_joint_write_of_fewer_bytes_keeps_the_third_register),
		cmocka_unit_test(the_forms_of_writes_follow_the_option),
		cmocka_unit_test(a_needless_write_locks_a_touchy_part_for_good),
		cmocka_unit_test(a_needed_write_does_a_touchy_part_no_harm),
		cmocka_unit_test(a_needless_write_does_other_parts_no_harm),
		cmocka_unit_test(what_is_locked_for_a_session_is_open_after_power),
		cmocka_unit_test(volatile_writes_are_counted_apart),
		cmocka_unit_test(registers_that_are_being_written_read_as_nonsense),
		cmocka_unit_test(a_program_leaves_the_registers_readable),
		cmocka_unit_test(qe_takes_the_lock_from_srp0_and_wp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
