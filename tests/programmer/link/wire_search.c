/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which line is which wire, with a chip of the test on any lines: after a reset it sends D2 to
 * whatever clocks it, takes D2 while chip select is low, and answers as a flash a little later
 * (docs/protocol.md).
 */
#include "tests/unit.h"
#include "programmer/link/wire_search.h"

#define CLOCK SPI_LINE_CLOCK
#define SELECT SPI_LINE_SELECT
#define OUT SPI_LINE_OUT
#define IN SPI_LINE_IN
#define CEN SPI_LINE_CEN
#define BESIDE SPI_LINE_BESIDE_CEN
#define NOWHERE 0

#define STEP_US 20
#define OPENS_US 8000
#define CLOSES_US 60000
#define BOOTS_US 40000

struct wires {
	uint8_t cen, clock, in, select, out;
};

static const struct wires right = {CEN, CLOCK, IN, SELECT, OUT};
static uint8_t id[3] = {0xc8, 0x40, 0x15}; /* its ID as a flash */

static struct {
	struct spi_bus bus; /* first */
	struct observer observer;
	struct wires wires;
	uint64_t us;

	uint32_t needs_low_us;	   /* the time for which CEN has to be low */
	unsigned flips;		   /* one bit in this number is wrong; 0: none */
	uint8_t follows;	   /* a line that touches that of P23 */
	bool deaf, dead, noisy;	   /* ignores D2; sends nothing; sends anything */
	unsigned calls, fails_at;  /* number of steps; the one that fails, from 1 */
	unsigned asked, cancel_at; /* questions whether to stop; the one answered yes */

	/* State of the chip. */
	bool off, clock_high, selected, heeds, flash;
	uint64_t fell_us, rose_us, taken_us;
	unsigned shown, bits, count;
	uint32_t shifted, random;
} chip;

static bool level_of(uint8_t lines, uint8_t wire)
{
	return wire == NOWHERE || lines & wire;
}

static bool is_listening(void)
{
	uint64_t since = chip.us - chip.rose_us;

	return !chip.off && !chip.flash && since >= OPENS_US && since < CLOSES_US;
}

static bool bit_of(const uint8_t *bytes, unsigned i)
{
	return bytes[i / 8] >> (7 - i % 8) & 1;
}

/* The level of P23 until the clock rises. */
static bool says(void)
{
	static const uint8_t d2 = 0xd2;
	bool bit = true;

	chip.random = chip.random * 1664525 + 1013904223;
	if (chip.noisy)
		return chip.random >> 24 & 1;
	if (chip.dead)
		return false;
	if (is_listening())
		bit = bit_of(&d2, chip.shown % 8);
	else if (chip.flash && chip.selected && chip.us - chip.taken_us > BOOTS_US &&
		 chip.count >= 8 && chip.count < 32 && (chip.shifted >> (chip.count - 8)) == 0x9f)
		bit = bit_of(id, chip.count - 8);
	return bit;
}

static void rise(bool out)
{
	if (is_listening())
		chip.shown++;
	if (!chip.selected || chip.count >= 32)
		return;
	chip.shifted = chip.shifted << 1 | out;
	chip.count++;
	if (is_listening() && chip.heeds && !chip.deaf && chip.count >= 8 &&
	    (chip.shifted & 0xff) == 0xd2) {
		chip.flash = true;
		chip.taken_us = chip.us;
	}
}

static void take(uint8_t lines)
{
	bool cen = level_of(lines, chip.wires.cen), clock = level_of(lines, chip.wires.clock);
	bool selected = !level_of(lines, chip.wires.select);

	if (!cen && !chip.off)
		chip.fell_us = chip.us;
	if (cen && chip.off && chip.us - chip.fell_us >= chip.needs_low_us) {
		chip.rose_us = chip.us;
		chip.flash = false;
		chip.shown = 0;
	}
	chip.off = !cen;
	if (!selected || !chip.selected)
		chip.count = chip.shifted = 0;
	/* A window starts with a whole byte; one that started too early does not count. */
	if (selected && !chip.selected) {
		chip.shown = 0;
		chip.heeds = is_listening();
	}
	chip.selected = selected;
	if (clock && !chip.clock_high && cen)
		rise(level_of(lines, chip.wires.out));
	chip.clock_high = clock;
}

static enum trouble_kind do_steps(struct spi_bus *bus, struct spi_step *steps, size_t count)
{
	(void)bus;
	if (++chip.calls == chip.fails_at)
		return TROUBLE_ADAPTER_GONE;
	for (size_t i = 0; i < count; i++) {
		uint8_t driven = steps[i].drive & (uint8_t)~IN;
		uint8_t lines = (uint8_t)((steps[i].level & driven) | (SPI_LINES_ALL & ~driven));

		bool wrong;

		chip.us += STEP_US;
		take(lines);
		wrong = chip.flips && ++chip.bits % chip.flips == 0;
		if (!(driven & chip.wires.in) && says() == wrong)
			lines &= (uint8_t)~chip.wires.in;
		if (chip.follows && !(driven & chip.follows) && !(lines & chip.wires.in))
			lines &= (uint8_t)~chip.follows;
		steps[i].seen = lines;
	}
	return TROUBLE_NONE;
}

