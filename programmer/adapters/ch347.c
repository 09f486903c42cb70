/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/ch347.h"
#include "programmer/adapters/ch347_pin.h"
#include "programmer/adapters/exchange.h"
#include "programmer/adapters/opening.h"
#include "programmer/adapters/status_looks.h"
#include "programmer/adapters/usb_find.h"
#include "programmer/adapters/usb_pipe.h"

#include <stdlib.h>
#include <string.h>

#include "base/opcodes.h"

#define VENDOR_WCH 0x1a86
#define PRODUCT_SPI_T 0x55db
#define PRODUCT_SPI_F 0x55de

#define HEADER 3
#define SET_BUS 0xc0
#define SET_SELECTS 0xc1
#define DUPLEX 0xc2
#define ASK 0xca
#define SET_FUNCTIONS 0xe2
#define CONFIG_LEN 26

/* Bits of the length of DUPLEX, of firmware from FIRMWARE_NEW on. */
#define FALL_FIRST 0x8000
#define RISE_LAST 0x4000
#define COUNT_BITS 0x0fff
#define FIRMWARE_NEW 0x0341

/* An answer that fills its packets does not end its transfer. */
#define PACKET 512
#define FRAME_OLD 507
#define FRAME_NEW 4000

#define BASE_HZ 60000000
#define HALVINGS_MOST 7
#define SPEED_USUAL_HZ 7500000
#define STREAM_MOST_US 100000
#define WAIT_MOST_US 20000
#define WAITS_MOST 64

struct ch347 {
	struct spi_bus bus;
	struct usb_pipe *pipe;
	bool windows; /* a frame may contain a whole window */
	bool cen;     /* high */
	bool mode3;
	unsigned halvings;
	struct status_looks looks;

	/* The round trip being assembled. */
	struct exchange exchange;
	size_t answers; /* number of answers still to come */
	uint64_t us;
	size_t waits;
	uint8_t status[WAITS_MOST][STATUS_LOOKS_MOST];
};

static void put_header(struct ch347 *ch, uint8_t command, size_t word)
{
	exchange_put(&ch->exchange, (const uint8_t[]){command, (uint8_t)word, (uint8_t)(word >> 8)},
		     HEADER);
}

/* Both selects, without an answer: 80h: the level is given; 40h: it is high. */
static void put_selects(struct ch347 *ch, bool cs)
{
	const uint8_t payload[10] = {cs ? 0xc0 : 0x80, 0, 0, 0, 0, ch->cen ? 0xc0 : 0x80};

	put_header(ch, SET_SELECTS, sizeof(payload));
	exchange_put(&ch->exchange, payload, sizeof(payload));
}

static size_t frame_length(const struct ch347 *ch, size_t left)
{
	size_t most = ch->windows ? FRAME_NEW : FRAME_OLD, n = left < most ? left : most;

	return n > 1 && (n + HEADER) % PACKET == 0 ? n - 1 : n;
}

/* One window: @tx, then filler, @len bytes in all. */
static void put_window(struct ch347 *ch, const uint8_t *tx, size_t tx_len, size_t len)
{
	static const uint8_t filler[FRAME_NEW];

	if (!ch->windows)
		put_selects(ch, false);
	for (size_t at = 0, n; at < len; at += n) {
		size_t word = n = frame_length(ch, len - at), sent = at < tx_len ? tx_len - at : 0;

		word |= ch->windows && at == 0 ? FALL_FIRST : 0;
		word |= ch->windows && at + n == len ? RISE_LAST : 0;
		sent = sent < n ? sent : n;
		put_header(ch, DUPLEX, word);
		exchange_put(&ch->exchange, sent ? tx + at : NULL, sent);
		exchange_put(&ch->exchange, filler, n - sent);
		ch->answers++;
	}
	if (!ch->windows)
		put_selects(ch, true);
	ch->us += len * UINT64_C(8000000) / ch->bus.caps.clock_hz + ch->bus.caps.us_per_op;
}

static void put_op(struct ch347 *ch, const struct spi_op *op)
{
	static const uint8_t rdsr = OPCODE_RDSR;
	struct exchange *exchange = &ch->exchange;
	size_t pause;

	switch (op->kind) {
	case SPI_CEN:
		ch->cen = op->level;
		put_selects(ch, true);
		break;
	case SPI_WAIT_READY:
		/* Clocks that pass while the die works. */
		pause = (size_t)((uint64_t)status_looks_pause_us(&ch->looks, op) *
				 ch->bus.caps.clock_hz / 8000000);
		exchange_expect(exchange, NULL, 1 + pause);
		exchange_expect(exchange, ch->status[ch->waits++], ch->looks.count);
		put_window(ch, &rdsr, 1, 1 + pause + ch->looks.count);
		break;
	case SPI_DUPLEX:
		exchange_expect(exchange, op->rx, op->tx_len);
		put_window(ch, op->tx, op->tx_len, op->tx_len);
		break;
	default:
		exchange_expect(exchange, NULL, op->tx_len);
		exchange_expect(exchange, op->rx, op->rx_len);
		put_window(ch, op->tx, op->tx_len, op->tx_len + op->rx_len);
	}
}

