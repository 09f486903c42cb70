/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "tests/programmer/die/conformance.h"
#include "tests/programmer/die/memory_die.h"

#define LONG_READ 65536

static const struct conformance *subject;
static struct beken_die *die;
static uint8_t *memory;

static int begin(void **state)
{
	(void)state;
	die = subject->begin(subject->part);
	if (!die)
		return 1;
	memory = subject->memory();
	for (uint32_t i = 0; i < subject->part->size; i++)
		memory[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	return 0;
}

static int end(void **state)
{
	(void)state;
	subject->end();
	return 0;
}

static struct die_op op_program(uint32_t address, const uint8_t *data, size_t len)
{
	return (struct die_op){.kind = DIE_PROGRAM, .address = address, .data = data, .len = len};
}

static struct die_op op_erase(unsigned erase, uint32_t address)
{
	return (struct die_op){.kind = DIE_ERASE, .address = address, .erase = erase};
}

static struct die_op op_read(uint32_t address, uint8_t *rx, size_t len)
{
	return (struct die_op){.kind = DIE_READ, .address = address, .rx = rx, .len = len};
}

static void assert_all(uint32_t start, uint32_t end_at, uint8_t value)
{
	for (uint32_t i = start; i < end_at; i++)
		assert_int_equal(memory[i], value);
}

static void the_id_is_steady(void **state)
{
	uint8_t id[3];

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		memset(id, 0, sizeof(id));
		assert_int_equal(die_id(die, id), TROUBLE_NONE);
		assert_memory_equal(id, subject->part->id, 3);
	}
}

static void what_is_there_is_read_at_any_address_and_length(void **state)
{
	static const size_t lengths[] = {1, 3, 16, 255, 256, 4096, 5000, LONG_READ};
	static uint8_t rx[LONG_READ];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		uint32_t last = subject->part->size - (uint32_t)lengths[i];

		assert_int_equal(die_read(die, 0x1234, rx, lengths[i]), TROUBLE_NONE);
		assert_memory_equal(rx, memory + 0x1234, lengths[i]);
		assert_int_equal(die_read(die, last, rx, lengths[i]), TROUBLE_NONE);
		assert_memory_equal(rx, memory + last, lengths[i]);
	}
}

static void what_was_programmed_is_read_in_the_same_run_and_later(void **state)
{
	uint8_t page[256], rx[256], later[256];
	struct die_op ops[3];

	(void)state;
	for (size_t i = 0; i < sizeof(page); i++)
		page[i] = (uint8_t)(i ^ 0x5a);
	ops[0] = op_erase(0, 0x3000);
	ops[1] = op_program(0x3100, page, subject->part->page);
	ops[2] = op_read(0x3100, rx, subject->part->page);
	assert_int_equal(die_run(die, ops, 3), TROUBLE_NONE);
	assert_memory_equal(rx, page, subject->part->page);
	assert_int_equal(die_read(die, 0x3100, later, subject->part->page), TROUBLE_NONE);
	assert_memory_equal(later, page, subject->part->page);
	assert_memory_equal(memory + 0x3100, page, subject->part->page);
	assert_all(0x3000, 0x3100, 0xff);
}

static void pieces_of_a_page_are_programmed_where_they_belong(void **state)
{
	static const struct {
		uint32_t at;
		size_t len;
	} pieces[] = {{0, 1}, {1, 7}, {13, 100}, {255, 1}};
	uint8_t data[256], expected[256];

	(void)state;
	memset(expected, 0xff, sizeof(expected));
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i + 1);
	assert_int_equal(die_run(die, &(struct die_op){.kind = DIE_ERASE, .address = 0x3000}, 1),
			 TROUBLE_NONE);
	for (size_t i = 0; i < COUNT_OF(pieces); i++) {
		struct die_op op = op_program(0x3000 + pieces[i].at, data, pieces[i].len);

		assert_int_equal(die_run(die, &op, 1), TROUBLE_NONE);
		memcpy(expected + pieces[i].at, data, pieces[i].len);
	}
	assert_memory_equal(memory + 0x3000, expected, sizeof(expected));
}

static void a_program_only_clears_bits(void **state)
{
	const uint8_t first = 0x3c, second = 0xf0;
	struct die_op ops[3];

	(void)state;
	ops[0] = op_erase(0, 0x5000);
	ops[1] = op_program(0x5007, &first, 1);
	ops[2] = op_program(0x5007, &second, 1);
	assert_int_equal(die_run(die, ops, 3), TROUBLE_NONE);
	assert_int_equal(memory[0x5007], 0x30);
}

static void each_erase_erases_what_it_says_and_no_byte_more(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CHIPDB_ERASES && subject->part->erase[i].opcode; i++) {
		uint32_t size = subject->part->erase[i].size;
		uint32_t at = size == subject->part->size ? 0 : 2 * size;
		struct die_op op = op_erase(i, at);

		memset(memory, 0x11, subject->part->size);
		assert_int_equal(die_run(die, &op, 1), TROUBLE_NONE);
		assert_all(at, at + size, 0xff);
		if (at) {
			assert_all(at - 256, at, 0x11);
			assert_all(at + size, at + size + 256, 0x11);
		}
	}
}