static void do_sleep(struct spi_bus *bus, uint64_t us)
{
	(void)bus;
	chip.us += us;
}

static uint64_t do_now(struct spi_bus *bus)
{
	(void)bus;
	return chip.us;
}

static bool cancelled(void *data)
{
	(void)data;
	return ++chip.asked >= chip.cancel_at && chip.cancel_at;
}

static struct wire_seen seen;

static void connect(struct wires wires)
{
	static const struct spi_adapter_ops ops = {
		.steps = do_steps, .sleep_us = do_sleep, .now_us = do_now};

	memset(&chip, 0, sizeof(chip));
	chip.observer = (struct observer){.cancelled = cancelled};
	chip.bus = (struct spi_bus){.ops = &ops, .observer = &chip.observer};
	chip.wires = wires;
	chip.us = 1000000;
	chip.random = 1;
	seen = (struct wire_seen){.by_hand = true};
}

static enum trouble_kind search(void)
{
	return wire_search(&chip.bus, 100, &seen);
}

static void assert_found(const struct wires *wires)
{
	assert_true(seen.echo.found);
	assert_int_equal(seen.echo.cen, wires->cen);
	assert_int_equal(seen.echo.clock, wires->clock);
	assert_int_equal(seen.echo.in, wires->in);
}

static void assert_taken(const struct wires *wires)
{
	assert_true(seen.taken.found);
	assert_int_equal(seen.taken.select, wires->select);
	assert_int_equal(seen.taken.out, wires->out);
	assert_memory_equal(seen.taken.id, id, 3);
}

static void right_wires_are_found_where_they_should_be(void **state)
{
	(void)state;
	connect(right);
	assert_int_equal(search(), TROUBLE_NONE);
	assert_found(&right);
	assert_taken(&right);
	assert_int_equal(seen.echo.wrong, 0);
	assert_int_equal(seen.echo.also, 0);
	assert_true(seen.echo.bits >= 80);
	/* CEN is high at the end. */
	assert_false(chip.off);
}

/* If the adapter can drive all lines that this needs. */
static void wires_that_have_changed_places_are_found(void **state)
{
	static const uint8_t lines[] = {CEN, CLOCK, IN, SELECT, OUT, BESIDE};

	(void)state;
	for (size_t a = 0; a < COUNT_OF(lines); a++)
		for (size_t b = a + 1; b < COUNT_OF(lines); b++) {
			uint8_t at[] = {CEN, CLOCK, IN, SELECT, OUT, BESIDE};
			struct wires wires;

			at[a] = lines[b];
			at[b] = lines[a];
			wires = (struct wires){at[0], at[1], at[2], at[3], at[4]};
			connect(wires);
			assert_int_equal(search(), TROUBLE_NONE);
			/*
			 * Besides CEN nothing is looked for, and the adapter drives nothing on
			 * P23's line.
			 */
			if (wires.cen == IN || wires.clock == IN || wires.clock == BESIDE) {
				assert_false(seen.echo.found);
				continue;
			}
			assert_found(&wires);
			if (wires.select != IN && wires.out != IN && wires.select != BESIDE &&
			    wires.out != BESIDE)
				assert_taken(&wires);
			else
				assert_int_equal(seen.taken.id[0], 0);
		}
}

static void three_wires_in_each_others_places_are_found(void **state)
{
	static const struct wires wires[] = {{CEN, SELECT, IN, OUT, CLOCK},
					     {CLOCK, OUT, IN, CEN, SELECT},
					     {BESIDE, OUT, IN, CLOCK, SELECT}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		connect(wires[i]);
		assert_int_equal(search(), TROUBLE_NONE);
		assert_found(&wires[i]);
		/* CEN's own line is needed by the wire that is on it. */
		assert_int_equal(seen.taken.found, wires[i].select != BESIDE);
		if (seen.taken.found)
			assert_taken(&wires[i]);
	}
}

static void a_chip_that_wants_a_long_reset_gets_one(void **state)
{
	(void)state;
	connect(right);
	chip.needs_low_us = 900000;
	/* And it was never reset before. */
	chip.rose_us = 0;
	assert_int_equal(search(), TROUBLE_NONE);
	assert_found(&right);
	assert_taken(&right);
}

static void one_that_takes_no_d2_is_heard_and_no_more(void **state)
{
	(void)state;
	connect(right);
	chip.deaf = true;
	assert_int_equal(search(), TROUBLE_NONE);
	assert_found(&right);
	assert_int_equal(seen.taken.id[0], 0);
}

