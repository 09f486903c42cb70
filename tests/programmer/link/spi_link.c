/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which trouble is raised when the link fails, and how the chip is left. */
#include "tests/unit.h"
#include "programmer/bus/adapter.h"
#include "programmer/link/spi_link.h"
#include "tests/programmer/sim_bus.h"

static struct notes notes;
static struct sim_bus *sim;
static struct spi_pins pins;
static bool cen_at_end, closed;
static enum soc_state state_at_end;

/* Replaces programmer/adapters/adapters.c: the simulator is plugged in. */
static bool any_value(const char *value)
{
	return value[0] != '\0';
}

static const struct adapter simulation = {
	.name = "simulation", .parameter = "usb", .value_help = "usb=", .is_value = any_value};
const struct adapter *const adapters[] = {&simulation, NULL};

struct spi_bus *adapter_open(const struct adapter_wish *wish, const struct observer *observer)
{
	if (wish->value) {
		observer_raise(observer, TROUBLE_NO_ADAPTER, NO_RANGE, "none at %s", wish->value);
		return NULL;
	}
	strcpy(sim->bus.port, "1-4.2");
	return &sim->bus;
}

void adapter_close(struct spi_bus *bus)
{
	(void)bus;
	cen_at_end = sim->soc.cen;
	state_at_end = sim->soc.state;
	closed = true;
	sim_bus_free(sim);
}

static void plug_in(const char *entry)
{
	const struct board_options options = {
		.part = chipdb_part_by_name("GD25Q16B"), .entry = entry, .seed = 1};

	notes_begin(&notes);
	sim = sim_bus_new(&options);
	pins = (struct spi_pins){.clock = NULL};
	closed = false;
}

static struct link *open_link(const char *parameters)
{
	return spi_link_programmer.open(parameters, &notes.observer, &pins);
}

/* One trouble, of this kind, with nothing open and the chip running. */
static void assert_no_link(const struct link *link, enum trouble_kind kind)
{
	assert_null(link);
	assert_int_equal(notes.errors, 1);
	assert_string_equal(trouble_name(notes.trouble.kind), trouble_name(kind));
	assert_true(closed);
	assert_true(cen_at_end);
}

static void each_fault_of_the_wires_has_its_kind_with_what_was_seen(void **state)
{
	static const struct {
		const char *entry, *parameters;
		enum trouble_kind kind;
		unsigned resets;
		const char *id, *pin; /* a name that the next step contains */
	} faults[] = {
		{"measured", "enter=never", TROUBLE_NO_ANSWER, 0, NULL, NULL},
		{"dead-00", "tries=2", TROUBLE_LINE_LOW, 2, "00 00 00", "{cen}"},
		{"dead-FF", "tries=2", TROUBLE_LINE_HIGH, 2, "FF FF FF", "{in}"},
		{"swapped", "tries=2", TROUBLE_LINE_HIGH, 2, "FF FF FF", "{out}"},
		{"no-cen", "tries=2", TROUBLE_NO_ECHO, 2, NULL, "{cen}"},
		{"no-cs", "tries=2", TROUBLE_NOT_TAKEN, 2, NULL, "{select}"},
		{"sticky", "enter=always", TROUBLE_CEN_UNWIRED, 1, NULL, "{cen}"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		plug_in(faults[i].entry);
		assert_no_link(open_link(faults[i].parameters), faults[i].kind);
		assert_string_equal(trouble_value(&notes.trouble, "port")->text, "1-4.2");
		assert_int_equal(trouble_value(&notes.trouble, "resets")->number, faults[i].resets);
		if (faults[i].id)
			assert_string_equal(trouble_value(&notes.trouble, "id")->text,
					    faults[i].id);
		/* The trouble says what was seen; the next step belongs to its kind. */
		assert_string_equal(notes.trouble.next, "");
		assert_null(strchr(notes.trouble.seen, '{'));
		if (faults[i].pin)
			assert_non_null(strstr(trouble_next(faults[i].kind), faults[i].pin));
		assert_string_equal(pins.cen, "D2");
	}
}

static void of_many_tries_only_some_are_reported(void **state)
{
	(void)state;
	plug_in("dead-00");
	assert_no_link(open_link("tries=25"), TROUBLE_LINE_LOW);
	assert_int_equal(notes.infos, 4);
	assert_mentions(&notes, "no link after 5 of 25 tries; going on\n"
				"no link after 10 of 25 tries; going on\n"
				"no link after 20 of 25 tries; going on\n");
}

static void a_failure_of_the_adapter_keeps_its_kind(void **state)
{
	static const enum trouble_kind kinds[] = {TROUBLE_ADAPTER_GONE, TROUBLE_ADAPTER_SILENT,
						  TROUBLE_ADAPTER_FAULT};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		plug_in("measured");
		sim->fail_at = 2;
		sim->fail_error = kinds[i];
		assert_no_link(open_link(NULL), kinds[i]);
		assert_mentions(&notes, "the link failed");
	}
}

