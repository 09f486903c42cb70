/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_serialport.h - libserialport without a port, by link substitution: it knows /dev/ttyUSB0
 * alone. Time is virtual: a wait that nothing ends lets its timeout pass.
 */
#ifndef TESTS_FAKE_SERIALPORT_H
#define TESTS_FAKE_SERIALPORT_H

#include <libserialport.h>
#include <stdbool.h>
#include <stdint.h>

#define FAKE_PORT_PATH "/dev/ttyUSB0"

struct fake_serialport {
	/* What goes wrong: an errno; all but the first come once it is open. */
	int open_error, read_error, write_error, waiting_error, lines_error;
	int rate_most;	  /* more is refused; 0: none is */
	bool no_memory;	  /* for a setting */
	size_t room;	  /* bytes that are taken before the port hangs; 0: all */
	bool interrupted; /* a signal comes in each sleep */

	/* What comes after so long, and how much is still to leave. */
	const uint8_t *comes;
	size_t comes_count;
	uint64_t comes_us;
	int waiting, leaves; /* bytes; and how many of them have left at each look */

	/* What was done. */
	unsigned opened, closed, made, freed;
	int rate, bits;
	enum sp_parity parity;
	int stopbits;
	enum sp_flowcontrol flow;
	enum sp_rts rts;
	enum sp_dtr dtr;
	bool low_latency;
	uint8_t written[256];
	size_t written_count;
	uint64_t now_us;
};

extern struct fake_serialport fake_port;

void fake_port_begin(void);

/* As poll() and libserialport see it: hung up, and nothing comes. */
void fake_port_unplug(void);

int fake_port_fd(void);

#endif
