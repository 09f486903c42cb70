/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each bootloader, with its faults, on clean lines and on others. */
#include "tests/unit.h"
#include "programmer/die/uart_rate.h"
#include "tests/programmer/sim_wire.h"

#define SIZE (2u << 20)
#define FIRST 0x11000u
#define SECTOR 4096u
#define BLOCK 65536u

static const char *const bl[] = {"u", "7251", "t", "s", "q", "a9", "ottime"};
static const char *const rom[] = {"n", "7238"};

static struct sim_wire *sim;
static struct uart_talk talk;
static struct uart_loader loader;
static struct beken_die *die;
static uint8_t before[SIZE], rx[SIZE];

static void fill(uint8_t *bytes, size_t count, uint32_t seed)
{
	for (size_t i = 0; i < count; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(seed >> 24);
	}
}

static bool is_rom(const char *name)
{
	return strcmp(name, "n") == 0 || strcmp(name, "7238") == 0;
}

static void begin(struct sim_wire_options options, uint32_t rate)
{
	bool changed;

	sim = sim_wire_new(&options);
	talk = (struct uart_talk){.wire = &sim->wire,
				  .relink = sim_wire_relink_at_rate,
				  .data = &talk,
				  .relinks_soon = true};
	loader = (struct uart_loader){.family = is_rom(options.loader) ? UART_ROM : UART_BL,
				      .id = {0xef, 0x40, 0x15},
				      .never_rearms = strcmp(options.loader, "s") == 0};
	fill(before, SIZE, 7);
	memcpy(sim->nor.memory, before, SIZE);
	assert_int_equal(sim_wire_relink(&talk), TROUBLE_NONE);
	if (rate) {
		assert_int_equal(uart_change_rate(&talk, rate, &changed), TROUBLE_NONE);
		assert_true(changed);
	}
	assert_int_equal(talk_learn_latency(&talk), TROUBLE_NONE);
	die = uart_die_new(&talk, &loader, &sim->observer);
	assert_non_null(die);
	die_take_part(die, chipdb_part_by_name("GD25Q16B"));
}

static void end(void)
{
	uart_die_free(die);
	sim_wire_free(sim);
}

static enum trouble_kind read_all(uint32_t start, uint32_t length)
{
	enum trouble_kind kind = TROUBLE_NONE;

	for (uint32_t done = 0; !kind && done < length; done += BLOCK)
		kind = die_read(die, start + done, rx + start + done,
				length - done < BLOCK ? length - done : BLOCK);
	return kind;
}

/* Writes one sector as the layers above do: an erase if necessary, then pages. */
static enum trouble_kind fill_sector(uint32_t address, const uint8_t *data, bool erases)
{
	struct die_op ops[17] = {{.kind = DIE_ERASE, .address = address}};

	for (unsigned i = 0; i < 16; i++)
		ops[1 + i] = (struct die_op){.kind = DIE_PROGRAM,
					     .address = address + 256 * i,
					     .data = data + 256 * i,
					     .len = 256};
	return erases ? die_run(die, ops, 17) : die_run(die, ops + 1, 16);
}

static enum trouble_kind write_sector(uint32_t address, const uint8_t *data)
{
	return fill_sector(address, data, true);
}

static void all_is_read_of_every_bootloader_its_own_area_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bl) + COUNT_OF(rom); i++) {
		const char *name = i < COUNT_OF(bl) ? bl[i] : rom[i - COUNT_OF(bl)];

		print_message("# %s\n", name);
		begin((struct sim_wire_options){.loader = name, .seed = i}, 921600);
		assert_int_equal(read_all(0, 4 * BLOCK), TROUBLE_NONE);
		assert_memory_equal(rx, before, 4 * BLOCK);
		assert_int_equal(talk.counts.again, 0);
		assert_memory_equal(sim->nor.memory, before, SIZE);
		end();
	}
}

/*
 * As Beken's firmware leaves it; a checksum sets the protection again, and then erases have no
 * effect.
 */