static void a_run_of_the_most_ops_is_done_in_order(void **state)
{
	static uint8_t data[DIE_RUN_MOST][16], rx[DIE_RUN_MOST][16];
	struct die_op ops[DIE_RUN_MOST + 1];

	(void)state;
	memset(memory, 0xff, 0x10000);
	for (unsigned i = 0; i < DIE_RUN_MOST; i += 2) {
		memset(data[i], (int)i, sizeof(data[i]));
		ops[i] = op_program(i * 256, data[i], sizeof(data[i]));
		ops[i + 1] = op_read(i * 256, rx[i], sizeof(rx[i]));
	}
	assert_int_equal(die_run(die, ops, DIE_RUN_MOST), TROUBLE_NONE);
	for (unsigned i = 0; i < DIE_RUN_MOST; i += 2) {
		assert_memory_equal(rx[i], data[i], sizeof(data[i]));
		assert_memory_equal(memory + i * 256, data[i], sizeof(data[i]));
	}
	ops[DIE_RUN_MOST] = ops[0];
	assert_int_equal(die_run(die, ops, DIE_RUN_MOST + 1), TROUBLE_BUG);
	assert_int_equal(die_run(die, ops, 0), TROUBLE_NONE);
}

/* Whatever fails, no op after it is done. */
static void behind_an_op_that_fails_none_is_done(void **state)
{
	const uint8_t zero = 0;

	(void)state;
	for (unsigned at = 0; at < 8; at++) {
		struct die_op ops[8];
		bool done = true;

		memset(memory, 0xff, 0x10000);
		for (unsigned i = 0; i < COUNT_OF(ops); i++)
			ops[i] = op_program(i * 256, &zero, 1);
		subject->break_at(at);
		assert_int_not_equal(die_run(die, ops, COUNT_OF(ops)), TROUBLE_NONE);
		for (unsigned i = 0; i < COUNT_OF(ops); i++) {
			assert_true(done || memory[i * 256] == 0xff);
			done &= memory[i * 256] == 0;
		}
		assert_false(done);
		end(NULL);
		assert_int_equal(begin(NULL), 0);
	}
}

static void a_read_that_is_interrupted_says_so_and_leaves_the_die_usable(void **state)
{
	static uint8_t rx[LONG_READ];

	(void)state;
	subject->cancel(true);
	assert_int_equal(die_read(die, 0, rx, sizeof(rx)), TROUBLE_INTERRUPTED);
	subject->cancel(false);
	assert_int_equal(die_read(die, 0, rx, sizeof(rx)), TROUBLE_NONE);
	assert_memory_equal(rx, memory, sizeof(rx));
	the_id_is_steady(NULL);
}

static void a_run_with_changes_is_finished_though_the_user_wants_to_end(void **state)
{
	uint8_t page[256] = {0}, rx[256];
	struct die_op ops[4];

	(void)state;
	subject->cancel(true);
	ops[0] = op_erase(0, 0x2000);
	ops[1] = op_program(0x2000, page, subject->part->page);
	ops[2] = op_program(0x2000 + subject->part->page, page, subject->part->page);
	ops[3] = op_read(0x2000, rx, subject->part->page);
	assert_int_equal(die_run(die, ops, 4), TROUBLE_NONE);
	subject->cancel(false);
	assert_all(0x2000, 0x2000 + 2 * subject->part->page, 0x00);
	assert_memory_equal(rx, page, subject->part->page);
}

static void what_touches_a_closed_range_is_refused_with_the_whole_run(void **state)
{
	static const uint8_t zero[256];
	const struct range closed = {0x11000, 0x2000};
	uint8_t rx[16];
	struct die_op first = op_program(0x4000, zero, 16), bad[8];
	size_t count = 0;

	(void)state;
	die->caps.closed[1] = closed;
	memset(memory, 0xff, subject->part->size);
	bad[count++] = op_program(0x11000, zero, 1);
	bad[count++] = op_program(0x12fff, zero, 1);
	for (unsigned i = 0; i < CHIPDB_ERASES && subject->part->erase[i].opcode; i++)
		bad[count++] = op_erase(i, 0x11000 / subject->part->erase[i].size *
						   subject->part->erase[i].size);
	memset(memory + closed.start, 0x22, closed.length);
	for (size_t i = 0; i < count; i++) {
		struct die_op ops[2] = {first, bad[i]};

		assert_int_equal(die_run(die, ops, 2), TROUBLE_CLOSED_RANGE);
	}
	assert_all(0x4000, 0x4010, 0xff);
	assert_all(closed.start, closed.start + closed.length, 0x22);
	assert_false(die_may_change(die, (struct range){0, 0x200000}));
	assert_false(die_may_change(die, (struct range){0x12fff, 1}));
	assert_true(die_may_change(die, (struct range){0x10000, 0x1000}));
	assert_true(die_may_change(die, (struct range){0x13000, 0x1000}));
	/* It can be read, and everything around it can be changed. */
	assert_int_equal(die_read(die, closed.start, rx, sizeof(rx)), TROUBLE_NONE);
	assert_int_equal(rx[0], 0x22);
	bad[0] = op_program(0x10fff, zero, 1);
	bad[1] = op_program(0x13000, zero, 1);
	assert_int_equal(die_run(die, bad, 2), TROUBLE_NONE);
}

