/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is observed on the lines while the chip does not link: which are low, high, or moving, and
 * which follow others; at rest, while CEN is low, and while the clock is held.
 */
#include "tests/unit.h"
#include "programmer/link/wire_look.h"
#include "tests/programmer/sim_bus.h"

#define CLOCK SPI_LINE_CLOCK
#define SELECT SPI_LINE_SELECT
#define OUT SPI_LINE_OUT
#define IN SPI_LINE_IN
#define CEN SPI_LINE_CEN
#define BESIDE SPI_LINE_BESIDE_CEN
#define EVERY SPI_LINES_ALL

static struct sim_bus *sim;
static struct spi_adapter_ops ops;
static struct wire_seen seen;

/* Levels on the lines, besides pull-ups; the adapter's drivers win against all of them. */
static struct {
	uint8_t low;		 /* always */
	uint8_t low_off, low_on; /* while CEN is low, or high */
	uint8_t moving;
	uint8_t one, other; /* these two touch each other */
	bool unpowered;	    /* a chip that is fed by any line that is driven high */
	bool in_is_clock;   /* the data line follows the clock */
	bool rises_later;   /* the data line stays low for a while after CEN has risen */
	unsigned toggles;
	uint64_t fell_ns, rose_ns, longest_low_ns;
	bool cen, ended;
} lines;

static void note_cen(bool cen)
{
	if (lines.cen && !cen)
		lines.fell_ns = sim->ns;
	if (!lines.cen && cen) {
		lines.rose_ns = sim->ns;
		if (sim->ns - lines.fell_ns > lines.longest_low_ns)
			lines.longest_low_ns = sim->ns - lines.fell_ns;
	}
	lines.cen = cen;
}

static uint8_t levels(uint8_t drive, uint8_t level)
{
	uint8_t driven = level & drive, free_low = lines.low;

	free_low |= lines.cen ? lines.low_on : lines.low_off;
	if (lines.moving && lines.toggles++ % 3)
		free_low |= lines.moving;
	if (lines.in_is_clock && lines.cen && drive & CLOCK && !(level & CLOCK))
		free_low |= IN;
	if (lines.rises_later && lines.cen && sim->ns - lines.rose_ns < 100000000)
		free_low |= IN;
	if (lines.unpowered && !(driven & ~(CEN | BESIDE)))
		free_low |= CLOCK | SELECT | OUT | IN;
	if (drive & lines.one && !(level & lines.one))
		free_low |= lines.other;
	if (drive & lines.other && !(level & lines.other))
		free_low |= lines.one;
	return (uint8_t)(driven | (~drive & ~free_low & EVERY));
}

static enum trouble_kind steps(struct spi_bus *bus, struct spi_step *step, size_t count)
{
	(void)bus;
	for (size_t i = 0; i < count; i++) {
		/* A released line has the level of its pull-up, or of the board. */
		note_cen(step[i].drive & CEN ? step[i].level & CEN : !(lines.low & CEN));
		sim->ns += step[i].hold_us * UINT64_C(1000) + 3000;
		step[i].seen = levels(step[i].drive & (uint8_t)~IN, step[i].level);
	}
	lines.ended = false;
	return TROUBLE_NONE;
}

static enum trouble_kind recover(struct spi_bus *bus)
{
	(void)bus;
	note_cen(true);
	lines.ended = true;
	return TROUBLE_NONE;
}

static int begin(void **state)
{
	(void)state;
	sim = sim_bus_new(&(struct board_options){
		.part = chipdb_part_by_name("GD25Q16B"), .entry = "dead-FF", .seed = 1});
	ops = *sim->bus.ops;
	ops.steps = steps;
	ops.recover = recover;
	sim->bus.ops = &ops;
	sim->bus.caps.beside_cen = "D1";
	memset(&lines, 0, sizeof(lines));
	lines.cen = true;
	return 0;
}

static int end(void **state)
{
	(void)state;
	sim_bus_free(sim);
	return 0;
}

static void look(void)
{
	const struct link_options options = {.reset_ms = 150, .tries = 1, .timeout_ms = 1000};

	assert_int_equal(wire_look_quickly(&sim->bus, &options, NULL, &seen), TROUBLE_NONE);
	assert_int_equal(seen.link.kind, TROUBLE_LINE_HIGH);
	/* It is an SPI bus again, with CEN high. */
	assert_true(lines.ended && lines.cen && sim->soc.cen);
}

