/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that damage one byte in 10 000 or in 300: every bootloader, and the rates that matter. */
#include "tests/unit.h"
#include "programmer/die/uart_rate.h"
#include "tests/programmer/sim_wire.h"

#include <stdlib.h>

#define SIZE (2u << 20)
#define SECTOR 4096u
#define START 0x20000u
#define LENGTH 0x40000u /* of what is read, and of what is written */

static const char *const names[] = {"u", "7251", "t", "s", "q", "a9", "ottime", "n", "7238"};

static uint8_t before[SIZE], wanted[SIZE], seen[SIZE];

static struct sim_wire *sim;
static struct uart_talk talk;
static struct uart_loader loader;
static struct beken_die *die;

static void fill(uint8_t *bytes, size_t count, uint32_t seed)
{
	for (size_t i = 0; i < count; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(seed >> 24);
	}
}

static bool begin(const char *name, const char *faults, uint32_t rate, uint64_t seed)
{
	bool rom = strcmp(name, "n") == 0 || strcmp(name, "7238") == 0, changed = false;

	sim = sim_wire_new(
		&(struct sim_wire_options){.loader = name, .faults = faults, .seed = seed});
	fill(before, SIZE, 7);
	memcpy(sim->nor.memory, before, SIZE);
	talk = (struct uart_talk){.wire = &sim->wire,
				  .relink = sim_wire_relink_at_rate,
				  .data = &talk,
				  .relinks_soon = true};
	loader = (struct uart_loader){.family = rom ? UART_ROM : UART_BL,
				      .id = {0xef, 0x40, 0x15},
				      .never_rearms = strcmp(name, "s") == 0};
	if (strcmp(name, "t") == 0 || loader.never_rearms)
		snprintf(loader.version, sizeof(loader.version), "BK7231S_1.0.5");
	for (unsigned i = 0; sim_wire_relink(&talk); i++)
		assert_true(i < 10);
	for (unsigned i = 0; !changed && i < 5; i++)
		if (uart_change_rate(&talk, rate, &changed))
			sim_wire_relink(&talk);
	talk_learn_latency(&talk);
	die = uart_die_new(&talk, &loader, &sim->observer);
	assert_non_null(die);
	die_take_part(die, chipdb_part_by_name("GD25Q16B"));
	return changed;
}

static void end(void)
{
	uart_die_free(die);
	sim_wire_free(sim);
}

/* As the layers above do: an erase, then pages. */
static enum trouble_kind write_sector(uint32_t address)
{
	struct die_op ops[17] = {{.kind = DIE_ERASE, .address = address}};

	for (unsigned i = 0; i < 16; i++)
		ops[1 + i] = (struct die_op){.kind = DIE_PROGRAM,
					     .address = address + 256 * i,
					     .data = wanted + address + 256 * i,
					     .len = 256};
	return die_run(die, ops, 17);
}

struct took {
	uint64_t read_us, write_us;
	enum trouble_kind kind;
};

static struct took work(const char *name, const char *faults, uint32_t rate, uint64_t seed)
{
	struct took took = {.kind = TROUBLE_NONE};
	uint64_t start;

	begin(name, faults, rate, seed);
	start = sim_wire_us(sim);
	for (uint32_t at = 0; !took.kind && at < SIZE; at += 0x10000)
		took.kind = die_read(die, at, seen + at, 0x10000);
	if (!took.kind)
		assert_memory_equal(seen, before, SIZE);
	took.read_us = sim_wire_us(sim) - start;
	start = sim_wire_us(sim);
	memcpy(wanted, before, SIZE);
	fill(wanted + START, LENGTH, 99);
	for (uint32_t at = START; !took.kind && at < START + LENGTH; at += SECTOR)
		took.kind = write_sector(at);
	if (!took.kind)
		took.kind = uart_die_finish(die);
	took.write_us = sim_wire_us(sim) - start;
	if (!took.kind)
		assert_memory_equal(sim->nor.memory, wanted, SIZE);
	end();
	return took;
}

/* A job: it reads everything, and writes an eighth. Returns by which factor it took longer. */
static double times_of(const char *name, uint32_t rate, const char *faults, uint64_t seed,
		       enum trouble_kind *kind)
{
	struct took clean = work(name, NULL, rate, 1), bad = work(name, faults, rate, seed);
	double times =
		(double)(bad.read_us + bad.write_us) / (double)(clean.read_us + clean.write_us);

	print_message("# %s at %u, %s: %s, %.2f of the time (write: %.2f)\n", name, (unsigned)rate,
		      faults, trouble_name(bad.kind), times,
		      (double)bad.write_us / (double)clean.write_us);
	*kind = bad.kind;
	return times;
}

static void expect_exact(const char *name, uint32_t rate, const char *faults, uint64_t seed)
{
	enum trouble_kind kind;

	assert_true(times_of(name, rate, faults, seed, &kind) < 2);
	assert_int_equal(kind, TROUBLE_NONE);
}

#define MIXED "lose=30000,twice=30000,flip=30000"

