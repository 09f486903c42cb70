/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A clock that is too fast for the wires is detected, and lowered as far as necessary. */
#include "tests/unit.h"
#include "programmer/link/spi_speed.h"
#include "sim/model/prng.h"
#include "tests/programmer/sim_bus.h"

#define WANTED_HZ 30000000u

static struct notes notes;
static struct sim_bus *sim;
static struct spi_adapter_ops ops;
static const struct spi_adapter_ops *plain;
static unsigned settings;
static enum trouble_kind setting_fails;

static enum trouble_kind set_speed(struct spi_bus *bus, uint32_t hz)
{
	bus->caps.clock_hz = hz;
	sim->byte_ns = UINT64_C(8000000000) / hz;
	settings++;
	return setting_fails;
}

static void begin_on(const char *entry, uint32_t wire_hz)
{
	const struct board_options options = {
		.part = chipdb_part_by_name("GD25Q16B"), .entry = entry, .seed = 1};
	struct prng prng = {.state = 3};

	notes_begin(&notes);
	sim = sim_bus_new(&options);
	plain = sim->bus.ops;
	ops = *plain;
	ops.set_speed = set_speed;
	sim->bus.ops = &ops;
	setting_fails = TROUBLE_NONE;
	set_speed(&sim->bus, WANTED_HZ);
	settings = 0;
	sim->soc.wire_ns = wire_hz ? UINT64_C(8000000000) / wire_hz : 0;
	for (uint32_t i = 0; i < options.part->size; i++)
		sim->nor.memory[i] = (uint8_t)prng_next(&prng);
}

/* Measures the clock with a linked die; returns the resulting one. */
static uint32_t settled(uint32_t wire_hz, uint32_t noise)
{
	static const uint8_t right[3] = {0xc8, 0x40, 0x15};
	uint8_t id[3] = {0xc8, 0x40, 0x15};
	uint32_t hz;

	begin_on("linked", wire_hz);
	sim->nor.noise = noise;
	assert_int_equal(spi_speed_settle(&sim->bus, WANTED_HZ, &notes.observer, id), TROUBLE_NONE);
	assert_memory_equal(id, right, sizeof(id));
	hz = sim->bus.caps.clock_hz;
	sim_bus_free(sim);
	return hz;
}

static void what_the_wires_carry_is_kept_and_nothing_is_said(void **state)
{
	(void)state;
	assert_int_equal(settled(0, 0), WANTED_HZ);
	assert_int_equal(settled(WANTED_HZ, 0), WANTED_HZ);
	assert_int_equal(notes.warnings, 0);
}

static void a_clock_that_is_too_fast_is_halved_until_it_is_not_and_that_is_said(void **state)
{
	(void)state;
	assert_int_equal(settled(20000000, 0), 15000000);
	assert_mentions(&notes, "at 30000 kHz");
	assert_mentions(&notes, "the clock is 15000 kHz now");
	assert_int_equal(notes.warnings, 1);
	/* All bits come one bit too late, in every reading: no two readings differ. */
	assert_int_equal(settled(8000000, 0), 7500000);
	assert_int_equal(settled(3000000, 0), SPI_SPEED_SAFE_HZ);
}

static void noise_at_every_clock_is_not_the_clocks_fault(void **state)
{
	(void)state;
	assert_int_equal(settled(0, 500), WANTED_HZ);
	assert_int_equal(notes.warnings, 0);
}

static void an_id_that_was_read_wrong_is_put_right(void **state)
{
	uint8_t id[3] = {0xe4, 0x20, 0x0a};

	(void)state;
	begin_on("linked", 8000000);
	assert_int_equal(spi_speed_settle(&sim->bus, WANTED_HZ, &notes.observer, id), TROUBLE_NONE);
	assert_int_equal(id[0], 0xc8);
	assert_int_equal(id[2], 0x15);
	sim_bus_free(sim);
}

static void a_bus_with_one_clock_and_a_slow_one_are_left_alone(void **state)
{
	uint8_t id[3];

	(void)state;
	begin_on("linked", 1000000);
	assert_int_equal(spi_speed_settle(&sim->bus, SPI_SPEED_SAFE_HZ, &notes.observer, id),
			 TROUBLE_NONE);
	ops.set_speed = NULL;
	assert_int_equal(spi_speed_settle(&sim->bus, WANTED_HZ, &notes.observer, id), TROUBLE_NONE);
	assert_int_equal(settings, 0);
	assert_int_equal(sim->windows, 0);
	sim_bus_free(sim);
}