static void begin(struct ch347 *ch)
{
	exchange_begin(&ch->exchange);
	ch->answers = ch->waits = 0;
	ch->us = 0;
}

static size_t answers(void *data)
{
	return ((const struct ch347 *)data)->answers;
}

static size_t frame(void *data, size_t at)
{
	const uint8_t *bytes = ((const struct ch347 *)data)->exchange.out + at;

	return HEADER + (size_t)((bytes[1] | bytes[2] << 8) & COUNT_BITS);
}

static enum trouble_kind take(void *data, const uint8_t *bytes, size_t len)
{
	struct ch347 *ch = data;

	/* The length may or may not repeat the request's flag bits: only its count is checked. */
	if (len < HEADER || ch->answers == 0 ||
	    ((size_t)(bytes[1] | bytes[2] << 8) & COUNT_BITS) != len - HEADER)
		return TROUBLE_ADAPTER_FAULT;
	ch->answers--;
	return exchange_take(&ch->exchange, bytes + HEADER, len - HEADER);
}

static enum trouble_kind send_frames(struct ch347 *ch)
{
	const struct usb_pipe_job job = {
		.out = ch->exchange.out,
		.out_len = ch->exchange.out_len,
		.take = take,
		.missing = answers,
		.frame = frame,
		.answers = answers,
		.data = ch,
	};

	return ch->exchange.no_memory ? TROUBLE_NO_MEMORY : usb_pipe_run(ch->pipe, &job);
}

static bool fits(const struct ch347 *ch, const struct spi_op *op)
{
	return ch->us < STREAM_MOST_US && ch->exchange.piece_count + 2 <= EXCHANGE_PIECES &&
	       ch->waits < WAITS_MOST &&
	       (op->kind != SPI_WAIT_READY || op->expect_us <= WAIT_MOST_US);
}

static enum trouble_kind run(struct spi_bus *bus, struct spi_op *ops, size_t count, size_t *done)
{
	struct ch347 *ch = (struct ch347 *)bus;
	enum trouble_kind kind;
	size_t n = 0;

	begin(ch);
	*done = 0;
	while (n < count && fits(ch, &ops[n]))
		put_op(ch, &ops[n++]);
	if (n == 0)
		return TROUBLE_NONE; /* a wait that is the host's */
	kind = send_frames(ch);
	if (!kind)
		status_looks_answer_all(&ch->looks, ops, n, ch->status, done);
	return kind;
}

/* A frame that is answered with a header and @rx_len bytes. */
static enum trouble_kind ask(struct ch347 *ch, uint8_t command, const uint8_t *payload, size_t len,
			     uint8_t *rx, size_t rx_len)
{
	begin(ch);
	put_header(ch, command, len);
	exchange_put(&ch->exchange, payload, len);
	exchange_expect(&ch->exchange, rx, rx_len);
	ch->answers++;
	return send_frames(ch);
}

static enum trouble_kind set_pins(struct spi_bus *bus, const uint8_t pins[CH347_PINS])
{
	return ask((struct ch347 *)bus, CH347_SET_PINS, pins, CH347_PINS, NULL, CH347_PINS);
}

/* The bus as other programs left it, except for what matters here. */
static enum trouble_kind set_bus(struct ch347 *ch)
{
	static const uint8_t usual[16] = {[2] = 4, [3] = 1, [11] = 2}; /* master, selects by hand */
	uint8_t which = 1, config[CONFIG_LEN], taken;
	enum trouble_kind kind = ask(ch, ASK, &which, 1, config, CONFIG_LEN);

	memcpy(config, usual, sizeof(usual));
	memset(config + 18, 0, 4);
	config[6] = ch->mode3 ? 2 : 0;
	config[8] = ch->mode3 ? 1 : 0;
	config[12] = (uint8_t)(8 * ch->halvings);
	return kind ? kind : ask(ch, SET_BUS, config, CONFIG_LEN, &taken, 1);
}

static enum trouble_kind recover(struct spi_bus *bus)
{
	struct ch347 *ch = (struct ch347 *)bus;

