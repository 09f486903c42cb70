/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bus that fails at any of its calls, in any kind of work: the work ends with the bus's kind of
 * trouble, nothing hides that, and CEN is high.
 */
#include "tests/unit.h"
#include "programmer/link/spi_revive.h"
#include "programmer/link/spi_speed.h"
#include "programmer/link/wire_look.h"
#include "programmer/link/wire_search.h"
#include "tests/programmer/sim_bus.h"

static struct sim_bus *sim;
static struct spi_adapter_ops ops;
static unsigned hands; /* number of steps by hand */

/* Counts as a transfer, and may fail as one. */
static enum trouble_kind call(void)
{
	sim->transfers++;
	return sim->fail_at == sim->transfers ? sim->fail_error : TROUBLE_NONE;
}

static enum trouble_kind set_speed(struct spi_bus *bus, uint32_t hz)
{
	enum trouble_kind kind = call();

	if (!kind)
		bus->caps.clock_hz = hz;
	return kind;
}

/* All lines are high when nothing drives them. */
static enum trouble_kind steps(struct spi_bus *bus, struct spi_step *step, size_t count)
{
	(void)bus;
	hands++;
	for (size_t i = 0; i < count; i++)
		step[i].seen = (uint8_t)((step[i].drive & step[i].level) | (~step[i].drive & 0x3f));
	sim->ns += count * 20000;
	return call();
}

static enum trouble_kind recover(struct spi_bus *bus)
{
	(void)bus;
	return call();
}

static void begin(const char *entry)
{
	static const uint8_t firmware[] = {0x12, 0x34, 0x56, 0x78};

	if (sim)
		sim_bus_free(sim);
	sim = sim_bus_new(&(struct board_options){
		.part = chipdb_part_by_name("GD25Q16B"), .entry = entry, .seed = 1});
	ops = *sim->bus.ops;
	ops.set_speed = set_speed;
	ops.steps = steps;
	ops.recover = recover;
	sim->bus.ops = &ops;
	for (size_t i = 0; i < 0x40000; i++)
		sim->nor.memory[i] = (uint8_t)(firmware[i % 4] + i / 256);
	hands = 0;
}

static int end(void **state)
{
	(void)state;
	sim_bus_free(sim);
	sim = NULL;
	return 0;
}

/* --- the kinds of work --- */

static const struct link_options usual = {.reset_ms = 100, .tries = 2, .timeout_ms = 30000};

static enum trouble_kind enter(enum link_enter how)
{
	struct link_options options = usual;
	struct link_report report;
	enum trouble_kind kind;

	options.enter = how;
	kind = spi_handshake(&sim->bus, &options, NULL, &report);
	assert_int_equal(report.kind, kind);
	return spi_handshake_failed(kind) ? TROUBLE_NONE : kind;
}

static enum trouble_kind do_enter(void)
{
	return enter(LINK_ALWAYS);
}

static enum trouble_kind do_look_first(void)
{
	return enter(LINK_AUTO);
}

static enum trouble_kind do_wake(void)
{
	return enter(LINK_NEVER);
}

static enum trouble_kind do_release(void)
{
	bool ignored;

	return spi_release(&sim->bus, 100, &ignored);
}

static enum trouble_kind do_settle(void)
{
	uint8_t id[3];

	return spi_speed_settle(&sim->bus, 12000000, NULL, id);
}

static enum trouble_kind do_speed_handshake(void)
{
	struct link_options options = usual;
	struct link_report report;
	enum trouble_kind kind;

	sim->bus.caps.clock_hz = 12000000;
	options.enter = LINK_ALWAYS;
	kind = spi_speed_handshake(&sim->bus, &options, NULL, &report);
	return spi_handshake_failed(kind) ? TROUBLE_NONE : kind;
}

static enum trouble_kind do_calibrate(void)
{
	return spi_calibrate(&sim->bus);
}

static enum trouble_kind do_revive(void)
{
	struct spi_revive revive = {.bus = &sim->bus, .options = usual};
	bool was_away;

	spi_revive_use(&revive, sim->die);
	return sim->die->reviver->revive(sim->die->reviver, sim->die, &was_away);
}

static enum trouble_kind do_die(void)
{
	const struct chipdb_part *part = sim->die->part;
	struct die_registers_write write = {.method = part->sr_write, .volatile_only = true};
	uint8_t data[4] = {1, 2, 3, 4}, rx[16], value;
	struct die_op run[] = {
		{.kind = DIE_ERASE, .address = 0x11000},
		{.kind = DIE_PROGRAM, .address = 0x11000, .data = data, .len = 4},
		{.kind = DIE_READ, .address = 0x11000, .rx = rx, .len = 16},
	};
	enum trouble_kind kind = die_wait_ready(sim->die, 1000000);