static void an_adapter_that_fails_is_told(void **state)
{
	uint8_t id[3];

	(void)state;
	begin_on("linked", 0);
	setting_fails = TROUBLE_ADAPTER_GONE;
	assert_int_equal(spi_speed_settle(&sim->bus, WANTED_HZ, &notes.observer, id),
			 TROUBLE_ADAPTER_GONE);
	sim_bus_free(sim);
}

static enum trouble_kind deaf_at_a_fast_clock(struct spi_bus *bus, struct spi_op *all, size_t count,
					      size_t *done)
{
	enum trouble_kind kind = plain->run(bus, all, count, done);
	for (size_t i = 0; i < count && bus->caps.clock_hz > SPI_SPEED_SAFE_HZ; i++)
		if (all[i].rx)
			memset(all[i].rx, 0xff,
			       all[i].kind == SPI_DUPLEX ? all[i].tx_len : all[i].rx_len);
	return kind;
}

static void what_does_not_link_at_a_fast_clock_has_a_try_at_a_safe_one(void **state)
{
	const struct link_options options = {.reset_ms = 100, .tries = 10, .timeout_ms = 100000};
	struct link_report report;

	(void)state;
	begin_on("measured", 0);
	ops.run = deaf_at_a_fast_clock;
	assert_int_equal(spi_speed_handshake(&sim->bus, &options, NULL, &report), TROUBLE_NONE);
	assert_int_equal(report.id[0], 0xc8);
	assert_int_equal(sim->bus.caps.clock_hz, SPI_SPEED_SAFE_HZ);
	sim_bus_free(sim);
	/* And there are no more tries than were asked for. */
	begin_on("dead-FF", 0);
	assert_int_equal(spi_speed_handshake(&sim->bus, &options, NULL, &report),
			 TROUBLE_LINE_HIGH);
	assert_int_equal(report.tries, 10);
	sim_bus_free(sim);
}

static uint32_t looked_at[64];
static size_t look_count;

static enum trouble_kind run(struct spi_bus *bus, struct spi_op *op, size_t count, size_t *done)
{
	for (size_t i = 0; i < count; i++)
		if (op[i].tx_len == 4 && op[i].tx[0] == 0x03 && look_count < COUNT_OF(looked_at))
			looked_at[look_count++] = (uint32_t)op[i].tx[1] << 16 |
						  (uint32_t)op[i].tx[2] << 8 | op[i].tx[3];
	return plain->run(bus, op, count, done);
}

/* A line at a constant level would read the same at any clock. */
static void what_is_compared_is_of_the_bootloader_and_of_the_application(void **state)
{
	uint8_t id[3] = {0};

	(void)state;
	begin_on("linked", 0);
	ops.run = run;
	look_count = 0;
	assert_int_equal(spi_speed_settle(&sim->bus, WANTED_HZ, NULL, id), TROUBLE_NONE);
	assert_int_equal(look_count % 4, 0);
	assert_true(look_count >= 16);
	for (uint32_t i = 0; i < look_count; i++)
		assert_int_equal(looked_at[i], i % 4 * 0x11000);
	sim_bus_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_wires_carry_is_kept_and_nothing_is_said),
		cmocka_unit_test(
			a_clock_that_is_too_fast_is_halved_until_it_is_not_and_that_is_said),
		cmocka_unit_test(noise_at_every_clock_is_not_the_clocks_fault),
		cmocka_unit_test(an_id_that_was_read_wrong_is_put_right),
		cmocka_unit_test(a_bus_with_one_clock_and_a_slow_one_are_left_alone),
		cmocka_unit_test(an_adapter_that_fails_is_told),
		cmocka_unit_test(what_does_not_link_at_a_fast_clock_has_a_try_at_a_safe_one),
		cmocka_unit_test(what_is_compared_is_of_the_bootloader_and_of_the_application),
	};

	return cmocka_run_group_tests_name("spi_speed", tests, NULL, NULL);
}
