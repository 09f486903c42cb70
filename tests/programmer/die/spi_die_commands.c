/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run as it is seen on the wire: commands, waits and batches, on a bus that records them. */
#include "tests/unit.h"
#include "tests/programmer/fake_bus.h"
#include "programmer/die/spi_die.h"

static struct fake_bus fake;
static struct beken_die *die;
static bool was_whole;

/* Called for each window that reads, during the transfer. */
static void note_whole(struct fake_bus *bus, const struct spi_op *op)
{
	(void)op;
	was_whole = bus->bus.whole;
}

static void begin(const struct chipdb_part *part)
{
	spi_die_free(die);
	fake_bus_begin(&fake);
	fake.answer = note_whole;
	die = spi_die_new(&fake.bus);
	assert_non_null(die);
	if (part)
		die_take_part(die, part);
}

static int end(void **state)
{
	(void)state;
	spi_die_free(die);
	die = NULL;
	return 0;
}

static struct chipdb_part large_part(void)
{
	struct chipdb_part part = *chipdb_part_by_name("W25Q32");

	part.size = UINT32_C(32) << 20;
	part.address_bytes = 4;
	part.erase[0].opcode = 0x21;
	return part;
}

static void assert_sent(size_t i, const uint8_t *bytes, size_t len, size_t rx_len)
{
	assert_true(i < fake.count);
	assert_int_equal(fake.ops[i].kind, SPI_XFER);
	assert_int_equal(fake.ops[i].tx_len, len);
	assert_memory_equal(fake.ops[i].tx, bytes, len);
	assert_int_equal(fake.ops[i].rx_len, rx_len);
}

static void a_run_is_one_batch_and_a_change_has_its_enable_and_its_wait(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q16B");
	const uint8_t data[2] = {0xab, 0xcd};
	uint8_t rx[16], id[3];
	struct die_op ops[] = {
		{.kind = DIE_ERASE, .address = 0x123000, .erase = 0},
		{.kind = DIE_PROGRAM, .address = 0x123456, .data = data, .len = 2},
		{.kind = DIE_READ, .address = 0x010203, .rx = rx, .len = 16},
		{.kind = DIE_ID, .rx = id},
	};

	(void)state;
	begin(part);
	assert_int_equal(die_run(die, ops, COUNT_OF(ops)), TROUBLE_NONE);
	assert_int_equal(fake.batches, 1);
	assert_int_equal(fake.count, 8);
	assert_sent(0, (const uint8_t[]){0x06}, 1, 0);
	assert_sent(1, (const uint8_t[]){0x20, 0x12, 0x30, 0x00}, 4, 0);
	assert_int_equal(fake.ops[2].kind, SPI_WAIT_READY);
	assert_int_equal(fake.ops[2].expect_us, part->erase[0].typ_us);
	assert_int_equal(fake.ops[2].max_us, part->erase[0].max_us);
	assert_sent(3, (const uint8_t[]){0x06}, 1, 0);
	assert_sent(4, (const uint8_t[]){0x02, 0x12, 0x34, 0x56, 0xab, 0xcd}, 6, 0);
	assert_int_equal(fake.ops[5].kind, SPI_WAIT_READY);
	assert_int_equal(fake.ops[5].max_us, part->program_max_us);
	assert_sent(6, (const uint8_t[]){0x03, 0x01, 0x02, 0x03}, 4, 16);
	assert_sent(7, (const uint8_t[]){0x9f}, 1, 3);
	for (size_t i = 0; i < fake.count; i++)
		assert_false(fake.ops[i].once);
}

static void a_large_part_gets_four_address_bytes_in_any_mode(void **state)
{
	struct chipdb_part part = large_part();
	const uint8_t data = 0x55;
	uint8_t rx;
	struct die_op ops[] = {
		{.kind = DIE_ERASE, .address = 0x1234000, .erase = 0},
		{.kind = DIE_PROGRAM, .address = 0x1234567, .data = &data, .len = 1},
		{.kind = DIE_READ, .address = 0x1020304, .rx = &rx, .len = 1},
	};

	(void)state;
	begin(&part);
	assert_int_equal(die_run(die, ops, COUNT_OF(ops)), TROUBLE_NONE);
	assert_sent(1, (const uint8_t[]){0x21, 0x01, 0x23, 0x40, 0x00}, 5, 0);
	assert_sent(4, (const uint8_t[]){0x12, 0x01, 0x23, 0x45, 0x67, 0x55}, 6, 0);
	assert_sent(6, (const uint8_t[]){0x13, 0x01, 0x02, 0x03, 0x04}, 5, 1);
}