	usb_pipe_recover(ch->pipe);
	begin(ch);
	put_selects(ch, true);
	return send_frames(ch);
}

/* Finds out which chip it is and what it can do; CEN is high afterwards. */
static enum trouble_kind start(struct ch347 *ch, bool is_f)
{
	/* As the vendor's driver does. */
	static const uint8_t functions[8] = {0x81, 0x00, 0x81, 0x81};
	uint8_t which = 0, version[4] = {0}, taken;
	enum trouble_kind kind;

	usb_pipe_recover(ch->pipe);
	kind = ask(ch, ASK, &which, 1, version, sizeof(version));
	ch->windows = is_f || (version[0] | version[1] << 8) >= FIRMWARE_NEW;
	if (!kind && is_f)
		kind = ask(ch, SET_FUNCTIONS, functions, sizeof(functions), &taken, 1);
	if (!kind)
		kind = set_bus(ch);
	return kind ? kind : recover(&ch->bus);
}

static void close_bus(struct spi_bus *bus)
{
	struct ch347 *ch = (struct ch347 *)bus;

	if (ch->pipe) {
		ch->cen = true;
		begin(ch);
		put_selects(ch, true);
		send_frames(ch);
		usb_pipe_close(ch->pipe);
	}
	exchange_free(&ch->exchange);
	free(ch);
}

static void fill_clock(struct ch347 *ch, uint32_t wanted_hz)
{
	uint32_t hz = BASE_HZ;

	for (ch->halvings = 0; hz > wanted_hz && ch->halvings < HALVINGS_MOST; ch->halvings++)
		hz /= 2;
	ch->bus.caps.window_most = hz / 80; /* 100 ms */
	status_looks_fill(&ch->looks, &ch->bus.caps, hz);
}

static enum trouble_kind set_speed(struct spi_bus *bus, uint32_t hz)
{
	fill_clock((struct ch347 *)bus, hz);
	return set_bus((struct ch347 *)bus);
}

static const struct spi_adapter_ops ch347_ops = {
	.run = run, .recover = recover, .set_speed = set_speed, .close = close_bus};

static void fill_caps(struct ch347 *ch, const char *kind, uint32_t wanted_hz)
{
	ch->bus.caps = (struct spi_caps){
		.kind = kind,
		.place = "usb",
		.pins = {"SCK", "SCS0", "MOSI", "MISO", .cen = "SCS1"},
		.duplex = true,
		.waits_in_stream = true,
		.cen = SPI_CEN_IN_STREAM,
		.costs_guessed = true,
		.us_per_op = 10,
		.us_per_batch = 200,
	};
	fill_clock(ch, wanted_hz);
}

static struct spi_bus *open_bus(const struct adapter *adapter, const struct adapter_wish *wish,
				const struct observer *observer)
{
	bool is_f = adapter == &ch347f_adapter;
	const struct usb_pipe_ends ends = {.interface = is_f ? 4 : 2, .out = 0x06, .in = 0x86};
	struct ch347 *ch = opening_begin(sizeof(*ch), &ch347_ops, observer);
	enum trouble_kind kind;

	if (!ch)
		return NULL;
	ch->cen = true;
	ch->mode3 = wish->mode3;
	fill_caps(ch, adapter->name, wish->speed_hz ? wish->speed_hz : SPEED_USUAL_HZ);
	ch->pipe = usb_pipe_open(adapter, wish->value, &ends, ch->bus.port, observer);
	kind = ch->pipe ? start(ch, is_f) : TROUBLE_NO_ADAPTER;
	if (!kind)
		kind = ch347_pin_put_on(&ch->bus, wish, is_f, set_pins);
	return opening_end(&ch->bus, kind, ch->pipe);
}

#define ROW(title, product)                                                                        \
	USB_ROW(title, VENDOR_WCH, product), .slowest_hz = BASE_HZ >> HALVINGS_MOST,               \
					     .fastest_hz = BASE_HZ, .mode3 = true,                 \
					     .open = open_bus

const struct adapter ch347f_adapter = {ROW("CH347F", PRODUCT_SPI_F)};
const struct adapter ch347t_adapter = {
	ROW("CH347T", PRODUCT_SPI_T),
	.other_modes = {{VENDOR_WCH, 0x55da, "mode 0 (two UARTs)"},
			{VENDOR_WCH, 0x55dc, "mode 2 (HID)"},
			{VENDOR_WCH, 0x55dd, "mode 3 (JTAG)"}},
	.mode_next = "Set the straps DTR1 and RTS1 to mode 1",
};
