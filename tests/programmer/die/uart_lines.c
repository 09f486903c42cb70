/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SoC's flash controller programs lines of 32 bytes: a few of them, many, and at a wrong
 * address.
 */
#include "tests/unit.h"
#include "programmer/die/uart_rate.h"
#include "tests/programmer/sim_wire.h"

#define SIZE (2u << 20)
#define AT 0x30000u

static const char *const names[] = {"u", "7251", "t", "s", "q", "a9", "ottime", "n", "7238"};

static struct sim_wire *sim;
static struct uart_talk talk;
static struct uart_loader loader;
static struct beken_die *die;

static void begin_with(const char *name, const char *part)
{
	bool rom = strcmp(name, "n") == 0 || strcmp(name, "7238") == 0, changed;

	sim = sim_wire_new(&(struct sim_wire_options){.loader = name, .part = part});
	talk = (struct uart_talk){
		.wire = &sim->wire, .relink = sim_wire_relink, .data = &talk, .relinks_soon = true};
	loader = (struct uart_loader){.family = rom ? UART_ROM : UART_BL,
				      .id = {0xef, 0x40, 0x15},
				      .never_rearms = strcmp(name, "s") == 0};
	memset(sim->nor.memory, 0x5a, SIZE);
	assert_int_equal(sim_wire_relink(&talk), TROUBLE_NONE);
	assert_int_equal(uart_change_rate(&talk, 921600, &changed), TROUBLE_NONE);
	assert_int_equal(talk_learn_latency(&talk), TROUBLE_NONE);
	die = uart_die_new(&talk, &loader, &sim->observer);
	assert_non_null(die);
	die_take_part(die, chipdb_part_by_name(part));
}

static void begin(const char *name)
{
	begin_with(name, "GD25Q16B");
}

static void end(void)
{
	uart_die_free(die);
	sim_wire_free(sim);
}

/* Bootloaders of the BL family also program the rest of such a line, with arbitrary bytes. */
static void a_few_bytes_change_nothing_beside_them(void **state)
{
	static const struct {
		uint32_t first, len;
	} rows[] = {{0, 16}, {0x40, 1}, {0x65, 7}, {0x9f, 2}, {0xc0, 31}, {0x100, 33}, {0xffe, 2}};
	static uint8_t wanted[SIZE];
	uint8_t data[64];

	(void)state;
	memset(data, 0x12, sizeof(data));
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct die_op erase = {.kind = DIE_ERASE, .address = AT};

		print_message("# %s\n", names[i]);
		begin(names[i]);
		memcpy(wanted, sim->nor.memory, SIZE);
		memset(wanted + AT, 0xff, 4096);
		assert_int_equal(die_run(die, &erase, 1), TROUBLE_NONE);
		for (size_t k = 0; k < COUNT_OF(rows); k++) {
			struct die_op op = {.kind = DIE_PROGRAM,
					    .address = AT + rows[k].first,
					    .data = data,
					    .len = rows[k].len};

			assert_int_equal(die_run(die, &op, 1), TROUBLE_NONE);
			memset(wanted + op.address, 0x12, op.len);
		}
		assert_memory_equal(sim->nor.memory, wanted, SIZE);
		assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
		assert_memory_equal(sim->nor.memory, wanted, SIZE);
		assert_int_equal(talk.counts.written, 0);
		end();
	}
}

static enum trouble_kind fill_sector(uint32_t address, const uint8_t *data)
{
	struct die_op ops[16];

	for (unsigned i = 0; i < 16; i++)
		ops[i] = (struct die_op){.kind = DIE_PROGRAM,
					 .address = address + 256 * i,
					 .data = data + 256 * i,
					 .len = 256};
	return die_run(die, ops, 16);
}

/*
 * On a die each line takes as long to start as 12 more bytes, and some time on the controller's
 * bus.
 */
static uint64_t sector_us(void)
{
	return 128 * ((uint64_t)die->part->program_typ_us * (12 + 31) / (12 + 255) + 11);
}

/* The right pace is found by being too fast once, which is not counted as the line's fault. */
static void a_die_that_is_slower_than_the_line_is_kept_pace_with(void **state)
{
	static const uint32_t rates[] = {1000000, 2000000};
	static uint8_t data[4096];

	(void)state;
	memset(data, 0x12, sizeof(data));
	for (size_t i = 0; i < COUNT_OF(rates); i++) {
		bool changed;
		uint64_t start = 0;

		begin_with("n", "TH25Q16HB");
		assert_int_equal(uart_change_rate(&talk, rates[i], &changed), TROUBLE_NONE);
		for (uint32_t k = 0; k < 64; k++) {
			struct die_op erase = {.kind = DIE_ERASE, .address = AT + 4096 * k};

			assert_int_equal(die_run(die, &erase, 1), TROUBLE_NONE);
		}
		for (uint32_t k = 0; k < 64; k++) {
			if (k == 48)
				start = sim_wire_us(sim);
			assert_int_equal(fill_sector(AT + 4096 * k, data), TROUBLE_NONE);
		}
		assert_in_range(sim_wire_us(sim) - start, 0, 16 * sector_us() * 110 / 100);
		assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
		for (uint32_t k = 0; k < 64; k++)
			assert_memory_equal(sim->nor.memory + AT + 4096 * k, data, 4096);
		assert_in_range(talk.counts.written, 1, 4);
		assert_int_equal(talk.counts.written, talk.own.written);
		assert_int_equal(talk.counts.in_step, talk.own.in_step);
		end();
	}
}

