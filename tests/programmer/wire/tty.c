/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A serial port as a wire: how it is opened, what goes over it, and its failures. */
#include "tests/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "programmer/wire/tty.h"
#include "tests/programmer/wire/fake_serialport.h"

static struct notes notes;
static struct wire *wire;

static int begin(void **state)
{
	(void)state;
	fake_port_begin();
	notes_begin(&notes);
	return 0;
}

static int set_up(void **state)
{
	begin(state);
	wire = tty_open(FAKE_PORT_PATH, &notes.observer);
	return wire ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	wire_close(wire);
	assert_int_equal(fake_port.closed, fake_port.opened);
	assert_int_equal(fake_port.freed, fake_port.made);
	return 0;
}

static void it_begins_at_115200_8n1_and_no_program_that_is_started_later_holds_it(void **state)
{
	(void)state;
	assert_string_equal(wire->port, FAKE_PORT_PATH);
	assert_int_equal(wire->rate, 115200);
	assert_int_equal(fake_port.rate, 115200);
	assert_int_equal(fake_port.bits, 8);
	assert_int_equal(fake_port.parity, SP_PARITY_NONE);
	assert_int_equal(fake_port.stopbits, 1);
	assert_int_equal(fake_port.flow, SP_FLOWCONTROL_NONE);
	assert_true(fcntl(fake_port_fd(), F_GETFD) & FD_CLOEXEC);
	/* Otherwise an FT232 holds each answer back for 16 ms. */
	assert_true(fake_port.low_latency);
	assert_int_equal(notes.errors, 0);
}

static void what_is_written_arrives_and_what_comes_is_read_as_soon_as_it_is_there(void **state)
{
	static const uint8_t there[] = {1, 0xe0, 0xfc}, back[] = {4, 0x0e, 5};
	uint8_t bytes[16];
	size_t got;

	(void)state;
	assert_int_equal(wire_write(wire, there, sizeof(there)), TROUBLE_NONE);
	assert_int_equal(fake_port.written_count, 3);
	assert_memory_equal(fake_port.written, there, 3);
	fake_port.comes = back;
	fake_port.comes_count = sizeof(back);
	fake_port.comes_us = fake_port.now_us + 3000;
	assert_int_equal(wire_read(wire, bytes, 2, 1000000, &got), TROUBLE_NONE);
	assert_int_equal(got, 2);
	assert_int_equal(fake_port.now_us, fake_port.comes_us);
	assert_int_equal(wire_read(wire, bytes + 2, 1, 0, &got), TROUBLE_NONE);
	assert_int_equal(got, 1);
	assert_memory_equal(bytes, back, 3);
}

static void nothing_that_comes_is_no_error_and_a_look_does_not_wait(void **state)
{
	uint64_t begin_us = wire_now_us(wire);
	uint8_t byte;
	size_t got;

	(void)state;
	assert_int_equal(wire_read(wire, &byte, 1, 0, &got), TROUBLE_NONE);
	assert_int_equal(got, 0);
	assert_int_equal(wire_now_us(wire), begin_us);
	assert_int_equal(wire_read(wire, &byte, 1, 500, &got), TROUBLE_NONE);
	assert_int_equal(got, 0);
	assert_in_range(wire_now_us(wire) - begin_us, 500, 2000);
}

static void an_adapter_that_is_unplugged_is_gone_for_who_waits(void **state)
{
	uint8_t byte;
	size_t got;

	(void)state;
	fake_port_unplug();
	assert_int_equal(wire_read(wire, &byte, 1, 1000, &got), TROUBLE_ADAPTER_GONE);
	assert_int_equal(got, 0);
}

static void what_fails_on_the_way_is_told_by_its_kind(void **state)
{
	static const struct {
		int error;
		enum trouble_kind kind;
	} rows[] = {
		{EIO, TROUBLE_ADAPTER_GONE},
		{ENODEV, TROUBLE_ADAPTER_GONE},
		{ENXIO, TROUBLE_ADAPTER_GONE},
		{EINVAL, TROUBLE_ADAPTER_FAULT},
	};
	uint8_t byte = 0;
	size_t got;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		fake_port.read_error = fake_port.write_error = rows[i].error;
		fake_port.waiting_error = fake_port.lines_error = rows[i].error;
		assert_int_equal(wire_read(wire, &byte, 1, 1000, &got), rows[i].kind);
		assert_int_equal(wire_write(wire, &byte, 1), rows[i].kind);
		assert_int_equal(wire_drain(wire), rows[i].kind);
		assert_int_equal(wire_set_lines(wire, false), rows[i].kind);
	}
}

static void an_adapter_that_takes_no_more_is_silent_and_the_wait_has_an_end(void **state)
{
	static const uint8_t bytes[64];

	(void)state;
	fake_port.room = 20;
	assert_int_equal(wire_write(wire, bytes, sizeof(bytes)), TROUBLE_ADAPTER_SILENT);
	assert_in_range(fake_port.now_us, 1000000, 10000000);
}