	if (!kind)
		kind = die_registers_read(sim->die, &write.from, &write.count);
	if (!kind)
		kind = die_register_read(sim->die, 0, &value);
	write.to = write.from ^ 0x4004;
	for (unsigned i = 0; !kind && i < 2; i++) {
		write.method = i ? CHIPDB_SR_JOINT : CHIPDB_SR_SPLIT;
		kind = die_registers_write(sim->die, &write);
	}
	return kind ? kind : die_run(sim->die, run, 3);
}

static enum trouble_kind do_quick_look(void)
{
	struct wire_seen seen;

	sim->bus.caps.beside_cen = "D1";
	return wire_look_quickly(&sim->bus, &usual, NULL, &seen);
}

static enum trouble_kind do_look(void)
{
	struct wire_seen seen;

	sim->bus.caps.beside_cen = "D1";
	return wire_look(&sim->bus, &usual, NULL, &seen);
}

static enum trouble_kind do_look_without_hands(void)
{
	struct wire_seen seen;

	return wire_look(&sim->bus, &usual, NULL, &seen);
}

static const struct job {
	const char *entry;
	enum trouble_kind (*run)(void);
	unsigned after; /* number of calls that may still be made, to let the chip run */
} jobs[] = {
	{"measured", do_enter, 1},
	{"dead-00", do_enter, 1},
	{"sticky", do_enter, 1},
	{"no-cs", do_enter, 1},
	{"linked", do_look_first, 0},
	{"measured", do_look_first, 1},
	{"measured", do_wake, 0},
	{"linked", do_release, 1},
	{"linked", do_settle, 0},
	{"measured", do_speed_handshake, 1},
	{"dead-FF", do_speed_handshake, 1},
	{"linked", do_calibrate, 0},
	{"linked", do_revive, 0},
	{"measured", do_revive, 1},
	{"linked", do_die, 0},
	{"measured", do_quick_look, 3},
	{"dead-FF", do_quick_look, 3},
	{"measured", do_look, 3},
	{"dead-FF", do_look, 3},
	{"measured", do_look_without_hands, 1},
};

static void a_failure_of_the_bus_ends_it_with_its_kind_and_cen_high(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(jobs); i++) {
		unsigned all, stride;

		begin(jobs[i].entry);
		assert_int_equal(jobs[i].run(), TROUBLE_NONE);
		all = sim->transfers;
		stride = 1 + all / 40;
		for (unsigned number = 1; number <= all; number += number < 20 ? 1 : stride) {
			begin(jobs[i].entry);
			sim->fail_at = number;
			sim->fail_error = TROUBLE_ADAPTER_GONE;
			if (jobs[i].run() != TROUBLE_ADAPTER_GONE)
				fail_msg("job %zu hides the failure of call %u", i, number);
			assert_in_range(sim->transfers, number, number + jobs[i].after);
			/* Unless the failing call was the one at the end that lets the chip run. */
			if (!sim->soc.cen && number < all)
				fail_msg("job %zu leaves CEN low behind call %u of %u", i, number,
					 all);
		}
	}
}

/* Work that is asked to stop does so, and lets the chip run. */
static void who_wants_it_to_end_ends_it_with_cen_high(void **state)
{
	static const struct job cancelled[] = {
		{"dead-00", do_enter, 0},      {"dead-00", do_speed_handshake, 0},
		{"dead-FF", do_quick_look, 0}, {"dead-FF", do_look, 0},
		{"measured", do_look, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cancelled); i++) {
		unsigned all;

		begin(cancelled[i].entry);
		assert_int_equal(cancelled[i].run(), TROUBLE_NONE);
		all = sim->cancel_asked;
		assert_true(all > 1);
		for (unsigned number = 1; number < all; number += 1 + all / 16) {
			begin(cancelled[i].entry);
			sim->cancel_at = number;
			assert_int_equal(cancelled[i].run(), TROUBLE_INTERRUPTED);
			assert_true(sim->soc.cen);
			/* After that every question is answered the same, and few are asked. */
			assert_in_range(sim->cancel_asked - number, 0, 8);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_failure_of_the_bus_ends_it_with_its_kind_and_cen_high,
					  end),
		cmocka_unit_test_teardown(who_wants_it_to_end_ends_it_with_cen_high, end),
	};

	return cmocka_run_group_tests_name("spi_bus_fails", tests, NULL, NULL);
}