static void what_is_written_behind_sums_is_there(void **state)
{
	static uint8_t wanted[SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bl); i++) {
		uint32_t crc;

		print_message("# %s\n", bl[i]);
		begin((struct sim_wire_options){.loader = bl[i], .sr = 0x403c}, 921600);
		memcpy(wanted, before, SIZE);
		for (uint32_t at = 0x20000; at < 0x28000; at += SECTOR) {
			if (at % 0x4000 == 0)
				assert_int_equal(die_sum(die, (struct range){0, BLOCK}, &crc),
						 TROUBLE_NONE);
			fill(wanted + at, SECTOR, at);
			assert_int_equal(write_sector(at, wanted + at), TROUBLE_NONE);
		}
		assert_int_equal(die_wait_ready(die, 0), TROUBLE_NONE);
		assert_memory_equal(sim->nor.memory, wanted, SIZE);
		assert_int_equal(read_all(0x20000, BLOCK), TROUBLE_NONE);
		assert_memory_equal(rx + 0x20000, wanted + 0x20000, BLOCK);
		assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
		assert_int_equal(talk.counts.written, 0);
		end();
	}
}

static uint64_t time_to_read(const char *name, const char *faults)
{
	uint64_t start;

	begin((struct sim_wire_options){.loader = name, .faults = faults, .seed = 3}, 921600);
	start = sim_wire_us(sim);
	assert_int_equal(read_all(2 * BLOCK, 8 * BLOCK), TROUBLE_NONE);
	assert_memory_equal(rx + 2 * BLOCK, before + 2 * BLOCK, 8 * BLOCK);
	start = sim_wire_us(sim) - start;
	end();
	return start;
}

/* A lost byte costs its own sector, and not the next one as well. */
static void one_damaged_byte_in_ten_thousand_is_read_in_less_than_twice_the_time(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const char *name = i ? "t" : "n";
		uint64_t clean = time_to_read(name, NULL);

		assert_in_range(time_to_read(name, "lose=30000,twice=30000,flip=30000"), clean,
				clean * 18 / 10);
		assert_in_range(time_to_read(name, "lose=10000"), clean, clean * 18 / 10);
	}
}

static size_t index_of_block_erase(void)
{
	size_t i = 0;

	while (die->part->erase[i].size != BLOCK)
		i++;
	return i;
}

/* As flashrom does: it reads each block that it has erased, and then fills it. */
static void what_was_erased_is_blank_by_the_chips_word_once_it_was_seen(void **state)
{
	(void)state;
	begin((struct sim_wire_options){.loader = "t", .sr = 0x3c}, 921600);
	assert_int_equal(read_all(0x20000, 4 * BLOCK), TROUBLE_NONE);
	for (uint32_t at = 0x20000; at < 0x60000; at += BLOCK) {
		struct die_op erase = {.kind = DIE_ERASE,
				       .address = at,
				       .erase = (unsigned)index_of_block_erase()};
		static uint8_t data[SECTOR];

		assert_int_equal(die_run(die, &erase, 1), TROUBLE_NONE);
		assert_int_equal(die_read(die, at, rx, BLOCK), TROUBLE_NONE);
		for (size_t i = 0; i < BLOCK; i++)
			assert_int_equal(rx[i], 0xff);
		for (uint32_t sector = at; sector < at + BLOCK; sector += SECTOR) {
			fill(data, SECTOR, sector);
			assert_int_equal(fill_sector(sector, data, false), TROUBLE_NONE);
			memcpy(before + sector, data, SECTOR);
		}
	}
	assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
	assert_memory_equal(sim->nor.memory, before, SIZE);
	assert_int_equal(talk.counts.written, 0);
	/* Protection is lifted and set for the first block, and once for all the others. */
	assert_in_range(sim->stats.sr_writes, 1, 5);
	end();
}

/* Bits are cleared without an erase, after a checksum: only an erase would lift the protection. */
static void a_program_behind_a_sum_is_there(void **state)
{
	const uint8_t zero[4] = {0};
	struct die_op op = {
		.kind = DIE_PROGRAM, .address = 0x20102, .data = zero, .len = sizeof(zero)};

	(void)state;
	begin((struct sim_wire_options){.loader = "t", .part = "GD25Q16B", .sr = 0x3c}, 0);
	assert_int_equal(die_run(die, &op, 1), TROUBLE_NONE);
	memset(before + 0x20102, 0, 4);
	assert_memory_equal(sim->nor.memory, before, SIZE);
	end();
}

