/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programmer beken_uart on a simulated line: opening, what is said of failures, letting go. */
#include "programmer/link/uart_link.h"

#include "programmer/wire/tty.h"
#include "tests/programmer/sim_wire.h"
#include "tests/unit.h"

static struct notes notes;
static struct sim_wire_options line;
static const char *path; /* of the port that was opened */
static struct sim_wire *sim;
static bool no_port, blank;
static uint32_t rate_works; /* 0: all do */

/* In place of wire/tty.c. */
struct wire *tty_open(const char *name, const struct observer *observer)
{
	path = name;
	if (no_port) {
		observer_raise(observer, TROUBLE_NO_ADAPTER, NO_RANGE, "no such port");
		return NULL;
	}
	sim = sim_wire_new(&line);
	sim->rate_works = rate_works;
	for (uint32_t i = 0; !blank && i < sim->nor.part->size; i++)
		sim->nor.memory[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	return &sim->wire;
}

static struct link *open_link(const char *more)
{
	char parameters[128];
	struct spi_pins pins = {.clock = NULL};

	snprintf(parameters, sizeof(parameters), "port=/dev/ttyUSB0,wait=2%s", more);
	return uart_link_programmer.open(parameters, &notes.observer, &pins);
}

/* What identify.h would find out. */
static struct link *open_with_part(void)
{
	struct link *link = open_link("");

	assert_non_null(link);
	die_take_part(link->die, sim->nor.part);
	return link;
}

static int begin(void **state)
{
	(void)state;
	notes_begin(&notes);
	line = (struct sim_wire_options){.loader = "n"};
	no_port = blank = false;
	rate_works = 0;
	sim = NULL;
	return 0;
}

static void a_rom_is_linked_at_the_best_rate_and_its_die_can_be_read(void **state)
{
	uint8_t bytes[256];
	struct range range = {0x1000, sizeof(bytes)};
	struct link *link = open_with_part();

	(void)state;
	assert_string_equal(path, "/dev/ttyUSB0");
	assert_string_equal(link->place, "port");
	assert_int_equal(link->clock_hz, 2000000);
	assert_int_equal(link->resets, 1);
	assert_memory_equal(link->id, sim->nor.part->id, 3);
	assert_null(link->bus);
	assert_mentions(&notes, "the ROM of a chip");
	assert_int_equal(die_read(link->die, range.start, bytes, range.length), TROUBLE_NONE);
	assert_memory_equal(bytes, sim->nor.memory + range.start, range.length);
	assert_int_equal(link->release(link), TROUBLE_NONE);
	assert_int_equal(notes.errors, 0);
	assert_int_equal(notes.warnings, 0);
}

static void a_bootloader_in_the_flash_says_what_it_cannot_do(void **state)
{
	struct link *link;

	(void)state;
	line.loader = "t";
	link = open_link("");
	assert_non_null(link);
	assert_mentions(&notes, "BK7231S_1.0.5");
	assert_mentions(&notes, "does not change its first 68 KiB");
	assert_int_equal(link->release(link), TROUBLE_NONE);
}

static void a_blank_flash_behind_one_has_a_size_that_is_only_supposed(void **state)
{
	struct link *link;

	(void)state;
	line.loader = "t";
	blank = true;
	link = open_link("");
	assert_non_null(link);
	assert_int_equal(notes.warnings, 1);
	assert_mentions(&notes, "chip=size:4M");
	assert_int_equal(link->release(link), TROUBLE_NONE);
}

static void a_rate_that_does_not_work_costs_a_slower_one_and_is_told_to_who_wished_it(void **state)
{
	static const char *const wishes[] = {"", ",baud=2000000"};

	for (unsigned i = 0; i < COUNT_OF(wishes); i++) {
		struct link *link;

		begin(state);
		rate_works = 1000000;
		link = open_link(wishes[i]);
		assert_non_null(link);
		assert_in_range(link->clock_hz, 460800, 1000000);
		assert_int_equal(notes.warnings > 0, i == 1);
		assert_mentions(&notes, "2000000 baud");
		assert_int_equal(link->release(link), TROUBLE_NONE);
	}
}

static void who_does_not_answer_is_told_by_what_comes_with_the_port_and_the_resets(void **state)
{
	static const struct {
		const char *faults, *words;
		enum trouble_kind kind;
	} rows[] = {
		{"stuck", "nothing comes from the chip at all", TROUBLE_UART_SILENT},
		{"echo", "TX and RX are joined", TROUBLE_UART_ECHO},
		{"log", "the firmware answers, and not the bootloader: \"[app]",
		 TROUBLE_UART_FIRMWARE},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin(state);
		line.cen = UART_CEN_NONE;
		line.faults = rows[i].faults;
		assert_null(open_link(",reset=lines"));
		assert_int_equal(notes.errors, 1);
		assert_int_equal(notes.trouble.kind, rows[i].kind);
		assert_mentions(&notes, rows[i].words);
		assert_true(notes_number(&notes, "resets") > 0);
	}
}

static void a_port_that_cannot_be_opened_is_told_once(void **state)
{
	(void)state;
	no_port = true;
	assert_null(open_link(""));
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_NO_ADAPTER);
	assert_int_equal(uart_link_programmer.reset("port=/dev/ttyUSB0", &notes.observer),
			 TROUBLE_NOT_RELEASED);
}

