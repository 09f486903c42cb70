/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The adapter's requests to the kernel, byte for byte, and how it handles the answers. */
#include "tests/unit.h"
#include "programmer/adapters/node_trouble.h"
#include "tests/programmer/adapters/fake_spidev.h"
#include "tests/programmer/adapters/pins.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void the_bus_is_set_up_and_a_window_ended_that_somebody_left_open(void **state)
{
	static const struct transfer nothing;
	struct spi_bus *bus = open_bus(7500000);

	(void)state;
	assert_int_equal(kernel.count, 4);
	assert_int_equal(kernel.calls[0].request, 0x40016b01);
	assert_int_equal(kernel.calls[0].value, 0);
	assert_int_equal(kernel.calls[1].request, 0x40016b03);
	assert_int_equal(kernel.calls[1].value, 8);
	assert_int_equal(kernel.calls[2].request, 0x40046b04);
	assert_int_equal(kernel.calls[2].value, 7500000);
	assert_int_equal(kernel.calls[3].request, 0x40206b00);
	assert_memory_equal(kernel.calls[3].transfers, &nothing, sizeof(nothing));
	assert_string_equal(bus->port, NODE);
	assert_string_equal(bus->caps.pins.select, "CE1");
	bus->caps.pins.select = "CE0"; /* as with /dev/spidev0.0 */
	assert_pins_are_drawn(&bus->caps.pins, "spidev");
	assert_true(bus->caps.may_be_own);
	adapter_close(bus);
	assert_false(kernel.is_open);
}

static void an_id_is_one_message_of_two_transfers(void **state)
{
	static const uint8_t rdid = 0x9f, id[] = {0x0b, 0x40, 0x16};
	struct spi_bus *bus = open_bus(0);
	uint8_t rx[3];
	struct spi_op op = {.kind = SPI_XFER, .tx = &rdid, .tx_len = 1, .rx = rx, .rx_len = 3};
	const struct transfer wanted[] = {{.tx = (uintptr_t)&rdid, .len = 1},
					  {.rx = (uintptr_t)rx, .len = 3}};

	(void)state;
	assert_int_equal(bus->caps.clock_hz, 1000000);
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_NONE);
	assert_int_equal(last_call()->request, 0x40406b00);
	assert_memory_equal(last_call()->transfers, wanted, sizeof(wanted));
	assert_memory_equal(rx, id, 3);
	adapter_close(bus);
}

static void windows_of_a_batch_are_parted_by_cs(void **state)
{
	static const uint8_t wren = 0x06, rdsr = 0x05;
	struct spi_bus *bus = open_bus(0);
	uint8_t status;
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = &wren, .tx_len = 1},
		{.kind = SPI_XFER, .tx = &rdsr, .tx_len = 1, .rx = &status, .rx_len = 1}};
	const struct transfer wanted[] = {{.tx = (uintptr_t)&wren, .len = 1, .cs_change = 1},
					  {.tx = (uintptr_t)&rdsr, .len = 1},
					  {.rx = (uintptr_t)&status, .len = 1}};

	(void)state;
	assert_int_equal(spi_transfer(bus, ops, 2), TROUBLE_NONE);
	assert_int_equal(last_call()->request, 0x40606b00);
	assert_memory_equal(last_call()->transfers, wanted, sizeof(wanted));
	adapter_close(bus);
}

/* Each transfer takes 128 bytes of the kernel's buffer, in each direction. */
static void no_message_takes_more_than_the_kernels_buffer(void **state)
{
	static const uint8_t d2[130] = {0xd2};
	struct spi_bus *bus = open_bus(16000000);
	struct spi_op ops[100];
	uint8_t rx[130];
	size_t windows = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ops); i++)
		ops[i] = (struct spi_op){
			.kind = SPI_DUPLEX, .tx = d2, .tx_len = i < 60 ? 1 : 130, .rx = rx};
	assert_int_equal(spi_transfer(bus, ops, COUNT_OF(ops)), TROUBLE_NONE);
	for (size_t i = 4; i < kernel.count; i++) {
		size_t room = 0, count = kernel.calls[i].request >> 16 & 0x3fff;

		for (size_t k = 0; k < count / sizeof(struct transfer); k++)
			room += (kernel.calls[i].transfers[k].len + 127) / 128 * 128;
		assert_in_range(room, 1, 4096);
		windows += count / sizeof(struct transfer);
	}
	assert_int_equal(windows, COUNT_OF(ops));
	adapter_close(bus);
}

