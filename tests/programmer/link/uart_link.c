/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programmer beken_uart on a simulated line: opening, reports of failures, release. */
#include "programmer/link/uart_link.h"

#include "programmer/wire/tty.h"
#include "tests/programmer/sim_wire.h"
#include "tests/unit.h"

static struct notes notes;
static struct sim_wire_options line;
static const char *path; /* the port that was opened */
static struct sim_wire *sim;
static bool no_port, blank;
static uint32_t rate_works; /* 0: all do */
static uint32_t rate_most;  /* the most that the adapter has; 0: any */
static unsigned fails_at;   /* from this call of the wire on, all fail; 0: none */
static const char *why;	    /* the reason that the wire gives */
static bool gone;	    /* the helper hangs up, and cannot be reached again */
static uint8_t unknown;	    /* a long command that this bootloader does not know; 0: none */

/* What was done with the wire, and the result. */
static const struct wire_ops *real;
static struct wire_ops spy;
static unsigned reboots, drained, closed; /* @drained: of the reboots */
static bool asserted_at_end;
static uint64_t asserted_us, held_us;

static enum trouble_kind spy_write(struct wire *wire, const uint8_t *bytes, size_t count)
{
	static const uint8_t reboot[] = {0x01, 0xe0, 0xfc, 0x02, 0x0e, 0xa5};
	uint8_t other[64];

	reboots += count == sizeof(reboot) && memcmp(bytes, reboot, count) == 0;
	if (!unknown || count < 8 || count > sizeof(other) || bytes[3] != 0xff ||
	    bytes[7] != unknown)
		return real->write(wire, bytes, count);
	memcpy(other, bytes, count);
	other[7] = 0x7e;
	return real->write(wire, other, count);
}

static enum trouble_kind spy_set_lines(struct wire *wire, bool asserted)
{
	enum trouble_kind kind = gone ? TROUBLE_NET_CLOSED : real->set_lines(wire, asserted);

	if (asserted)
		asserted_us = wire_now_us(wire);
	else if (!kind)
		held_us = wire_now_us(wire) - asserted_us;
	return kind;
}

static enum trouble_kind spy_drain(struct wire *wire)
{
	drained = reboots;
	return real->drain(wire);
}

static void spy_close(struct wire *wire)
{
	closed++;
	asserted_at_end = sim->asserted;
	real->close(wire);
	sim = NULL;
}

static void watch(void)
{
	real = sim->wire.ops;
	spy = *real;
	spy.write = spy_write;
	spy.set_lines = spy_set_lines;
	spy.drain = spy_drain;
	spy.close = spy_close;
	sim->wire.ops = &spy;
	sim->fails_at = fails_at;
	sim->fails_with = TROUBLE_ADAPTER_GONE;
	if (why)
		snprintf(sim->wire.why, sizeof(sim->wire.why), "%s", why);
	if (rate_most)
		sim->wire.caps.rate_most = rate_most;
	snprintf(sim->wire.port, sizeof(sim->wire.port), "%s", path);
}

/* Replaces wire/tty.c. */
struct wire *tty_open(const char *name, const struct observer *observer)
{
	path = name;
	if (no_port) {
		observer_raise(observer, TROUBLE_NO_ADAPTER, NO_RANGE, "no such port");
		return NULL;
	}
	sim = sim_wire_new(&line);
	sim->rate_works = rate_works;
	watch();
	for (uint32_t i = 0; !blank && i < sim->nor.part->size; i++)
		sim->nor.memory[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	return &sim->wire;
}

/* Replaces wire/tcp.c: a helper with or without a relay. */
struct wire *tcp_open(const struct tcp_options *options, const struct observer *observer)
{
	struct wire *wire = tty_open("tcp:lamp:8888", observer);

	wire->caps.kind = "network";
	wire->caps.lines = options->relay != RELAY_NONE;
	wire->caps.rate_most = 115200;
	return wire;
}

static struct link *open_link(const char *more)
{
	char parameters[128];
	struct spi_pins pins = {.clock = NULL};

	snprintf(parameters, sizeof(parameters), "port=/dev/ttyUSB0,wait=2%s", more);
	return uart_link_programmer.open(parameters, &notes.observer, &pins);
}

/* What identify.h would find. */
static struct link *open_with_part(void)
{
	struct link *link = open_link("");