static void a_table_is_asked_for_before_the_part_is_known_and_nothing_else(void **state)
{
	uint8_t rx[16], id[3];
	struct die_op table = {.kind = DIE_SFDP, .address = 0x30, .rx = rx, .len = 16};

	(void)state;
	begin(NULL);
	assert_int_equal(die_run(die, &table, 1), TROUBLE_NONE);
	assert_sent(0, (const uint8_t[]){0x5a, 0x00, 0x00, 0x30, 0x00}, 5, 16);
	assert_int_equal(die_id(die, id), TROUBLE_NONE);
	assert_int_equal(die_read(die, 0, rx, 1), TROUBLE_BUG);
	assert_int_equal(fake.count, 2);
}

static void the_chip_is_erased_by_one_byte_and_may_be_given_up(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q16B");
	uint8_t id[3];
	struct die_op ops[2] = {{.kind = DIE_ERASE}, {.kind = DIE_ID, .rx = id}};

	(void)state;
	for (unsigned i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++) {
		bool chip = part->erase[i].size == part->size;

		begin(part);
		ops[0].erase = i;
		assert_int_equal(die_run(die, ops, 2), TROUBLE_NONE);
		assert_int_equal(fake.ops[1].tx[0], part->erase[i].opcode);
		assert_int_equal(fake.ops[1].tx_len, chip ? 1 : 4);
		assert_int_equal(was_whole, !chip);
	}
	begin(part);
	assert_int_equal(die_id(die, id), TROUBLE_NONE);
	assert_false(was_whole);
}

/* The fake bus is always as fast as expected, so waits grow only by their margin. */
static void each_kind_of_change_learns_its_own_time_and_another_part_forgets_it(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q16B");
	const uint8_t data = 0;
	struct die_op ops[2] = {
		{.kind = DIE_PROGRAM, .data = &data, .len = 1},
		{.kind = DIE_PROGRAM, .address = 0x100, .data = &data, .len = 1},
	};
	uint32_t first, second;

	(void)state;
	begin(part);
	assert_int_equal(die_run(die, ops, 2), TROUBLE_NONE);
	first = fake.ops[5].expect_us;
	assert_int_equal(first, part->program_typ_us);
	assert_int_equal(die_run(die, ops, 2), TROUBLE_NONE);
	second = fake.ops[8].expect_us;
	assert_true(second > first && second < first + 100);
	ops[0] = (struct die_op){.kind = DIE_ERASE, .erase = 0};
	assert_int_equal(die_run(die, ops, 1), TROUBLE_NONE);
	assert_int_equal(fake.ops[14].expect_us, part->erase[0].typ_us);
	die_take_part(die, part);
	assert_int_equal(die_run(die, ops + 1, 1), TROUBLE_NONE);
	assert_int_equal(fake.ops[17].expect_us, part->program_typ_us);
}

static void what_the_adapter_costs_is_what_the_way_costs(void **state)
{
	(void)state;
	begin(chipdb_part_by_name("GD25Q16B"));
	assert_int_equal(die->caps.cost.ns_per_byte, fake.bus.caps.ns_per_byte);
	assert_in_range(die->caps.cost.us_per_program, 150, 250);
	assert_in_range(die->caps.cost.us_per_erase, 150, 250);
}

static void what_the_bus_says_is_what_is_returned(void **state)
{
	uint8_t rx[4];
	uint32_t sr;
	unsigned count;

	(void)state;
	begin(chipdb_part_by_name("GD25Q16B"));
	fake.error = TROUBLE_ADAPTER_GONE;
	assert_int_equal(die_read(die, 0, rx, 4), TROUBLE_ADAPTER_GONE);
	assert_int_equal(die_wait_ready(die, 10), TROUBLE_ADAPTER_GONE);
	assert_int_equal(die_register_read(die, 0, rx), TROUBLE_ADAPTER_GONE);
	assert_int_equal(die_registers_read(die, &sr, &count), TROUBLE_ADAPTER_GONE);
}

/* A part that keeps WEL set after a write would otherwise be sent everything twice. */
static void a_write_enable_that_stays_tells_nothing_and_is_taken_back_once(void **state)
{
	struct die_op erase = {.kind = DIE_ERASE, .address = 0x1000};

	(void)state;
	begin(chipdb_part_by_name("GD25Q16B"));
	fake.enabled = true;
	assert_int_equal(die_run(die, &erase, 1), TROUBLE_NONE);
	assert_int_equal(fake.batches, 3);
	assert_int_equal(fake.count, 3 + 3 + 1);
	assert_sent(4, (const uint8_t[]){0x20, 0x00, 0x10, 0x00}, 4, 0);
	assert_sent(6, (const uint8_t[]){0x04}, 1, 0);
	assert_int_equal(die->repeated, 0);
	assert_int_equal(die_run(die, &erase, 1), TROUBLE_NONE);
	assert_int_equal(fake.batches, 4);
}