/* Bootloaders of 2018: after a checksum only a reset allows erases. Their divider shows which. */
static void what_is_written_behind_a_sum_is_there_on_old_ones_too(void **state)
{
	static const char *const old[] = {"q", "ottime"};
	static uint8_t data[4096];

	(void)state;
	memset(data, 0x12, sizeof(data));
	for (size_t i = 0; i < 2 * COUNT_OF(old); i++) {
		struct die_op erase = {.kind = DIE_ERASE, .address = AT};
		bool first_rate = i >= COUNT_OF(old), changed;
		uint32_t crc;

		begin(old[i % COUNT_OF(old)]);
		if (first_rate) {
			assert_int_equal(uart_change_rate(&talk, 115200, &changed), TROUBLE_NONE);
			talk.old_divider = false;
		}
		assert_int_equal(die_sum(die, (struct range){0, 0x10000}, &crc), TROUBLE_NONE);
		assert_int_equal(die_run(die, &erase, 1), TROUBLE_NONE);
		assert_int_equal(fill_sector(AT, data), TROUBLE_NONE);
		assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
		assert_memory_equal(sim->nor.memory + AT, data, sizeof(data));
		/* Or this shows in the first sector that was not written. */
		assert_int_equal(talk.counts.written, first_rate ? 1 : 0);
		end();
	}
}

/* Flips bits in the highest byte of the address in the next write request. */
static struct {
	struct wire_ops ops;
	const struct wire_ops *before;
	uint8_t flip;
} line;

static enum trouble_kind flipping_write(struct wire *wire, const uint8_t *bytes, size_t count)
{
	static const uint8_t head[] = {0x01, 0xe0, 0xfc, 0xff, 0xf4};
	uint8_t *copy = test_malloc(count + 1);
	enum trouble_kind kind;

	memcpy(copy, bytes, count);
	if (count > 12 && !memcmp(bytes, head, sizeof(head)) && (bytes[7] == 6 || bytes[7] == 7)) {
		copy[11] ^= line.flip;
		line.flip = 0;
	}
	kind = line.before->write(wire, copy, count);
	test_free(copy);
	return kind;
}

static void flip_next_write(uint8_t bits)
{
	line.flip = bits;
	line.before = sim->wire.ops;
	line.ops = *sim->wire.ops;
	line.ops.write = flipping_write;
	sim->wire.ops = &line.ops;
}

/* Two bits of the address turn it into an erase of 4, 32 or 64 KiB, whose answer comes too late. */
static void what_a_damaged_write_erases_is_put_right(void **state)
{
	static uint8_t wanted[SIZE], rx[0x20000];

	(void)state;
	for (uint8_t bits = 1; bits < 4; bits++) {
		struct die_op ops[17] = {{.kind = DIE_ERASE, .address = AT + 0x4000}};

		print_message("# %u\n", bits);
		begin("t");
		memcpy(wanted, sim->nor.memory, SIZE);
		memset(wanted + AT + 0x4000, 0x12, 4096);
		for (unsigned i = 0; i < 16; i++)
			ops[1 + i] = (struct die_op){.kind = DIE_PROGRAM,
						     .address = AT + 0x4000 + 256 * i,
						     .data = wanted + AT + 0x4000,
						     .len = 256};
		assert_int_equal(die_read(die, AT, rx, sizeof(rx)), TROUBLE_NONE);
		flip_next_write(bits);
		assert_int_equal(die_run(die, ops, 17), TROUBLE_NONE);
		assert_int_equal(line.flip, 0);
		assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
		assert_memory_equal(sim->nor.memory, wanted, SIZE);
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_few_bytes_change_nothing_beside_them),
		cmocka_unit_test(a_die_that_is_slower_than_the_line_is_kept_pace_with),
		cmocka_unit_test(what_is_written_behind_a_sum_is_there_on_old_ones_too),
		cmocka_unit_test(what_a_damaged_write_erases_is_put_right),
	};

	return cmocka_run_group_tests_name("uart_lines", tests, NULL, NULL);
}
