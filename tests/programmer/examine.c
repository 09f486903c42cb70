/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wires are examined slowly enough, as often as asked for, and the adapter is released. */
#include "tests/unit.h"

#include "programmer/bus/adapter.h"
#include "programmer/examine.h"
#include "programmer/link/spi_link.h"
#include "programmer/link/spi_speed.h"
#include "programmer/link/wire_look.h"
#include "tests/programmer/fake_bus.h"

static struct notes notes;
static struct fake_bus fake;
static struct spi_adapter_ops ops;
static unsigned opened, closed, looked, looked_quickly;
static struct spi_params params; /* as they were when the adapter was opened */
static unsigned tries;		 /* as the examination got them */
static uint32_t speed_hz;
static enum trouble_kind speed_kind, look_kind;
static bool no_adapter;

/* Replaces the link: which adapter it is, and what its wires are like. */
struct spi_bus *__wrap_spi_params_open(const struct spi_params *how,
				       const struct observer *observer);
void __wrap_adapter_close(struct spi_bus *bus);
enum trouble_kind __wrap_wire_look(struct spi_bus *bus, const struct link_options *options,
				   const struct observer *observer, struct wire_seen *seen);
enum trouble_kind __wrap_wire_look_quickly(struct spi_bus *bus, const struct link_options *options,
					   const struct observer *observer, struct wire_seen *seen);

struct spi_bus *__wrap_spi_params_open(const struct spi_params *how,
				       const struct observer *observer)
{
	params = *how;
	if (no_adapter) {
		observer_raise(observer, TROUBLE_NO_ADAPTER, NO_RANGE, "none is there");
		return NULL;
	}
	opened++;
	return &fake.bus;
}

void __wrap_adapter_close(struct spi_bus *bus)
{
	assert_ptr_equal(bus, &fake.bus);
	closed++;
}

static enum trouble_kind look(struct spi_bus *bus, const struct link_options *options,
			      struct wire_seen *seen)
{
	assert_ptr_equal(bus, &fake.bus);
	assert_int_equal(closed + 1, opened);
	tries = options->tries;
	*seen = (struct wire_seen){.by_hand = true, .cen_low = true};
	return look_kind;
}

enum trouble_kind __wrap_wire_look(struct spi_bus *bus, const struct link_options *options,
				   const struct observer *observer, struct wire_seen *seen)
{
	assert_ptr_equal(observer, &notes.observer);
	looked++;
	return look(bus, options, seen);
}

enum trouble_kind __wrap_wire_look_quickly(struct spi_bus *bus, const struct link_options *options,
					   const struct observer *observer, struct wire_seen *seen)
{
	assert_ptr_equal(observer, &notes.observer);
	looked_quickly++;
	return look(bus, options, seen);
}

static enum trouble_kind set_speed(struct spi_bus *bus, uint32_t hz)
{
	assert_ptr_equal(bus, &fake.bus);
	speed_hz = hz;
	return speed_kind;
}

static int begin(void **state)
{
	(void)state;
	notes_begin(&notes);
	fake_bus_begin(&fake);
	ops = *fake.bus.ops;
	ops.set_speed = set_speed;
	fake.bus.ops = &ops;
	fake.bus.caps.kind = "CH341A";
	fake.bus.caps.clock_hz = 30000000;
	fake.bus.caps.pins.clock = "D3";
	strcpy(fake.bus.port, "1-4.2");
	opened = closed = looked = looked_quickly = speed_hz = 0;
	speed_kind = look_kind = TROUBLE_NONE;
	no_adapter = false;
	return 0;
}

static struct examined examined;

static enum trouble_kind examine(const char *parameters, bool quickly)
{
	const struct beken_options options = {.parameters = parameters,
					      .observer = &notes.observer};

	memset(&examined, 0x5a, sizeof(examined));
	return beken_examine(&options, quickly, &examined);
}

static void what_is_seen_is_judged_and_the_adapter_is_let_go(void **state)
{
	(void)state;
	assert_int_equal(examine(NULL, false), TROUBLE_NONE);
	assert_true(examined.opened);
	assert_string_equal(examined.caps.kind, "CH341A");
	assert_string_equal(examined.port, "1-4.2");
	assert_true(examined.has_modes); /* it has a jumper */
	assert_true(examined.seen.cen_low);
	assert_true(examined.verdict.linked);
	assert_int_equal(looked, 1);
	assert_int_equal(looked_quickly, 0);
	assert_int_equal(opened, 1);
	assert_int_equal(closed, 1);
	assert_int_equal(notes.errors, 0);
}

