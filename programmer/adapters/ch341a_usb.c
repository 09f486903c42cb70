/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/ch341a_usb.h"
#include "programmer/adapters/usb_find.h"

#include <libusb.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#define INTERFACE 0
#define ENDPOINT_OUT 0x02
#define ENDPOINT_IN 0x82

/*
 * 32 IN transfers cover 7 ms at the adapter's 4.4 packets a millisecond. Eight
 * slices are three programmed pages, or up to 58 ms of reading: enough that the
 * adapter never waits for the host, and not much to be sent again when a wait turns
 * out to have been too short.
 */
#define IN_QUEUE 32
#define OUT_QUEUE 8

/* Much longer than a slice takes; if nothing comes for that long, it will not come. */
#define SILENCE_US 1000000

/* An idle adapter delivers what it holds within two frames; one that failed may still be busy. */
#define DRAIN_IDLE_MS 5
#define DRAIN_FAILED_MS 10
#define DRAIN_PACKETS 256

struct ch341a_usb {
	libusb_context *context;
	libusb_device_handle *handle;
	struct libusb_transfer *in[IN_QUEUE], *out[OUT_QUEUE];
	uint8_t in_buffer[IN_QUEUE][CH341A_PACKET];

	/* The stream that is being run. */
	struct ch341a_stream *stream;
	struct spi_op *ops;
	size_t slices_sent;  /* handed to libusb */
	size_t replies_due;  /* replies that the slices sent so far will cause */
	size_t in_submitted; /* IN transfers submitted, and ... */
	size_t in_done;	     /* ... completed: the index of the next reply */
	unsigned in_flight, out_flight;
	enum trouble_kind error;
	bool stalled;  /* an endpoint stalled and has to be cleared */
	bool progress; /* something completed since the last look */
};

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static enum trouble_kind error_of(int libusb_error)
{
	switch (libusb_error) {
	case LIBUSB_ERROR_NO_DEVICE:
		return TROUBLE_ADAPTER_GONE;
	case LIBUSB_ERROR_NO_MEM:
		return TROUBLE_NO_MEMORY;
	default:
		return TROUBLE_ADAPTER_FAULT;
	}
}

static enum trouble_kind error_of_status(struct ch341a_usb *usb, enum libusb_transfer_status status)
{
	usb->stalled |= status == LIBUSB_TRANSFER_STALL;
	switch (status) {
	case LIBUSB_TRANSFER_COMPLETED:
		return TROUBLE_NONE;
	case LIBUSB_TRANSFER_NO_DEVICE:
		return TROUBLE_ADAPTER_GONE;
	case LIBUSB_TRANSFER_TIMED_OUT:
		return TROUBLE_ADAPTER_SILENT;
	default:
		return TROUBLE_ADAPTER_FAULT;
	}
}

static void fail(struct ch341a_usb *usb, enum trouble_kind error)
{
	if (!usb->error)
		usb->error = error;
}

static void LIBUSB_CALL out_done(struct libusb_transfer *transfer)
{
	struct ch341a_usb *usb = transfer->user_data;

	usb->out_flight--;
	usb->progress = true;
	transfer->user_data = NULL; /* free for the next slice */
	if (transfer->status != LIBUSB_TRANSFER_COMPLETED)
		fail(usb, error_of_status(usb, transfer->status));
	else if (transfer->actual_length != transfer->length)
		fail(usb, TROUBLE_ADAPTER_FAULT);
}

static void LIBUSB_CALL in_done(struct libusb_transfer *transfer)
{
	struct ch341a_usb *usb = transfer->user_data;
	enum trouble_kind kind;

	usb->in_flight--;
	usb->progress = true;
	transfer->user_data = NULL;
	if (transfer->status != LIBUSB_TRANSFER_COMPLETED) {
		fail(usb, error_of_status(usb, transfer->status));
		return;
	}
	if (usb->error)
		return;
	kind = ch341a_stream_reply(usb->stream, usb->ops, usb->in_done++, transfer->buffer,
				   (size_t)transfer->actual_length);
	if (kind)
		fail(usb, kind);
}

static struct libusb_transfer *idle_transfer(struct libusb_transfer **transfers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!transfers[i]->user_data)
			return transfers[i];
	return NULL;
}

/* Submits one transfer; user_data marks it as in use. */
static void submit(struct ch341a_usb *usb, struct libusb_transfer *transfer, unsigned *in_flight)
{
	int ret;

	transfer->user_data = usb;
	ret = libusb_submit_transfer(transfer);
	if (ret) {
		transfer->user_data = NULL;
		fail(usb, error_of(ret));
		return;
	}
	(*in_flight)++;
}

static void submit_in(struct ch341a_usb *usb)
{
	while (!usb->error && usb->in_submitted < usb->replies_due && usb->in_flight < IN_QUEUE) {
		struct libusb_transfer *in = idle_transfer(usb->in, IN_QUEUE);

		submit(usb, in, &usb->in_flight);
		usb->in_submitted++;
	}
}

static void submit_out(struct ch341a_usb *usb)
{
	const struct ch341a_stream *stream = usb->stream;

	while (!usb->error && !stream->missed && usb->slices_sent < stream->slice_count &&
	       usb->out_flight < OUT_QUEUE) {
		struct libusb_transfer *out = idle_transfer(usb->out, OUT_QUEUE);

		out->length = (int)ch341a_stream_slice(stream, usb->slices_sent, &out->buffer);
		while (usb->replies_due < stream->reply_count &&
		       stream->replies[usb->replies_due].slice == usb->slices_sent)
			usb->replies_due++;
		usb->slices_sent++;
		submit_in(usb);
		submit(usb, out, &usb->out_flight);
	}
}