static void one_byte_of_ten_thousand_is_healed_in_less_than_twice_the_time(void **state)
{
	(void)state;
	expect_exact("n", 2000000, MIXED, 8);
	expect_exact("t", 2000000, "lose=10000", 3);
}

/* Behind an answer that does not come the others of its block are not asked for. */
static void a_rate_is_lowered_for_what_was_asked_and_did_not_come(void **state)
{
	(void)state;
	begin("ottime", "lose=10000", 921600, 8);
	for (uint32_t at = 0; at < SIZE; at += 0x10000)
		assert_int_equal(die_read(die, at, seen + at, 0x10000), TROUBLE_NONE);
	assert_int_equal(talk.counts.slower, 0);
	end();
}

/* All of them with TORTURE=1; without, one in which a doubled byte would hit the bootloader. */
static void whatever_the_damage_it_is_exact_or_said(void **state)
{
	static const char *const faults[] = {MIXED, "lose=10000", "twice=10000", "flip=10000"};
	static const uint32_t rates[] = {115200, 921600, 2000000};
	unsigned exact = 0, all = 0;
	enum trouble_kind kind;

	(void)state;
	expect_exact("t", 115200, "twice=10000", 4);
	for (size_t i = 0; getenv("TORTURE") && i < COUNT_OF(names); i++)
		for (size_t k = 0; k < COUNT_OF(rates); k++)
			for (size_t f = 0; f < COUNT_OF(faults); f++, all++) {
				assert_true(times_of(names[i], rates[k], faults[f], i + 2, &kind) <
					    3);
				assert_true(kind == TROUBLE_NONE || kind == TROUBLE_NOT_WRITTEN);
				exact += kind == TROUBLE_NONE;
			}
	if (all)
		print_message("# %u of %u are exact\n", exact, all);
	assert_true(exact * 10 >= all * 9);
}

/* Reads a block, then writes half of another, even if reading failed. */
static struct took work_a_little(const char *name, const char *faults, uint32_t rate, uint64_t seed)
{
	struct took took = {.kind = TROUBLE_NONE};

	begin(name, faults, rate, seed);
	if (!die_read(die, START, seen, 0x10000))
		assert_memory_equal(seen, before + START, 0x10000);
	memcpy(wanted, before, SIZE);
	fill(wanted + START, 0x8000, 99);
	for (uint32_t at = START; !took.kind && at < START + 0x8000; at += SECTOR)
		took.kind = write_sector(at);
	if (!took.kind)
		took.kind = uart_die_finish(die);
	if (!took.kind)
		assert_memory_equal(sim->nor.memory, wanted, SIZE);
	end();
	return took;
}

/*
 * No frame of 4 KiB gets through such a line undamaged. Whatever is read or written all the same is
 * right, or the job fails. All of them with TORTURE=1.
 */
static void one_byte_of_three_hundred_is_exact_or_a_failure(void **state)
{
	static const char *const faults[] = {"lose=900,twice=900,flip=900", "lose=300", "twice=300",
					     "flip=300"};
	static const uint32_t rates[] = {115200, 921600};
	size_t step = getenv("TORTURE") ? 1 : 5;
	unsigned exact = 0, all = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names) * COUNT_OF(rates) * COUNT_OF(faults);
	     i += step, all++) {
		const char *name = names[i % COUNT_OF(names)];
		uint32_t rate = rates[i / COUNT_OF(names) % COUNT_OF(rates)];
		const char *fault = faults[i / COUNT_OF(names) / COUNT_OF(rates)];
		struct took took = work_a_little(name, fault, rate, i);

		print_message("# %s at %u, %s: %s\n", name, (unsigned)rate, fault,
			      trouble_name(took.kind));
		exact += took.kind == TROUBLE_NONE;
	}
	print_message("# %u of %u are exact\n", exact, all);
}

/* 0x050000 becomes 0x05000000, which most bootloaders take modulo the size of the die. */
static void a_doubled_byte_of_an_erase_does_not_lead_to_the_bootloader(void **state)
{
	(void)state;
	expect_exact("s", 115200, MIXED, 4);
}

/* A doubled byte in the address turns the write of a sector into an erase of a block elsewhere. */
static void what_is_put_right_at_the_end_may_go_astray_and_is_looked_at_again(void **state)
{
	(void)state;
	expect_exact("q", 921600, "twice=10000", 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_byte_of_ten_thousand_is_healed_in_less_than_twice_the_time),
		cmocka_unit_test(a_rate_is_lowered_for_what_was_asked_and_did_not_come),
		cmocka_unit_test(whatever_the_damage_it_is_exact_or_said),
		cmocka_unit_test(one_byte_of_three_hundred_is_exact_or_a_failure),
		cmocka_unit_test(a_doubled_byte_of_an_erase_does_not_lead_to_the_bootloader),
		cmocka_unit_test(what_is_put_right_at_the_end_may_go_astray_and_is_looked_at_again),
	};

	return cmocka_run_group_tests_name("uart_noise", tests, NULL, NULL);
}
