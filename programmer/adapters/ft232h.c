/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/ft232h.h"
#include "programmer/adapters/exchange.h"
#include "programmer/adapters/opening.h"
#include "programmer/adapters/status_looks.h"
#include "programmer/adapters/usb_find.h"
#include "programmer/adapters/usb_pipe.h"

#include <stdlib.h>
#include <string.h>

#include "base/opcodes.h"

#define VENDOR_FTDI 0x0403
#define PRODUCT_SPI_232H 0x6014
#define PRODUCT_SPI_2232H 0x6010
#define PRODUCT_SPI_4232H 0x6011

/* Requests to the chip, of type 40h, for its first channel. */
#define VENDOR_OUT 0x40
#define CHANNEL 1
#define REQUEST_RESET 0x00
#define REQUEST_LATENCY 0x09
#define REQUEST_BITMODE 0x0b
#define BITMODE_RESET 0x0000
#define BITMODE_MPSSE 0x0200

/* AN_108 */
#define SET_LOW 0x80
#define SET_HIGH 0x82
#define SEND_NOW 0x87
#define SEND 0x11
#define READ 0x20
#define DUPLEX 0x31
#define CLOCKS_BY_8 0x8f
#define BAD_COMMAND 0xfa
#define NO_COMMAND 0xaa

#define PIN_CLOCK 0x01
#define PIN_OUT 0x02
#define PIN_CS 0x08
#define PIN_CEN 0x10

#define BASE_HZ 30000000
#define SPEED_USUAL_HZ 7500000
#define DATA_MOST 65536 /* bytes of a command */

#define PACKET 512
#define STATUS 2 /* modem status in front of each packet */

/* A round trip cannot be interrupted. */
#define STREAM_MOST_US 100000
#define WAIT_MOST_US 60000

#define WAITS_MOST 64

struct ft232h {
	struct spi_bus bus;
	struct usb_pipe *pipe;
	bool cen;	  /* high */
	uint16_t cen_pin; /* ADBUS in the lower byte, ACBUS in the upper one */
	struct status_looks looks;

	/* The round trip being assembled. */
	struct exchange exchange;
	uint64_t us;
	size_t waits;
	uint8_t status[WAITS_MOST][STATUS_LOOKS_MOST];
};

static void put(struct ft232h *ft, const uint8_t *bytes, size_t len)
{
	exchange_put(&ft->exchange, bytes, len);
}

static void put_pins(struct ft232h *ft, bool cs)
{
	const uint16_t low = ft->cen ? 0 : ft->cen_pin;
	const uint8_t driven = (uint8_t)(PIN_CLOCK | PIN_OUT | PIN_CS | low);
	const uint8_t commands[] = {SET_LOW, cs ? PIN_CS : 0,	 driven, SET_HIGH,
				    0,	     (uint8_t)(low >> 8)};

	put(ft, commands, ft->cen_pin >> 8 ? 6 : 3);
}

static void put_data(struct ft232h *ft, uint8_t code, const uint8_t *tx, size_t len)
{
	for (size_t at = 0; at < len; at += DATA_MOST) {
		size_t n = len - at < DATA_MOST ? len - at : DATA_MOST;
		const uint8_t command[] = {code, (uint8_t)(n - 1), (uint8_t)((n - 1) >> 8)};

		put(ft, command, sizeof(command));
		if (tx)
			put(ft, tx + at, n);
	}
	ft->us += len * UINT64_C(8000000) / ft->bus.caps.clock_hz;
}

/* Clocks without data. */
static void put_pause(struct ft232h *ft, uint64_t us)
{
	uint64_t count = (us * ft->bus.caps.clock_hz + 7999999) / 8000000;

	for (uint64_t n; count; count -= n) {
		n = count < DATA_MOST ? count : DATA_MOST;
		put(ft, (const uint8_t[]){CLOCKS_BY_8, (uint8_t)(n - 1), (uint8_t)((n - 1) >> 8)},
		    3);
	}
	ft->us += us;
}

/* The die continues its work while CS is low, and repeats its status. */
static void put_wait(struct ft232h *ft, const struct spi_op *op)
{
	static const uint8_t rdsr = OPCODE_RDSR;

	put_data(ft, SEND, &rdsr, 1);
	put_pause(ft, status_looks_pause_us(&ft->looks, op));
	put_data(ft, READ, NULL, ft->looks.count);
	exchange_expect(&ft->exchange, ft->status[ft->waits++], ft->looks.count);
}

