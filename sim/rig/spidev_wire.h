/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program can ask the server of an SPI bus with a GPIO chip, by a socket for each
 * descriptor; see rig_wire.h.
 */
#ifndef SIM_SPIDEV_WIRE_H
#define SIM_SPIDEV_WIRE_H

#include "sim/rig/rig_wire.h"

#define SPIDEV_WIRE_DATA (1u << 18)

enum spidev_wire_op {
	SPIDEV_HELLO, /* the answer's time is the present */
	SPIDEV_MODE,  /* argument */
	SPIDEV_BITS,  /* argument */
	SPIDEV_SPEED, /* argument */
	/*
	 * Data: as many transfers as the argument says, then the bytes of those that send. Of the
	 * answer: the bytes of those that receive.
	 */
	SPIDEV_MESSAGE,
	SPIDEV_LOCK,
	SPIDEV_UNLOCK,
	SPIDEV_LINE_INFO,    /* argument: its number; the answer: a spidev_wire_line */
	SPIDEV_LINE_REQUEST, /* argument: its number; data: a spidev_wish */
	SPIDEV_LINE_CONFIG,  /* data: a spidev_wish */
	SPIDEV_LINE_SET,     /* argument: the level */
	SPIDEV_LINE_GET,
	SPIDEV_OPS
};

struct spidev_wire_transfer {
	uint32_t length, hz;
	uint16_t delay_us;
	uint8_t sends, receives, cs_change, unused[3];
};

struct spidev_wire_line {
	char name[32], consumer[32];
	uint8_t output, open_drain;
};

#endif
