/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An FT232H in its MPSSE mode: one stream of commands moves pins, shifts bytes, and waits in
 * clocks.
 *
 * Commands as in FTDI's AN_108 and libftdi's ftdi.h: 80h and 82h set pins, 11h sends bytes, 20h
 * reads, 31h does both, 86h sets the clock of 60 MHz / (2 (1 + d)), 8Eh and 8Fh give clocks without
 * data, 87h sends at once what was received; a command that it does not know answers FAh and
 * itself. Each packet of at most 512 bytes to the host begins with two bytes of modem status. 1 KiB
 * waits for the host, then the stream stands still until it reads. ADBUS0 to 3 are clock, data out,
 * data in, and chip select; ADBUS4 is wired to CEN, or what the options say.
 *
 * Assumptions: a command costs 1 us beside its clocks; the bus moves 40 MB/s. Left out: the packets
 * with only status that are sent while there is no data, the bit modes other than MPSSE, the
 * EEPROM, and commands for single bits.
 */
#ifndef SIM_FT232H_MODEL_H
#define SIM_FT232H_MODEL_H

#include "sim/model/host.h"
#include "sim/model/soc.h"
#include "sim/model/urb_queue.h"
#include "sim/model/usb.h"

#define FT232H_FIFO 1024

struct ft232h_byte {
	uint8_t value;
	uint64_t ready_ns;
};

struct ft232h {
	struct usb_device usb;
	struct soc *soc; /* or NULL */
	struct board_stats *stats;
	enum host_class host;
	uint64_t kill_at;
	uint8_t device_descriptor[18];
	uint8_t latency_ms;

	struct urb_queue out, in;
	uint32_t out_offset;
	uint64_t first_ns, free_ns, in_ns; /* first transfer; engine and last packet are done */
	uint64_t out_ns;		   /* nothing that was sent arrives earlier */
	bool started;

	/* The engine. */
	bool mpsse, by_5, three_phase;
	uint16_t divisor;
	uint16_t value, direction; /* ADBUS, and ACBUS in the upper byte */
	uint16_t cen_pin;
	uint8_t command[3], have; /* a command whose bytes have not all come */
	uint8_t shift;		  /* the shifting command in progress, 0: none */
	uint32_t left;		  /* of its bytes */

	/* What was sent and waits for the engine: bytes number @used to @sent - 1. */
	uint8_t buffer[FT232H_FIFO];
	uint64_t sent, used, sent_ns;

	/* What waits for the host: bytes number @taken to @produced - 1. */
	struct ft232h_byte fifo[FT232H_FIFO];
	uint64_t produced, taken;
	bool flush; /* they go at once, however few they are */
};

void ft232h_init(struct ft232h *ft, const struct board_options *options, struct soc *soc,
		 struct board_stats *stats);

#endif