static void assert_levels(const struct wire_levels *levels, uint8_t low, uint8_t high)
{
	/* Lines that are driven meanwhile tell nothing. */
	assert_int_equal(levels->low & ~(CEN | CLOCK), low & ~(CEN | CLOCK));
	assert_int_equal(levels->high & ~(CEN | CLOCK), high & ~(CEN | CLOCK));
}

static void lines_that_nobody_drives_are_high_and_follow_nothing(void **state)
{
	(void)state;
	look();
	assert_levels(&seen.rest, 0, EVERY);
	assert_levels(&seen.off, 0, EVERY);
	assert_levels(&seen.off_clocked, 0, EVERY);
	assert_levels(&seen.start, 0, EVERY);
	assert_levels(&seen.clock_low, 0, EVERY);
	assert_levels(&seen.clock_high, 0, EVERY);
	assert_int_equal(seen.rest.high & CLOCK, CLOCK);
	assert_int_equal(seen.off.high & (CEN | CLOCK), CLOCK);
	assert_int_equal(seen.off.low, CEN);
	assert_int_equal(seen.clock_low.low & CLOCK, CLOCK);
	assert_int_equal(seen.clock_high.high & CLOCK, CLOCK);
	assert_int_equal(seen.off_clocked.low & CLOCK, 0);
	assert_int_equal(seen.off_clocked.high & CLOCK, 0);
	assert_false(seen.cen_low);
	assert_int_equal(seen.lifted, 0);
	for (unsigned i = 0; i < SPI_LINE_COUNT; i++)
		assert_int_equal(seen.pulled_by[i], 0);
	/* As long as asked for. */
	assert_true(lines.longest_low_ns >= UINT64_C(150000000));
	assert_true(lines.longest_low_ns < UINT64_C(400000000));
}

static void a_line_that_is_held_low_is_low_all_the_time(void **state)
{
	(void)state;
	lines.low = OUT;
	look();
	assert_levels(&seen.rest, OUT, EVERY & ~OUT);
	assert_levels(&seen.off, OUT, EVERY & ~OUT);
	assert_levels(&seen.clock_high, OUT, EVERY & ~OUT);
	assert_int_equal(seen.lifted, 0);
	assert_false(seen.cen_low);
}

static void what_depends_on_cen_is_seen_where_it_does(void **state)
{
	(void)state;
	lines.low_on = SELECT;
	lines.low_off = OUT;
	look();
	assert_levels(&seen.rest, SELECT, EVERY & ~SELECT);
	assert_levels(&seen.off, OUT, EVERY & ~OUT);
	assert_levels(&seen.off_clocked, OUT, EVERY & ~OUT);
	assert_levels(&seen.start, SELECT, EVERY & ~SELECT);
	assert_levels(&seen.clock_low, SELECT, EVERY & ~SELECT);
}

static void a_line_that_moves_is_neither(void **state)
{
	(void)state;
	lines.moving = IN;
	look();
	assert_levels(&seen.rest, 0, EVERY & ~IN);
	assert_levels(&seen.off, 0, EVERY & ~IN);
	assert_levels(&seen.start, 0, EVERY & ~IN);
	assert_levels(&seen.clock_high, 0, EVERY & ~IN);
}

static void cen_that_the_board_holds_low_is_seen_when_it_is_let_go(void **state)
{
	(void)state;
	lines.low = CEN;
	look();
	assert_true(seen.cen_low);
	assert_int_equal(seen.rest.high & CEN, CEN);
}

/* For each two lines that the adapter can drive, and each of those with the data line. */
static void lines_that_touch_pull_each_other(void **state)
{
	static const uint8_t each[] = {CLOCK, SELECT, OUT, BESIDE, IN};

	for (size_t a = 0; a < COUNT_OF(each); a++)
		for (size_t b = a + 1; b < COUNT_OF(each); b++) {
			begin(state);
			lines.one = each[a];
			lines.other = each[b];
			look();
			for (unsigned i = 0; i < SPI_LINE_COUNT; i++) {
				uint8_t by = 0;

				if (1u << i == each[a])
					by = each[b] & (uint8_t)~IN;
				if (1u << i == each[b])
					by = each[a];
				assert_int_equal(seen.pulled_by[i], by);
			}
			end(state);
		}
	begin(state);
}