static void what_breaks_the_rules_is_refused_and_nothing_is_done(void **state)
{
	static const uint8_t zero[512];
	const uint32_t size = subject->part->size, page = subject->part->page;
	uint8_t rx[32];
	const struct die_op bad[] = {
		op_read(size, rx, 1),
		op_read(size - 15, rx, 16),
		op_read(0, rx, 0),
		op_program(size, zero, 1),
		op_program(page - 1, zero, 2),
		op_program(0, zero, page + 1),
		op_program(0, zero, 0),
		op_erase(0, 0x1800),
		op_erase(0, size),
		op_erase(CHIPDB_ERASES, 0),
	};

	(void)state;
	memset(memory, 0xff, 0x10000);
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct die_op ops[2] = {op_program(0x4000, zero, 16), bad[i]};

		assert_int_equal(die_run(die, ops, 2), TROUBLE_BUG);
	}
	assert_all(0, 0x10000, 0xff);
}

static void a_sum_is_that_of_the_bytes(void **state)
{
	uint32_t crc;

	(void)state;
	if (!die->caps.sum) {
		assert_int_equal(die_sum(die, (struct range){0, 16}, &crc), TROUBLE_BUG);
		return;
	}
	memcpy(memory + 0x3000, "123456789", 9); /* 0xcbf43926 is the check value of this CRC */
	assert_int_equal(die_sum(die, (struct range){0x3000, 9}, &crc), TROUBLE_NONE);
	assert_int_equal(crc, 0xcbf43926);
	assert_int_equal(die_sum(die, (struct range){0x1000, 0x8000}, &crc), TROUBLE_NONE);
	assert_int_equal(crc, memory_die_crc(memory + 0x1000, 0x8000));
	assert_int_equal(die_sum(die, (struct range){subject->part->size, 1}, &crc), TROUBLE_BUG);
}

static void registers_are_there_or_said_not_to_be(void **state)
{
	struct die_registers_write write = {.method = subject->part->sr_write, .to = 0x04};
	uint32_t sr;
	uint8_t value;

	(void)state;
	if (!die->caps.registers) {
		assert_int_equal(die_register_read(die, 0, &value), TROUBLE_NO_REGISTERS);
		assert_int_equal(die_registers_read(die, &sr, &write.count), TROUBLE_NO_REGISTERS);
		assert_int_equal(die_registers_write(die, &write), TROUBLE_NO_REGISTERS);
		return;
	}
	assert_int_equal(die_registers_read(die, &sr, &write.count), TROUBLE_NONE);
	assert_int_equal(write.count, subject->part->sr_count);
	write.from = sr;
	write.to = sr | 0x04;
	assert_int_equal(die_registers_write(die, &write), TROUBLE_NONE);
	assert_int_equal(die_registers_read(die, &sr, &write.count), TROUBLE_NONE);
	assert_int_equal(sr, write.to);
	assert_int_equal(die_register_read(die, 0, &value), TROUBLE_NONE);
	assert_int_equal(value, sr & 0xff);
	assert_int_equal(die_register_read(die, subject->part->sr_count, &value), TROUBLE_BUG);
}

static void behind_a_run_it_is_ready(void **state)
{
	struct die_op op = op_erase(0, 0x2000);

	(void)state;
	assert_int_equal(die_run(die, &op, 1), TROUBLE_NONE);
	assert_int_equal(die_wait_ready(die, 0), TROUBLE_NONE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int conformance_run(const struct conformance *kind)
{
	const struct CMUnitTest tests[] = {
		CASE(the_id_is_steady),
		CASE(what_is_there_is_read_at_any_address_and_length),
		CASE(what_was_programmed_is_read_in_the_same_run_and_later),
		CASE(pieces_of_a_page_are_programmed_where_they_belong),
		CASE(a_program_only_clears_bits),
		CASE(each_erase_erases_what_it_says_and_no_byte_more),
		CASE(a_run_of_the_most_ops_is_done_in_order),
		CASE(behind_an_op_that_fails_none_is_done),
		CASE(a_read_that_is_interrupted_says_so_and_leaves_the_die_usable),
		CASE(a_run_with_changes_is_finished_though_the_user_wants_to_end),
		CASE(what_touches_a_closed_range_is_refused_with_the_whole_run),
		CASE(what_breaks_the_rules_is_refused_and_nothing_is_done),
		CASE(a_sum_is_that_of_the_bytes),
		CASE(registers_are_there_or_said_not_to_be),
		CASE(behind_a_run_it_is_ready),
	};

	subject = kind;
	return cmocka_run_group_tests_name(kind->name, tests, NULL, NULL);
}
