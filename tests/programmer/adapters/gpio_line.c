/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CEN on a GPIO line, or moved by a person, with any adapter. */
#include "tests/unit.h"
#include "tests/programmer/adapters/fake_gpio.h"
#include "programmer/bus/adapter.h"
#include "programmer/bus/cen.h"

#include <errno.h>

static struct notes notes;

static enum trouble_kind no_run(struct spi_bus *bus, struct spi_op *ops, size_t count, size_t *done)
{
	(void)bus;
	(void)ops;
	*done = count;
	return TROUBLE_NONE;
}

static void no_close(struct spi_bus *bus)
{
	(void)bus;
}

static const struct spi_adapter_ops nothing = {.run = no_run, .close = no_close};

/* A bus whose adapter has its own pin for CEN. */
static struct spi_bus a_bus(void)
{
	notes_begin(&notes);
	return (struct spi_bus){
		.ops = &nothing,
		.observer = &notes.observer,
		.caps = {.pins = {.cen = "D2"}, .cen = SPI_CEN_IN_STREAM, .beside_cen = "D1"},
	};
}

/* The header of a Raspberry Pi, and other GPIO chips. */
static void a_pi(void)
{
	memset(&gpio, 0, sizeof(gpio));
	gpio.chips[0] = (struct fake_chip){.name = "gpiochip0", .label = "pinctrl-bcm2835"};
	gpio.chips[0].lines[8] = (struct fake_line){.name = "GPIO8", .consumer = "spi0 CS0"};
	gpio.chips[0].lines[25].name = "GPIO25";
	gpio.chips[1] = (struct fake_chip){.name = "gpiochip1", .label = "brcmvirt-gpio"};
	/* On a Pi 5 that is a link to chip 0. */
	gpio.chips[4] = gpio.chips[0];
}

static bool put_on(struct spi_bus *bus, const char *value)
{
	const struct cen_wish wish = {.value = value};

	*bus = a_bus();
	return cen_put_on(bus, &wish);
}

static enum trouble_kind set(struct spi_bus *bus, bool level)
{
	struct spi_op op = {.kind = SPI_CEN, .level = level};

	return spi_transfer(bus, &op, 1);
}

static void a_line_is_requested_open_drain_and_high(void **state)
{
	uint8_t wanted[sizeof(gpio.request)] = {0};
	struct spi_bus bus;

	(void)state;
	a_pi();
	assert_true(put_on(&bus, "GPIO25"));
	gpio_put(wanted, 25, 4);
	memcpy(wanted + 256, "beken-cen", 9);
	gpio_put(wanted + 288, 0x148, 8);
	gpio_put(wanted + 296, 1, 4);
	gpio_put(wanted + 320, 2, 4);
	gpio_put(wanted + 328, 1, 8);
	gpio_put(wanted + 336, 1, 8);
	gpio_put(wanted + 560, 1, 4);
	assert_memory_equal(gpio.request, wanted, sizeof(wanted));
	assert_string_equal(bus.caps.pins.cen, "GPIO25");
	assert_int_equal(bus.caps.cen, SPI_CEN_APART);
	assert_null(bus.caps.beside_cen);
	assert_string_equal(notes.text, "");
	adapter_close(&bus);
	assert_int_equal(gpio.open_fds, 0);
}

static void the_level_is_what_was_asked_for_and_high_at_the_end(void **state)
{
	uint8_t low[16] = {0}, high[16] = {0};
	struct spi_bus bus;

	(void)state;
	a_pi();
	assert_true(put_on(&bus, "GPIO25"));
	assert_int_equal(set(&bus, false), TROUBLE_NONE);
	assert_int_equal(set(&bus, true), TROUBLE_NONE);
	assert_int_equal(set(&bus, false), TROUBLE_NONE);
	adapter_close(&bus);
	assert_int_equal(gpio.set, 4);
	gpio_put(high, 1, 8);
	gpio_put(high + 8, 1, 8);
	gpio_put(low + 8, 1, 8);
	assert_memory_equal(gpio.values[0], low, 16);
	assert_memory_equal(gpio.values[1], high, 16);
	assert_memory_equal(gpio.values[2], low, 16);
	assert_memory_equal(gpio.values[3], high, 16);
	assert_int_equal(gpio.open_fds, 0);
}

