/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream to a device that returns what it receives: all of it, in order, or a kind of trouble. */
#include "tests/unit.h"

#include "programmer/adapters/ch341a.h"
#include "programmer/adapters/usb_pipe.h"
#include "tests/programmer/adapters/fake_libusb.h"

#define LENGTH 60000 /* more than may be in flight at once */
#define FRAME 510

static const struct usb_pipe_ends ends = {.interface = 2, .out = 0x06, .in = 0x86};

/* What is sent, and what came back. */
struct echo {
	struct usb_pipe_job job;
	uint8_t sent[LENGTH], came[LENGTH];
	size_t have;
	unsigned takes, damaged; /* answer number @damaged is refused, counted from 1 */
	bool whole_frames;	 /* each answer so far was one whole frame */
};

static struct notes notes;
static struct usb_pipe *pipe;
static struct echo echo;

static bool interrupts; /* a signal arrives after each answer */

static enum trouble_kind take(void *data, const uint8_t *bytes, size_t length)
{
	struct echo *to = data;

	if (interrupts)
		fake_usb.events = LIBUSB_ERROR_INTERRUPTED;
	assert_true(length <= LENGTH - to->have);
	memcpy(to->came + to->have, bytes, length);
	to->have += length;
	to->whole_frames &= length == FRAME || to->have == to->job.out_len;
	return ++to->takes == to->damaged ? TROUBLE_UNSTEADY : TROUBLE_NONE;
}

static size_t missing(void *data)
{
	const struct echo *to = data;

	return to->job.out_len - to->have;
}

static size_t frame(void *data, size_t at)
{
	const struct echo *to = data;
	size_t left = to->job.out_len - at;

	return left < FRAME ? left : FRAME;
}

static size_t answers(void *data)
{
	return (missing(data) + FRAME - 1) / FRAME;
}

static struct usb_pipe *open_pipe(void)
{
	char port[48];

	return usb_pipe_open(&ch341a_adapter, NULL, &ends, port, &notes.observer);
}

static int set_up(void **state)
{
	(void)state;
	fake_usb_begin();
	notes_begin(&notes);
	fake_usb.echo = true;
	pipe = open_pipe();
	return pipe ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	usb_pipe_close(pipe);
	pipe = NULL;
	return 0;
}

