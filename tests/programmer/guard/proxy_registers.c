/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flashrom with access to the status registers, for --wp-status and --wp-enable; large parts. */
#include "tests/unit.h"
#include "programmer/guard/proxy.h"
#include "tests/programmer/die/memory_die.h"
#include "tests/programmer/sim_bus.h"

static struct notes notes;
static struct sim_bus *sim;
static struct proxy *proxy;

static void begin(uint32_t sr, enum proxy_registers registers, bool read_only)
{
	const struct board_options board = {
		.part = chipdb_part_by_name("GD25Q16B"), .sr_given = true, .sr = sr};
	const struct proxy_options options = {.part = board.part,
					      .registers = registers,
					      .read_only = read_only,
					      .observer = &notes.observer};

	notes_begin(&notes);
	sim = sim_bus_new(&board);
	proxy = proxy_new(sim->die, &options);
	assert_non_null(proxy);
}

static int end(void **state)
{
	(void)state;
	proxy_close(proxy, true);
	sim_bus_free(sim);
	proxy = NULL;
	sim = NULL;
	return 0;
}

static enum trouble_kind send(const void *tx, size_t len)
{
	return proxy_op(proxy, tx, len, NULL, 0);
}

static enum trouble_kind write_enable(void)
{
	return send((const uint8_t[]){0x06}, 1);
}

static uint8_t read_register(uint8_t opcode)
{
	uint8_t rx[2] = {0x5a, 0x5a};

	assert_int_equal(proxy_op(proxy, &opcode, 1, rx, 2), TROUBLE_NONE);
	assert_int_equal(rx[0], rx[1]);
	return rx[0];
}

static void the_registers_are_the_dies_and_wel_is_flashroms(void **state)
{
	(void)state;
	begin(0x4204, PROXY_REGISTERS_READ, true);
	assert_int_equal(read_register(0x05), 0x04);
	assert_int_equal(read_register(0x35), 0x42);
	/* It has no third register. */
	assert_int_equal(read_register(0x15), 0xff);
	assert_int_equal(write_enable(), TROUBLE_NONE);
	assert_int_equal(read_register(0x05), 0x06);
	assert_int_equal(read_register(0x35), 0x42);
	assert_int_equal(send((const uint8_t[]){0x04}, 1), TROUBLE_NONE);
	assert_int_equal(read_register(0x05), 0x04);
	assert_int_equal(sim->sent[0x06], 0);
}

static void who_may_only_read_them_writes_none(void **state)
{
	(void)state;
	begin(0x4204, PROXY_REGISTERS_READ, false);
	assert_int_equal(write_enable(), TROUBLE_NONE);
	assert_int_equal(send((const uint8_t[]){0x01, 0, 0}, 3), TROUBLE_READ_ONLY);
	assert_int_equal(sim_bus_sr_commands(sim), 0);
	assert_int_equal(sim_bus_sr(sim), 0x4204);
}

static void a_write_sets_as_many_as_it_has_bytes(void **state)
{
	(void)state;
	begin(0x0200, PROXY_REGISTERS_WRITE, false);
	assert_int_equal(write_enable(), TROUBLE_NONE);
	assert_int_equal(send((const uint8_t[]){0x01, 0x1c}, 2), TROUBLE_NONE);
	assert_int_equal(sim_bus_sr(sim), 0x021c);
	/* The write enable was used up. */
	assert_int_equal(read_register(0x05), 0x1c);
	assert_int_equal(send((const uint8_t[]){0x01, 0x00}, 2), TROUBLE_REFUSED_COMMAND);
	assert_int_equal(write_enable(), TROUBLE_NONE);
	assert_int_equal(send((const uint8_t[]){0x31, 0x42}, 2), TROUBLE_NONE);
	assert_int_equal(sim_bus_sr(sim), 0x421c);
	/* 50h instead of 06h enables register writes, too. */
	assert_int_equal(send((const uint8_t[]){0x50}, 1), TROUBLE_NONE);
	assert_int_equal(send((const uint8_t[]){0x01, 0x00, 0x02}, 3), TROUBLE_NONE);
	assert_int_equal(sim_bus_sr(sim), 0x0200);
	assert_int_equal(notes.errors, 0);
}

static void a_write_of_no_or_too_many_bytes_is_refused(void **state)
{
	static const struct {
		uint8_t tx[4];
		size_t len;
	} rows[] = {
		{{0x01}, 1},	      {{0x01, 0, 0, 0}, 4}, {{0x31}, 1},
		{{0x31, 0x02, 0}, 3}, {{0x11, 0}, 2},
	};

	(void)state;
	begin(0x0204, PROXY_REGISTERS_WRITE, false);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(write_enable(), TROUBLE_NONE);
		assert_int_equal(send(rows[i].tx, rows[i].len), TROUBLE_REFUSED_COMMAND);
	}
	assert_int_equal(sim_bus_sr(sim), 0x0204);
	assert_int_equal(sim_bus_sr_commands(sim), 0);
}

