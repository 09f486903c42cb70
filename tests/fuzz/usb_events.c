/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of USB: transfers that fail in any way, answers of any length, in any order. A call ends
 * with a kind of trouble, and no transfer is left pending.
 */
#include "tests/fuzz/fuzz.h"

#include "programmer/bus/adapter.h"
#include "tests/programmer/adapters/fake_libusb.h"

#define LENGTH 700

void fuzz_seeds(void)
{
	/* No fault; each status once; an answer that is too short; then silence. */
	static const uint8_t good[300] = {0};
	static const uint8_t faults[] = {0, 0, 0x81, 0, 0x82, 0, 0, 0x84, 0, 0, 0, 0x86};
	static const uint8_t gone[] = {0, 0, 0, 0x85};
	static const uint8_t lengths[] = {0, 0xf8, 0, 0x88, 0x80, 0, 0xa0};

	fuzz_seed(good, sizeof(good));
	fuzz_seed(faults, sizeof(faults));
	fuzz_seed(gone, sizeof(gone));
	fuzz_seed(lengths, sizeof(lengths));
}

/* A read, a page with its waits, and CEN changed by hand. */
static enum trouble_kind run(struct spi_bus *bus)
{
	static const uint8_t wren = 0x06, page[36] = {0x02}, reading[4] = {0x03};
	static uint8_t read_bytes[LENGTH];
	struct spi_op ops[] = {
		{.kind = SPI_CEN, .level = true},
		{.kind = SPI_XFER, .tx = reading, .tx_len = 4, .rx = read_bytes, .rx_len = LENGTH},
		{.kind = SPI_XFER, .tx = &wren, .tx_len = 1},
		{.kind = SPI_XFER, .tx = page, .tx_len = sizeof(page)},
		{.kind = SPI_WAIT_READY, .expect_us = 700, .max_us = 2400},
		{.kind = SPI_XFER, .tx = reading, .tx_len = 4, .rx = read_bytes, .rx_len = 40},
	};

	return spi_transfer(bus, ops, COUNT_OF(ops));
}

void fuzz_one(const uint8_t *data, size_t size)
{
	static const struct adapter_wish any = {.parameter = NULL};
	static struct notes notes;
	struct spi_bus *bus;

	fake_usb_begin();
	notes_begin(&notes);
	fake_usb.scripted = true;
	fake_usb.script = data;
	fake_usb.script_size = size;
	bus = adapter_open(&any, &notes.observer);
	if (bus) {
		for (unsigned i = 0; i < 3; i++)
			if (run(bus))
				break;
		adapter_close(bus);
	} else {
		assert_true(notes.errors > 0);
	}
	assert_int_equal(fake_usb.transfers, 0);
	assert_int_equal(fake_usb.claimed, 0);
	assert_int_equal(fake_usb.opened, fake_usb.closed);
	assert_int_equal(fake_usb.exited, fake_usb.began);
}
