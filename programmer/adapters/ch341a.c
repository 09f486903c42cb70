/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/ch341a.h"
#include "programmer/adapters/ch341a_stream.h"
#include "programmer/adapters/ch341a_usb.h"
#include "programmer/adapters/opening.h"
#include "programmer/adapters/usb_find.h"

#include <stdlib.h>

/*
 * Two pins select one of the chip's three modes (WCH CH341DS1); the jumper on the usual boards
 * switches between these two.
 */
#define VENDOR_WCH 0x1a86
#define PRODUCT_SPI 0x5512
#define PRODUCT_UART 0x5523

/*
 * Captures of hpaluch/ch341-spi-shift-reg: 40 us a packet of 31 bytes, 6.03 us a byte. An op takes
 * a packet for the pins, and on average half of a packet that is not full.
 */
#define NS_PER_BYTE 7320
#define US_PER_OP 60
#define SAMPLE_US 6

struct ch341a {
	struct spi_bus bus;
	struct ch341a_usb *usb;
	struct ch341a_stream stream;
	uint8_t pins; /* shadow of the output latches */
};

static enum trouble_kind run(struct spi_bus *bus, struct spi_op *ops, size_t count, size_t *done)
{
	struct ch341a *ch = (struct ch341a *)bus;
	enum trouble_kind kind;

	*done = 0;
	ch341a_stream_begin(&ch->stream, ch->pins);
	kind = ch341a_stream_add_ops(&ch->stream, ops, count);
	if (kind || ch->stream.op_count == 0)
		return kind;
	kind = ch341a_usb_run(ch->usb, &ch->stream, ops);
	if (kind)
		return kind;
	ch->pins = ch->stream.pins;
	*done = ch->stream.missed ? ch->stream.missed_op : ch->stream.op_count;
	return TROUBLE_NONE;
}

/* All pins driven as the shadow says, CS high. */
static enum trouble_kind drive_pins(struct ch341a *ch)
{
	ch341a_stream_begin(&ch->stream, ch->pins);
	ch341a_stream_set_pins(&ch->stream, ch->pins, CH341A_PINS_OUTPUT);
	if (ch->stream.no_memory)
		return TROUBLE_NO_MEMORY;
	return ch341a_usb_run(ch->usb, &ch->stream, NULL);
}

/* Where the lines are, in the order of their bits. CEN is on pin 17; 16 is D1, 18 is D3. */
static const uint8_t line_pins[SPI_LINE_COUNT] = {
	CH341A_PIN_CLOCK, CH341A_PIN_CS,  CH341A_PIN_OUT,
	CH341A_PIN_IN,	  CH341A_PIN_CEN, CH341A_PIN_BESIDE_CEN,
};

static uint8_t pins_of(uint8_t lines)
{
	uint8_t pins = 0;

	for (unsigned i = 0; i < SPI_LINE_COUNT; i++)
		pins |= lines >> i & 1 ? line_pins[i] : 0;
	return pins & CH341A_PINS_OUTPUT;
}

/* @reversed: the levels of D0 to D7 as a byte of the stream. */
static uint8_t lines_of(uint8_t reversed)
{
	uint8_t lines = 0;

	for (unsigned i = 0; i < SPI_LINE_COUNT; i++)
		for (unsigned bit = 0; bit < 8; bit++)
			if (line_pins[i] >> bit & 1 && reversed >> (7 - bit) & 1)
				lines |= (uint8_t)(1U << i);
	return lines;
}

static enum trouble_kind run_steps(struct spi_bus *bus, struct spi_step *steps, size_t count)
{
	struct ch341a *ch = (struct ch341a *)bus;
	struct ch341a_step *by_hand = calloc(count, sizeof(*by_hand));
	uint8_t *seen = calloc(count, 1);
	enum trouble_kind kind = TROUBLE_NO_MEMORY;

	if (!by_hand || !seen)
		goto out;
	for (size_t i = 0; i < count; i++)
		by_hand[i] = (struct ch341a_step){
			/*
			 * Latches change before directions, so that no pin goes low when it is
			 * released.
			 */
			.pins = pins_of(steps[i].level | (uint8_t)~steps[i].drive),
			.directions = pins_of(steps[i].drive),
			.delay_us = steps[i].hold_us,
		};
	ch341a_stream_begin(&ch->stream, ch->pins);
	kind = ch341a_stream_add_steps(&ch->stream, by_hand, count, seen);
	if (!kind)
		kind = ch341a_usb_run(ch->usb, &ch->stream, NULL);
	for (size_t i = 0; !kind && i < count; i++)
		steps[i].seen = lines_of(seen[i]);
out:
	free(by_hand);
	free(seen);
	return kind;
}

static enum trouble_kind recover(struct spi_bus *bus)
{
	struct ch341a *ch = (struct ch341a *)bus;

	ch341a_usb_recover(ch->usb);
	return drive_pins(ch);
}

static void close_bus(struct spi_bus *bus)
{
	struct ch341a *ch = (struct ch341a *)bus;

	ch341a_stream_begin(&ch->stream, ch->pins);
	ch341a_stream_set_pins(&ch->stream, CH341A_PINS_IDLE, CH341A_PINS_OUTPUT);
	ch341a_stream_set_pins(&ch->stream, CH341A_PINS_IDLE, 0);
	if (!ch->stream.no_memory)
		ch341a_usb_run(ch->usb, &ch->stream, NULL);
	ch341a_stream_free(&ch->stream);
	ch341a_usb_close(ch->usb);
	free(ch);
}

static const struct spi_adapter_ops ch341a_ops = {
	.run = run,
	.recover = recover,
	.steps = run_steps,
	.close = close_bus,
};

static const struct spi_caps ch341a_caps = {
	.kind = "CH341A",
	.place = "usb",
	.pins = {.clock = "D3",
		 .select = "D0",
		 .out = "D5",
		 .in = "D7",
		 .cen = "D2",
		 .levels = " (a black board may have 5 V: measure pin 28 of the CH341A)"},
	.clock_hz = 1500000,
	.duplex = true,
	.waits_in_stream = true,
	.delay_most_us = CH341A_STREAM_WAIT_US,
	.cen = SPI_CEN_IN_STREAM,
	.beside_cen = "D1",
	.sample_us = SAMPLE_US,
	.ns_per_byte = NS_PER_BYTE,
	.us_per_op = US_PER_OP,
};

static struct spi_bus *open_bus(const struct adapter *adapter, const struct adapter_wish *wish,
				const struct observer *observer)
{
	struct ch341a *ch = opening_begin(sizeof(*ch), &ch341a_ops, observer);
	enum trouble_kind kind;

	if (!ch)
		return NULL;
	ch->bus.caps = ch341a_caps;
	ch->pins = CH341A_PINS_IDLE;
	ch->usb = ch341a_usb_open(adapter, wish->value, ch->bus.port, observer);
	if (!ch->usb) {
		free(ch);
		return NULL;
	}
	kind = drive_pins(ch);
	/* Some hosts stall the very first transfer; seen on a Raspberry Pi 3. */
	if (kind)
		kind = recover(&ch->bus);
	return opening_end(&ch->bus, kind, true);
}

const struct adapter ch341a_adapter = {
	USB_ROW("CH341A", VENDOR_WCH, PRODUCT_SPI),
	.other_modes = {{VENDOR_WCH, PRODUCT_UART, "UART position"}},
	.mode_next = "Move its jumper to the SPI/I2C position",
	.open = open_bus,
};
