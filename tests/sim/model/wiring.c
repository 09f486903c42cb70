/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"

#include <stdlib.h>

#include "sim/model/ch341a_engine.h"

enum { D0 = 0x01, D1 = 0x02, D2 = 0x04, D3 = 0x08, D5 = 0x20, D7 = 0x80, IDLE = 0x37, ALL = 0x3F };

#define MS UINT64_C(1000000)

struct module {
	struct nor nor;
	struct soc soc;
	struct wires wires;
	struct board_stats stats;
	uint64_t ns;
};

/* On the heap, since the wires point into it. */
static struct module *module_new(const char *wiring)
{
	const struct board_options options = {.part = chipdb_part_by_name("GD25Q16B")};
	struct module *module = calloc(1, sizeof(*module));
	struct wiring wires = wiring_right;

	assert_non_null(module);
	assert_true(wiring_parse(&wires, wiring));
	assert_true(nor_init(&module->nor, &options, &module->stats));
	soc_init(&module->soc, soc_variant_by_name("measured"), 1, &module->nor, &module->stats);
	wires_init(&module->wires, &wires, &module->soc, 1);
	return module;
}

static void module_free(struct module *module)
{
	nor_fini(&module->nor);
	free(module);
}

/* The levels when the pins @outputs are driven to @latch. */
static uint8_t levels(struct module *module, uint8_t latch, uint8_t outputs)
{
	module->ns += MS;
	wires_drive(&module->wires, latch, outputs, module->ns);
	return wires_levels(&module->wires, module->ns);
}

/*
 * CEN is low on the pin @cen; 10 ms after it has risen, D2 bytes are clocked at the adapter's
 * clock.
 */
static void reset_and_shift(struct module *module, uint8_t cen, uint8_t *miso, size_t count)
{
	uint8_t mosi[64];

	memset(mosi, 0xD2, sizeof(mosi));
	wires_drive(&module->wires, IDLE & ~cen, ALL, module->ns);
	module->ns += 100 * MS;
	wires_drive(&module->wires, IDLE, ALL, module->ns);
	module->ns += 10 * MS;
	wires_drive(&module->wires, IDLE & ~D0, ALL, module->ns);
	wires_shift(&module->wires, mosi, miso, count, module->ns, 6030);
	module->ns += MS;
	wires_drive(&module->wires, IDLE, ALL, module->ns);
}

static void test_items_of_an_option_are_understood_and_others_refused(void **state)
{
	static const char *const bad[] = {"P24=D0",  "P20=D9",	    "swap=P20",	  "swap=P20/P20",
					  "GND:low", "P20:up",	    "noise=much", "supply=bad",
					  "P20",     "P20=D0,,slow"};
	struct wiring wiring = wiring_right;

	(void)state;
	assert_true(
		wiring_parse(&wiring, "swap=P22/P23,CEN=D1,P20:low,noise=200,supply=weak,slow"));
	assert_int_equal(wiring.goes[PAD_P22], 7);
	assert_int_equal(wiring.goes[PAD_P23], 5);
	assert_int_equal(wiring.goes[PAD_CEN], 1);
	assert_int_equal(wiring.held[PAD_P20], HELD_LOW);
	assert_int_equal(wiring.noise, 200);
	assert_int_equal(wiring.supply, SUPPLY_WEAK);
	assert_true(wiring.slow && wiring.given);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(wiring_parse(&wiring, bad[i]));
}

static void test_right_wires_carry_d2_both_ways(void **state)
{
	struct module *module = module_new("P20=D3");
	uint8_t miso[4];

	(void)state;
	reset_and_shift(module, D2, miso, sizeof(miso));
	assert_int_equal(miso[0], 0xD2);
	assert_int_equal(module->soc.state, SOC_SWITCH);
	module_free(module);
}

static void test_an_open_wire_reads_as_the_pull_up(void **state)
{
	struct module *module = module_new("P23=open");
	uint8_t miso[4];

	(void)state;
	reset_and_shift(module, D2, miso, sizeof(miso));
	assert_int_equal(miso[0] & miso[3], 0xFF);
	assert_int_equal(module->soc.state, SOC_SWITCH);
	module_free(module);
}

