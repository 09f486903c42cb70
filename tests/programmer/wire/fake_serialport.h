/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_serialport.h - replaces libserialport at link time: it knows only one port. Time is virtual:
 * a wait that nothing ends takes its whole timeout.
 */
#ifndef TESTS_FAKE_SERIALPORT_H
#define TESTS_FAKE_SERIALPORT_H

#include <libserialport.h>
#include <stdbool.h>
#include <stdint.h>

#define FAKE_PORT_PATH "/dev/ttyUSB0"

struct fake_serialport {
	const char *path; /* it is here, and not at FAKE_PORT_PATH; NULL: there */

	/* Faults, as errno; all except the first occur after opening. */
	int open_error, read_error, write_error, waiting_error, lines_error;
	int rate_most;	  /* higher rates are refused; 0: none is */
	bool no_memory;	  /* when a setting is made */
	size_t room;	  /* number of bytes that are accepted before the port hangs; 0: all */
	bool interrupted; /* a signal arrives in each sleep */

	/* What arrives, and after what time; how much still has to be sent. */
	const uint8_t *comes;
	size_t comes_count;
	uint64_t comes_us;
	int waiting, leaves; /* number of bytes; how many of them have been sent at each look */

	/* Calls that were made. */
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

/* For poll() and libserialport: hung up, and nothing arrives. */
void fake_port_unplug(void);

int fake_port_fd(void);

#endif
