/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Uses the adapter in the same way as ch341prog, to compare the virtual device with what was
 * measured with that program. A command is one OUT transfer, which is not waited for and whose
 * first packet selects the chip; one IN transfer is submitted again after each packet; then an OUT
 * transfer of its own deselects the chip. Commands of a byte or two are sequential transfers:
 * select, bytes out, bytes in, deselect. A read takes 256 packets at a time. For each page, even a
 * blank one, writing is enabled, the page programmed, writing disabled, and then the status read.
 *
 * usage: single-in read|write BYTES FILE
 */
#include <libusb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PACKET = 32,
	PAYLOAD = PACKET - 1,
	PACKETS = 256,
	COMMAND = 4, /* the operation and the address */
	CHUNK = (PACKETS - 1) * PAYLOAD - COMMAND,
	PAGE = 256,
	TIMEOUT_MS = 1000
};

#define EP_OUT 0x02
#define EP_IN 0x82

enum { PROGRAM = 0x02, READ = 0x03, DISABLE = 0x04, STATUS = 0x05, ENABLE = 0x06 };
#define BUSY 0x01

struct adapter {
	libusb_device_handle *handle;
	struct libusb_transfer *out, *in;
	uint8_t command[PACKETS * PACKET];
	uint8_t packet[PACKET];
	uint8_t answer[(PACKETS - 1) * PAYLOAD];
	size_t wanted, got; /* bytes of the answer */
	int pending;	    /* transfers under way */
	bool failed;
};

static uint8_t reversed(uint8_t byte)
{
	uint8_t result = 0;

	for (int i = 0; i < 8; i++)
		result = (uint8_t)(result << 1 | (byte >> i & 1));
	return result;
}

static bool bulk(struct adapter *adapter, unsigned char endpoint, uint8_t *data, int length)
{
	int done;

	return libusb_bulk_transfer(adapter->handle, endpoint, data, length, &done, TIMEOUT_MS) ==
		       0 &&
	       done == length;
}

static bool deselect(struct adapter *adapter)
{
	uint8_t packet[] = {0xAB, 0xB7, 0x20};

	return bulk(adapter, EP_OUT, packet, sizeof(packet));
}

static size_t put_select(uint8_t *packet)
{
	static const uint8_t select[] = {0xAB, 0xB6, 0x7F, 0x20};

	memcpy(packet, select, sizeof(select));
	return sizeof(select);
}

/* A command of one or two bytes; the last received byte is stored in @last. */
static bool short_command(struct adapter *adapter, uint8_t operation, int length, uint8_t *last)
{
	uint8_t spi[] = {0xA8, reversed(operation), 0xFF}, select[PACKET], answer[2];
	int size = (int)put_select(select);

	if (!bulk(adapter, EP_OUT, select, size) || !bulk(adapter, EP_OUT, spi, 1 + length) ||
	    !bulk(adapter, EP_IN, answer, length))
		return false;
	*last = reversed(answer[length - 1]);
	return deselect(adapter);
}

static void submit(struct adapter *adapter, struct libusb_transfer *transfer)
{
	if (libusb_submit_transfer(transfer) == 0)
		adapter->pending++;
	else
		adapter->failed = true;
}

static void LIBUSB_CALL out_ended(struct libusb_transfer *transfer)
{
	struct adapter *adapter = transfer->user_data;

	adapter->pending--;
	if (transfer->status != LIBUSB_TRANSFER_COMPLETED)
		adapter->failed = true;
}

static void LIBUSB_CALL in_ended(struct libusb_transfer *transfer)
{
	struct adapter *adapter = transfer->user_data;
	size_t length = (size_t)transfer->actual_length;

	adapter->pending--;
	if (transfer->status != LIBUSB_TRANSFER_COMPLETED ||
	    length > adapter->wanted - adapter->got) {
		adapter->failed = true;
		return;
	}
	memcpy(adapter->answer + adapter->got, adapter->packet, length);
	adapter->got += length;
	if (adapter->got < adapter->wanted)
		submit(adapter, transfer);
}

/* Puts the SPI bytes @data (NULL: any) into packets after @end; returns the new end. */
static size_t put_spi(struct adapter *adapter, size_t end, const uint8_t *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (end % PACKET == 0)
			adapter->command[end++] = 0xA8;
		adapter->command[end++] = data ? reversed(data[i]) : 0xFF;
	}
	return end;
}

