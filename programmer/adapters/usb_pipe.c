/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/usb_pipe.h"
#include "programmer/adapters/usb_find.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OUT_PIECE 4096
#define IN_PIECE 8192 /* a multiple of all packets */
#define QUEUE 8
#define SILENCE_US 2000000
#define DRAIN_MS 20
#define DRAIN_PIECES 16

struct usb_pipe {
	libusb_context *context;
	libusb_device_handle *handle;
	struct usb_pipe_ends ends;
	struct libusb_transfer *out[QUEUE], *in[QUEUE];
	uint8_t in_buffer[QUEUE][IN_PIECE];
	unsigned out_flight, in_flight;
	bool stalled;

	/* The job that is under way. */
	const struct usb_pipe_job *job;
	size_t sent; /* handed to libusb */
	enum trouble_kind error;
	bool progress;
};

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static enum trouble_kind error_of(int error)
{
	switch (error) {
	case LIBUSB_ERROR_NO_DEVICE:
		return TROUBLE_ADAPTER_GONE;
	case LIBUSB_ERROR_NO_MEM:
		return TROUBLE_NO_MEMORY;
	case LIBUSB_ERROR_TIMEOUT:
		return TROUBLE_ADAPTER_SILENT;
	default:
		return TROUBLE_ADAPTER_FAULT;
	}
}

static void fail(struct usb_pipe *pipe, enum trouble_kind error)
{
	if (!pipe->error)
		pipe->error = error;
}

static bool completed(struct usb_pipe *pipe, const struct libusb_transfer *transfer)
{
	pipe->stalled |= transfer->status == LIBUSB_TRANSFER_STALL;
	switch (transfer->status) {
	case LIBUSB_TRANSFER_COMPLETED:
		return true;
	case LIBUSB_TRANSFER_CANCELLED: /* by us */
		break;
	case LIBUSB_TRANSFER_NO_DEVICE:
		fail(pipe, TROUBLE_ADAPTER_GONE);
		break;
	default:
		fail(pipe, TROUBLE_ADAPTER_FAULT);
	}
	return false;
}

static void LIBUSB_CALL out_done(struct libusb_transfer *transfer)
{
	struct usb_pipe *pipe = transfer->user_data;

	pipe->out_flight--;
	pipe->progress = true;
	transfer->user_data = NULL; /* free for the next piece */
	if (completed(pipe, transfer) && transfer->actual_length != transfer->length)
		fail(pipe, TROUBLE_ADAPTER_FAULT);
}

static void LIBUSB_CALL in_done(struct libusb_transfer *transfer)
{
	struct usb_pipe *pipe = transfer->user_data;

	pipe->in_flight--;
	transfer->user_data = NULL;
	if (!completed(pipe, transfer) || pipe->error || !pipe->job)
		return;
	pipe->progress = true;
	fail(pipe,
	     pipe->job->take(pipe->job->data, transfer->buffer, (size_t)transfer->actual_length));
}

static struct libusb_transfer *idle_transfer(struct libusb_transfer **transfers)
{
	for (size_t i = 0; i < QUEUE; i++)
		if (!transfers[i]->user_data)
			return transfers[i];
	return NULL;
}

/* Submits one transfer; user_data marks it as busy. */
static void submit(struct usb_pipe *pipe, struct libusb_transfer *transfer, unsigned *in_flight)
{
	int ret;

	transfer->user_data = pipe;
	ret = libusb_submit_transfer(transfer);
	if (ret) {
		transfer->user_data = NULL;
		fail(pipe, error_of(ret));
		return;
	}
	++*in_flight;
}

/* The number of transfers that may wait for the missing bytes. */
static size_t wanted(const struct usb_pipe_job *job)
{
	if (job->answers)
		return job->answers(job->data);
	return (job->missing(job->data) + IN_PIECE - 1) / IN_PIECE;
}

static void submit_all(struct usb_pipe *pipe)
{
	const struct usb_pipe_job *job = pipe->job;

	while (!pipe->error && pipe->in_flight < QUEUE && pipe->in_flight < wanted(job))
		submit(pipe, idle_transfer(pipe->in), &pipe->in_flight);
	while (!pipe->error && pipe->out_flight < QUEUE && pipe->sent < job->out_len) {
		struct libusb_transfer *out = idle_transfer(pipe->out);
		size_t left = job->out_len - pipe->sent;

		/* libusb only reads what is sent. */
		out->buffer = (unsigned char *)(uintptr_t)(job->out + pipe->sent);
		out->length = (int)(left < OUT_PIECE ? left : OUT_PIECE);
		if (job->frame)
			out->length = (int)job->frame(job->data, pipe->sent);
		pipe->sent += (size_t)out->length;
		submit(pipe, out, &pipe->out_flight);
	}
}

static void handle_events(struct usb_pipe *pipe, uint64_t us)
{
	struct timeval timeout = {
		.tv_sec = (time_t)(us / 1000000),
		.tv_usec = (suseconds_t)(us % 1000000),
	};
	int ret = libusb_handle_events_timeout(pipe->context, &timeout);

	if (ret && ret != LIBUSB_ERROR_INTERRUPTED)
		fail(pipe, error_of(ret));
}

