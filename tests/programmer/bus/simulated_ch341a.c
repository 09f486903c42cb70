/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "programmer/adapters/ch341a.h"
#include "programmer/adapters/ch341a_usb.h"
#include "sim/model/ch341a_engine.h"
#include "tests/programmer/bus/simulated_ch341a.h"

#define BETWEEN_NS 100000

/* Replaces programmer/adapters/ch341a_usb.c. */
struct ch341a_usb {
	struct ch341a_engine engine;
	struct soc soc;
	struct wires wires;
	struct nor nor;
	struct board_stats stats;
	uint64_t ns;
};

static struct ch341a_usb usb_side;
static const struct board_options *board; /* NULL: that of simulated_ch341a_open() */

struct ch341a_usb *ch341a_usb_open(const struct adapter *adapter, const char *place, char port[48],
				   const struct observer *observer)
{
	const struct board_options usual = {
		.part = chipdb_part_by_name("GD25Q16B"), .entry = "linked", .seed = 1};
	const struct board_options *options = board ? board : &usual;

	(void)adapter;
	(void)place;
	(void)observer;
	if (usb_side.nor.memory)
		nor_fini(&usb_side.nor);
	memset(&usb_side, 0, sizeof(usb_side));
	assert_true(nor_init(&usb_side.nor, options, &usb_side.stats));
	soc_init(&usb_side.soc, soc_variant_by_name(options->entry), options->seed, &usb_side.nor,
		 &usb_side.stats);
	usb_side.engine.soc = &usb_side.soc;
	if (options->wiring.given) {
		wires_init(&usb_side.wires, &options->wiring, &usb_side.soc, options->seed);
		usb_side.engine.wires = &usb_side.wires;
	}
	usb_side.engine.stats = &usb_side.stats;
	strcpy(port, "1-1");
	return &usb_side;
}

void ch341a_usb_close(struct ch341a_usb *usb)
{
	(void)usb;
}

void ch341a_usb_recover(struct ch341a_usb *usb)
{
	(void)usb;
}

/* USB splits a slice into packets of 32 bytes; what they answer becomes the next reply. */
static enum trouble_kind run_slice(struct ch341a_usb *usb, struct ch341a_stream *stream,
				   struct spi_op *ops, size_t slice, size_t *reply)
{
	uint8_t *bytes, answer[CH341A_PACKET];
	size_t left = ch341a_stream_slice(stream, slice, &bytes);

	while (left > 0) {
		size_t len = left < CH341A_PACKET ? left : CH341A_PACKET;
		struct ch341a_effect effect = ch341a_engine_look(bytes, len);

		ch341a_engine_run(&usb->engine, bytes, len, usb->ns, answer);
		usb->ns += effect.cost_ns;
		if (effect.reply_length > 0 &&
		    ch341a_stream_reply(stream, ops, (*reply)++, answer, effect.reply_length))
			return TROUBLE_ADAPTER_FAULT;
		bytes += len;
		left -= len;
	}
	return TROUBLE_NONE;
}

/* As with the real one, the slice after a missed wait is already in flight. */
enum trouble_kind ch341a_usb_run(struct ch341a_usb *usb, struct ch341a_stream *stream,
				 struct spi_op *ops)
{
	size_t reply = 0, more = 1;

	usb->ns += BETWEEN_NS;
	for (size_t slice = 0; slice < stream->slice_count && more > 0; slice++) {
		if (run_slice(usb, stream, ops, slice, &reply))
			return TROUBLE_ADAPTER_FAULT;
		more -= stream->missed;
	}
	return TROUBLE_NONE;
}

static uint64_t now_us(struct spi_bus *bus)
{
	(void)bus;
	return usb_side.ns / 1000;
}

static void sleep_us(struct spi_bus *bus, uint64_t us)
{
	(void)bus;
	usb_side.ns += us * 1000;
}

/* The driver's own ops, in the time of the simulated chip. */
struct spi_bus *simulated_ch341a_open(const struct observer *observer)
{
	static const struct adapter_wish any = {.parameter = NULL};
	static struct spi_adapter_ops ops;
	struct spi_bus *bus = adapter_open(&any, observer);

	if (!bus)
		return NULL;
	ops = *bus->ops;
	ops.now_us = now_us;
	ops.sleep_us = sleep_us;
	bus->ops = &ops;
	return bus;
}

struct spi_bus *simulated_ch341a_open_on(const struct board_options *options,
					 const struct observer *observer)
{
	struct spi_bus *bus;

	board = options;
	bus = simulated_ch341a_open(observer);
	board = NULL;
	return bus;
}

const struct board_stats *simulated_ch341a_stats(void)
{
	return &usb_side.stats;
}

uint8_t *simulated_ch341a_memory(void)
{
	return usb_side.nor.memory;
}

bool simulated_ch341a_cen(void)
{
	return usb_side.soc.cen;
}