	assert_non_null(link);
	die_take_part(link->die, sim->nor.part);
	return link;
}

static bool is_cancelled;

static bool cancelled(void *data)
{
	(void)data;
	return is_cancelled;
}

static int begin(void **state)
{
	(void)state;
	notes_begin(&notes);
	notes.observer.cancelled = cancelled;
	line = (struct sim_wire_options){.loader = "n"};
	no_port = blank = false;
	rate_works = rate_most = 0;
	fails_at = reboots = drained = closed = 0;
	why = NULL;
	gone = false;
	unknown = 0;
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
		/* Retries before the link say nothing about the line. */
		assert_null(strstr(notes.text, "not all went well"));
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

/* It answers, and no byte of what it answered was damaged. */
static void one_that_does_not_know_what_it_is_asked_need_not_have_a_bad_line(void **state)
{
	(void)state;
	unknown = 0x0e; /* GetMID */
	assert_null(open_link(""));
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_UNSTEADY);
	assert_mentions(&notes, "or it does not do what it is asked");
	assert_non_null(strstr(notes.trouble.next, "another kind of bootloader"));
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
	assert_int_equal(intent.reset_ms, 200);
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
	assert_int_equal(held_us, 200000);
	assert_false(asserted_at_end);
	assert_int_equal(closed, 1);
	/* A bootloader that runs now would wait for a command. */
	assert_true(reboots > 0);
}

static void a_reset_that_fails_is_told_once_and_the_port_is_let_go(void **state)
{
	for (fails_at = 1; fails_at <= 2; fails_at++) {
		unsigned number = fails_at;

		begin(state);
		fails_at = number;
		assert_int_equal(uart_link_programmer.reset("port=/dev/ttyUSB0", &notes.observer),
				 TROUBLE_NOT_RELEASED);
		assert_int_equal(notes.errors, 1);
		assert_int_equal(notes.trouble.kind, TROUBLE_NOT_RELEASED);
		assert_mentions(&notes, "the chip could not be reset");
		assert_int_equal(closed, 1);
		assert_int_equal(reboots, 0);
	}
}

/* It is asked more than once, since one frame may be damaged. */
static void a_chip_that_is_let_go_runs_its_firmware_and_one_that_stays_does_not(void **state)
{
	static const char *const leave[] = {",leave=run", ",leave=stay"};

	for (unsigned i = 0; i < 2; i++) {
		struct link *link;

		begin(state);
		link = open_link(leave[i]);
		assert_non_null(link);
		assert_int_equal(link->stays, i);
		assert_int_equal(reboots, 0);
		assert_int_equal(link->release(link), TROUBLE_NONE);
		assert_int_equal(reboots, i ? 0 : 3);
		assert_int_equal(drained, reboots);
		assert_int_equal(closed, 1);
		assert_false(asserted_at_end);
	}
}

static void a_rate_is_no_higher_than_the_adapter_has_or_than_was_wished(void **state)
{
	static const struct {
		uint32_t most;
		const char *wish;
		uint32_t rate;
	} rows[] = {
		{0, ",baud=230400", 230400},	  {460800, "", 460800},
		{460800, ",baud=921600", 460800}, {115200, "", 115200},
		{0, ",baud=115200", 115200},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct link *link;

		begin(state);
		rate_most = rows[i].most;
		link = open_link(rows[i].wish);
		assert_non_null(link);
		assert_int_equal(link->clock_hz, rows[i].rate);
		assert_int_equal(notes.warnings, 0);
		assert_int_equal(link->release(link), TROUBLE_NONE);
	}
}

/* Whatever was going on when the wire broke: it is reported once, and nothing stays open. */
static void a_wire_that_breaks_is_told_with_what_it_said(void **state)
{
	struct link *link = open_link("");
	unsigned all = sim->calls;

	link->release(link);
	for (unsigned number = 1; number <= all; number += number < 12 ? 1 : 29) {
		begin(state);
		fails_at = number;
		why = "it smells";
		assert_null(open_link(""));
		assert_int_equal(notes.errors, 1);
		assert_int_equal(notes.trouble.kind, TROUBLE_ADAPTER_GONE);
		assert_mentions(&notes, "the simulated line failed: ");
		assert_mentions(&notes, "(it smells)");
		assert_string_equal(trouble_value(&notes.trouble, "port")->text, "/dev/ttyUSB0");
		assert_int_equal(closed, 1);
	}
}

static void a_helper_that_hangs_up_is_not_taken_for_a_chip_that_fell_silent(void **state)
{
	(void)state;
	gone = true;
	why = "lamp closed the connection";
	assert_null(uart_link_programmer.open("port=tcp:lamp,wait=2", &notes.observer, NULL));
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_NET_CLOSED);
	assert_mentions(&notes, "the network failed: ");
	assert_mentions(&notes, "lamp closed the connection");
	assert_int_equal(closed, 1);
}

