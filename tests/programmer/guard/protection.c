/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "tests/programmer/fake_bus.h"
#include "programmer/die/spi_die.h"
#include "sim/model/nor_protection.h"
#include "tests/programmer/guard/lift_result.h"
#include "tests/programmer/sim_bus.h"

static struct notes notes;

static struct sim_bus *die_new(const char *part, uint32_t sr)
{
	const struct board_options options = {
		.part = chipdb_part_by_name(part), .sr_given = true, .sr = sr};

	return sim_bus_new(&options);
}

static enum lift_result lift_as(struct spi_bus *bus, const struct chipdb_part *part,
				const struct observer *observer)
{
	struct protection protection = {.die = spi_die_new(bus), .observer = observer};
	enum lift_result result;

	assert_non_null(protection.die);
	die_take_part(protection.die, part);
	result = lift_result(&protection);
	spi_die_free(protection.die);
	return result;
}

static enum lift_result lift(struct sim_bus *sim)
{
	notes_begin(&notes);
	return lift_as(&sim->bus, sim->nor.part, &notes.observer);
}

/* Lifts @from on a die of its own; expects @to, and this number of register writes. */
static void check_lift(const char *part, uint32_t from, uint32_t to, unsigned writes)
{
	struct sim_bus *sim = die_new(part, from);

	assert_int_equal(lift(sim), LIFT_DONE);
	assert_int_equal(sim_bus_sr(sim), to);
	assert_int_equal(sim->stats.sr_writes, writes);
	assert_int_equal(sim_bus_sr_commands(sim), writes);
	assert_int_equal(notes.errors + notes.warnings, 0);
	sim_bus_free(sim);
}

static const char *const joint_parts[] = {"GD25Q16B", "TH25Q16HB", "XT25F16B", "W25Q32"};

static void what_bekens_firmware_leaves_is_lifted_with_one_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(joint_parts); i++)
		check_lift(joint_parts[i], 0x4004, 0, 1);
}

static void cmp_without_bp_protects_everything_and_is_lifted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(joint_parts); i++)
		check_lift(joint_parts[i], 0x4000, 0, 1);
	check_lift("P25Q16HB", 0x4000, 0, 1);
}

static void bp_without_cmp_is_lifted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(joint_parts); i++) {
		check_lift(joint_parts[i], 0x0004, 0, 1);
		check_lift(joint_parts[i], 0x001c, 0, 1);
		check_lift(joint_parts[i], 0x003c, 0, 1);
		check_lift(joint_parts[i], 0x007c, 0, 1);
	}
}

static void a_part_with_split_registers_writes_those_that_change(void **state)
{
	(void)state;
	check_lift("P25Q16HB", 0x4004, 0, 2);
	check_lift("P25Q16HB", 0x003c, 0, 1);
}

static void a_part_with_one_register_is_lifted_by_one_byte(void **state)
{
	(void)state;
	check_lift("EN25QH16B", 0x3c, 0, 1);
	/* 4KBL only says how BP counts, so nothing is done about it. */
	check_lift("EN25QH16B", 0x7c, 0x40, 1);
}

/*
 * 01h with one byte leaves SR2 unchanged on some dies and clears it on others. If both registers
 * are written together, that makes no difference.
 */
static void the_one_byte_write_does_not_matter_on_joint_parts(void **state)
{
	(void)state;
	for (int behaviour = ONE_BYTE_01_PART; behaviour <= ONE_BYTE_01_CLEARS_SR2; behaviour++) {
		for (size_t i = 0; i < COUNT_OF(joint_parts); i++) {
			const struct board_options options = {
				.part = chipdb_part_by_name(joint_parts[i]),
				.one_byte_01 = (enum one_byte_01)behaviour,
				.sr_given = true,
				.sr = 0x4204,
			};
			struct sim_bus *sim = sim_bus_new(&options);

			assert_int_equal(lift(sim), LIFT_DONE);
			assert_int_equal(sim_bus_sr(sim), 0x0200);
			assert_int_equal(notes.warnings, 0);
			sim_bus_free(sim);
		}
	}
}

/* Its registers should be written one by one, but its one-byte 01h clears SR2. */
static void quad_enable_that_a_write_took_away_is_put_back(void **state)
{
	const struct board_options options = {
		.part = chipdb_part_by_name("P25Q16HB"),
		.one_byte_01 = ONE_BYTE_01_CLEARS_SR2,
		.sr_given = true,
		.sr = 0x4204,
	};
	struct sim_bus *sim = sim_bus_new(&options);

	(void)state;
	assert_int_equal(lift(sim), LIFT_DONE);
	assert_int_equal(sim_bus_sr(sim), 0x0200);
	assert_int_equal(notes.warnings, 0);
	sim_bus_free(sim);
}