/* Lets libusb work for at most @us. */
static void handle_events(struct ch341a_usb *usb, uint64_t us)
{
	struct timeval timeout = {
		.tv_sec = (time_t)(us / 1000000),
		.tv_usec = (suseconds_t)(us % 1000000),
	};
	int ret = libusb_handle_events_timeout(usb->context, &timeout);

	if (ret && ret != LIBUSB_ERROR_INTERRUPTED)
		fail(usb, error_of(ret));
}

/* Cancels what is in flight, and waits until libusb has returned all of it. */
static void cancel_all(struct ch341a_usb *usb)
{
	uint64_t end = now_us() + SILENCE_US;

	for (size_t i = 0; i < OUT_QUEUE; i++)
		if (usb->out[i]->user_data)
			libusb_cancel_transfer(usb->out[i]);
	for (size_t i = 0; i < IN_QUEUE; i++)
		if (usb->in[i]->user_data)
			libusb_cancel_transfer(usb->in[i]);
	while (usb->in_flight + usb->out_flight > 0 && now_us() < end)
		handle_events(usb, 10000);
}

enum trouble_kind ch341a_usb_run(struct ch341a_usb *usb, struct ch341a_stream *stream,
				 struct spi_op *ops)
{
	uint64_t deadline = now_us() + SILENCE_US;

	/* Transfers that could not be cancelled would be taken for new ones. */
	if (usb->in_flight + usb->out_flight > 0)
		return TROUBLE_ADAPTER_FAULT;
	usb->stream = stream;
	usb->ops = ops;
	usb->slices_sent = usb->replies_due = usb->in_submitted = usb->in_done = 0;
	usb->error = TROUBLE_NONE;
	for (;;) {
		submit_out(usb);
		submit_in(usb);
		if (usb->error || usb->in_flight + usb->out_flight == 0)
			break;
		usb->progress = false;
		handle_events(usb, SILENCE_US);
		if (usb->progress)
			deadline = now_us() + SILENCE_US;
		else if (now_us() >= deadline)
			fail(usb, TROUBLE_ADAPTER_SILENT);
	}
	if (usb->error)
		cancel_all(usb);
	return usb->error;
}

static void drain(struct ch341a_usb *usb, unsigned ms)
{
	uint8_t buffer[CH341A_PACKET];
	int len;

	for (int i = 0; i < DRAIN_PACKETS; i++)
		if (libusb_bulk_transfer(usb->handle, ENDPOINT_IN, buffer, sizeof(buffer), &len,
					 ms))
			break;
}

void ch341a_usb_recover(struct ch341a_usb *usb)
{
	/* Only if it was stalled: a device need not expect this, and could lose its data toggle. */
	if (usb->stalled) {
		libusb_clear_halt(usb->handle, ENDPOINT_OUT);
		libusb_clear_halt(usb->handle, ENDPOINT_IN);
		usb->stalled = false;
	}
	drain(usb, DRAIN_FAILED_MS);
}

static bool allocate_transfers(struct ch341a_usb *usb)
{
	for (size_t i = 0; i < IN_QUEUE; i++) {
		usb->in[i] = libusb_alloc_transfer(0);
		if (!usb->in[i])
			return false;
		libusb_fill_bulk_transfer(usb->in[i], usb->handle, ENDPOINT_IN, usb->in_buffer[i],
					  CH341A_PACKET, in_done, NULL, 0);
	}
	for (size_t i = 0; i < OUT_QUEUE; i++) {
		usb->out[i] = libusb_alloc_transfer(0);
		if (!usb->out[i])
			return false;
		libusb_fill_bulk_transfer(usb->out[i], usb->handle, ENDPOINT_OUT, NULL, 0, out_done,
					  NULL, 0);
	}
	return true;
}

struct ch341a_usb *ch341a_usb_open(const struct adapter *adapter, const char *place, char port[48],
				   const struct observer *observer)
{
	struct ch341a_usb *usb = calloc(1, sizeof(*usb));

	if (!usb || libusb_init(&usb->context)) {
		observer_raise(
			observer, TROUBLE_SYSTEM, NO_RANGE,
			"libusb cannot be started (out of memory, or no USB on this system)");
		free(usb);
		return NULL;
	}
	usb->handle = usb_find_open(usb->context, adapter, place, INTERFACE, port, observer);
	if (!usb->handle)
		goto err_close;
	if (!allocate_transfers(usb)) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		goto err_close;
	}
	drain(usb, DRAIN_IDLE_MS);
	return usb;

err_close:
	ch341a_usb_close(usb);
	return NULL;
}

void ch341a_usb_close(struct ch341a_usb *usb)
{
	if (!usb)
		return;
	/* A transfer that libusb never returned is leaked, since freeing it would crash. */
	for (size_t i = 0; i < IN_QUEUE; i++)
		if (usb->in[i] && !usb->in[i]->user_data)
			libusb_free_transfer(usb->in[i]);
	for (size_t i = 0; i < OUT_QUEUE; i++)
		if (usb->out[i] && !usb->out[i]->user_data)
			libusb_free_transfer(usb->out[i]);
	if (usb->handle) {
		libusb_release_interface(usb->handle, INTERFACE);
		libusb_close(usb->handle);
	}
	libusb_exit(usb->context);
	free(usb);
}