static void a_long_session_writes_the_registers_a_few_times(void **state)
{
	static uint8_t data[SECTOR];

	(void)state;
	begin((struct sim_wire_options){.loader = "u", .part = "GD25Q16B", .sr = 0x3c}, 921600);
	for (uint32_t at = 0x20000; at < 0x60000; at += SECTOR) {
		fill(data, SECTOR, at);
		assert_int_equal(write_sector(at, data), TROUBLE_NONE);
		assert_int_equal(die_read(die, at, rx, SECTOR), TROUBLE_NONE);
		assert_memory_equal(rx, data, SECTOR);
	}
	assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
	assert_in_range(sim->stats.sr_writes, 2, 20);
	assert_int_equal(nor_status(&sim->nor, sim->ns) & 0xff, 0x7c);
	end();
}

static void a_reading_session_writes_them_once(void **state)
{
	(void)state;
	begin((struct sim_wire_options){.loader = "u", .part = "GD25Q16B", .sr = 0x3c}, 921600);
	assert_int_equal(read_all(0, 8 * BLOCK), TROUBLE_NONE);
	assert_int_equal(read_all(0, 8 * BLOCK), TROUBLE_NONE);
	assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
	assert_in_range(sim->stats.sr_writes, 0, 1);
	end();
}

/* Bits on the wire, and the bootloader's own time for reading the flash and computing checksums. */
static uint64_t floor_us(uint32_t sectors, uint32_t rate)
{
	return sectors * (uint64_t)((12 + 15 + 4096) * 10000000ull / rate + 1025 + 2048);
}

static void reading_takes_hardly_longer_than_the_line(void **state)
{
	static const uint32_t rates[] = {115200, 921600, 2000000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rates); i++) {
		uint64_t begin_us, took, least = floor_us(8 * 16, rates[i]);

		begin((struct sim_wire_options){.loader = "n"}, rates[i]);
		begin_us = sim_wire_us(sim);
		assert_int_equal(read_all(0, 8 * BLOCK), TROUBLE_NONE);
		took = sim_wire_us(sim) - begin_us;
		print_message("# %u baud: %.3f of the floor\n", (unsigned)rates[i],
			      (double)took / (double)least);
		assert_true(took * 100 <= least * 105);
		end();
	}
}

/*
 * An erase of a block, and its sectors: the time for their bytes, or the time that the chip needs.
 * It programs lines of 32 bytes, each of which takes a die as long to start as 12 more bytes.
 */
static uint64_t writing_floor_us(uint32_t rate)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q16B");
	uint64_t wire = (4108 + 15) * 10000000ull / rate;
	uint64_t line = part->program_typ_us * (12 + 31) / (12 + 255) + 11;
	uint64_t chip = 8 * 16 * line;

	return 2 * part->erase[2].typ_us + 32 * (wire > chip ? wire : chip);
}

static void writing_takes_hardly_longer_than_the_line(void **state)
{
	static const uint32_t rates[] = {115200, 921600, 2000000};
	struct die_op erase[2] = {{.kind = DIE_ERASE, .address = 0x20000, .erase = 2},
				  {.kind = DIE_ERASE, .address = 0x30000, .erase = 2}};
	struct die_op pages[16];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rates); i++) {
		uint64_t begin_us, took, least = writing_floor_us(rates[i]);

		begin((struct sim_wire_options){.loader = "u"}, rates[i]);
		assert_int_equal(die->part->erase[2].size, BLOCK);
		assert_int_equal(die_sum(die, (struct range){0, 256}, &(uint32_t){0}),
				 TROUBLE_NONE);
		begin_us = sim_wire_us(sim);
		assert_int_equal(die_run(die, erase, 2), TROUBLE_NONE);
		for (uint32_t at = 0x20000; at < 0x40000; at += SECTOR) {
			for (unsigned k = 0; k < 16; k++)
				pages[k] = (struct die_op){.kind = DIE_PROGRAM,
							   .address = at + 256 * k,
							   .data = before + at + 256 * k,
							   .len = 256};
			assert_int_equal(die_run(die, pages, 16), TROUBLE_NONE);
		}
		assert_int_equal(die_wait_ready(die, 0), TROUBLE_NONE);
		took = sim_wire_us(sim) - begin_us;
		print_message("# %u baud: %.3f of the floor\n", (unsigned)rates[i],
			      (double)took / (double)least);
		assert_memory_equal(sim->nor.memory, before, SIZE);
		assert_int_equal(talk.counts.written, 0);
		assert_true(took * 100 <= least * 110);
		end();
	}
}