static void begin_echo(size_t length)
{
	memset(&echo, 0, sizeof(echo));
	for (size_t i = 0; i < length; i++)
		echo.sent[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	echo.whole_frames = true;
	echo.job = (struct usb_pipe_job){.out = echo.sent,
					 .out_len = length,
					 .take = take,
					 .missing = missing,
					 .data = &echo};
}

static enum trouble_kind run(void)
{
	begin_echo(LENGTH);
	return usb_pipe_run(pipe, &echo.job);
}

static void a_stream_comes_back_whole_and_nothing_had_to_be_taken_back(void **state)
{
	(void)state;
	assert_int_equal(run(), TROUBLE_NONE);
	assert_int_equal(echo.have, LENGTH);
	assert_memory_equal(echo.came, echo.sent, LENGTH);
	assert_int_equal(fake_usb.cancelled, 0);
}

static void frames_travel_one_in_a_transfer(void **state)
{
	(void)state;
	begin_echo(LENGTH - 7);
	echo.job.frame = frame;
	echo.job.answers = answers;
	assert_int_equal(usb_pipe_run(pipe, &echo.job), TROUBLE_NONE);
	assert_int_equal(echo.takes, (LENGTH - 7 + FRAME - 1) / FRAME);
	assert_true(echo.whole_frames);
	assert_memory_equal(echo.came, echo.sent, LENGTH - 7);
	assert_int_equal(fake_usb.cancelled, 0);
}

static void a_device_that_is_slow_is_not_silent(void **state)
{
	(void)state;
	fake_usb.event_us = 1500000;
	assert_int_equal(run(), TROUBLE_NONE);
	assert_memory_equal(echo.came, echo.sent, LENGTH);
}

static void a_signal_in_the_middle_is_no_silence(void **state)
{
	(void)state;
	interrupts = true;
	fake_usb.event_us = 300000;
	assert_int_equal(run(), TROUBLE_NONE);
	interrupts = false;
	assert_memory_equal(echo.came, echo.sent, LENGTH);
	assert_int_equal(fake_usb.cancelled, 0);
}

static void one_that_is_unplugged_in_the_middle_is_gone_and_nothing_stays_in_flight(void **state)
{
	(void)state;
	fake_usb.bad_reply = 9;
	fake_usb.status = LIBUSB_TRANSFER_NO_DEVICE;
	assert_int_equal(run(), TROUBLE_ADAPTER_GONE);
	assert_int_equal(echo.takes, 8);
	assert_true(fake_usb.cancelled > 0);
	assert_int_equal(usb_pipe_control(pipe, 0x40, 0, 0, 0), TROUBLE_NONE);
	fake_usb.submit = LIBUSB_ERROR_NO_DEVICE;
	assert_int_equal(run(), TROUBLE_ADAPTER_GONE);
	assert_int_equal(echo.takes, 0);
}

static void what_cannot_be_sent_is_told_by_its_kind(void **state)
{
	static const struct {
		enum libusb_transfer_status status;
		enum trouble_kind kind;
	} rows[] = {
		{LIBUSB_TRANSFER_NO_DEVICE, TROUBLE_ADAPTER_GONE},
		{LIBUSB_TRANSFER_ERROR, TROUBLE_ADAPTER_FAULT},
		{LIBUSB_TRANSFER_STALL, TROUBLE_ADAPTER_FAULT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		fake_usb.out_status = rows[i].status;
		assert_int_equal(run(), rows[i].kind);
	}
	fake_usb.out_status = LIBUSB_TRANSFER_COMPLETED;
	fake_usb.short_out = true;
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
		{LIBUSB_ERROR_TIMEOUT, TROUBLE_ADAPTER_SILENT},
		{LIBUSB_ERROR_PIPE, TROUBLE_ADAPTER_FAULT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		fake_usb.control = rows[i].error;
		assert_int_equal(usb_pipe_control(pipe, 0x40, 1, 2, 3), rows[i].kind);
		fake_usb.submit = rows[i].error;
		assert_int_equal(run(), rows[i].kind);
		fake_usb.submit = 0;
		fake_usb.events = rows[i].error;
		assert_int_equal(run(), rows[i].kind);
		tear_down(state);
		set_up(state);
	}
}

static void an_answer_that_is_refused_ends_all_with_its_kind(void **state)
{
	(void)state;
	begin_echo(LENGTH);
	echo.damaged = 3;
	assert_int_equal(usb_pipe_run(pipe, &echo.job), TROUBLE_UNSTEADY);
	assert_int_equal(echo.takes, 3);
	assert_true(fake_usb.cancelled > 0);
}

static void silence_ends_and_the_next_job_can_be_done(void **state)
{
	(void)state;
	fake_usb.silent = true;
	assert_int_equal(run(), TROUBLE_ADAPTER_SILENT);
	tear_down(state);
	set_up(state);
	assert_int_equal(run(), TROUBLE_NONE);
}

static void transfers_that_do_not_come_back_forbid_further_ones(void **state)
{
	struct timeval no_time = {0};

	(void)state;
	fake_usb.silent = fake_usb.keeps_transfers = true;
	assert_int_equal(run(), TROUBLE_ADAPTER_SILENT);
	fake_usb.silent = false;
	assert_int_equal(run(), TROUBLE_ADAPTER_FAULT);
	assert_int_equal(echo.takes, 0);
	/* Transfers that finally come back can be freed. */
	fake_usb.keeps_transfers = false;
	for (unsigned i = 0; i < 32; i++)
		libusb_handle_events_timeout(NULL, &no_time);
	tear_down(state);
	assert_int_equal(fake_usb.transfers, 0);
}

static void only_what_stalled_is_cleared_and_what_is_left_is_thrown_away(void **state)
{
	(void)state;
	fake_usb.stale = 5;
	usb_pipe_recover(pipe);
	assert_int_equal(fake_usb.drained, 5);
	assert_int_equal(fake_usb.cleared, 0);
	fake_usb.bad_reply = 1;
	fake_usb.status = LIBUSB_TRANSFER_STALL;
	assert_int_equal(run(), TROUBLE_ADAPTER_FAULT);
	usb_pipe_recover(pipe);
	assert_int_equal(fake_usb.cleared, 2);
	usb_pipe_recover(pipe);
	assert_int_equal(fake_usb.cleared, 2);
}

static void a_device_that_never_stops_to_talk_is_not_listened_to_for_ever(void **state)
{
	(void)state;
	fake_usb.stale = 1000;
	usb_pipe_recover(pipe);
	assert_in_range(fake_usb.drained, 1, 100);
}

static void a_control_request_goes_as_it_is_said(void **state)
{
	(void)state;
	assert_int_equal(usb_pipe_control(pipe, 0x40, 0x0b, 0x02ff, 1), TROUBLE_NONE);
	assert_int_equal(fake_usb.control_type, 0x40);
	assert_int_equal(fake_usb.control_request, 0x0b);
	assert_int_equal(fake_usb.control_value, 0x02ff);
	assert_int_equal(fake_usb.control_index, 1);
}

static void what_is_opened_is_closed(void **state)
{
	(void)state;
	assert_true(fake_usb.transfers > 0);
	tear_down(state);
	assert_int_equal(fake_usb.transfers, 0);
	assert_int_equal(fake_usb.closed, 1);
	assert_int_equal(fake_usb.claimed, 0);
	assert_int_equal(fake_usb.exited, 1);
}

static void what_cannot_be_opened_has_one_reason_and_leaves_nothing_open(void **state)
{
	static const struct {
		int init, open, claim;
		bool no_transfers;
		enum trouble_kind kind;
	} rows[] = {
		{.init = LIBUSB_ERROR_OTHER, .kind = TROUBLE_SYSTEM},
		{.open = LIBUSB_ERROR_ACCESS, .kind = TROUBLE_ADAPTER_FORBIDDEN},
		{.open = LIBUSB_ERROR_NO_DEVICE, .kind = TROUBLE_ADAPTER_GONE},
		{.claim = LIBUSB_ERROR_BUSY, .kind = TROUBLE_ADAPTER_IN_USE},
		{.no_transfers = true, .kind = TROUBLE_NO_MEMORY},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		tear_down(state);
		fake_usb_begin();
		notes_begin(&notes);
		fake_usb.init = rows[i].init;
		fake_usb.open = rows[i].open;
		fake_usb.claim = rows[i].claim;
		fake_usb.no_transfers = rows[i].no_transfers;
		assert_null(open_pipe());
		assert_int_equal(notes.errors, 1);
		assert_int_equal(notes.trouble.kind, rows[i].kind);
		assert_int_equal(fake_usb.opened, fake_usb.closed);
		assert_int_equal(fake_usb.claimed, 0);
		assert_int_equal(fake_usb.began, fake_usb.exited);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_stream_comes_back_whole_and_nothing_had_to_be_taken_back),
		CASE(frames_travel_one_in_a_transfer),
		CASE(a_device_that_is_slow_is_not_silent),
		CASE(a_signal_in_the_middle_is_no_silence),
		CASE(one_that_is_unplugged_in_the_middle_is_gone_and_nothing_stays_in_flight),
		CASE(what_cannot_be_sent_is_told_by_its_kind),
		CASE(what_libusb_refuses_is_told_by_its_kind),
		CASE(an_answer_that_is_refused_ends_all_with_its_kind),
		CASE(silence_ends_and_the_next_job_can_be_done),
		CASE(transfers_that_do_not_come_back_forbid_further_ones),
		CASE(only_what_stalled_is_cleared_and_what_is_left_is_thrown_away),
		CASE(a_device_that_never_stops_to_talk_is_not_listened_to_for_ever),
		CASE(a_control_request_goes_as_it_is_said),
		CASE(what_is_opened_is_closed),
		CASE(what_cannot_be_opened_has_one_reason_and_leaves_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