static void test_without_cen_the_firmware_runs_on(void **state)
{
	struct module *module = module_new("CEN=open");
	uint8_t miso[4];

	(void)state;
	reset_and_shift(module, D2, miso, sizeof(miso));
	assert_int_equal(module->soc.state, SOC_BOOT);
	module_free(module);
}

static void test_cen_on_the_pin_next_to_its_own_is_reset_by_that(void **state)
{
	struct module *module = module_new("CEN=D1");
	uint8_t miso[4];

	(void)state;
	reset_and_shift(module, D1, miso, sizeof(miso));
	assert_int_equal(module->soc.state, SOC_SWITCH);
	module_free(module);
}

static void test_swapped_data_comes_back_on_the_pin_that_should_send(void **state)
{
	struct module *module = module_new("swap=P22/P23");

	(void)state;
	/* The firmware drives P23 low. */
	assert_int_equal(levels(module, D2, D2) & (D5 | D7), D7);
	module_free(module);
}

static void test_a_module_without_power_clamps_its_wires_until_one_feeds_it(void **state)
{
	struct module *module = module_new("supply=none");

	(void)state;
	assert_int_equal(levels(module, 0, 0) & (D0 | D3 | D5 | D7), 0);
	assert_int_equal(levels(module, D0, D0) & (D3 | D5 | D7), D3 | D5 | D7);
	/* Without a wire nothing limits the level. */
	assert_int_equal(levels(module, 0, 0) & D1, D1);
	module_free(module);
}

static void test_a_pad_that_is_held_wins_over_the_adapter(void **state)
{
	struct module *low = module_new("P21:low"), *high = module_new("P21:high");

	(void)state;
	assert_int_equal(levels(low, D0, D0) & D0, 0);
	assert_int_equal(levels(high, 0, D0) & D0, D0);
	module_free(low);
	module_free(high);
}

static void test_bridged_pads_have_one_level(void **state)
{
	struct module *module = module_new("bridge");

	(void)state;
	/* With CEN low the SoC drives nothing. */
	assert_int_equal(levels(module, 0, D2 | D5) & D7, 0);
	assert_int_equal(levels(module, D5, D2 | D5) & D7, D7);
	module_free(module);
}

static void test_ground_in_the_place_of_a_pad_holds_both_low(void **state)
{
	struct module *module = module_new("swap=CEN/GND");

	(void)state;
	assert_int_equal(levels(module, D2, D2) & D2, 0);
	assert_false(module->soc.cen);
	module_free(module);
}

static void test_a_weak_supply_makes_the_chip_begin_anew_without_a_reset(void **state)
{
	struct module *module = module_new("supply=weak");
	bool window = false;

	(void)state;
	for (unsigned ms = 0; ms < 300; ms++) {
		levels(module, IDLE, ALL);
		window |= module->soc.state == SOC_WINDOW;
	}
	assert_true(window);
	module_free(module);
}

static void test_a_slow_wire_is_late_for_the_clock_alone(void **state)
{
	struct module *module = module_new("slow");
	uint8_t miso[64];
	unsigned wrong = 0;

	(void)state;
	module->soc.variant = soc_variant_by_name("per-byte-cs");
	reset_and_shift(module, D2, miso, sizeof(miso));
	for (size_t i = 0; i < sizeof(miso); i++)
		wrong += miso[i] != 0xD2;
	assert_in_range(wrong, 20, sizeof(miso));
	module_free(module);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items_of_an_option_are_understood_and_others_refused),
		cmocka_unit_test(test_right_wires_carry_d2_both_ways),
		cmocka_unit_test(test_an_open_wire_reads_as_the_pull_up),
		cmocka_unit_test(test_without_cen_the_firmware_runs_on),
		cmocka_unit_test(test_cen_on_the_pin_next_to_its_own_is_reset_by_that),
		cmocka_unit_test(test_swapped_data_comes_back_on_the_pin_that_should_send),
		cmocka_unit_test(test_a_module_without_power_clamps_its_wires_until_one_feeds_it),
		cmocka_unit_test(test_a_pad_that_is_held_wins_over_the_adapter),
		cmocka_unit_test(test_bridged_pads_have_one_level),
		cmocka_unit_test(test_ground_in_the_place_of_a_pad_holds_both_low),
		cmocka_unit_test(test_a_weak_supply_makes_the_chip_begin_anew_without_a_reset),
		cmocka_unit_test(test_a_slow_wire_is_late_for_the_clock_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