static void a_long_read_fills_the_buffer_each_time(void **state)
{
	static const uint8_t read[] = {0x03, 0, 0, 0};
	static uint8_t content[16384];
	struct spi_bus *bus = open_bus(16000000);
	struct spi_op op = {.kind = SPI_XFER,
			    .tx = read,
			    .tx_len = 4,
			    .rx = content,
			    .rx_len = sizeof(content)};

	(void)state;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_NONE);
	assert_int_equal(kernel.count, 4 + 4);
	assert_int_equal(last_call()->transfers[1].len, 4096);
	adapter_close(bus);
}

/* A message cannot be interrupted. */
static void a_message_is_short_on_a_slow_bus_too(void **state)
{
	static const uint8_t read[] = {0x03, 0, 0, 0};
	static uint8_t content[4096];
	struct spi_bus *bus = open_bus(30000);
	struct spi_op op = {.kind = SPI_XFER,
			    .tx = read,
			    .tx_len = 4,
			    .rx = content,
			    .rx_len = sizeof(content)};

	(void)state;
	assert_int_equal(spi_transfer(bus, &op, 1), TROUBLE_NONE);
	assert_in_range(kernel.calls[4].transfers[1].len, 200, 261);
	adapter_close(bus);
}

static struct spi_op a_wait(uint32_t expect_us)
{
	return (struct spi_op){.kind = SPI_WAIT_READY, .expect_us = expect_us, .max_us = 100000};
}

static void a_wait_is_a_pause_with_looks_behind_it_in_one_window(void **state)
{
	struct spi_bus *bus = open_bus(1000000);
	struct spi_op wait = a_wait(700);
	const struct transfer *x = last_call()->transfers;

	(void)state;
	kernel.busy = 4;
	assert_int_equal(spi_transfer(bus, &wait, 1), TROUBLE_NONE);
	x = last_call()->transfers;
	assert_int_equal(last_call()->request, 0x40406b00);
	assert_int_equal(x[0].len, 1);
	assert_int_equal(x[0].delay_us, 660);
	assert_int_equal(x[0].cs_change, 0);
	assert_int_equal(x[1].len, 10);
	assert_int_equal(wait.took_us, 660 + 5 * 8);
	assert_false(wait.missed || wait.early);
	adapter_close(bus);
}

static void a_wait_that_was_too_short_ends_the_batch_and_what_is_behind_is_sent_again(void **state)
{
	static const uint8_t wren = 0x06;
	struct spi_bus *bus = open_bus(1000000);
	struct spi_op ops[] = {a_wait(700), {.kind = SPI_XFER, .tx = &wren, .tx_len = 1}};
	unsigned wrens = 0;

	(void)state;
	kernel.busy = 10;
	assert_int_equal(spi_transfer(bus, ops, 2), TROUBLE_NONE);
	assert_true(ops[0].missed);
	for (size_t i = 4; i < kernel.count; i++)
		for (size_t k = 0; k < (kernel.calls[i].request >> 16 & 0x3fff) / 32; k++)
			wrens += kernel.calls[i].transfers[k].tx == (uintptr_t)&wren;
	assert_int_equal(wrens, 2);
	adapter_close(bus);
}

static void a_wait_that_is_too_long_for_a_message_is_the_hosts(void **state)
{
	struct spi_bus *bus = open_bus(1000000);
	struct spi_op wait = a_wait(61000);

	(void)state;
	assert_int_equal(spi_transfer(bus, &wait, 1), TROUBLE_NONE);
	for (size_t i = 4; i < kernel.count; i++)
		assert_int_equal(kernel.calls[i].transfers[0].delay_us, 0);
	assert_true(wait.early);
	adapter_close(bus);
}

static void what_fails_has_its_kind(void **state)
{
	static const struct {
		int error;
		enum trouble_kind kind;
		unsigned messages; /* the first, the one that ends a window, and the repetition */
	} cases[] = {
		{ETIMEDOUT, TROUBLE_ADAPTER_SILENT, 4},
		{EIO, TROUBLE_ADAPTER_FAULT, 4},
		{ESHUTDOWN, TROUBLE_ADAPTER_GONE, 1},
		{ENODEV, TROUBLE_ADAPTER_GONE, 1},
	};
	static const uint8_t wren = 0x06;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct spi_bus *bus = open_bus(0);
		struct spi_op op = {.kind = SPI_XFER, .tx = &wren, .tx_len = 1};

		/* A single failure is repaired, if the bus still exists. */
		kernel.error = cases[i].error;
		kernel.errors = 1;
		assert_int_equal(spi_transfer(bus, &op, 1),
				 cases[i].messages > 1 ? TROUBLE_NONE : cases[i].kind);
		kernel.errors = 9;
		assert_int_equal(spi_transfer(bus, &op, 1), cases[i].kind);
		assert_mentions(&notes, strerror(cases[i].error));
		adapter_close(bus);
	}
}