/* Every value of the protection bits, on a small die, so that this is quick. */
static void afterwards_every_byte_of_the_die_is_writable(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		struct chipdb_part part = chipdb_parts[i];
		const struct board_options board = {.part = &part, .sr_given = true};
		uint32_t bits = protection_mask(&part) | chipdb_sr_mask(&part, CHIPDB_4KBL);
		uint32_t sr = 0;

		if (part.refuse)
			continue;
		part.size = 0x40000;
		do {
			struct board_options options = board;
			enum lift_result result;
			struct sim_bus *sim;

			options.sr = sr;
			sim = sim_bus_new(&options);
			result = lift(sim);
			assert_true(result == LIFT_OPEN || result == LIFT_DONE);
			assert_int_equal(nor_protected(&part, sim_bus_sr(sim)).length, 0);
			sim_bus_free(sim);
			sr = (sr - bits) & bits;
		} while (sr != 0);
	}
}

static void where_nothing_protects_nothing_is_written(void **state)
{
	static const uint32_t open[] = {0x0000, 0x0200, 0x1c00, 0x0020, 0x0040, 0x0060, 0x0280};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(open); i++) {
		struct sim_bus *sim = die_new("GD25Q16B", open[i]);

		assert_int_equal(lift(sim), LIFT_OPEN);
		assert_int_equal(sim_bus_sr(sim), open[i]);
		assert_int_equal(sim_bus_sr_commands(sim), 0);
		assert_int_equal(sim->sent[0x06] + sim->sent[0x50], 0);
		sim_bus_free(sim);
	}
}

static void qe_lb_and_srp_stay_as_they_were(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(joint_parts); i++) {
		const struct chipdb_part *part = chipdb_part_by_name(joint_parts[i]);
		uint32_t keep = chipdb_sr_mask(part, CHIPDB_QE) | chipdb_sr_mask(part, CHIPDB_LB) |
				chipdb_sr_mask(part, CHIPDB_SRP0);

		check_lift(joint_parts[i], 0x4004 | keep, keep, 1);
	}
	check_lift("P25Q16HB", 0x4204, 0x0200, 2);
	check_lift("EN25QH16B", 0xbc, 0x80, 1);
}

static void the_registers_are_kept_over_a_power_cycle(void **state)
{
	struct sim_bus *sim = die_new("TH25Q16HB", 0x4204);

	(void)state;
	assert_int_equal(lift(sim), LIFT_DONE);
	nor_power_cycle(&sim->nor);
	assert_int_equal(sim_bus_sr(sim), 0x0200);
	sim_bus_free(sim);
}

/* Every window, while protection is lifted and restored. */
static void what_gets_lost_of_it_is_sent_again(void **state)
{
	static const enum nor_mishap_kind kinds[] = {NOR_MISHAP_LOST, NOR_MISHAP_CUT,
						     NOR_MISHAP_FLIP_COMMAND};
	static const char *const parts[] = {"GD25Q16B", "XM25QH64D"};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(kinds) * COUNT_OF(parts); k++) {
		uint64_t last = 1;

		for (uint64_t at = 1; at <= last; at++) {
			struct sim_bus *sim = die_new(parts[k % COUNT_OF(parts)], 0x4004);

			sim->nor.mishap = (struct nor_mishap){kinds[k / COUNT_OF(parts)], at};
			assert_int_equal(lift(sim), LIFT_DONE);
			assert_int_equal(sim_bus_sr(sim), 0);
			if (at == 1)
				last = sim->nor.windows;
			sim_bus_free(sim);
		}
	}
}

/* SRP0 is set and WP# is low: the die ignores every form of write. */
static void check_locked(const char *part, uint32_t sr, unsigned commands, const char *words)
{
	const struct board_options options = {
		.part = chipdb_part_by_name(part), .sr_given = true, .sr = sr, .wp_low = true};
	struct sim_bus *sim = sim_bus_new(&options);

	assert_int_equal(lift(sim), LIFT_STAYS);
	assert_int_equal(sim_bus_sr(sim), sr);
	assert_int_equal(sim->stats.sr_writes, 0);
	assert_true(sim_bus_sr_commands(sim) <= commands);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_STAYS_PROTECTED);
	assert_int_equal(notes_number(&notes, "registers"), sr);
	assert_int_equal(notes_number(&notes, "registers_before"), sr);
	assert_mentions(&notes, words);
	sim_bus_free(sim);
}

static void a_locked_die_is_left_alone_after_three_attempts(void **state)
{
	(void)state;
	check_locked("GD25Q16B", 0x009c, 3, "WP#");
	/* Joint: one command. Otherwise: one for each register. */
	check_locked("GD25Q16B", 0x4084, 4, "WP#");
	check_locked("P25Q16HB", 0x4084, 5, "WP#");
	check_locked("EN25QH16B", 0xbc, 2, "WP#");
	check_locked("GD25Q16B", 0x011c, 3, "SRP1");
}