static void a_read_that_fails_ends_the_run_and_is_raised_once(void **state)
{
	const uint8_t rdsr = 0x05;
	uint8_t rx;

	(void)state;
	begin(0x0204, PROXY_REGISTERS_READ, true);
	sim->fail_at = sim->transfers + 1;
	sim->fail_more = 10;
	sim->fail_error = TROUBLE_ADAPTER_FAULT;
	assert_int_equal(proxy_op(proxy, &rdsr, 1, &rx, 1), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(proxy_op(proxy, &rdsr, 1, &rx, 1), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(notes.errors, 1);
}

/* For a die without its own ID, flashrom may be told another ID that it knows. */
static void a_stand_ins_id_has_three_bytes(void **state)
{
	static const uint8_t id[3] = {0xef, 0x40, 0x15};
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q16B");
	struct memory_die *memory = memory_die_new(part);
	const struct proxy_options options = {
		.part = part, .read_only = true, .stand_in = id, .observer = &notes.observer};
	const uint8_t rdid = 0x9f, sfdp[5] = {0x5a};
	uint8_t rx[5];

	(void)state;
	proxy = proxy_new(&memory->die, &options);
	assert_int_equal(proxy_op(proxy, &rdid, 1, rx, 5), TROUBLE_NONE);
	assert_memory_equal(rx, "\xef\x40\x15\x00\x00", 5);
	/* And no SFDP table, which would contradict it. */
	assert_int_equal(proxy_op(proxy, sfdp, 5, rx, 4), TROUBLE_NONE);
	assert_memory_equal(rx, "\xff\xff\xff\xff", 4);
	proxy_close(proxy, true);
	proxy = NULL;
	memory_die_free(memory);
}

static void a_large_part_has_four_address_bytes_when_it_was_told_so(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q256C");
	struct memory_die *memory = memory_die_new(part);
	const struct proxy_options options = {
		.part = part, .read_only = true, .observer = &notes.observer};
	const uint8_t three[4] = {0x03, 0x00, 0x12, 0x34}, four[5] = {0x03, 0x01, 0x00, 0x12, 0x34};
	uint8_t rx;

	(void)state;
	notes_begin(&notes);
	memory->memory[0x001234] = 0x33;
	memory->memory[0x01001234] = 0x44;
	proxy = proxy_new(&memory->die, &options);
	assert_int_equal(proxy_op(proxy, three, 4, &rx, 1), TROUBLE_NONE);
	assert_int_equal(rx, 0x33);
	assert_int_equal(send((const uint8_t[]){0xb7}, 1), TROUBLE_NONE);
	assert_int_equal(proxy_op(proxy, four, 5, &rx, 1), TROUBLE_NONE);
	assert_int_equal(rx, 0x44);
	assert_int_equal(send((const uint8_t[]){0xe9}, 1), TROUBLE_NONE);
	assert_int_equal(proxy_op(proxy, three, 4, &rx, 1), TROUBLE_NONE);
	assert_int_equal(rx, 0x33);
	proxy_close(proxy, true);
	proxy = NULL;
	memory_die_free(memory);
}

static void a_small_part_has_no_such_mode(void **state)
{
	(void)state;
	begin(0, PROXY_REGISTERS_HIDDEN, true);
	assert_int_equal(send((const uint8_t[]){0xb7}, 1), TROUBLE_REFUSED_COMMAND);
	assert_int_equal(send((const uint8_t[]){0xe9}, 1), TROUBLE_REFUSED_COMMAND);
}

#define CASE(name) cmocka_unit_test_teardown(name, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_registers_are_the_dies_and_wel_is_flashroms),
		CASE(who_may_only_read_them_writes_none),
		CASE(a_write_sets_as_many_as_it_has_bytes),
		CASE(a_write_of_no_or_too_many_bytes_is_refused),
		CASE(a_read_that_fails_ends_the_run_and_is_raised_once),
		cmocka_unit_test(a_stand_ins_id_has_three_bytes),
		cmocka_unit_test(a_large_part_has_four_address_bytes_when_it_was_told_so),
		CASE(a_small_part_has_no_such_mode),
	};

	return cmocka_run_group_tests_name("proxy_registers", tests, NULL, NULL);
}