static void fails_to_open(int open_error, int lock_error, enum trouble_kind kind, const char *words)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.open_error = open_error;
	kernel.lock_error = lock_error;
	assert_null(open_at(0));
	assert_int_equal(notes.errors, 1);
	assert_int_equal(notes.trouble.kind, kind);
	assert_mentions(&notes, NODE);
	assert_mentions(&notes, words);
	assert_false(kernel.is_open);
}

static void what_can_not_be_opened_is_said(void **state)
{
	(void)state;
	fails_to_open(ENOENT, 0, TROUBLE_NO_ADAPTER, "dtparam=spi=on");
	fails_to_open(EACCES, 0, TROUBLE_ADAPTER_FORBIDDEN, "root");
	fails_to_open(0, EWOULDBLOCK, TROUBLE_ADAPTER_IN_USE, "another program");
	fails_to_open(EIO, 0, TROUBLE_SYSTEM, "Input/output error");
}

/* A group that exists on every Linux. */
/* The group root is never suggested; a file may also belong to a user's own group. */
static void who_may_use_a_node_is_named(void **state)
{
	const gid_t gid = getegid() ? getegid() : 1;
	char path[] = "/tmp/beken-node-XXXXXX", words[80];
	int fd = mkstemp(path);
	const struct group *group;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fchown(fd, (uid_t)-1, gid), 0);
	assert_int_equal(fchmod(fd, 0660), 0);
	close(fd);
	notes_begin(&notes);
	assert_int_equal(raise_node(&notes.observer, EACCES, path), TROUBLE_ADAPTER_FORBIDDEN);
	unlink(path);
	group = getgrgid(gid);
	if (group)
		snprintf(words, sizeof(words), "the group %s: adduser USER %s", group->gr_name,
			 group->gr_name);
	else
		snprintf(words, sizeof(words), "a udev rule of your own");
	assert_mentions(&notes, words);
	assert_string_equal(trouble_value(&notes.trouble, "node")->text, path);
}

static void a_speed_that_the_adapter_does_not_have_is_refused(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	assert_null(open_at(999));
	assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
	assert_null(open_at(126000000));
	assert_int_equal(notes.trouble.kind, TROUBLE_USAGE);
	assert_int_equal(kernel.count, 0);
}

static void there_is_no_default(void **state)
{
	const struct adapter *const *row = adapters;

	(void)state;
	while (*row && strcmp((*row)->name, "spidev") != 0)
		row++;
	assert_non_null(*row);
	assert_true((*row)->only_named);
	assert_true((*row)->is_value(NODE) && (*row)->is_value("/dev/spidev0.0"));
	assert_false((*row)->is_value("/dev/spidev0") || (*row)->is_value("spidev0.0") ||
		     (*row)->is_value("/dev/spidev0.0x") || (*row)->is_value("1-4"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bus_is_set_up_and_a_window_ended_that_somebody_left_open),
		cmocka_unit_test(an_id_is_one_message_of_two_transfers),
		cmocka_unit_test(windows_of_a_batch_are_parted_by_cs),
		cmocka_unit_test(no_message_takes_more_than_the_kernels_buffer),
		cmocka_unit_test(a_long_read_fills_the_buffer_each_time),
		cmocka_unit_test(a_message_is_short_on_a_slow_bus_too),
		cmocka_unit_test(a_wait_is_a_pause_with_looks_behind_it_in_one_window),
		cmocka_unit_test(
			a_wait_that_was_too_short_ends_the_batch_and_what_is_behind_is_sent_again),
		cmocka_unit_test(a_wait_that_is_too_long_for_a_message_is_the_hosts),
		cmocka_unit_test(what_fails_has_its_kind),
		cmocka_unit_test(what_can_not_be_opened_is_said),
		cmocka_unit_test(who_may_use_a_node_is_named),
		cmocka_unit_test(a_speed_that_the_adapter_does_not_have_is_refused),
		cmocka_unit_test(there_is_no_default),
	};

	return cmocka_run_group_tests_name("spidev", tests, NULL, NULL);
}