static void all_have_two_megabaud_exactly_or_nearly(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bl) + COUNT_OF(rom); i++) {
		const char *name = i < COUNT_OF(bl) ? bl[i] : rom[i - COUNT_OF(bl)];

		begin((struct sim_wire_options){.loader = name}, 2000000);
		assert_int_equal(uart_bootloader_rate(uart_wire_chip(sim->line)), 2000000);
		assert_int_equal(sim->relinks, 1); /* the one in begin() */
		end();
	}
}

static void a_rate_that_the_adapter_lacks_is_not_asked_for(void **state)
{
	bool changed = true;

	(void)state;
	begin((struct sim_wire_options){.loader = "t"}, 0);
	sim->rate_has = 1000000;
	assert_int_equal(uart_change_rate(&talk, 2000000, &changed), TROUBLE_NONE);
	assert_false(changed);
	assert_int_equal(sim->wire.rate, 115200);
	assert_int_equal(sim->relinks, 1);
	assert_int_equal(die_read(die, 0x11000, rx, SECTOR), TROUBLE_NONE);
	end();
}

static void behind_a_rate_that_does_not_work_the_chip_is_found_again(void **state)
{
	bool changed = true;

	(void)state;
	begin((struct sim_wire_options){.loader = "t"}, 0);
	sim->rate_works = 1000000;
	assert_int_equal(uart_change_rate(&talk, 2000000, &changed), TROUBLE_NONE);
	assert_false(changed);
	assert_int_equal(sim->wire.rate, 115200);
	assert_int_equal(die_read(die, 0x11000, rx, SECTOR), TROUBLE_NONE);
	assert_memory_equal(rx, before + 0x11000, SECTOR);
	assert_int_equal(uart_change_rate(&talk, 1000000, &changed), TROUBLE_NONE);
	assert_true(changed);
	end();
}

static void rates_go_down_to_the_first_one(void **state)
{
	uint32_t rate = UART_RATE_BEST;

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		rate = uart_rate_below(rate);
	assert_int_equal(rate, UART_START_RATE);
	assert_int_equal(uart_rate_below(rate), 0);
}

static void what_is_known_is_not_read_again(void **state)
{
	uint64_t bytes;

	(void)state;
	begin((struct sim_wire_options){.loader = "t"}, 921600);
	assert_int_equal(read_all(0, 4 * BLOCK), TROUBLE_NONE);
	bytes = sim_wire_stats(sim).from_chip;
	sim->nor.memory[0x23456] ^= 0x10; /* without the driver's knowledge */
	assert_int_equal(read_all(0, 4 * BLOCK), TROUBLE_NONE);
	assert_memory_equal(rx, sim->nor.memory, 4 * BLOCK);
	assert_in_range(sim_wire_stats(sim).from_chip - bytes, 4111, 6000);
	end();
}

static void what_is_expected_is_looked_at_and_read_where_it_is_wrong(void **state)
{
	uint64_t bytes;

	(void)state;
	begin((struct sim_wire_options){.loader = "t"}, 921600);
	before[0x23456] ^= 0x10;
	die_expect(die, (struct range){0, SIZE}, before);
	bytes = sim_wire_stats(sim).from_chip;
	assert_int_equal(read_all(0, 4 * BLOCK), TROUBLE_NONE);
	assert_memory_equal(rx, sim->nor.memory, 4 * BLOCK);
	assert_in_range(sim_wire_stats(sim).from_chip - bytes, 4111, 6000);
	end();
}

