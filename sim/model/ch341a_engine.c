/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/ch341a_engine.h"

#include <string.h>

enum {
	GET_INPUT = 0xA0,
	SET_OUTPUT = 0xA1,
	SPI_STREAM = 0xA8,
	I2C_STREAM = 0xAA,
	UIO_STREAM = 0xAB,
	NOTHING = 0x00,
};

enum {
	PIN_CS = 0x01,
	PIN_CEN = 0x04,
	PIN_SCK = 0x08,
	PIN_MOSI = 0x20,
	PIN_D6 = 0x40,
	PIN_MISO = 0x80
};
#define PINS 0x3F /* those that have a latch and a direction */

enum {
	UIO_IN = 0x00,
	UIO_END = 0x20,
	UIO_DIR = 0x40,
	UIO_OUT = 0x80,
	UIO_US = 0xC0,
	UIO_KIND = 0xC0
};

/* Nanoseconds. */
#define PACKET_TIME 40000U
#define SPI_BYTE 6030U
#define UIO_OUT_TIME 750U
#define UIO_IN_TIME 1080U
#define UIO_US_TIME 1100U
#define OTHER_TIME 5000U

#define INPUT_REPLY 6
#define SET_OUTPUT_BYTES 7 /* the rest of the packet concerns pins that are not modelled */
#define SET_DATA 0x04
#define SET_DIRECTION 0x08

static unsigned uio_time(uint8_t op)
{
	switch (op & UIO_KIND) {
	case UIO_DIR:
	case UIO_OUT:
		return UIO_OUT_TIME;
	case UIO_US:
		return (op & 0x3FU) * 1000 + UIO_US_TIME;
	default:
		return op == UIO_IN ? UIO_IN_TIME : 0;
	}
}

struct ch341a_effect ch341a_engine_look(const uint8_t *packet, size_t length)
{
	struct ch341a_effect effect = {.cost_ns = PACKET_TIME};

	switch (packet[0]) {
	case SPI_STREAM:
		effect.reply_length = length - 1;
		effect.cost_ns += SPI_BYTE * (length - 1);
		break;
	case UIO_STREAM:
		for (size_t i = 1; i < length && packet[i] != UIO_END; i++) {
			effect.cost_ns += uio_time(packet[i]);
			if (packet[i] == UIO_IN)
				effect.reply_length++;
		}
		break;
	case GET_INPUT:
		effect.reply_length = INPUT_REPLY;
		effect.cost_ns += OTHER_TIME;
		break;
	case SET_OUTPUT:
	case I2C_STREAM:
	case NOTHING:
		effect.cost_ns += OTHER_TIME;
		break;
	default:
		break;
	}
	return effect;
}

uint8_t ch341a_engine_levels(const struct ch341a_engine *engine)
{
	return (uint8_t)((engine->latch & engine->direction) | (~engine->direction & PINS));
}

static bool miso(const struct ch341a_engine *engine, uint64_t ns)
{
	return engine->soc ? soc_miso(engine->soc, ns) : true;
}

static uint8_t sample(const struct ch341a_engine *engine, uint64_t ns)
{
	if (engine->wires)
		return wires_levels(engine->wires, ns);
	return (uint8_t)(ch341a_engine_levels(engine) | PIN_D6 | (miso(engine, ns) ? PIN_MISO : 0));
}

static void set_pins(struct ch341a_engine *engine, uint8_t latch, uint8_t direction, uint64_t ns)
{
	uint8_t before = ch341a_engine_levels(engine), now, changed;

	engine->latch = latch & PINS;
	engine->direction = direction & PINS;
	now = ch341a_engine_levels(engine);
	changed = before ^ now;

	if ((changed & PIN_CEN) && !(now & PIN_CEN))
		engine->stats->cen_pulses++;
	if (!engine->soc)
		return;
	if (engine->wires) {
		wires_drive(engine->wires, engine->latch, engine->direction, ns);
		return;
	}
	if (changed & PIN_CEN)
		soc_set_cen(engine->soc, now & PIN_CEN, ns);
	/* A clock edge that comes together with the end of a CS window is not part of it. */
	if ((changed & PIN_CS) && (now & PIN_CS))
		soc_set_cs(engine->soc, false, ns);
	if (changed & PIN_SCK)
		soc_set_clock(engine->soc, now & PIN_SCK, now & PIN_MOSI, ns);
	if ((changed & PIN_CS) && !(now & PIN_CS))
		soc_set_cs(engine->soc, true, ns);
}

static uint8_t reversed(uint8_t byte)
{
	byte = (uint8_t)((byte & 0x0F) << 4 | (byte & 0xF0) >> 4);
	byte = (uint8_t)((byte & 0x33) << 2 | (byte & 0xCC) >> 2);
	return (uint8_t)((byte & 0x55) << 1 | (byte & 0xAA) >> 1);
}

/* A8 sends each byte's lowest bit first; the SoC and the die take the highest first. */
static void run_spi(struct ch341a_engine *engine, const uint8_t *data, size_t length, uint64_t ns,
		    uint8_t *reply)
{
	uint8_t out[CH341A_PACKET] = {0};

	if (!engine->soc || (~engine->direction & (PIN_SCK | PIN_MOSI))) {
		memset(reply, sample(engine, ns) & PIN_MISO ? 0xFF : 0x00, length);
		return;
	}
	for (size_t i = 0; i < length; i++)
		out[i] = reversed(data[i]);
	if (engine->wires)
		wires_shift(engine->wires, out, reply, length, ns, SPI_BYTE);
	else
		soc_shift(engine->soc, out, reply, length, ns, SPI_BYTE);
	for (size_t i = 0; i < length; i++)
		reply[i] = reversed(reply[i]);
}

static void run_uio(struct ch341a_engine *engine, const uint8_t *ops, size_t length, uint64_t ns,
		    uint8_t *reply)
{
	for (size_t i = 0; i < length && ops[i] != UIO_END; i++) {
		ns += uio_time(ops[i]);
		if ((ops[i] & UIO_KIND) == UIO_DIR)
			set_pins(engine, engine->latch, ops[i], ns);
		else if ((ops[i] & UIO_KIND) == UIO_OUT)
			set_pins(engine, ops[i], engine->direction, ns);
		else if (ops[i] == UIO_IN)
			*reply++ = sample(engine, ns);
	}
}

static void run_set_output(struct ch341a_engine *engine, const uint8_t *packet, size_t length,
			   uint64_t ns)
{
	uint8_t latch = engine->latch, direction = engine->direction;

	if (length < SET_OUTPUT_BYTES)
		return;
	if (packet[2] & SET_DATA)
		latch = packet[5];
	if (packet[2] & SET_DIRECTION)
		direction = packet[6];
	set_pins(engine, latch, direction, ns + OTHER_TIME);
}

void ch341a_engine_run(struct ch341a_engine *engine, const uint8_t *packet, size_t length,
		       uint64_t ns, uint8_t *reply)
{
	ns += PACKET_TIME;
	switch (packet[0]) {
	case SPI_STREAM:
		run_spi(engine, packet + 1, length - 1, ns, reply);
		break;
	case UIO_STREAM:
		run_uio(engine, packet + 1, length - 1, ns, reply);
		break;
	case GET_INPUT:
		memset(reply, 0, INPUT_REPLY);
		reply[0] = sample(engine, ns);
		break;
	case SET_OUTPUT:
		run_set_output(engine, packet, length, ns);
		break;
	default:
		break;
	}
}