/* Cancels what is in flight, and waits until libusb has returned all of it. */
static void cancel_all(struct usb_pipe *pipe)
{
	uint64_t end = now_us() + SILENCE_US;

	pipe->job = NULL;
	for (size_t i = 0; i < QUEUE; i++) {
		if (pipe->out[i]->user_data)
			libusb_cancel_transfer(pipe->out[i]);
		if (pipe->in[i]->user_data)
			libusb_cancel_transfer(pipe->in[i]);
	}
	while (pipe->in_flight + pipe->out_flight > 0 && now_us() < end)
		handle_events(pipe, 10000);
}

enum trouble_kind usb_pipe_run(struct usb_pipe *pipe, const struct usb_pipe_job *job)
{
	uint64_t deadline = now_us() + SILENCE_US;
	enum trouble_kind error;

	/* Transfers that could not be cancelled would be taken for new ones. */
	if (pipe->in_flight + pipe->out_flight > 0)
		return TROUBLE_ADAPTER_FAULT;
	pipe->job = job;
	pipe->sent = 0;
	pipe->error = TROUBLE_NONE;
	for (;;) {
		submit_all(pipe);
		if (pipe->error || (pipe->out_flight == 0 && job->missing(job->data) == 0))
			break;
		pipe->progress = false;
		handle_events(pipe, SILENCE_US);
		if (pipe->progress)
			deadline = now_us() + SILENCE_US;
		else if (now_us() >= deadline)
			fail(pipe, TROUBLE_ADAPTER_SILENT);
	}
	error = pipe->error;
	if (pipe->in_flight + pipe->out_flight > 0)
		cancel_all(pipe);
	pipe->job = NULL;
	return error;
}

enum trouble_kind usb_pipe_control(struct usb_pipe *pipe, uint8_t type, uint8_t request,
				   uint16_t value, uint16_t index)
{
	int ret = libusb_control_transfer(pipe->handle, type, request, value, index, NULL, 0,
					  SILENCE_US / 1000);

	return ret < 0 ? error_of(ret) : TROUBLE_NONE;
}

void usb_pipe_recover(struct usb_pipe *pipe)
{
	int len;

	/* Only if it was stalled: a device need not expect this, and could lose its data toggle. */
	if (pipe->stalled) {
		libusb_clear_halt(pipe->handle, pipe->ends.out);
		libusb_clear_halt(pipe->handle, pipe->ends.in);
		pipe->stalled = false;
	}
	for (int i = 0; i < DRAIN_PIECES; i++)
		if (libusb_bulk_transfer(pipe->handle, pipe->ends.in, pipe->in_buffer[0], IN_PIECE,
					 &len, DRAIN_MS))
			break;
}

static bool allocate_transfers(struct usb_pipe *pipe)
{
	for (size_t i = 0; i < QUEUE; i++) {
		pipe->in[i] = libusb_alloc_transfer(0);
		pipe->out[i] = libusb_alloc_transfer(0);
		if (!pipe->in[i] || !pipe->out[i])
			return false;
		libusb_fill_bulk_transfer(pipe->in[i], pipe->handle, pipe->ends.in,
					  pipe->in_buffer[i], IN_PIECE, in_done, NULL, 0);
		libusb_fill_bulk_transfer(pipe->out[i], pipe->handle, pipe->ends.out, NULL, 0,
					  out_done, NULL, 0);
	}
	return true;
}

struct usb_pipe *usb_pipe_open(const struct adapter *adapter, const char *place,
			       const struct usb_pipe_ends *ends, char port[48],
			       const struct observer *observer)
{
	struct usb_pipe *pipe = calloc(1, sizeof(*pipe));

	if (!pipe || libusb_init(&pipe->context)) {
		observer_raise(
			observer, TROUBLE_SYSTEM, NO_RANGE,
			"libusb cannot be started (out of memory, or no USB on this system)");
		free(pipe);
		return NULL;
	}
	pipe->ends = *ends;
	pipe->handle =
		usb_find_open(pipe->context, adapter, place, ends->interface, port, observer);
	if (pipe->handle && allocate_transfers(pipe))
		return pipe;
	if (pipe->handle)
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
	usb_pipe_close(pipe);
	return NULL;
}

void usb_pipe_close(struct usb_pipe *pipe)
{
	if (!pipe)
		return;
	/* A transfer that libusb never returned is leaked, since freeing it would crash. */
	for (size_t i = 0; i < QUEUE; i++) {
		if (pipe->in[i] && !pipe->in[i]->user_data)
			libusb_free_transfer(pipe->in[i]);
		if (pipe->out[i] && !pipe->out[i]->user_data)
			libusb_free_transfer(pipe->out[i]);
	}
	if (pipe->handle) {
		libusb_release_interface(pipe->handle, pipe->ends.interface);
		libusb_close(pipe->handle);
	}
	libusb_exit(pipe->context);
	free(pipe);
}