static void if_the_parts_own_way_does_not_help_the_other_one_is_tried(void **state)
{
	struct chipdb_part told = *chipdb_part_by_name("GD25Q16B");
	struct sim_bus *sim = die_new("GD25Q16B", 0x4004);

	(void)state;
	/* The database is wrong: this die does not know 31h, and its one-byte 01h keeps SR2. */
	told.sr_write = CHIPDB_SR_SPLIT;
	sim->nor.own.one_byte_01_clears_sr2 = false;
	notes_begin(&notes);
	assert_int_equal(lift_as(&sim->bus, &told, &notes.observer), LIFT_DONE);
	assert_int_equal(sim_bus_sr(sim), 0);
	sim_bus_free(sim);
}

/* This die does not know 31h, so WEL stays set as the WREN before it left it. */
static void a_register_write_that_is_not_taken_leaves_no_write_enabled(void **state)
{
	const struct die_registers_write write = {
		.method = CHIPDB_SR_SPLIT, .count = 2, .from = 0x4000, .to = 0};
	struct sim_bus *sim = die_new("GD25Q16B", 0x4000);

	(void)state;
	assert_int_equal(die_registers_write(sim->die, &write), TROUBLE_NONE);
	assert_int_equal(sim_bus_sr(sim), 0x4000);
	assert_int_equal(sim->sent[0x31], 1);
	assert_false(sim->nor.wel);
	sim_bus_free(sim);
}

static void a_die_that_is_still_busy_is_waited_for(void **state)
{
	struct sim_bus *sim = die_new("GD25Q16B", 0x4004);

	(void)state;
	sim->nor.busy = true;
	sim->nor.busy_until_ns = 9000000;
	assert_int_equal(lift(sim), LIFT_DONE);
	assert_int_equal(sim_bus_sr(sim), 0);
	sim_bus_free(sim);
}

static void a_bus_that_fails_from_any_point_on_is_an_error(void **state)
{
	bool failed = true;

	(void)state;
	for (unsigned at = 1; failed; at++) {
		struct sim_bus *sim = die_new("GD25Q16B", 0x4004);
		enum lift_result result;

		sim->fail_at = at;
		sim->fail_more = 100;
		sim->fail_error = TROUBLE_ADAPTER_SILENT;
		result = lift(sim);
		failed = sim->transfers >= at;
		assert_int_equal(result, failed ? LIFT_ERROR : LIFT_DONE);
		assert_int_equal(notes.errors > 0, failed);
		sim_bus_free(sim);
	}
}

static void a_fault_while_the_registers_are_written_is_judged_by_the_registers(void **state)
{
	struct sim_bus *sim = die_new("GD25Q16B", 0x4004);

	(void)state;
	sim->fail_at = 2; /* two readings, then the write */
	sim->fail_error = TROUBLE_ADAPTER_FAULT;
	assert_int_equal(lift(sim), LIFT_DONE);
	assert_int_equal(sim_bus_sr(sim), 0);
	assert_int_equal(notes.errors, 0);
	sim_bus_free(sim);
}

/* Only of a fault of the adapter the registers show whether they were written all the same. */
static void a_write_until_power_is_cut_fails_as_the_bus_does(void **state)
{
	static const enum trouble_kind kinds[] = {TROUBLE_INTERRUPTED, TROUBLE_LINK_LOST,
						  TROUBLE_ADAPTER_GONE, TROUBLE_NET_CLOSED};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct sim_bus *sim = die_new("W25Q32", 0x4004);
		struct protection protection = {
			.die = sim->die, .observer = &notes.observer, .policy = UNPROTECT_RESTORE};

		notes_begin(&notes);
		assert_true(sim->die->part->sr_volatile);
		sim->fail_at = 2; /* two readings, then the write */
		sim->fail_error = kinds[i];
		assert_int_equal(lift_result(&protection), LIFT_ERROR);
		assert_int_equal(notes.trouble.kind, kinds[i]);
		sim_bus_free(sim);
	}
}

static void registers_that_protect_nothing_are_not_written_whatever_they_hold(void **state)
{
	/* CMP with all BP bits; TB and SEC without BP. */
	static const uint32_t open[] = {0x401c, 0x407c, 0x0060, 0x0200};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(open); i++) {
		struct sim_bus *sim = die_new("GD25Q16B", open[i]);

		assert_int_equal(lift(sim), LIFT_OPEN);
		assert_int_equal(sim_bus_sr(sim), open[i]);
		assert_int_equal(sim->stats.sr_writes, 0);
		sim_bus_free(sim);
	}
}

static void all_protection_bits_of_one_register_are_no_fault(void **state)
{
	struct sim_bus *sim = die_new("EN25QH16B", 0xfc);

	(void)state;
	assert_int_equal(lift(sim), LIFT_DONE);
	assert_int_equal(sim_bus_sr(sim), 0xc0);
	sim_bus_free(sim);
}