static void put_op(struct ft232h *ft, const struct spi_op *op)
{
	if (op->kind == SPI_DELAY) {
		put_pause(ft, op->expect_us);
		return;
	}
	if (op->kind == SPI_CEN)
		ft->cen = op->level;
	else
		put_pins(ft, false);
	if (op->kind == SPI_WAIT_READY) {
		put_wait(ft, op);
	} else if (op->kind == SPI_DUPLEX) {
		put_data(ft, DUPLEX, op->tx, op->tx_len);
		exchange_expect(&ft->exchange, op->rx, op->tx_len);
	} else if (op->kind == SPI_XFER) {
		put_data(ft, SEND, op->tx, op->tx_len);
		put_data(ft, READ, NULL, op->rx_len);
		exchange_expect(&ft->exchange, op->rx, op->rx_len);
	}
	put_pins(ft, true);
}

static void begin(struct ft232h *ft)
{
	exchange_begin(&ft->exchange);
	ft->waits = 0;
	ft->us = 0;
}

/* The number includes the status bytes of packets. */
static size_t missing(void *data)
{
	size_t bytes = ((const struct ft232h *)data)->exchange.missing;

	return bytes + (bytes + PACKET - STATUS - 1) / (PACKET - STATUS) * STATUS;
}

static enum trouble_kind take(void *data, const uint8_t *bytes, size_t len)
{
	return exchange_take_packets(&((struct ft232h *)data)->exchange, bytes, len, PACKET,
				     STATUS);
}

static enum trouble_kind send_stream(struct ft232h *ft)
{
	const uint8_t now = SEND_NOW;
	struct usb_pipe_job job = {.take = take, .missing = missing, .data = ft};

	if (ft->exchange.missing)
		put(ft, &now, 1);
	if (ft->exchange.no_memory)
		return TROUBLE_NO_MEMORY;
	job.out = ft->exchange.out;
	job.out_len = ft->exchange.out_len;
	return usb_pipe_run(ft->pipe, &job);
}

static bool fits(const struct ft232h *ft, const struct spi_op *op)
{
	return ft->us < STREAM_MOST_US && ft->exchange.piece_count < EXCHANGE_PIECES &&
	       ft->waits < WAITS_MOST &&
	       (op->kind != SPI_WAIT_READY || op->expect_us <= WAIT_MOST_US);
}

static enum trouble_kind run(struct spi_bus *bus, struct spi_op *ops, size_t count, size_t *done)
{
	struct ft232h *ft = (struct ft232h *)bus;
	enum trouble_kind kind;
	size_t n = 0;

	begin(ft);
	*done = 0;
	while (n < count && fits(ft, &ops[n]))
		put_op(ft, &ops[n++]);
	if (n == 0)
		return TROUBLE_NONE; /* a wait that is the host's */
	kind = send_stream(ft);
	if (!kind)
		status_looks_answer_all(&ft->looks, ops, n, ft->status, done);
	return kind;
}

static enum trouble_kind request(struct ft232h *ft, uint8_t what, uint16_t value)
{
	return usb_pipe_control(ft->pipe, VENDOR_OUT, what, value, CHANNEL);
}

/* The answer to an invalid command shows whether both sides begin at the same byte. */
static enum trouble_kind synchronize(struct ft232h *ft)
{
	const uint8_t command = NO_COMMAND;
	uint8_t answer[2];
	enum trouble_kind kind;

	begin(ft);
	put(ft, &command, 1);
	exchange_expect(&ft->exchange, answer, sizeof(answer));
	kind = send_stream(ft);
	if (!kind && (answer[0] != BAD_COMMAND || answer[1] != NO_COMMAND))
		kind = TROUBLE_ADAPTER_FAULT;
	return kind;
}

static void put_clock(struct ft232h *ft)
{
	uint32_t divisor = BASE_HZ / ft->bus.caps.clock_hz - 1;

	put(ft, (const uint8_t[]){0x86, (uint8_t)divisor, (uint8_t)(divisor >> 8)}, 3);
}

static enum trouble_kind recover(struct spi_bus *bus)
{
	/* 60 MHz, no adaptive or three-phase clock, no loopback. */
	static const uint8_t plain[] = {0x8a, 0x97, 0x8d, 0x85};
	struct ft232h *ft = (struct ft232h *)bus;
	enum trouble_kind kind = request(ft, REQUEST_BITMODE, BITMODE_RESET);