/* An operation on @length bytes at @address; sends @data, or receives answer[COMMAND...]. */
static bool long_command(struct adapter *adapter, uint8_t operation, uint32_t address,
			 const uint8_t *data, size_t length)
{
	const uint8_t head[COMMAND] = {operation, (uint8_t)(address >> 16), (uint8_t)(address >> 8),
				       (uint8_t)address};
	size_t end;

	memset(adapter->command, 0, PACKET);
	put_select(adapter->command);
	end = put_spi(adapter, PACKET, head, COMMAND);
	end = put_spi(adapter, end, data, length);

	adapter->wanted = COMMAND + length;
	adapter->got = 0;
	libusb_fill_bulk_transfer(adapter->in, adapter->handle, EP_IN, adapter->packet, PACKET,
				  in_ended, adapter, TIMEOUT_MS);
	libusb_fill_bulk_transfer(adapter->out, adapter->handle, EP_OUT, adapter->command, (int)end,
				  out_ended, adapter, TIMEOUT_MS);
	submit(adapter, adapter->in);
	submit(adapter, adapter->out);
	while (adapter->pending)
		if (libusb_handle_events(NULL))
			return false;
	return !adapter->failed && deselect(adapter);
}

static bool read_chunk(struct adapter *adapter, uint32_t address, size_t length, FILE *file)
{
	uint8_t *data = adapter->answer + COMMAND;

	if (!long_command(adapter, READ, address, NULL, length))
		return false;
	for (size_t i = 0; i < length; i++)
		data[i] = reversed(data[i]);
	return fwrite(data, 1, length, file) == length;
}

static bool write_page(struct adapter *adapter, uint32_t address, size_t length, FILE *file)
{
	uint8_t page[PAGE], status;

	if (fread(page, 1, length, file) != length || !short_command(adapter, ENABLE, 1, &status) ||
	    !long_command(adapter, PROGRAM, address, page, length) ||
	    !short_command(adapter, DISABLE, 1, &status))
		return false;
	do
		if (!short_command(adapter, STATUS, 2, &status))
			return false;
	while (status & BUSY);
	return true;
}

static bool whole(struct adapter *adapter, bool writing, uint32_t size, FILE *file)
{
	uint8_t speed[] = {0xAA, 0x61, 0x00};
	uint32_t step = writing ? PAGE : CHUNK;

	if (!bulk(adapter, EP_OUT, speed, sizeof(speed)))
		return false;
	for (uint32_t address = 0; address < size; address += step) {
		size_t left = size - address, length = left < step ? left : step;

		if (!(writing ? write_page : read_chunk)(adapter, address, length, file))
			return false;
	}
	return true;
}

static bool run(bool writing, uint32_t size, FILE *file)
{
	static struct adapter adapter;
	bool done = false;

	adapter.handle = libusb_open_device_with_vid_pid(NULL, 0x1A86, 0x5512);
	adapter.in = libusb_alloc_transfer(0);
	adapter.out = libusb_alloc_transfer(0);
	if (adapter.handle && adapter.in && adapter.out &&
	    libusb_claim_interface(adapter.handle, 0) == 0)
		done = whole(&adapter, writing, size, file);
	libusb_free_transfer(adapter.in);
	libusb_free_transfer(adapter.out);
	if (adapter.handle)
		libusb_close(adapter.handle);
	return done;
}

int main(int argc, char *argv[])
{
	bool writing = argc == 4 && strcmp(argv[1], "write") == 0, done;
	FILE *file;

	if (argc != 4 || (!writing && strcmp(argv[1], "read") != 0)) {
		fprintf(stderr, "usage: %s read|write BYTES FILE\n", argv[0]);
		return 2;
	}
	file = fopen(argv[3], writing ? "rb" : "wb");
	if (!file) {
		perror(argv[3]);
		return 1;
	}
	if (libusb_init(NULL)) {
		fprintf(stderr, "libusb does not start\n");
		return 1;
	}
	done = run(writing, (uint32_t)strtoul(argv[2], NULL, 0), file);
	libusb_exit(NULL);
	if (fclose(file))
		done = false;
	if (!done)
		fprintf(stderr, "the %s failed, or there is no adapter\n", argv[1]);
	return done ? 0 : 1;
}