/* Steps by hand could then move only the adapter's own pins, and reset nothing. */
static void with_cen_elsewhere_or_nowhere_there_are_no_steps_by_hand(void **state)
{
	static const char *const elsewhere[] = {"GPIO25", "manual", "none"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(elsewhere); i++) {
		struct spi_bus bus = a_bus();

		a_pi();
		bus.caps.beside_cen = "D1";
		assert_true(put_on(&bus, elsewhere[i]));
		assert_null(bus.caps.beside_cen);
		adapter_close(&bus);
	}
}

static void a_line_that_drives_both_ways_has_neither_pull_nor_drain(void **state)
{
	const struct cen_wish wish = {.value = "GPIO25", .push_pull = true};
	struct spi_bus bus = a_bus();

	(void)state;
	a_pi();
	assert_true(cen_put_on(&bus, &wish));
	assert_int_equal(gpio_get(gpio.request + 288, 8), 0x08);
	adapter_close(&bus);
}

static void a_line_is_found_by_its_chip_or_its_label_or_its_bank(void **state)
{
	static const char *const names[] = {"gpiochip0:25", "pinctrl-bcm2835:25", "gpiochip2:53",
					    "PB21"};
	struct spi_bus bus;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		a_pi();
		gpio.chips[2] = (struct fake_chip){.name = "gpiochip2", .label = "1c20800.pinctrl"};
		assert_true(put_on(&bus, names[i]));
		assert_int_equal(gpio_get(gpio.request, 4), i < 2 ? 25 : 53);
		adapter_close(&bus);
	}
	assert_false(put_on(&bus, "gpiochip0:128"));
	assert_false(put_on(&bus, "PZ31"));
	assert_int_equal(gpio.open_fds, 0);
}

static void a_line_that_is_taken_is_named_with_who_has_it(void **state)
{
	struct spi_bus bus;

	(void)state;
	a_pi();
	assert_false(put_on(&bus, "GPIO8"));
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_ADAPTER_IN_USE);
	assert_mentions(&notes, "the GPIO line GPIO8 is used by \"spi0 CS0\"");
	assert_null(bus.cen);
	assert_int_equal(bus.caps.cen, SPI_CEN_IN_STREAM);
	assert_int_equal(gpio.open_fds, 0);
}

static void a_line_that_is_not_there_or_not_ours_is_said(void **state)
{
	struct spi_bus bus;

	(void)state;
	a_pi();
	assert_false(put_on(&bus, "GPIO99"));
	assert_int_equal(notes.trouble.kind, TROUBLE_NO_ADAPTER);
	assert_mentions(&notes, "there is no GPIO line GPIO99 here");

	gpio.chips[1].error = EACCES;
	assert_false(put_on(&bus, "GPIO99"));
	assert_int_equal(notes.trouble.kind, TROUBLE_ADAPTER_FORBIDDEN);
	assert_mentions(&notes, "/dev/gpiochip1");

	/* It does not matter whether other chips can be opened. */
	assert_true(put_on(&bus, "GPIO25"));
	adapter_close(&bus);

	gpio.chips[2] = (struct fake_chip){.name = "gpiochip2", .label = "another"};
	gpio.chips[2].lines[3].name = "GPIO25";
	assert_false(put_on(&bus, "GPIO25"));
	assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
	assert_mentions(&notes, "several chips");
	assert_int_equal(gpio.open_fds, 0);
}

static void a_line_that_was_left_low_is_let_go_and_said(void **state)
{
	struct spi_bus bus;

	(void)state;
	a_pi();
	gpio.chips[0].lines[25].output = true;
	gpio.chips[0].lines[25].low = true;
	assert_true(put_on(&bus, "GPIO25"));
	assert_int_equal(notes.warnings, 1);
	assert_mentions(&notes, "CEN (GPIO25) was left low by an earlier program");
	assert_true(gpio.level);
	adapter_close(&bus);
	assert_int_equal(gpio.open_fds, 0);
}