	/* libftdi confuses which of the two empties which FIFO, so both are sent. */
	for (uint16_t what = 0; what <= 2 && !kind; what++)
		kind = request(ft, REQUEST_RESET, what);
	if (!kind)
		kind = request(ft, REQUEST_LATENCY, 1);
	if (!kind)
		kind = request(ft, REQUEST_BITMODE, BITMODE_MPSSE);
	if (kind)
		return kind;
	usb_pipe_recover(ft->pipe);
	kind = synchronize(ft);
	begin(ft);
	put(ft, plain, sizeof(plain));
	put_clock(ft);
	put_pins(ft, true);
	return kind ? kind : send_stream(ft);
}

static void close_bus(struct spi_bus *bus)
{
	struct ft232h *ft = (struct ft232h *)bus;

	if (ft->pipe) {
		begin(ft);
		ft->cen = true;
		put_pins(ft, true);
		send_stream(ft);
		request(ft, REQUEST_BITMODE, BITMODE_RESET);
		usb_pipe_close(ft->pipe);
	}
	exchange_free(&ft->exchange);
	free(ft);
}

static void fill_clock(struct ft232h *ft, uint32_t wanted_hz)
{
	uint32_t hz = BASE_HZ / ((BASE_HZ + wanted_hz - 1) / wanted_hz);

	ft->bus.caps.window_most = hz / 80 > SPI_WINDOW_LEAST ? hz / 80 : SPI_WINDOW_LEAST;
	status_looks_fill(&ft->looks, &ft->bus.caps, hz);
}

static enum trouble_kind set_speed(struct spi_bus *bus, uint32_t hz)
{
	struct ft232h *ft = (struct ft232h *)bus;

	fill_clock(ft, hz);
	begin(ft);
	put_clock(ft);
	return send_stream(ft);
}

static const struct spi_adapter_ops ft232h_ops = {
	.run = run, .recover = recover, .set_speed = set_speed, .close = close_bus};

static void fill_caps(struct ft232h *ft, const char *kind, uint32_t wanted_hz)
{
	ft->bus.caps = (struct spi_caps){
		.kind = kind,
		.place = "usb",
		.pins = {"ADBUS0", "ADBUS3", "ADBUS1", "ADBUS2", .cen = "ADBUS4"},
		.duplex = true,
		.waits_in_stream = true,
		.delay_most_us = STREAM_MOST_US,
		.cen = SPI_CEN_IN_STREAM,
		.costs_guessed = true,
		.us_per_op = 5,
		.us_per_batch = 150,
	};
	fill_clock(ft, wanted_hz);
}

/* Another pin may be free if a board has a buffer at ADBUS4. */
static uint16_t choose_cen(struct ft232h *ft, const struct adapter_wish *wish, bool has_acbus)
{
	int low = opening_own_cen(&ft->bus, wish, "adbus", "4567");
	int high = has_acbus ? opening_own_cen(&ft->bus, wish, "acbus", "01234567") : -1;

	return (uint16_t)(low >= 0 ? 1 << low : high >= 0 ? 0x100 << high : PIN_CEN);
}

static struct spi_bus *open_bus(const struct adapter *adapter, const struct adapter_wish *wish,
				const struct observer *observer)
{
	static const struct usb_pipe_ends ends = {.interface = 0, .out = 0x02, .in = 0x81};
	struct ft232h *ft = opening_begin(sizeof(*ft), &ft232h_ops, observer);
	enum trouble_kind kind;

	if (!ft)
		return NULL;
	ft->cen = true;
	fill_caps(ft, adapter->name, wish->speed_hz ? wish->speed_hz : SPEED_USUAL_HZ);
	ft->cen_pin = choose_cen(ft, wish, adapter != &ft4232h_adapter);
	ft->pipe = usb_pipe_open(adapter, wish->value, &ends, ft->bus.port, observer);
	kind = ft->pipe ? recover(&ft->bus) : TROUBLE_NO_ADAPTER;
	return opening_end(&ft->bus, kind, ft->pipe);
}

/* Many boards use one of these chips for something else. */
#define ROW(title, product)                                                                        \
	USB_ROW(title, VENDOR_FTDI, product), .only_named = true, .slowest_hz = 1000,              \
					      .fastest_hz = BASE_HZ, .open = open_bus

const struct adapter ft232h_adapter = {ROW("FT232H", PRODUCT_SPI_232H)};
const struct adapter ft2232h_adapter = {ROW("FT2232H", PRODUCT_SPI_2232H)};
const struct adapter ft4232h_adapter = {ROW("FT4232H", PRODUCT_SPI_4232H)};
