/*
 * This file is part of the flashrom project.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: The flashrom-beken authors
 *
 * The driver on a mock of libusb, behind which are a CH341A and a flash of 1 MiB that is write
 * protected as Beken's firmware leaves it.
 */

#include <stdlib.h>
#include <string.h>
#include "lifecycle.h"
#include "flash.h"

#if CONFIG_BEKEN_SPI == 1

#define ENDPOINT_OUT 0x02
#define PACKET 32
#define REPLIES 1024
#define PIN_CS 0x01
#define PIN_CEN 0x04

#define FLASH_SIZE 0x100000
#define SR_WEL 0x02
#define SR_PROTECTED 0x401c /* CMP and BP2..BP0 */
#define SR_FIRMWARE 0x4004

/* A GD25Q80, which has this name in all releases. */
#define CHIP_NAME "GD25Q80(B)"
static const uint8_t chip_id[] = { 0xc8, 0x40, 0x14 };

struct mock {
	/* The adapter. */
	struct libusb_transfer *pending[2 * REPLIES];
	size_t pending_count;
	uint8_t replies[REPLIES][PACKET];
	size_t reply_len[REPLIES], reply_count;
	uint8_t pins;
	unsigned int cen_pulses, data_batches;
	unsigned int lose_reply; /* number of the reply that is lost */
	unsigned int clear_halts;

	/* The flash. */
	bool no_flash;
	unsigned int busy_looks; /* status bytes that are busy after each page */
	unsigned int busy;
	uint8_t memory[FLASH_SIZE];
	uint16_t sr;
	bool write_enabled;
	uint8_t window[5 + 256]; /* the bytes since CS went low */
	size_t window_len;
	unsigned int register_writes, programs, refused;
};

static uint8_t mirrored(uint8_t byte)
{
	uint8_t result = 0;

	for (int i = 0; i < 8; i++)
		result |= ((byte >> i) & 1) << (7 - i);
	return result;
}

static uint32_t window_address(const struct mock *mock)
{
	return (mock->window[1] << 16 | mock->window[2] << 8 | mock->window[3]) % FLASH_SIZE;
}

/* The flash's answer while byte number @at of a window comes in. */
static uint8_t flash_answer(struct mock *mock, size_t at)
{
	if (mock->no_flash || at == 0)
		return 0xff;
	if (mock->busy && mock->window[0] != 0x05)
		return 0xff;
	switch (mock->window[0]) {
	case 0x9f: /* RDID */
		return at <= sizeof(chip_id) ? chip_id[at - 1] : 0x00;
	case 0x05: /* RDSR */
		if (mock->busy) {
			mock->busy--;
			return 0x03;
		}
		return (mock->sr & 0xff) | (mock->write_enabled ? SR_WEL : 0);
	case 0x35:
		return mock->sr >> 8;
	case 0x03: /* READ */
		return at < 4 ? 0xff : mock->memory[(window_address(mock) + at - 4) % FLASH_SIZE];
	default:
		return 0xff;
	}
}

/* CS went high: execute the command. */
static void flash_window_ends(struct mock *mock)
{
	const size_t len = mock->window_len;
	const bool enabled = mock->write_enabled;
	uint32_t address;

	mock->window_len = 0;
	if (len == 0 || mock->no_flash || mock->busy)
		return;
	switch (mock->window[0]) {
	case 0x06: /* WREN */
		mock->write_enabled = true;
		break;
	case 0x01: /* WRSR */
		mock->write_enabled = false;
		mock->register_writes++;
		if (enabled && len >= 2)
			mock->sr = mock->window[1] | (len > 2 ? mock->window[2] << 8 : 0);
		break;
	case 0x02: /* page program */
		mock->write_enabled = false;
		if (!enabled || mock->sr & SR_PROTECTED || len < 5) {
			mock->refused++;
			break;
		}
		mock->programs++;
		mock->busy = mock->busy_looks;
		address = window_address(mock);
		for (size_t i = 4; i < len && i < sizeof(mock->window); i++)
			mock->memory[(address & ~0xffu) | ((address + i - 4) & 0xff)] &= mock->window[i];
		break;
	}
}

static void adapter_pins(struct mock *mock, uint8_t pins)
{
	if (!(mock->pins & PIN_CS) && pins & PIN_CS)
		flash_window_ends(mock);
	if (mock->pins & PIN_CEN && !(pins & PIN_CEN))
		mock->cen_pulses++;
	mock->pins = pins;
}

