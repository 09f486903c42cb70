/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pseudo-terminal as a wire. The test is the other end, which an emulator would be. */
#include "tests/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "programmer/wire/pty.h"
#include "programmer/wire/tty.h"

static struct notes notes;
static struct wire *wire;
static char path[64];
static int other = -1;

static int setup(void **state)
{
	(void)state;
	notes_begin(&notes);
	other = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (other < 0 || grantpt(other) != 0 || unlockpt(other) != 0 ||
	    ptsname_r(other, path, sizeof(path)) != 0)
		return -1;
	wire = tty_open(path, &notes.observer);
	return wire ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	wire_close(wire);
	wire = NULL;
	if (other >= 0)
		close(other);
	other = -1;
	return 0;
}

static speed_t speed_at_the_other_end(void)
{
	struct termios settings;

	assert_int_equal(tcgetattr(other, &settings), 0);
	return cfgetospeed(&settings);
}

static void it_is_a_serial_port_without_lines(void **state)
{
	(void)state;
	assert_string_equal(wire->port, path);
	assert_string_equal(wire->caps.kind, "serial port");
	assert_false(wire->caps.lines);
	assert_int_equal(wire->rate, 115200);
	assert_int_equal(notes.errors, 0);
}

static void every_byte_passes_both_ways_as_it_is(void **state)
{
	uint8_t all[256], bytes[256];
	size_t got, count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	assert_int_equal(wire_write(wire, all, sizeof(all)), TROUBLE_NONE);
	assert_int_equal(read(other, bytes, sizeof(bytes)), sizeof(all));
	assert_memory_equal(bytes, all, sizeof(all));
	assert_int_equal(write(other, all, sizeof(all)), sizeof(all));
	memset(bytes, 0, sizeof(bytes));
	while (count < sizeof(all)) {
		assert_int_equal(
			wire_read(wire, bytes + count, sizeof(bytes) - count, 5000000, &got),
			TROUBLE_NONE);
		assert_true(got > 0);
		count += got;
	}
	assert_memory_equal(bytes, all, sizeof(all));
	/* What it was sent does not come back, as it would from a terminal. */
	assert_int_equal(wire_read(wire, bytes, sizeof(bytes), 1000, &got), TROUBLE_NONE);
	assert_int_equal(got, 0);
}

static void the_other_end_sees_the_rate(void **state)
{
	static const struct {
		uint32_t rate;
		speed_t speed;
	} rows[] = {
		{2000000, B2000000}, {1000000, B1000000}, {921600, B921600},
		{460800, B460800},   {230400, B230400},	  {115200, B115200},
	};

	(void)state;
	assert_int_equal(speed_at_the_other_end(), B115200);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(wire_set_rate(wire, rows[i].rate), TROUBLE_NONE);
		assert_int_equal(wire->rate, rows[i].rate);
		assert_int_equal(speed_at_the_other_end(), rows[i].speed);
	}
	assert_int_equal(wire_set_rate(wire, 123456), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(wire->rate, 115200);
	assert_int_equal(speed_at_the_other_end(), B115200);
}

static void bytes_that_were_drained_had_their_time_on_a_line(void **state)
{
	static const uint8_t bytes[115];
	uint64_t begin;

	(void)state;
	begin = wire_now_us(wire);
	assert_int_equal(wire_write(wire, bytes, sizeof(bytes)), TROUBLE_NONE);
	assert_int_equal(wire_drain(wire), TROUBLE_NONE);
	assert_true(wire_now_us(wire) - begin >= wire_bytes_us(wire, sizeof(bytes)));
}

static void an_emulator_that_ended_is_gone(void **state)
{
	uint8_t byte = 0;
	size_t got;

	(void)state;
	close(other);
	other = -1;
	assert_int_equal(wire_read(wire, &byte, 1, 1000000, &got), TROUBLE_ADAPTER_GONE);
	assert_int_equal(wire_write(wire, &byte, 1), TROUBLE_ADAPTER_GONE);
}

static void one_that_reads_nothing_is_silent_and_the_wait_has_an_end(void **state)
{
	static const uint8_t bytes[1 << 17];

	(void)state;
	wire_set_rate(wire, 2000000);
	assert_int_equal(wire_write(wire, bytes, sizeof(bytes)), TROUBLE_ADAPTER_SILENT);
}

static void a_link_to_one_is_one_and_a_file_is_none(void **state)
{
	char name[] = "/tmp/beken-pty-XXXXXX", link[sizeof(name) + 4];
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_false(pty_is(name));
	assert_false(pty_is("/dev/null"));
	assert_false(pty_is("/dev/pts/none"));
	unlink(name);
	snprintf(link, sizeof(link), "%s.tty", name);
	assert_int_equal(symlink(path, link), 0);
	assert_true(pty_is(link));
	unlink(link);
}

/* Also for one who is not root, and after one that was killed: nothing stays behind. */
static void it_is_for_one_program_at_a_time_and_free_afterwards(void **state)
{
	int exclusive = -1, fd;

	(void)state;
	assert_null(tty_open(path, &notes.observer));
	assert_int_equal(notes.trouble.kind, TROUBLE_ADAPTER_IN_USE);
	wire_close(wire);
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, TIOCGEXCL, &exclusive), 0);
	assert_int_equal(exclusive, 0);
	close(fd);
	wire = tty_open(path, &notes.observer);
	assert_non_null(wire);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(it_is_a_serial_port_without_lines),
		CASE(every_byte_passes_both_ways_as_it_is),
		CASE(the_other_end_sees_the_rate),
		CASE(bytes_that_were_drained_had_their_time_on_a_line),
		CASE(an_emulator_that_ended_is_gone),
		CASE(one_that_reads_nothing_is_silent_and_the_wait_has_an_end),
		CASE(it_is_for_one_program_at_a_time_and_free_afterwards),
		CASE(a_link_to_one_is_one_and_a_file_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