static void an_interrupted_link_is_raised_and_the_chip_runs(void **state)
{
	(void)state;
	plug_in("measured");
	/* The observer of the test's bus is the one that cancels. */
	sim->cancel_at = 3;
	assert_no_link(open_link(NULL), TROUBLE_INTERRUPTED);
	/* The chip was not in SPI mode yet, and with leave=spi it will not be. */
	assert_string_equal(notes.trouble.seen, "interrupted");
}

static void without_an_adapter_nothing_else_is_raised(void **state)
{
	(void)state;
	plug_in("measured");
	assert_null(open_link("usb=1-9"));
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_NO_ADAPTER);
	assert_null(pins.clock);
	sim_bus_free(sim);
}

static void bad_parameters_open_nothing(void **state)
{
	(void)state;
	plug_in("measured");
	assert_null(open_link("tries=0"));
	assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
	assert_int_equal(sim->transfers, 0);
	sim_bus_free(sim);
}

static void a_link_has_the_id_and_lets_the_chip_run_at_its_end(void **state)
{
	static const uint8_t id[3] = {0xc8, 0x40, 0x15};
	struct link *link;

	(void)state;
	plug_in("measured");
	link = open_link(NULL);
	assert_non_null(link);
	assert_memory_equal(link->id, id, 3);
	assert_false(link->was_linked);
	assert_int_equal(link->resets, 1);
	assert_string_equal(link->port, "1-4.2");
	assert_int_equal(link->release(link), TROUBLE_NONE);
	assert_true(closed && cen_at_end);
	assert_int_not_equal(state_at_end, SOC_FLASH);
	assert_int_equal(notes.errors + notes.warnings, 0);
}

static void a_link_that_stays_is_left_as_it_is(void **state)
{
	struct link *link;

	(void)state;
	plug_in("measured");
	link = open_link("leave=spi");
	assert_non_null(link);
	assert_true(link->stays);
	assert_int_equal(link->release(link), TROUBLE_NONE);
	assert_int_equal(state_at_end, SOC_FLASH);
	assert_int_equal(notes.errors + notes.warnings, 0);
}

static enum trouble_kind set_speed(struct spi_bus *bus, uint32_t hz)
{
	bus->caps.clock_hz = hz;
	return TROUBLE_NONE;
}

/* During the work it may be linked again, and its clock lowered if there is a slower one. */
static void a_linked_die_can_be_brought_back_and_its_bus_made_slower(void **state)
{
	static struct spi_adapter_ops ops;

	(void)state;
	for (unsigned clocks = 1; clocks <= 2; clocks++) {
		struct link *link;

		plug_in("measured");
		ops = *sim->bus.ops;
		if (clocks == 2)
			ops.set_speed = set_speed;
		sim->bus.ops = &ops;
		link = open_link(NULL);
		assert_non_null(link);
		assert_non_null(link->die->reviver);
		assert_int_equal(link->die->slower != NULL, clocks == 2);
		assert_int_equal(link->clock_hz, sim->bus.caps.clock_hz);
		assert_int_equal(link->release(link), TROUBLE_NONE);
	}
}

/* On a bus that may hold the computer's own flash: that must not be reset. */
static void a_flash_that_may_be_the_computers_own_is_left_alone(void **state)
{
	(void)state;
	plug_in("linked");
	sim->bus.caps.may_be_own = true;
	assert_no_link(open_link("enter=never,leave=run"), TROUBLE_OWN_FLASH);
	assert_int_equal(state_at_end, SOC_FLASH);
	assert_mentions(
		&notes,
		"a flash answers without having been reset (resets: 0, 9Fh answered C8 40 15)");
	assert_string_equal(trouble_value(&notes.trouble, "id")->text, "C8 40 15");
	assert_non_null(strstr(notes.trouble.next, "own_flash=no"));
	/* A reset should show whose flash it is, and did not. */
	plug_in("sticky");
	sim->bus.caps.may_be_own = true;
	assert_no_link(open_link("enter=always"), TROUBLE_OWN_FLASH);
	assert_mentions(&notes, "the flash answers even while CEN is low");
	assert_string_equal(notes.trouble.next, "");
}