/* A chip without power is fed through its lines as soon as one is driven high. */
static void a_chip_without_power_lifts_its_lines_when_others_are_driven(void **state)
{
	const uint8_t all = CLOCK | SELECT | OUT | IN;

	(void)state;
	lines.unpowered = true;
	look();
	assert_levels(&seen.rest, all, EVERY & ~all);
	assert_int_equal(seen.off.low & all, all);
	assert_int_equal(seen.lifted, all);
	/* This is not a contact between them. */
	assert_int_equal(seen.pulled_by[3], 0);
}

static void a_data_line_that_has_the_clocks_level_is_seen_at_both(void **state)
{
	(void)state;
	lines.in_is_clock = true;
	look();
	assert_levels(&seen.clock_low, IN, EVERY & ~IN);
	assert_levels(&seen.clock_high, 0, EVERY);
	assert_levels(&seen.off_clocked, 0, EVERY);
}

static void the_start_is_looked_at_before_the_chip_has_settled(void **state)
{
	(void)state;
	lines.rises_later = true;
	look();
	assert_levels(&seen.start, IN, EVERY & ~IN);
	assert_levels(&seen.clock_low, 0, EVERY);
	assert_levels(&seen.clock_high, 0, EVERY);
}

static enum trouble_kind (*real_run)(struct spi_bus *bus, struct spi_op *op, size_t count,
				     size_t *done);
static unsigned first_read; /* number of the first window that reads the flash */

static enum trouble_kind run(struct spi_bus *bus, struct spi_op *op, size_t count, size_t *done)
{
	for (size_t i = 0; i < count && !first_read; i++)
		if (op[i].kind == SPI_XFER && op[i].tx_len == 4 && op[i].tx[0] == 0x03)
			first_read = sim->windows + 1 + (unsigned)i;
	return real_run(bus, op, count, done);
}

/* On a chip that links, one place is read often, and readings that differ are counted. */
static void what_is_read_of_a_linked_chip_is_counted(void **state)
{
	static const struct link_options options = {
		.reset_ms = 100, .tries = 4, .timeout_ms = 9000};

	for (unsigned flips = 0; flips < 2; flips++) {
		end(state);
		sim = sim_bus_new(&(struct board_options){.part = chipdb_part_by_name("GD25Q16B"),
							  .entry = "linked",
							  .seed = 1,
							  .sr_given = true,
							  .sr = 0x1c});
		ops = *sim->bus.ops;
		real_run = ops.run;
		ops.run = run;
		ops.steps = steps;
		ops.recover = recover;
		sim->bus.ops = &ops;
		sim->bus.caps.beside_cen = "D1";
		memset(sim->nor.memory, 0x5a, 4096);
		sim->fault = FAULT_FLIP_IN;
		sim->fault_at = flips ? first_read : 0;
		assert_int_equal(wire_look(&sim->bus, &options, NULL, &seen), TROUBLE_NONE);
		assert_true(first_read > 0);
		assert_int_equal(seen.link.kind, TROUBLE_NONE);
		assert_int_equal(seen.bits, 64 * 128 * 8);
		assert_int_equal(seen.wrong, flips);
		assert_int_equal(seen.status, 0x1c);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(lines_that_nobody_drives_are_high_and_follow_nothing),
		CASE(a_line_that_is_held_low_is_low_all_the_time),
		CASE(what_depends_on_cen_is_seen_where_it_does),
		CASE(a_line_that_moves_is_neither),
		CASE(cen_that_the_board_holds_low_is_seen_when_it_is_let_go),
		cmocka_unit_test_teardown(lines_that_touch_pull_each_other, end),
		CASE(a_chip_without_power_lifts_its_lines_when_others_are_driven),
		CASE(a_data_line_that_has_the_clocks_level_is_seen_at_both),
		CASE(the_start_is_looked_at_before_the_chip_has_settled),
		CASE(what_is_read_of_a_linked_chip_is_counted),
	};

	return cmocka_run_group_tests_name("wire_levels", tests, NULL, NULL);
}