static void draining_waits_until_all_has_left_or_for_two_seconds(void **state)
{
	(void)state;
	assert_int_equal(wire_drain(wire), TROUBLE_NONE);
	assert_int_equal(fake_port.now_us, 0);
	fake_port.waiting = 100;
	fake_port.leaves = 40;
	assert_int_equal(wire_drain(wire), TROUBLE_NONE);
	assert_int_equal(fake_port.waiting, 0);
	assert_in_range(fake_port.now_us, wire_bytes_us(wire, 100), 100000);
	fake_port.waiting = 100;
	fake_port.leaves = 0;
	assert_int_equal(wire_drain(wire), TROUBLE_ADAPTER_SILENT);
	assert_in_range(fake_port.now_us, 2000000, 3000000);
}

static void a_rate_that_the_adapter_lacks_leaves_that_which_it_had(void **state)
{
	(void)state;
	fake_port.rate_most = 921600;
	assert_int_equal(wire_set_rate(wire, 921600), TROUBLE_NONE);
	assert_int_equal(wire->rate, 921600);
	assert_int_equal(fake_port.rate, 921600);
	assert_int_equal(wire_set_rate(wire, 2000000), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(wire->rate, 921600);
	assert_int_equal(fake_port.rate, 921600);
}

static void both_lines_move_together(void **state)
{
	(void)state;
	assert_int_equal(wire_set_lines(wire, false), TROUBLE_NONE);
	assert_int_equal(fake_port.rts, SP_RTS_OFF);
	assert_int_equal(fake_port.dtr, SP_DTR_OFF);
	assert_int_equal(wire_set_lines(wire, true), TROUBLE_NONE);
	assert_int_equal(fake_port.rts, SP_RTS_ON);
	assert_int_equal(fake_port.dtr, SP_DTR_ON);
	assert_false(wire_lines_busy(wire));
}

static void signals_do_not_shorten_a_sleep(void **state)
{
	(void)state;
	fake_port.interrupted = true;
	wire_sleep_us(wire, 1500000);
	assert_int_equal(fake_port.now_us, 1500000);
}

static void what_cannot_be_opened_has_one_reason_and_leaves_nothing_open(void **state)
{
	static const struct {
		const char *path;
		int open, rate_most;
		bool no_memory;
		enum trouble_kind kind;
		const char *words;
	} rows[] = {
		{"/dev/ttyUSB7", 0, 0, false, TROUBLE_NO_ADAPTER, "there is no serial port"},
		/* libserialport rejects everything that is not a port, without a reason. */
		{"/dev/null", 0, 0, false, TROUBLE_ADAPTER_FAULT,
		 "cannot be used as a serial port"},
		{FAKE_PORT_PATH, ENODEV, 0, false, TROUBLE_NO_ADAPTER, "there is no serial port"},
		{FAKE_PORT_PATH, EACCES, 0, false, TROUBLE_ADAPTER_FORBIDDEN, "dialout"},
		{FAKE_PORT_PATH, EBUSY, 0, false, TROUBLE_ADAPTER_IN_USE, "ModemManager"},
		{FAKE_PORT_PATH, EIO, 0, false, TROUBLE_ADAPTER_FAULT, FAKE_PORT_PATH},
		{FAKE_PORT_PATH, 0, 9600, false, TROUBLE_ADAPTER_FAULT, FAKE_PORT_PATH},
		{FAKE_PORT_PATH, 0, 0, true, TROUBLE_NO_MEMORY, "out of memory"},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin(state);
		fake_port.open_error = rows[i].open;
		fake_port.rate_most = rows[i].rate_most;
		fake_port.no_memory = rows[i].no_memory;
		wire = tty_open(rows[i].path, &notes.observer);
		assert_null(wire);
		assert_int_equal(notes.errors, 1);
		assert_int_equal(notes.trouble.kind, rows[i].kind);
		assert_mentions(&notes, rows[i].words);
		tear_down(state);
	}
}

static void a_link_to_a_port_is_that_port(void **state)
{
	char name[] = "/tmp/beken-port-XXXXXX", link[sizeof(name) + 8];
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	close(fd);
	snprintf(link, sizeof(link), "%s.by-id", name);
	assert_int_equal(symlink(name, link), 0);
	begin(state);
	fake_port.path = name;
	wire = tty_open(link, &notes.observer);
	unlink(link);
	unlink(name);
	assert_non_null(wire);
	assert_string_equal(wire->port, link);
	tear_down(state);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(it_begins_at_115200_8n1_and_no_program_that_is_started_later_holds_it),
		CASE(what_is_written_arrives_and_what_comes_is_read_as_soon_as_it_is_there),
		CASE(nothing_that_comes_is_no_error_and_a_look_does_not_wait),
		CASE(an_adapter_that_is_unplugged_is_gone_for_who_waits),
		CASE(what_fails_on_the_way_is_told_by_its_kind),
		CASE(an_adapter_that_takes_no_more_is_silent_and_the_wait_has_an_end),
		CASE(draining_waits_until_all_has_left_or_for_two_seconds),
		CASE(a_rate_that_the_adapter_lacks_leaves_that_which_it_had),
		CASE(both_lines_move_together),
		CASE(signals_do_not_shorten_a_sleep),
		cmocka_unit_test_setup(what_cannot_be_opened_has_one_reason_and_leaves_nothing_open,
				       begin),
		cmocka_unit_test_setup(a_link_to_a_port_is_that_port, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