static void adapter_packet(struct mock *mock, const uint8_t *packet, size_t len)
{
	uint8_t *reply = mock->replies[mock->reply_count];

	if (packet[0] == 0xab) { /* pins: 80h sets the latches, 20h ends */
		for (size_t i = 1; i < len && packet[i] != 0x20; i++)
			if ((packet[i] & 0xc0) == 0x80)
				adapter_pins(mock, packet[i] & 0x3f);
		return;
	}
	assert_int_equal(0xa8, packet[0]); /* bytes out, and as many bytes in */
	assert_true(mock->reply_count < REPLIES);
	for (size_t i = 1; i < len; i++) {
		const size_t at = mock->window_len;

		if (at < sizeof(mock->window))
			mock->window[at] = mirrored(packet[i]);
		reply[i - 1] = mirrored(flash_answer(mock, at));
		mock->window_len++;
	}
	if (mock->lose_reply && --mock->lose_reply == 0)
		return;
	mock->reply_len[mock->reply_count++] = len - 1;
}

static struct libusb_transfer *alloc_transfer(void *state, int iso_packets)
{
	return calloc(1, sizeof(struct libusb_transfer));
}

static void free_transfer(void *state, struct libusb_transfer *transfer)
{
	free(transfer);
}

static int submit_transfer(void *state, struct libusb_transfer *transfer)
{
	struct mock *mock = state;

	assert_true(mock->pending_count < ARRAY_SIZE(mock->pending));
	mock->pending[mock->pending_count++] = transfer;
	if (transfer->endpoint == ENDPOINT_OUT) {
		mock->data_batches++;
		for (int at = 0; at < transfer->length; at += PACKET) {
			const int left = transfer->length - at;

			adapter_packet(mock, transfer->buffer + at, left < PACKET ? left : PACKET);
		}
	}
	return 0;
}

static void complete(struct libusb_transfer *transfer, enum libusb_transfer_status status, size_t len)
{
	transfer->status = status;
	transfer->actual_length = len;
	transfer->callback(transfer);
}

/*
 * Completes the submitted transfers in order; a callback may submit more. When nothing moves any more, the rest
 * times out.
 */
static int handle_events_timeout(void *state, libusb_context *ctx, struct timeval *tv)
{
	struct mock *mock = state;
	struct libusb_transfer *waiting[ARRAY_SIZE(mock->pending)];
	const size_t count = mock->pending_count;
	size_t used = 0, completed = 0;

	memcpy(waiting, mock->pending, count * sizeof(waiting[0]));
	mock->pending_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (waiting[i]->endpoint == ENDPOINT_OUT) {
			complete(waiting[i], LIBUSB_TRANSFER_COMPLETED, waiting[i]->length);
			completed++;
		} else if (used < mock->reply_count) {
			memcpy(waiting[i]->buffer, mock->replies[used], mock->reply_len[used]);
			complete(waiting[i], LIBUSB_TRANSFER_COMPLETED, mock->reply_len[used]);
			used++;
			completed++;
		} else if (completed == 0) {
			complete(waiting[i], LIBUSB_TRANSFER_TIMED_OUT, 0);
		} else {
			mock->pending[mock->pending_count++] = waiting[i];
		}
	}
	mock->reply_count -= used;
	memmove(mock->replies, mock->replies + used, mock->reply_count * sizeof(mock->replies[0]));
	memmove(mock->reply_len, mock->reply_len + used, mock->reply_count * sizeof(mock->reply_len[0]));
	return 0;
}

static int cancel_transfer(void *state, struct libusb_transfer *transfer)
{
	struct mock *mock = state;

	for (size_t i = 0; i < mock->pending_count; i++) {
		if (mock->pending[i] != transfer)
			continue;
		mock->pending[i] = mock->pending[--mock->pending_count];
		complete(transfer, LIBUSB_TRANSFER_CANCELLED, 0);
		return 0;
	}
	return LIBUSB_ERROR_NOT_FOUND;
}

static int clear_halt(void *state, libusb_device_handle *devh, unsigned char endpoint)
{
	struct mock *mock = state;

	mock->clear_halts++;
	return 0;
}

/* Stale replies in the adapter. */
static int bulk_transfer(void *state, libusb_device_handle *devh, unsigned char endpoint,
			 unsigned char *data, int length, int *actual_length, unsigned int timeout)
{
	struct mock *mock = state;

	*actual_length = 0;
	if (mock->reply_count == 0)
		return LIBUSB_ERROR_TIMEOUT;
	mock->reply_count = 0;
	return 0;
}

static struct io_mock_fallback_open_state no_files = {
	.noc = 0,
	.paths = { NULL },
};

static struct mock *new_mock(struct io_mock *io)
{
	struct mock *mock = calloc(1, sizeof(*mock));

	assert_non_null(mock);
	memset(mock->memory, 0xff, sizeof(mock->memory));
	mock->sr = SR_FIRMWARE;
	mock->pins = 0x3f;
	*io = (struct io_mock) {
		.state = mock,
		.libusb_cancel_transfer = &cancel_transfer,
		.libusb_clear_halt = &clear_halt,
		.libusb_bulk_transfer = &bulk_transfer,
		.libusb_alloc_transfer = &alloc_transfer,
		.libusb_submit_transfer = &submit_transfer,
		.libusb_free_transfer = &free_transfer,
		.libusb_handle_events_timeout = &handle_events_timeout,
		.fallback_open_state = &no_files,
	};
	return mock;
}

