/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "tests/programmer/sim_bus.h"

static struct sim_bus *a_bus(void)
{
	const struct board_options options = {.part = chipdb_part_by_name("GD25Q16B"), .seed = 1};
	struct sim_bus *sim = sim_bus_new(&options);

	sim->bus.caps.ns_per_byte = 1;
	sim->bus.caps.us_per_op = 2;
	sim->bus.caps.us_per_batch = 3;
	return sim;
}

/* 40 us for each op, and nothing for a batch. */
static void the_costs_are_those_of_the_bus(void **state)
{
	static const uint64_t byte_ns[] = {128, 1066, 6000, 266000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(byte_ns); i++) {
		struct sim_bus *sim = a_bus();

		sim->byte_ns = byte_ns[i];
		assert_int_equal(spi_calibrate(&sim->bus), TROUBLE_NONE);
		assert_in_range(sim->bus.caps.ns_per_byte, byte_ns[i] * 98 / 100,
				byte_ns[i] * 102 / 100);
		assert_in_range(sim->bus.caps.us_per_op, 37, 43);
		assert_in_range(sim->bus.caps.us_per_batch, 0, 3);
		sim_bus_free(sim);
	}
}

static void it_is_short_and_changes_nothing(void **state)
{
	struct sim_bus *sim = a_bus();

	(void)state;
	assert_int_equal(spi_calibrate(&sim->bus), TROUBLE_NONE);
	assert_in_range(sim->stats.spi_bytes, 4096, 6000);
	assert_int_equal(sim->sent[0x03], sim->windows);
	sim_bus_free(sim);
}

static void a_bus_that_fails_keeps_its_guesses(void **state)
{
	struct sim_bus *sim = a_bus();

	(void)state;
	sim->fail_at = 17;
	sim->fail_more = 9;
	sim->fail_error = TROUBLE_ADAPTER_GONE;
	assert_int_equal(spi_calibrate(&sim->bus), TROUBLE_ADAPTER_GONE);
	assert_int_equal(sim->bus.caps.us_per_op, 2);
	sim_bus_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_costs_are_those_of_the_bus),
		cmocka_unit_test(it_is_short_and_changes_nothing),
		cmocka_unit_test(a_bus_that_fails_keeps_its_guesses),
	};

	return cmocka_run_group_tests_name("spi_calibrate", tests, NULL, NULL);
}
