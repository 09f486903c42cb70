/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transfers in flight: replies that come, replies that do not, and leftovers of an earlier run. */
#include "tests/unit.h"

#include "programmer/adapters/ch341a.h"
#include "programmer/adapters/ch341a_usb.h"
#include "tests/programmer/adapters/fake_libusb.h"

#define LENGTH 5000 /* bytes of a read, which takes several slices */

static struct notes notes;
static struct ch341a_usb *usb;
static struct ch341a_stream stream;
static uint8_t read_bytes[LENGTH];

static int set_up(void **state)
{
	char port[48];

	(void)state;
	fake_usb_begin();
	notes_begin(&notes);
	usb = ch341a_usb_open(&ch341a_adapter, NULL, port, &notes.observer);
	return usb ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	ch341a_usb_close(usb);
	ch341a_stream_free(&stream);
	return 0;
}

static enum trouble_kind run(void)
{
	static const uint8_t command[4] = {0x03};
	struct spi_op op = {.kind = SPI_XFER,
			    .tx = command,
			    .tx_len = sizeof(command),
			    .rx = read_bytes,
			    .rx_len = sizeof(read_bytes)};

	memset(read_bytes, 0x55, sizeof(read_bytes));
	ch341a_stream_begin(&stream, CH341A_PINS_IDLE);
	assert_int_equal(ch341a_stream_add_ops(&stream, &op, 1), TROUBLE_NONE);
	assert_true(stream.slice_count > 2);
	return ch341a_usb_run(usb, &stream, &op);
}

static void a_read_of_many_slices_comes_back_whole(void **state)
{
	(void)state;
	assert_int_equal(run(), TROUBLE_NONE);
	for (size_t i = 0; i < LENGTH; i++)
		assert_int_equal(read_bytes[i], 0);
	assert_int_equal(fake_usb.cancelled, 0);
}

static void each_fault_of_a_transfer_has_its_kind(void **state)
{
	static const struct {
		enum libusb_transfer_status status;
		enum trouble_kind kind;
	} rows[] = {
		{LIBUSB_TRANSFER_NO_DEVICE, TROUBLE_ADAPTER_GONE},
		{LIBUSB_TRANSFER_TIMED_OUT, TROUBLE_ADAPTER_SILENT},
		{LIBUSB_TRANSFER_ERROR, TROUBLE_ADAPTER_FAULT},
		{LIBUSB_TRANSFER_OVERFLOW, TROUBLE_ADAPTER_FAULT},
		{LIBUSB_TRANSFER_STALL, TROUBLE_ADAPTER_FAULT},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		fake_usb.bad_reply = 7;
		fake_usb.status = rows[i].status;
		assert_int_equal(run(), rows[i].kind);
		assert_true(fake_usb.cancelled > 0);
		tear_down(state);
		set_up(state);
	}
}

static void a_stall_is_cleared_before_anything_else_and_only_then(void **state)
{
	(void)state;
	ch341a_usb_recover(usb);
	assert_int_equal(fake_usb.cleared, 0);
	fake_usb.bad_reply = 1;
	fake_usb.status = LIBUSB_TRANSFER_STALL;
	assert_int_equal(run(), TROUBLE_ADAPTER_FAULT);
	ch341a_usb_recover(usb);
	assert_int_equal(fake_usb.cleared, 2);
	ch341a_usb_recover(usb);
	assert_int_equal(fake_usb.cleared, 2);
}

static void a_reply_or_a_slice_of_the_wrong_length_is_a_fault(void **state)
{
	fake_usb.bad_reply = 3;
	fake_usb.short_reply = true;
	assert_int_equal(run(), TROUBLE_ADAPTER_FAULT);
	tear_down(state);
	set_up(state);
	fake_usb.short_out = true;
	assert_int_equal(run(), TROUBLE_ADAPTER_FAULT);
}

static void silence_ends_and_leaves_nothing_in_flight(void **state)
{
	(void)state;
	fake_usb.silent = true;
	assert_int_equal(run(), TROUBLE_ADAPTER_SILENT);
	assert_true(fake_usb.cancelled > 0);
}

static void transfers_that_never_come_back_forbid_further_ones(void **state)
{
	(void)state;
	fake_usb.silent = fake_usb.keeps_transfers = true;
	assert_int_equal(run(), TROUBLE_ADAPTER_SILENT);
	assert_int_equal(run(), TROUBLE_ADAPTER_FAULT);
}

static void what_libusb_refuses_is_told_by_its_kind(void **state)
{
	static const struct {
		int error;
		enum trouble_kind kind;
	} rows[] = {
		{LIBUSB_ERROR_NO_DEVICE, TROUBLE_ADAPTER_GONE},
		{LIBUSB_ERROR_NO_MEM, TROUBLE_NO_MEMORY},
		{LIBUSB_ERROR_IO, TROUBLE_ADAPTER_FAULT},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		fake_usb.submit = rows[i].error;
		assert_int_equal(run(), rows[i].kind);
		fake_usb.submit = 0;
		tear_down(state);
		set_up(state);
	}
}

static void stale_replies_are_thrown_away_at_the_start(void **state)
{
	char port[48];

	tear_down(state);
	fake_usb_begin();
	fake_usb.stale = 5;
	usb = ch341a_usb_open(&ch341a_adapter, NULL, port, &notes.observer);
	assert_non_null(usb);
	assert_int_equal(fake_usb.drained, 5);
}

static void what_is_opened_is_closed(void **state)
{
	assert_true(fake_usb.transfers > 0);
	tear_down(state);
	assert_int_equal(fake_usb.transfers, 0);
	assert_int_equal(fake_usb.closed, 1);
	assert_int_equal(fake_usb.claimed, 0);
	assert_int_equal(fake_usb.exited, 1);
	set_up(state);
}

static void without_memory_there_is_a_reason_and_all_is_closed(void **state)
{
	char port[48];

	tear_down(state);
	fake_usb_begin();
	notes_begin(&notes);
	fake_usb.no_transfers = true;
	usb = ch341a_usb_open(&ch341a_adapter, NULL, port, &notes.observer);
	assert_null(usb);
	assert_int_equal(notes.trouble.kind, TROUBLE_NO_MEMORY);
	assert_int_equal(fake_usb.closed, 1);
	assert_int_equal(fake_usb.claimed, 0);
	set_up(state);
}

static void without_libusb_there_is_a_reason(void **state)
{
	char port[48];

	(void)state;
	fake_usb.init = LIBUSB_ERROR_OTHER;
	assert_null(ch341a_usb_open(&ch341a_adapter, NULL, port, &notes.observer));
	assert_int_equal(notes.trouble.kind, TROUBLE_SYSTEM);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_read_of_many_slices_comes_back_whole),
		CASE(each_fault_of_a_transfer_has_its_kind),
		CASE(a_stall_is_cleared_before_anything_else_and_only_then),
		CASE(a_reply_or_a_slice_of_the_wrong_length_is_a_fault),
		CASE(silence_ends_and_leaves_nothing_in_flight),
		CASE(transfers_that_never_come_back_forbid_further_ones),
		CASE(what_libusb_refuses_is_told_by_its_kind),
		CASE(stale_replies_are_thrown_away_at_the_start),
		CASE(what_is_opened_is_closed),
		CASE(without_memory_there_is_a_reason_and_all_is_closed),
		CASE(without_libusb_there_is_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