static void a_line_that_loses_bytes_gives_the_right_ones_and_says_that_it_was_healed(void **state)
{
	static uint8_t bytes[0x20000];
	struct link *link;

	(void)state;
	line.faults = "lose=20000,flip=20000";
	line.seed = 3;
	link = open_with_part();
	assert_int_equal(die_read(link->die, 0, bytes, sizeof(bytes)), TROUBLE_NONE);
	assert_memory_equal(bytes, sim->nor.memory, sizeof(bytes));
	assert_int_equal(link->release(link), TROUBLE_NONE);
	assert_mentions(&notes, "requests were repeated");
}

static void a_chip_that_falls_silent_is_lost_and_the_wait_has_an_end(void **state)
{
	struct link *link = open_with_part();
	uint8_t bytes[4096];

	(void)state;
	sim->dead = true;
	assert_int_equal(die_read(link->die, 0, bytes, sizeof(bytes)), TROUBLE_LINK_LOST);
	link->release(link);
}

static void parameters_alone_say_what_would_be_done(void **state)
{
	struct link_intent intent;

	(void)state;
	assert_true(uart_link_programmer.check("port=/dev/ttyUSB0,leave=stay", &notes.observer,
					       &intent));
	assert_true(intent.stays);
	assert_in_range(intent.reset_ms, 1, 1000);
	assert_false(uart_link_programmer.check("port=ttyUSB0", &notes.observer, &intent));
	assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
	assert_null(sim);
}

static void a_reset_needs_no_bootloader(void **state)
{
	(void)state;
	line.faults = "stuck";
	assert_int_equal(uart_link_programmer.reset("port=/dev/ttyUSB0", &notes.observer),
			 TROUBLE_NONE);
	assert_int_equal(notes.errors, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_rom_is_linked_at_the_best_rate_and_its_die_can_be_read,
				       begin),
		cmocka_unit_test_setup(a_bootloader_in_the_flash_says_what_it_cannot_do, begin),
		cmocka_unit_test_setup(a_blank_flash_behind_one_has_a_size_that_is_only_supposed,
				       begin),
		cmocka_unit_test_setup(
			a_rate_that_does_not_work_costs_a_slower_one_and_is_told_to_who_wished_it,
			begin),
		cmocka_unit_test_setup(
			who_does_not_answer_is_told_by_what_comes_with_the_port_and_the_resets,
			begin),
		cmocka_unit_test_setup(a_port_that_cannot_be_opened_is_told_once, begin),
		cmocka_unit_test_setup(
			a_line_that_loses_bytes_gives_the_right_ones_and_says_that_it_was_healed,
			begin),
		cmocka_unit_test_setup(a_chip_that_falls_silent_is_lost_and_the_wait_has_an_end,
				       begin),
		cmocka_unit_test_setup(parameters_alone_say_what_would_be_done, begin),
		cmocka_unit_test_setup(a_reset_needs_no_bootloader, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