static void costs_that_are_guesses_are_measured(void **state)
{
	(void)state;
	for (unsigned guessed = 0; guessed < 2; guessed++) {
		struct link *link;

		plug_in("measured");
		sim->bus.caps.costs_guessed = guessed;
		sim->bus.caps.ns_per_byte = 1;
		link = open_link(NULL);
		assert_non_null(link);
		assert_int_equal(sim->bus.caps.ns_per_byte, guessed ? 6000 : 1);
		link->release(link);
	}
}

static void a_chip_that_can_not_be_reset_at_the_end_is_raised(void **state)
{
	struct link *link;

	(void)state;
	plug_in("measured");
	link = open_link(NULL);
	assert_non_null(link);
	sim->fail_at = sim->transfers + 1;
	sim->fail_error = TROUBLE_ADAPTER_SILENT;
	assert_int_equal(link->release(link), TROUBLE_NOT_RELEASED);
	assert_int_equal(notes.trouble.kind, TROUBLE_NOT_RELEASED);
	assert_string_equal(trouble_value(&notes.trouble, "because")->text, "adapter-silent");
	assert_true(closed);
}

static void a_reset_that_resets_nothing_is_raised(void **state)
{
	(void)state;
	plug_in("sticky");
	assert_int_equal(spi_link_programmer.reset(NULL, &notes.observer), TROUBLE_NOT_RELEASED);
	assert_int_equal(notes.errors, 1);
	assert_mentions(&notes, "not connected to D2");
	plug_in("linked");
	assert_int_equal(spi_link_programmer.reset(NULL, &notes.observer), TROUBLE_NONE);
	assert_int_not_equal(state_at_end, SOC_FLASH);
}

/* A line that is stuck at 0 or 1 looks the same with and without a reset. */
static void a_reset_of_a_chip_that_said_nothing_says_that_it_does_not_know(void **state)
{
	static const char *const entries[] = {"linked", "dead-00", "closed"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(entries); i++) {
		plug_in(entries[i]);
		assert_int_equal(spi_link_programmer.reset(NULL, &notes.observer), TROUBLE_NONE);
		assert_int_equal(notes.warnings, i > 0);
		if (i > 0)
			assert_mentions(&notes, "nothing tells whether CEN reaches the chip");
	}
}

/* A flipped bit in one of two answers does not prove that the flash was reset. */
static void a_reset_of_what_answers_differently_says_that_it_does_not_know(void **state)
{
	(void)state;
	for (unsigned window = 1; window <= 2; window++) {
		plug_in("linked");
		sim->fault = FAULT_FLIP_IN;
		sim->fault_at = window;
		assert_int_equal(spi_link_programmer.reset(NULL, &notes.observer), TROUBLE_NONE);
		assert_int_equal(notes.warnings, 1);
		assert_mentions(&notes, "nothing tells whether CEN reaches the chip");
	}
}

static void a_reset_that_the_bus_prevents_is_raised_with_its_cause(void **state)
{
	(void)state;
	/* Two calls read the IDs; then CEN goes low, is checked, and goes high. */
	for (unsigned number = 3; number <= 5; number++) {
		plug_in("linked");
		sim->fail_at = number;
		sim->fail_error = TROUBLE_ADAPTER_GONE;
		assert_int_equal(spi_link_programmer.reset(NULL, &notes.observer),
				 TROUBLE_NOT_RELEASED);
		assert_int_equal(notes.errors, 1);
		assert_int_equal(notes.warnings, 0);
		assert_string_equal(trouble_value(&notes.trouble, "because")->text, "adapter-gone");
		assert_string_equal(trouble_value(&notes.trouble, "port")->text, "1-4.2");
		assert_true(closed);
	}
}

/* Cancelling the work does not cancel the reset that lets the chip run. */
static void letting_it_run_is_not_given_up(void **state)
{
	struct link *link;

	(void)state;
	plug_in("measured");
	link = open_link(NULL);
	assert_non_null(link);
	sim->cancel_at = 1;
	assert_int_equal(link->release(link), TROUBLE_NONE);
	assert_true(closed && cen_at_end);
	assert_int_not_equal(state_at_end, SOC_FLASH);
	plug_in("linked");
	sim->cancel_at = 1;
	assert_int_equal(spi_link_programmer.reset(NULL, &notes.observer), TROUBLE_NONE);
	assert_true(cen_at_end);
	assert_int_not_equal(state_at_end, SOC_FLASH);
}