static void who_has_no_modes_is_told_so(void **state)
{
	(void)state;
	fake.bus.caps.kind = "spidev";
	assert_int_equal(examine(NULL, false), TROUBLE_NONE);
	assert_false(examined.has_modes);
	fake.bus.caps.kind = "another";
	assert_int_equal(examine(NULL, false), TROUBLE_NONE);
	assert_false(examined.has_modes);
}

static void it_takes_no_more_tries_than_tell_enough(void **state)
{
	(void)state;
	assert_int_equal(examine("tries=1000", false), TROUBLE_NONE);
	assert_int_equal(tries, 6);
	assert_int_equal(examine("tries=1000", true), TROUBLE_NONE);
	assert_int_equal(tries, 1);
	assert_int_equal(looked_quickly, 1);
	assert_int_equal(examine("tries=2", false), TROUBLE_NONE);
	assert_int_equal(tries, 2);
}

/* Whether they are too long for a fast clock shows when the chip links. */
static void the_wires_are_looked_at_with_a_slow_clock(void **state)
{
	(void)state;
	assert_int_equal(examine(NULL, false), TROUBLE_NONE);
	assert_int_equal(speed_hz, SPI_SPEED_SAFE_HZ);
	speed_hz = 0;
	fake.bus.caps.clock_hz = SPI_SPEED_SAFE_HZ;
	assert_int_equal(examine(NULL, false), TROUBLE_NONE);
	assert_int_equal(speed_hz, 0);
	fake.bus.caps.clock_hz = 30000000;
	ops.set_speed = NULL;
	assert_int_equal(examine(NULL, false), TROUBLE_NONE);
	assert_int_equal(looked, 3);
}

static void parameters_of_all_programmers_stand_among_those_of_the_link(void **state)
{
	(void)state;
	assert_int_equal(examine("chip=size:2M,tries=4,unprotect=no,mode=3", false), TROUBLE_NONE);
	assert_int_equal(params.link.tries, 4);
	assert_true(params.mode3);
	assert_int_equal(examine("reset_ms=70,chip=GD25Q16B", false), TROUBLE_NONE);
	assert_int_equal(params.link.reset_ms, 70);
	assert_int_equal(examine("unprotect=auto", false), TROUBLE_NONE);
	assert_int_equal(examine("chips=3", false), TROUBLE_USAGE);
	assert_false(examined.opened);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(opened, 3);
	notes_begin(&notes);
	assert_int_equal(examine("x,y", false), TROUBLE_USAGE);
	assert_mentions(&notes, "\"x\"");
}

static void a_fault_of_the_adapter_is_raised_and_the_adapter_let_go(void **state)
{
	(void)state;
	look_kind = TROUBLE_ADAPTER_FAULT;
	assert_int_equal(examine(NULL, false), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_ADAPTER_FAULT);
	assert_string_equal(notes.trouble.values[0].name, "port");
	assert_string_equal(notes.trouble.values[0].text, "1-4.2");
	assert_int_equal(closed, 1);
	closed = 0;
	speed_kind = TROUBLE_ADAPTER_GONE;
	assert_int_equal(examine(NULL, false), TROUBLE_ADAPTER_GONE);
	assert_int_equal(notes.errors, 2);
	assert_int_equal(looked, 1);
	assert_int_equal(closed, 1);
}

static void without_an_adapter_there_is_nothing_to_see(void **state)
{
	(void)state;
	no_adapter = true;
	assert_int_equal(examine(NULL, false), TROUBLE_NO_ADAPTER);
	assert_false(examined.opened);
	assert_int_equal(notes.errors, 1);
	assert_int_equal(looked + closed, 0);
}

static void the_pins_have_their_names_from_the_adapter(void **state)
{
	struct spi_pins pins = {.clock = "before"};
	const struct beken_options options = {.observer = &notes.observer, .pins = &pins};

	(void)state;
	no_adapter = true;
	beken_examine(&options, true, &examined);
	assert_string_equal(pins.clock, "before");
	no_adapter = false;
	assert_int_equal(beken_examine(&options, true, &examined), TROUBLE_NONE);
	assert_string_equal(pins.clock, "D3");
}

#define CASE(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_seen_is_judged_and_the_adapter_is_let_go),
		CASE(who_has_no_modes_is_told_so),
		CASE(it_takes_no_more_tries_than_tell_enough),
		CASE(the_wires_are_looked_at_with_a_slow_clock),
		CASE(parameters_of_all_programmers_stand_among_those_of_the_link),
		CASE(a_fault_of_the_adapter_is_raised_and_the_adapter_let_go),
		CASE(without_an_adapter_there_is_nothing_to_see),
		CASE(the_pins_have_their_names_from_the_adapter),
	};

	return cmocka_run_group_tests_name("examine", tests, NULL, NULL);
}