/* Not an ID: an idle line, the rest of D2, or one byte before an idle line. */
static void only_what_may_be_an_id_is_one(void **state)
{
	static const struct {
		uint8_t id[3];
		bool is;
	} rows[] = {
		{{0xc8, 0x40, 0x15}, true},  {{0x0b, 0x40, 0x40}, true},
		{{0x0b, 0xff, 0xff}, false}, {{0x0b, 0x00, 0x00}, false},
		{{0x0b, 0x0b, 0x0b}, false}, {{0x00, 0x40, 0x15}, false},
		{{0xff, 0x40, 0x15}, false}, {{0xd2, 0x40, 0x15}, false},
		{{0xc8, 0xd2, 0x15}, false}, {{0xc8, 0x40, 0xd2}, false},
		{{0xc8, 0x00, 0x15}, true},
	};
	uint8_t before[3];

	(void)state;
	memcpy(before, id, 3);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		connect(right);
		memcpy(id, rows[i].id, 3);
		assert_int_equal(search(), TROUBLE_NONE);
		assert_found(&right);
		assert_true(seen.taken.found);
		assert_int_equal(seen.taken.id[0], rows[i].is ? rows[i].id[0] : 0);
	}
	memcpy(id, before, 3);
}

static void silence_and_noise_are_no_echo(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		connect(right);
		chip.dead = i == 0;
		chip.noisy = i == 1;
		if (i == 2)
			chip.wires.cen = NOWHERE;
		assert_int_equal(search(), TROUBLE_NONE);
		assert_false(seen.echo.found);
		assert_false(seen.taken.found);
	}
}

/* One in 29 bits of the echo is wrong; some rounds may have none. */
static void wrong_bits_of_an_echo_are_counted(void **state)
{
	(void)state;
	connect(right);
	chip.flips = 29;
	assert_int_equal(wire_listen(&chip.bus, 100, &seen), TROUBLE_NONE);
	assert_found(&right);
	assert_true(seen.echo.bits >= 80);
	assert_true(seen.echo.wrong > 0);
	assert_in_range(seen.echo.wrong * 100 / seen.echo.bits, 1, 8);
}

static void listening_asks_for_nothing_else(void **state)
{
	(void)state;
	connect(right);
	assert_int_equal(wire_listen(&chip.bus, 100, &seen), TROUBLE_NONE);
	assert_found(&right);
	assert_false(seen.taken.found);
	assert_false(chip.flash);
	/* CEN is not looked for on other lines, either. */
	connect((struct wires){BESIDE, CLOCK, IN, SELECT, OUT});
	assert_int_equal(wire_listen(&chip.bus, 100, &seen), TROUBLE_NONE);
	assert_false(seen.echo.found);
}

static void a_line_that_shows_the_same_is_named_beside_it(void **state)
{
	(void)state;
	connect(right);
	chip.follows = OUT;
	assert_int_equal(wire_listen(&chip.bus, 100, &seen), TROUBLE_NONE);
	assert_found(&right);
	assert_int_equal(seen.echo.also, OUT);
}

static void a_failure_of_the_bus_is_passed_on_at_once(void **state)
{
	unsigned all;

	(void)state;
	connect((struct wires){CEN, OUT, IN, CLOCK, SELECT});
	assert_int_equal(search(), TROUBLE_NONE);
	assert_true(seen.taken.found);
	all = chip.calls;
	for (unsigned number = 1; number <= all; number += 1 + all / 97) {
		connect((struct wires){CEN, OUT, IN, CLOCK, SELECT});
		chip.fails_at = number;
		assert_int_equal(search(), TROUBLE_ADAPTER_GONE);
		assert_int_equal(chip.calls, number);
	}
}

static void who_wants_it_to_end_ends_it_soon(void **state)
{
	unsigned all;

	(void)state;
	connect(right);
	chip.deaf = true;
	assert_int_equal(search(), TROUBLE_NONE);
	all = chip.asked;
	for (unsigned number = 1; number < all; number += 1 + all / 29) {
		connect(right);
		chip.deaf = true;
		chip.cancel_at = number;
		assert_int_equal(search(), TROUBLE_INTERRUPTED);
		assert_in_range(chip.asked - number, 0, 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_wires_are_found_where_they_should_be),
		cmocka_unit_test(wires_that_have_changed_places_are_found),
		cmocka_unit_test(three_wires_in_each_others_places_are_found),
		cmocka_unit_test(a_chip_that_wants_a_long_reset_gets_one),
		cmocka_unit_test(one_that_takes_no_d2_is_heard_and_no_more),
		cmocka_unit_test(only_what_may_be_an_id_is_one),
		cmocka_unit_test(silence_and_noise_are_no_echo),
		cmocka_unit_test(wrong_bits_of_an_echo_are_counted),
		cmocka_unit_test(listening_asks_for_nothing_else),
		cmocka_unit_test(a_line_that_shows_the_same_is_named_beside_it),
		cmocka_unit_test(a_failure_of_the_bus_is_passed_on_at_once),
		cmocka_unit_test(who_wants_it_to_end_ends_it_soon),
	};

	return cmocka_run_group_tests_name("wire_search", tests, NULL, NULL);
}
