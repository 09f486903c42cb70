/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wires whose errors depend on the clock: the work goes on at a lower clock, and ends right. */
#include "tests/unit.h"
#include "programmer/guard/proxy.h"
#include "programmer/link/spi_speed.h"
#include "sim/model/prng.h"
#include "tests/programmer/sim_bus.h"

#include <stdlib.h>

#define HZ 15000000u
#define JITTER_NS 8 /* at HZ one byte of 16 000 is wrong, at half of it none */
#define START 0x10000u
#define LENGTH 0x10000u

static struct notes notes;
static struct sim_bus *sim;
static struct spi_adapter_ops ops;
static struct spi_slower slower;
static unsigned settings;
static enum trouble_kind setting_fails;

static enum trouble_kind set_speed(struct spi_bus *bus, uint32_t hz)
{
	/* Never within a window, nor while the die is busy. */
	assert_false(sim->soc.cs_low);
	assert_true(!sim->nor.busy || sim->ns >= sim->nor.busy_until_ns);
	assert_false(sim->nor.wel);
	settings++;
	if (setting_fails)
		return setting_fails;
	bus->caps.clock_hz = hz;
	sim->byte_ns = UINT64_C(8000000000) / hz;
	return TROUBLE_NONE;
}

static int begin(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q16B");
	struct prng prng = {.state = 3};

	(void)state;
	notes_begin(&notes);
	sim = sim_bus_new(&(struct board_options){.part = part, .seed = 1});
	ops = *sim->bus.ops;
	ops.set_speed = set_speed;
	sim->bus.ops = &ops;
	sim->bus.caps.clock_hz = HZ;
	sim->byte_ns = UINT64_C(8000000000) / HZ;
	for (uint32_t i = 0; i < part->size; i++)
		sim->nor.memory[i] = (uint8_t)prng_next(&prng);
	slower = (struct spi_slower){.bus = &sim->bus, .observer = &notes.observer};
	spi_slower_use(&slower, sim->die);
	setting_fails = TROUBLE_NONE;
	settings = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	sim_bus_free(sim);
	return 0;
}

static unsigned told(unsigned times)
{
	unsigned lowered = 0;

	while (times-- > 0)
		lowered += die_differed(sim->die);
	return lowered;
}

static void a_few_wrong_readings_are_a_bad_contact(void **state)
{
	(void)state;
	assert_int_equal(told(SPI_SLOWER_AFTER - 1), 0);
	assert_int_equal(sim->bus.caps.clock_hz, HZ);
	assert_int_equal(notes.warnings, 0);
}

static void more_of_them_halve_the_clock_which_is_said_once(void **state)
{
	(void)state;
	assert_int_equal(told(SPI_SLOWER_AFTER), 1);
	assert_int_equal(sim->bus.caps.clock_hz, HZ / 2);
	assert_mentions(&notes, "at 15000 kHz");
	assert_mentions(&notes, "7500 kHz now");
	assert_int_equal(notes.warnings, 1);
}

static void what_is_no_better_at_a_quarter_of_the_clock_is_not_slowed_further(void **state)
{
	(void)state;
	assert_int_equal(told(20 * SPI_SLOWER_AFTER), 2);
	assert_int_equal(sim->bus.caps.clock_hz, HZ / 4);
	assert_int_equal(settings, 2);
}

static void a_bus_with_one_clock_keeps_it(void **state)
{
	(void)state;
	ops.set_speed = NULL;
	spi_slower_use(&slower, sim->die);
	assert_int_equal(told(20 * SPI_SLOWER_AFTER), 0);
	assert_int_equal(sim->bus.caps.clock_hz, HZ);
}

static void an_adapter_that_cannot_go_slower_is_asked_no_more_than_twice(void **state)
{
	(void)state;
	setting_fails = TROUBLE_ADAPTER_GONE;
	assert_int_equal(told(20 * SPI_SLOWER_AFTER), 0);
	assert_int_equal(settings, 2);
	assert_int_equal(notes.warnings, 0);
}

/* Waits and costs are those of the new clock. */
static void the_die_counts_with_the_new_clock(void **state)
{
	(void)state;
	sim->bus.caps.ns_per_byte = 77;
	told(SPI_SLOWER_AFTER);
	assert_int_equal(sim->die->caps.cost.ns_per_byte, 77);
}

/* The errors are only in what is read: nothing has to be written a second time. */
static void a_write_is_verified_at_a_lower_clock_and_not_repeated(void **state)
{
	uint32_t size = sim->die->part->size;
	uint64_t programs;
	uint8_t *wanted = malloc(size), *seen = malloc(LENGTH);
	struct proxy *proxy =
		proxy_new(sim->die, &(struct proxy_options){.part = sim->die->part,
							    .observer = &notes.observer});

	(void)state;
	assert_true(wanted && seen && proxy);
	memcpy(wanted, sim->nor.memory, size);
	for (uint32_t i = 0; i < LENGTH; i++)
		wanted[START + i] ^= 0x5a;
	assert_int_equal(proxy_erase(proxy, (struct range){START, LENGTH}), TROUBLE_NONE);
	assert_int_equal(proxy_write(proxy, START, wanted + START, LENGTH), TROUBLE_NONE);
	assert_int_equal(proxy_finish(proxy), TROUBLE_NONE);
	programs = sim->stats.page_programs;
	/* Bad enough for every second reading of a sector to be wrong. */
	sim->soc.jitter.ns = JITTER_NS + 1;
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(proxy_read(proxy, START, seen, LENGTH), TROUBLE_NONE);
		assert_memory_equal(seen, wanted + START, LENGTH);
	}
	assert_int_equal(proxy_close(proxy, false), TROUBLE_NONE);
	assert_memory_equal(sim->nor.memory, wanted, size);
	assert_int_equal(sim->stats.page_programs, programs);
	assert_int_equal(sim->bus.caps.clock_hz, HZ / 2);
	free(wanted);
	free(seen);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_few_wrong_readings_are_a_bad_contact),
		CASE(more_of_them_halve_the_clock_which_is_said_once),
		CASE(what_is_no_better_at_a_quarter_of_the_clock_is_not_slowed_further),
		CASE(a_bus_with_one_clock_keeps_it),
		CASE(an_adapter_that_cannot_go_slower_is_asked_no_more_than_twice),
		CASE(the_die_counts_with_the_new_clock),
		CASE(a_write_is_verified_at_a_lower_clock_and_not_repeated),
	};

	return cmocka_run_group_tests_name("spi_slower", tests, NULL, NULL);
}
