/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.h - a pipe of bytes to a chip's UART and back, with deadlines, whatever it is made of: a
 * serial port (tty.h), a helper device in the network (tcp.h).
 *
 * Bytes are 8N1, without flow control. Times are microseconds, and those of the wire's own
 * clock: a wire in a test has a virtual one. Every wait is bounded.
 *
 * Errors: TROUBLE_NONE, or what happened to the adapter (ADAPTER_GONE, ADAPTER_FAULT,
 * ADAPTER_SILENT, NET_CLOSED, HELPER_REFUSED) or NO_MEMORY; nothing is raised, but wire.why may say
 * more. Receiving nothing is not an error. Bytes are the caller's, and copied.
 * Threads: one wire, one thread at a time.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/trouble.h"

struct wire;

struct wire_ops {
	enum trouble_kind (*write)(struct wire *wire, const uint8_t *bytes, size_t count);
	enum trouble_kind (*read)(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
				  size_t *got);
	enum trouble_kind (*drain)(struct wire *wire);
	enum trouble_kind (*set_rate)(struct wire *wire, uint32_t rate);
	enum trouble_kind (*set_lines)(struct wire *wire, bool asserted);
	bool (*lines_busy)(struct wire *wire); /* NULL: set_lines() has done it */
	uint64_t (*now_us)(struct wire *wire);
	void (*sleep_us)(struct wire *wire, uint64_t us);
	void (*close)(struct wire *wire);
};

struct wire_caps {
	const char *kind;    /* "serial port": for words, and "kind" in JSON */
	bool lines;	     /* set_lines() has an effect */
	uint32_t rate_most;  /* bits a second */
	uint32_t latency_us; /* the delay from an answer to its first byte here */
	uint32_t jitter_us;  /* what is added to that now and then, also between bytes */
	uint32_t lines_us;   /* from a change of the lines to when it is seen at the chip */
};

/* Whoever makes a wire embeds this as its first member. */
struct wire {
	const struct wire_ops *ops;
	struct wire_caps caps;
	char port[288]; /* "/dev/ttyUSB0", "tcp:192.168.1.20:8888" */
	uint32_t rate;	/* as it is now, bits a second */
	char why[640];	/* more of the last error, in words, or "" */
};

/* Passes the bytes on; they may leave later. ADAPTER_SILENT if there is no room for too long. */
enum trouble_kind wire_write(struct wire *wire, const uint8_t *bytes, size_t count);

/*
 * As many bytes as are there, at most @most, as soon as there is one. *@got is 0 if none came
 * for @wait_us; 0 only looks.
 */
enum trouble_kind wire_read(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
			    size_t *got);

/* Until all that was written has left the adapter, as far as that can be known; else SILENT. */
enum trouble_kind wire_drain(struct wire *wire);

/* ADAPTER_FAULT if the adapter does not have that rate; then it is as it was. */
enum trouble_kind wire_set_rate(struct wire *wire, uint32_t rate);

/*
 * RTS and DTR, both: an asserted line is low at the adapter's pin; or a relay. A release may still
 * be in progress when this returns: reading, writing and sleeping continue it, and the next read or
 * write returns its failure.
 */
enum trouble_kind wire_set_lines(struct wire *wire, bool asserted);
bool wire_lines_busy(struct wire *wire);

uint64_t wire_now_us(struct wire *wire);

/* The .now_us of a wire that has no clock of its own: this computer's. */
uint64_t wire_clock_us(struct wire *wire);

void wire_sleep_us(struct wire *wire, uint64_t us);

/* How long this many bytes take on the wire at the present rate. */
uint32_t wire_bytes_us(const struct wire *wire, size_t count);

/* NULL is fine. */
void wire_close(struct wire *wire);

#endif