/* One block by its address, or all of them by one byte; each with its own write enable first. */
static void
a_lock_is_a_command_with_the_address_of_its_block_and_those_of_all_are_one_byte(void **state)
{
	static const struct {
		enum die_locks what;
		uint8_t command[4];
		size_t len;
	} rows[] = {
		{DIE_LOCK, {0x36, 0x01, 0x20, 0x00}, 4},
		{DIE_UNLOCK, {0x39, 0x01, 0x20, 0x00}, 4},
		{DIE_LOCK_ALL, {0x7e}, 1},
		{DIE_UNLOCK_ALL, {0x98}, 1},
	};
	const struct chipdb_part *part = NULL;
	bool locked;

	(void)state;
	for (size_t i = 0; i < chipdb_part_count && !part; i++)
		if (chipdb_sr_mask(&chipdb_parts[i], CHIPDB_WPS))
			part = &chipdb_parts[i];
	assert_non_null(part);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t address = rows[i].len > 1 ? 0x012000 : 0;

		begin(part);
		assert_int_equal(die_lock_write(die, rows[i].what, address), TROUBLE_NONE);
		assert_int_equal(fake.count, 2);
		assert_int_equal(fake.batches, 1);
		assert_sent(0, (const uint8_t[]){0x06}, 1, 0);
		assert_sent(1, rows[i].command, rows[i].len, 0);
	}
	begin(part);
	assert_int_equal(die_lock_read(die, 0x012000, &locked), TROUBLE_NONE);
	assert_sent(0, (const uint8_t[]){0x3d, 0x01, 0x20, 0x00}, 4, 1);
}

static void of_its_own_table_a_die_gives_64_bytes_at_once_and_no_more(void **state)
{
	uint8_t rx[DIE_SFDP_MOST + 1];
	struct die_op op = {.kind = DIE_SFDP, .address = 0x30, .rx = rx, .len = DIE_SFDP_MOST};

	(void)state;
	begin(NULL);
	assert_int_equal(die_run(die, &op, 1), TROUBLE_NONE);
	assert_sent(0, (const uint8_t[]){0x5a, 0x00, 0x00, 0x30, 0x00}, 5, 64);
	op.len++;
	assert_int_equal(die_run(die, &op, 1), TROUBLE_BUG);
	assert_int_equal(fake.count, 1);
}

/* SR3 is written with the others only if one of its bits changes. */
static void a_joint_write_has_as_many_bytes_as_change(void **state)
{
	struct chipdb_part part = *chipdb_part_by_name("W25Q32");
	struct die_registers_write write = {
		.method = CHIPDB_SR_JOINT, .count = 3, .from = 0x600018, .to = 0x600200};

	(void)state;
	part.sr_count = 3;
	begin(&part);
	assert_int_equal(die_registers_write(die, &write), TROUBLE_NONE);
	assert_sent(1, (const uint8_t[]){0x01, 0x00, 0x02}, 3, 0);
	write.to = 0x200200;
	begin(&part);
	assert_int_equal(die_registers_write(die, &write), TROUBLE_NONE);
	assert_sent(1, (const uint8_t[]){0x01, 0x00, 0x02, 0x20}, 4, 0);
}

/* This bus has only one clock. */
static void a_die_with_one_clock_does_not_become_slower(void **state)
{
	(void)state;
	begin(chipdb_part_by_name("GD25Q16B"));
	assert_false(die_differed(die));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_is_one_batch_and_a_change_has_its_enable_and_its_wait),
		cmocka_unit_test(a_large_part_gets_four_address_bytes_in_any_mode),
		cmocka_unit_test(a_table_is_asked_for_before_the_part_is_known_and_nothing_else),
		cmocka_unit_test(the_chip_is_erased_by_one_byte_and_may_be_given_up),
		cmocka_unit_test(
			each_kind_of_change_learns_its_own_time_and_another_part_forgets_it),
		cmocka_unit_test(a_write_enable_that_stays_tells_nothing_and_is_taken_back_once),
		cmocka_unit_test(what_the_adapter_costs_is_what_the_way_costs),
		cmocka_unit_test(what_the_bus_says_is_what_is_returned),
		cmocka_unit_test(
			a_lock_is_a_command_with_the_address_of_its_block_and_those_of_all_are_one_byte),
		cmocka_unit_test(of_its_own_table_a_die_gives_64_bytes_at_once_and_no_more),
		cmocka_unit_test(a_joint_write_has_as_many_bytes_as_change),
		cmocka_unit_test(a_die_with_one_clock_does_not_become_slower),
	};

	return cmocka_run_group_tests_name("spi_die_commands", tests, NULL, end);
}