static void a_chip_that_cen_does_not_reach_is_said_to_be_a_flash_still(void **state)
{
	struct link *link;

	(void)state;
	plug_in("sticky");
	link = open_link(NULL);
	assert_non_null(link);
	assert_true(link->was_linked);
	assert_int_equal(link->resets, 0);
	/* Everything that was asked for is done, so this is not an error. */
	assert_int_equal(link->release(link), TROUBLE_NONE);
	assert_int_equal(notes.errors, 0);
	assert_int_equal(notes.warnings, 1);
	assert_mentions(&notes, "not connected to D2: cut its power");
}

static void without_a_pin_for_cen_it_stays_and_what_it_needs_is_said(void **state)
{
	struct link *link;

	(void)state;
	plug_in("linked");
	sim->bus.caps.cen = SPI_CEN_NONE;
	link = open_link("enter=never");
	assert_non_null(link);
	assert_true(link->stays);
	assert_int_equal(link->release(link), TROUBLE_NONE);
	assert_int_equal(state_at_end, SOC_FLASH);
	plug_in("measured");
	sim->bus.caps.cen = SPI_CEN_NONE;
	assert_no_link(open_link(NULL), TROUBLE_CEN_UNWIRED);
	assert_mentions(&notes, "nothing drives CEN");
	assert_non_null(strstr(notes.trouble.next, "cen=GPIO25"));
}

static void a_flash_that_slept_is_said_to_be_woken(void **state)
{
	const struct board_options options = {.part = chipdb_part_by_name("GD25Q16B"),
					      .entry = "measured",
					      .seed = 1,
					      .start = DIE_POWER_DOWN};
	struct link *link;

	(void)state;
	plug_in("measured");
	sim_bus_free(sim);
	sim = sim_bus_new(&options);
	link = open_link(NULL);
	assert_non_null(link);
	assert_mentions(&notes, "ABh woke it");
	assert_int_equal(link->release(link), TROUBLE_NONE);
}

static void parameters_alone_say_what_would_be_done(void **state)
{
	struct link_intent intent;

	(void)state;
	notes_begin(&notes);
	assert_true(spi_link_programmer.check("leave=spi,reset_ms=250", &notes.observer, &intent));
	assert_true(intent.stays);
	assert_int_equal(intent.reset_ms, 250);
	assert_true(spi_link_programmer.check("leave=run", &notes.observer, &intent));
	assert_false(intent.stays);
	assert_false(spi_link_programmer.check("tries=0", &notes.observer, &intent));
	assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_of_the_wires_has_its_kind_with_what_was_seen),
		cmocka_unit_test(of_many_tries_only_some_are_reported),
		cmocka_unit_test(a_failure_of_the_adapter_keeps_its_kind),
		cmocka_unit_test(an_interrupted_link_is_raised_and_the_chip_runs),
		cmocka_unit_test(without_an_adapter_nothing_else_is_raised),
		cmocka_unit_test(bad_parameters_open_nothing),
		cmocka_unit_test(a_link_has_the_id_and_lets_the_chip_run_at_its_end),
		cmocka_unit_test(a_link_that_stays_is_left_as_it_is),
		cmocka_unit_test(a_linked_die_can_be_brought_back_and_its_bus_made_slower),
		cmocka_unit_test(a_flash_that_may_be_the_computers_own_is_left_alone),
		cmocka_unit_test(costs_that_are_guesses_are_measured),
		cmocka_unit_test(a_chip_that_can_not_be_reset_at_the_end_is_raised),
		cmocka_unit_test(a_reset_that_resets_nothing_is_raised),
		cmocka_unit_test(a_reset_of_a_chip_that_said_nothing_says_that_it_does_not_know),
		cmocka_unit_test(a_reset_of_what_answers_differently_says_that_it_does_not_know),
		cmocka_unit_test(a_reset_that_the_bus_prevents_is_raised_with_its_cause),
		cmocka_unit_test(letting_it_run_is_not_given_up),
		cmocka_unit_test(a_chip_that_cen_does_not_reach_is_said_to_be_a_flash_still),
		cmocka_unit_test(without_a_pin_for_cen_it_stays_and_what_it_needs_is_said),
		cmocka_unit_test(a_flash_that_slept_is_said_to_be_woken),
		cmocka_unit_test(parameters_alone_say_what_would_be_done),
	};

	return cmocka_run_group_tests_name("spi_link", tests, NULL, NULL);
}