/* Registers have the values of values[], in the order of reading. */
static const struct chipdb_part *answering;

static void answer_status(struct fake_bus *fake, const struct spi_op *op)
{
	if (op->kind == SPI_XFER && op->tx[0] == 0x9f)
		memcpy(op->rx, answering->id, 3);
	if (op->kind == SPI_XFER && (op->tx[0] == 0x05 || op->tx[0] == 0x35))
		op->rx[0] = fake->values[fake->asked++ % 8];
}

static void check_unreadable(const uint8_t values[8], const char *part)
{
	static struct fake_bus fake;

	fake_bus_begin(&fake);
	fake.answer = answer_status;
	memcpy(fake.values, values, 8);
	notes_begin(&notes);
	answering = chipdb_part_by_name(part);
	assert_int_equal(lift_as(&fake.bus, answering, &notes.observer), LIFT_ERROR);
	assert_int_equal(notes.errors, 1);
	assert_mentions(&notes, "wires");
	for (size_t i = 0; i < fake.count; i++)
		if (fake.ops[i].kind == SPI_XFER)
			assert_true(fake.ops[i].rx_len > 0);
}

static void registers_that_can_not_be_real_are_an_error_and_nothing_is_written(void **state)
{
	static const uint8_t ones[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	static const uint8_t unsteady[8] = {0x04, 0x40, 0x0c, 0x40, 0x04, 0x40, 0x0c, 0x40};

	(void)state;
	check_unreadable(ones, "GD25Q16B");
	check_unreadable(ones, "EN25QH16B");
	check_unreadable(unsteady, "GD25Q16B");
}

static void a_status_write_is_never_repeated(void **state)
{
	static struct fake_bus fake;
	static const uint8_t values[8] = {0x04, 0x40, 0x04, 0x40, 0x00, 0x00, 0x00, 0x00};
	unsigned writes = 0;

	(void)state;
	fake_bus_begin(&fake);
	fake.answer = answer_status;
	memcpy(fake.values, values, 8);
	answering = chipdb_part_by_name("GD25Q16B");
	assert_int_equal(lift_as(&fake.bus, answering, NULL), LIFT_DONE);
	for (size_t i = 0; i < fake.count; i++) {
		if (fake.ops[i].kind != SPI_XFER || fake.ops[i].tx[0] != 0x01)
			continue;
		writes++;
		assert_true(fake.ops[i].once);
		assert_int_equal(fake.ops[i].tx_len, 3);
		assert_int_equal(fake.ops[i - 1].tx[0], 0x06);
		assert_int_equal(fake.ops[i + 1].kind, SPI_WAIT_READY);
	}
	assert_int_equal(writes, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_bekens_firmware_leaves_is_lifted_with_one_write),
		cmocka_unit_test(cmp_without_bp_protects_everything_and_is_lifted),
		cmocka_unit_test(bp_without_cmp_is_lifted),
		cmocka_unit_test(a_part_with_split_registers_writes_those_that_change),
		cmocka_unit_test(a_part_with_one_register_is_lifted_by_one_byte),
		cmocka_unit_test(the_one_byte_write_does_not_matter_on_joint_parts),
		cmocka_unit_test(quad_enable_that_a_write_took_away_is_put_back),
		cmocka_unit_test(afterwards_every_byte_of_the_die_is_writable),
		cmocka_unit_test(where_nothing_protects_nothing_is_written),
		cmocka_unit_test(qe_lb_and_srp_stay_as_they_were),
		cmocka_unit_test(the_registers_are_kept_over_a_power_cycle),
		cmocka_unit_test(what_gets_lost_of_it_is_sent_again),
		cmocka_unit_test(a_locked_die_is_left_alone_after_three_attempts),
		cmocka_unit_test(if_the_parts_own_way_does_not_help_the_other_one_is_tried),
		cmocka_unit_test(a_register_write_that_is_not_taken_leaves_no_write_enabled),
		cmocka_unit_test(a_die_that_is_still_busy_is_waited_for),
		cmocka_unit_test(
			a_fault_while_the_registers_are_written_is_judged_by_the_registers),
		cmocka_unit_test(a_write_until_power_is_cut_fails_as_the_bus_does),
		cmocka_unit_test(registers_that_protect_nothing_are_not_written_whatever_they_hold),
		cmocka_unit_test(all_protection_bits_of_one_register_are_no_fault),
		cmocka_unit_test(a_bus_that_fails_from_any_point_on_is_an_error),
		cmocka_unit_test(
			registers_that_can_not_be_real_are_an_error_and_nothing_is_written),
		cmocka_unit_test(a_status_write_is_never_repeated),
	};

	return cmocka_run_group_tests_name("protection", tests, NULL, NULL);
}