void beken_spi_basic_lifecycle_test_success(void **state)
{
	struct io_mock io;
	struct mock *mock = new_mock(&io);

	/* The flash answers at once, as in a SoC that is in SPI mode already. */
	run_basic_lifecycle(state, &io, &programmer_beken_spi, "leave=spi");
	assert_int_equal(0, mock->cen_pulses);
	assert_true(mock->pins & PIN_CEN);
	free(mock);
}

void beken_spi_probe_lifecycle_test_success(void **state)
{
	struct io_mock io;
	struct mock *mock = new_mock(&io);

	const char *expected_matched_names[1] = {CHIP_NAME};
	run_probe_v2_lifecycle(state, &io, &programmer_beken_spi, "enter=never", CHIP_NAME,
				expected_matched_names, 1);
	/* Protected, and never unprotected. */
	assert_int_equal(0, mock->register_writes);
	assert_int_equal(SR_FIRMWARE, mock->sr);
	free(mock);
}

void beken_spi_no_link_test_success(void **state)
{
	struct io_mock io;
	struct mock *mock = new_mock(&io);

	mock->no_flash = true;
	run_init_error_path(state, &io, &programmer_beken_spi, "tries=1,reset_ms=10", 1);
	/* It was tried, and the SoC is not held in reset. */
	assert_true(mock->cen_pulses > 0);
	assert_true(mock->pins & PIN_CEN);
	free(mock);
}

void beken_spi_wrong_parameter_test_success(void **state)
{
	struct io_mock io;
	struct mock *mock = new_mock(&io);

	run_init_error_path(state, &io, &programmer_beken_spi, "enter=sometimes", 1);
	run_init_error_path(state, &io, &programmer_beken_spi, "registers=some", 1);
	/* Nothing was sent to the adapter. */
	assert_int_equal(0, mock->data_batches);
	free(mock);
}

/* 16 whole pages, and the ends of two more, to a mock with the given faults. */
static void write_pages(struct mock *mock, const struct io_mock *io)
{
	struct flashrom_programmer *flashprog;
	/* From an entry made from SFDP; the driver must not take it for the page size. */
	struct flashchip chip = { .page_size = 64 };
	struct flashrom_flashctx flash = { .chip = &chip };
	uint8_t data[18 * 256 - 100];
	char param[] = "enter=never";
	const unsigned int lose_reply = mock->lose_reply;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = i * 7 + i / 256;
	mock->lose_reply = 0;
	io_mock_register(io);
	assert_int_equal(0, flashrom_programmer_init(&flashprog, programmer_beken_spi.name, param));
	flash.mst = &registered_masters[0];
	mock->lose_reply = lose_reply;
	assert_int_equal(0, flash.mst->spi.write_256(&flash, data, 0x1032, sizeof(data)));
	assert_int_equal(0, flashrom_programmer_shutdown(flashprog));
	io_mock_register(NULL);

	assert_memory_equal(data, mock->memory + 0x1032, sizeof(data));
	assert_int_equal(0, mock->refused);
	/* Unprotected once, with both registers together. */
	assert_int_equal(1, mock->register_writes);
	assert_int_equal(0, mock->sr & SR_PROTECTED);
}

void beken_spi_page_write_batch_test_success(void **state)
{
	struct io_mock io;
	struct mock *mock = new_mock(&io);

	(void)state;
	write_pages(mock, &io);
	assert_int_equal(18, mock->programs);
	free(mock);
}

void beken_spi_busy_page_test_success(void **state)
{
	struct io_mock io;
	struct mock *mock = new_mock(&io);

	(void)state;
	/* Busy longer than the driver looks at first: what follows the first page is ignored. */
	mock->busy_looks = 200;
	write_pages(mock, &io);
	assert_true(mock->programs >= 18);
	free(mock);
}

void beken_spi_lost_reply_test_success(void **state)
{
	struct io_mock io;
	struct mock *mock = new_mock(&io);

	(void)state;
	/* In the middle of the pages. */
	mock->lose_reply = 60;
	write_pages(mock, &io);
	assert_int_equal(0, mock->lose_reply);
	assert_int_equal(2, mock->clear_halts);
	free(mock);
}

#else
	SKIP_TEST(beken_spi_basic_lifecycle_test_success)
	SKIP_TEST(beken_spi_probe_lifecycle_test_success)
	SKIP_TEST(beken_spi_no_link_test_success)
	SKIP_TEST(beken_spi_wrong_parameter_test_success)
	SKIP_TEST(beken_spi_page_write_batch_test_success)
	SKIP_TEST(beken_spi_busy_page_test_success)
	SKIP_TEST(beken_spi_lost_reply_test_success)
#endif /* CONFIG_BEKEN_SPI */