/*
 * Reads a part, writes one block by sectors, and reads it; returns the trouble that says it is not
 * exact.
 */
static enum trouble_kind write_and_read(const char *name, const char *faults, uint64_t seed,
					uint64_t *us)
{
	static uint8_t wanted[SIZE];
	enum trouble_kind kind;

	begin((struct sim_wire_options){.loader = name, .seed = seed, .faults = faults}, 0);
	kind = read_all(0, SIZE / 16);
	if (!kind)
		assert_memory_equal(rx, before, SIZE / 16);
	memcpy(wanted, before, SIZE);
	for (uint32_t at = 0x10000 + BLOCK / 4 + SECTOR; !kind && at < 0x20000; at += SECTOR) {
		fill(wanted + at, SECTOR, at);
		kind = write_sector(at, wanted + at);
	}
	if (!kind)
		kind = read_all(0, SIZE / 16);
	if (!kind)
		assert_memory_equal(rx, sim->nor.memory, SIZE / 16);
	if (!kind)
		kind = uart_die_finish(die);
	if (!kind)
		assert_memory_equal(sim->nor.memory, wanted, SIZE);
	print_message("# %s: %s, %u again, %u in step, %u relinks, %u slower, %u written again\n",
		      name, trouble_name(kind), talk.counts.again, talk.counts.in_step,
		      talk.counts.relinks, talk.counts.slower, talk.counts.written);
	*us = sim_wire_us(sim);
	end();
	*us -= 10000000; /* the simulated line was powered that much earlier */
	return kind;
}

static void one_byte_of_ten_thousand_that_is_damaged_does_no_harm(void **state)
{
	static const char *const names[] = {"n", "t", "s"};
	const char *faults = "lose=30000,twice=30000,flip=30000";

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		uint64_t clean, damaged;

		assert_int_equal(write_and_read(names[i], NULL, 1, &clean), TROUBLE_NONE);
		assert_int_equal(write_and_read(names[i], faults, i, &damaged), TROUBLE_NONE);
		print_message("# %.2f of the time on a clean line\n",
			      (double)damaged / (double)clean);
		assert_true(damaged < 2 * clean);
	}
}

static void one_of_three_hundred_is_exact_or_said(void **state)
{
	uint64_t us;

	(void)state;
	write_and_read("n", "lose=900,twice=900,flip=900", 1, &us);
	write_and_read("t", "lose=900,twice=900,flip=900", 2, &us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_read_of_every_bootloader_its_own_area_too),
		cmocka_unit_test(what_is_written_behind_sums_is_there),
		cmocka_unit_test(
			one_damaged_byte_in_ten_thousand_is_read_in_less_than_twice_the_time),
		cmocka_unit_test(what_was_erased_is_blank_by_the_chips_word_once_it_was_seen),
		cmocka_unit_test(a_program_behind_a_sum_is_there),
		cmocka_unit_test(a_long_session_writes_the_registers_a_few_times),
		cmocka_unit_test(a_reading_session_writes_them_once),
		cmocka_unit_test(reading_takes_hardly_longer_than_the_line),
		cmocka_unit_test(writing_takes_hardly_longer_than_the_line),
		cmocka_unit_test(all_have_two_megabaud_exactly_or_nearly),
		cmocka_unit_test(a_rate_that_the_adapter_lacks_is_not_asked_for),
		cmocka_unit_test(behind_a_rate_that_does_not_work_the_chip_is_found_again),
		cmocka_unit_test(rates_go_down_to_the_first_one),
		cmocka_unit_test(what_is_known_is_not_read_again),
		cmocka_unit_test(what_is_expected_is_looked_at_and_read_where_it_is_wrong),
		cmocka_unit_test(one_byte_of_ten_thousand_that_is_damaged_does_no_harm),
		cmocka_unit_test(one_of_three_hundred_is_exact_or_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