static void a_line_that_somebody_holds_down_is_said(void **state)
{
	struct spi_bus bus;

	(void)state;
	a_pi();
	gpio.chips[0].lines[25].held = true;
	assert_false(put_on(&bus, "GPIO25"));
	assert_int_equal(notes.trouble.kind, TROUBLE_CEN_HELD);
	assert_mentions(&notes, "CEN (GPIO25) stays low though it was released");
	assert_int_equal(gpio.open_fds, 0);
}

static void a_line_that_fails_is_told_as_a_kind(void **state)
{
	struct spi_bus bus;

	(void)state;
	a_pi();
	assert_true(put_on(&bus, "GPIO25"));
	gpio.set_error = ENODEV;
	assert_int_equal(set(&bus, false), TROUBLE_ADAPTER_GONE);
	adapter_close(&bus);
}

static void a_person_is_asked_and_not_waited_for(void **state)
{
	struct spi_bus bus;

	(void)state;
	assert_true(put_on(&bus, "manual"));
	assert_true(bus.cen->by_hand);
	assert_int_equal(set(&bus, false), TROUBLE_NONE);
	assert_int_equal(set(&bus, true), TROUBLE_NONE);
	assert_int_equal(notes.warnings, 1);
	assert_mentions(&notes, "connect CEN to ground");
	adapter_close(&bus);
}

static void without_a_wire_there_is_no_reset_and_the_own_pin_is_the_default(void **state)
{
	struct spi_bus bus;

	(void)state;
	assert_true(put_on(&bus, "none"));
	assert_int_equal(set(&bus, false), TROUBLE_CEN_UNWIRED);
	assert_true(put_on(&bus, "own") && put_on(&bus, NULL));
	assert_int_equal(bus.caps.cen, SPI_CEN_IN_STREAM);
	assert_string_equal(bus.caps.pins.cen, "D2");
}

static void what_is_no_line_is_no_value(void **state)
{
	static const char *const good[] = {
		"GPIO25", "gpiochip0:25", "pinctrl-rp1:0", "PB21", "1c20800.pinctrl:53",
		"own",	  "none",	  "manual"};
	static const char *const bad[] = {"",
					  "25",
					  ":25",
					  "gpiochip0:",
					  "gpiochip0:2x",
					  "a b",
					  "GPIO",
					  "gpiochip0:99999",
					  "a_name_that_is_longer_than_any_of_the_kernel1"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		assert_true(cen_is_value(good[i]));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (cen_is_value(bad[i]))
			fail_msg("\"%s\" was taken", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_requested_open_drain_and_high),
		cmocka_unit_test(the_level_is_what_was_asked_for_and_high_at_the_end),
		cmocka_unit_test(with_cen_elsewhere_or_nowhere_there_are_no_steps_by_hand),
		cmocka_unit_test(a_line_that_drives_both_ways_has_neither_pull_nor_drain),
		cmocka_unit_test(a_line_is_found_by_its_chip_or_its_label_or_its_bank),
		cmocka_unit_test(a_line_that_is_taken_is_named_with_who_has_it),
		cmocka_unit_test(a_line_that_is_not_there_or_not_ours_is_said),
		cmocka_unit_test(a_line_that_was_left_low_is_let_go_and_said),
		cmocka_unit_test(a_line_that_somebody_holds_down_is_said),
		cmocka_unit_test(a_line_that_fails_is_told_as_a_kind),
		cmocka_unit_test(a_person_is_asked_and_not_waited_for),
		cmocka_unit_test(without_a_wire_there_is_no_reset_and_the_own_pin_is_the_default),
		cmocka_unit_test(what_is_no_line_is_no_value),
	};

	return cmocka_run_group_tests_name("gpio_line", tests, NULL, NULL);
}