/* Over a network, other things have to be checked than at a serial port. */
static void who_is_silent_over_a_network_is_told_what_to_look_at_there(void **state)
{
	(void)state;
	line.faults = "stuck";
	assert_null(uart_link_programmer.open("port=tcp:lamp,wait=2", &notes.observer, NULL));
	assert_int_equal(notes.trouble.kind, TROUBLE_UART_SILENT);
	assert_mentions(&notes, "startDriver UartTCP");
	begin(state);
	line.cen = UART_CEN_NONE;
	line.faults = "stuck";
	assert_null(open_link(",reset=lines"));
	assert_null(strstr(notes.text, "UartTCP"));
}

static void who_ends_it_is_told_that_and_nothing_more(void **state)
{
	(void)state;
	line.cen = UART_CEN_NONE;
	line.faults = "stuck";
	is_cancelled = true;
	assert_null(open_link(""));
	is_cancelled = false;
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_INTERRUPTED);
	assert_string_equal(notes.trouble.seen, "interrupted");
	assert_false(asserted_at_end);
	assert_int_equal(closed, 1);
}

/* The supply failed during the work; afterwards it is at the same rate again. */
static void a_chip_that_was_reset_is_linked_again_at_its_rate(void **state)
{
	static uint8_t bytes[0x4000];
	struct link *link = open_with_part();

	(void)state;
	uart_wire_set_lines(sim->line, true, true, sim->ns);
	sim->ns += 20000000;
	uart_wire_set_lines(sim->line, false, false, sim->ns);
	sim->ns += 500000000;
	assert_int_equal(die_read(link->die, 0x20000, bytes, sizeof(bytes)), TROUBLE_NONE);
	assert_memory_equal(bytes, sim->nor.memory + 0x20000, sizeof(bytes));
	assert_int_equal(sim->wire.rate, 2000000);
	/* By now it is known to answer, so CEN is held for a shorter time than at first. */
	assert_in_range(held_us, 20000, 40000);
	assert_int_equal(link->release(link), TROUBLE_NONE);
	assert_mentions(&notes, "the chip found again 1 times");
}

#define CASE(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_rom_is_linked_at_the_best_rate_and_its_die_can_be_read),
		CASE(a_bootloader_in_the_flash_says_what_it_cannot_do),
		CASE(a_blank_flash_behind_one_has_a_size_that_is_only_supposed),
		CASE(a_rate_that_does_not_work_costs_a_slower_one_and_is_told_to_who_wished_it),
		CASE(who_does_not_answer_is_told_by_what_comes_with_the_port_and_the_resets),
		CASE(one_that_does_not_know_what_it_is_asked_need_not_have_a_bad_line),
		CASE(a_port_that_cannot_be_opened_is_told_once),
		CASE(a_line_that_loses_bytes_gives_the_right_ones_and_says_that_it_was_healed),
		CASE(a_chip_that_falls_silent_is_lost_and_the_wait_has_an_end),
		CASE(parameters_alone_say_what_would_be_done),
		CASE(a_reset_needs_no_bootloader),
		CASE(a_reset_that_fails_is_told_once_and_the_port_is_let_go),
		CASE(a_chip_that_is_let_go_runs_its_firmware_and_one_that_stays_does_not),
		CASE(a_rate_is_no_higher_than_the_adapter_has_or_than_was_wished),
		CASE(a_wire_that_breaks_is_told_with_what_it_said),
		CASE(a_helper_that_hangs_up_is_not_taken_for_a_chip_that_fell_silent),
		CASE(who_is_silent_over_a_network_is_told_what_to_look_at_there),
		CASE(who_ends_it_is_told_that_and_nothing_more),
		CASE(a_chip_that_was_reset_is_linked_again_at_its_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
