/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is between a program and a bootloader's UART: a USB-serial adapter, its wires, and CEN at
 * one of its modem lines.
 *
 *   program -- write --> adapter's queue -- bytes at the host's rate --> uart_bootloader
 *   program <-- read -- packets of USB <-- bytes at the chip's rate --
 *
 * All times are nanoseconds of virtual time and never decrease. A received byte stays in the
 * adapter until there are 62 of them or the latency timer, which the first of them starts, has
 * expired, as in an FT232. If the rates of sender and receiver differ by more than 4 %, each byte
 * arrives as a byte of noise. Assumed: 125 us until the first byte of an idle adapter is on the
 * wire.
 *
 * An asserted line (RTS or DTR) is low at the pin, and holds CEN low. A Linux port asserts both
 * when it is opened.
 */
#ifndef SIM_UART_WIRE_H
#define SIM_UART_WIRE_H

#include "sim/model/prng.h"
#include "sim/model/uart_bootloader.h"

#define UART_WIRE_QUEUE 4096u  /* bytes of a program that wait in the kernel */
#define UART_WIRE_INPUT 65536u /* bytes that wait to be read */
#define UART_WIRE_NEVER UINT64_MAX

/* What drives CEN. NONE: nothing, the chip runs. */
enum uart_wire_cen { UART_CEN_RTS, UART_CEN_DTR, UART_CEN_NONE };

/* What goes wrong on the wires, in both directions: about one byte in this many, 0: none. */
struct uart_wire_faults {
	uint32_t lose, twice, flip; /* flip: one bit of it */
	uint32_t burst;		    /* it and some tens more become noise */
	uint32_t reset; /* of the bytes to the chip: its supply fails, and it starts anew */
	uint32_t fast;	/* the chip's clock is so many thousandths too fast */
	bool echo;	/* TX and RX are joined: the program hears itself */
	bool log;	/* the application writes a line each 100 ms, at 115200 */
	bool stuck;	/* nothing comes from the chip */
};

/* Adds the items of a list such as "lose=1000,echo", counts from 2. False: an item is wrong. */
bool uart_wire_parse_faults(struct uart_wire_faults *faults, const char *text);

struct uart_wire_options {
	struct uart_wire_faults faults;
	const struct uart_variant *variant;
	enum uart_wire_cen cen;
	uint64_t latency_ns; /* of the adapter's timer */
	uint64_t seed;
};

struct uart_wire_stats {
	uint64_t to_chip, from_chip; /* bytes on the wires */
	uint64_t noise;		     /* of these, received at a wrong rate */
	uint64_t turnarounds;	     /* times that the program wrote after it had read */
	uint64_t faults;	     /* bytes lost, doubled, flipped; bursts; resets by a fault */
	uint64_t overruns;	     /* bytes that were not read in time */
	uint64_t resets;	     /* by CEN */
};

struct uart_wire;

/* The chip runs its application. @nor must outlive it. NULL when memory is short. */
struct uart_wire *uart_wire_new(const struct uart_wire_options *options, struct nor *nor);
void uart_wire_free(struct uart_wire *wire);

/* The present. All functions below that take a time advance to it first. */
uint64_t uart_wire_now(const struct uart_wire *wire);

void uart_wire_advance(struct uart_wire *wire, uint64_t ns);
void uart_wire_set_rate(struct uart_wire *wire, uint32_t rate, uint64_t ns);
/* Of the adapter's timer, from the next byte on: a hub or a host that is busy now. */
void uart_wire_set_latency(struct uart_wire *wire, uint64_t latency_ns);
void uart_wire_set_lines(struct uart_wire *wire, bool rts, bool dtr, uint64_t ns);

/* Returns how many bytes found room. */
size_t uart_wire_write(struct uart_wire *wire, const uint8_t *bytes, size_t count, uint64_t ns);

/* Returns how many bytes there were, at most @count. */
size_t uart_wire_read(struct uart_wire *wire, uint8_t *bytes, size_t count, uint64_t ns);

/* How many bytes a read would return at present; how many wait to be sent. */
size_t uart_wire_readable(const struct uart_wire *wire);
size_t uart_wire_unsent(const struct uart_wire *wire);

/* Throw away what was received, or what waits to be sent. */
void uart_wire_flush_input(struct uart_wire *wire, uint64_t ns);
void uart_wire_flush_output(struct uart_wire *wire, uint64_t ns);

/*
 * Advances until something can be read, at most to @deadline. Returns when that was, or
 * UART_WIRE_NEVER: then the time is the deadline or, if that is NEVER, unchanged, and nothing will
 * come until the program does something.
 */
uint64_t uart_wire_wait(struct uart_wire *wire, uint64_t deadline);

/* Advances until at most @left bytes wait to be sent. Returns the time. */
uint64_t uart_wire_drain(struct uart_wire *wire, size_t left);

/* Microseconds since uart_wire_new(). */
uint64_t uart_wire_used_us(const struct uart_wire *wire);

const struct uart_bootloader *uart_wire_chip(const struct uart_wire *wire);
void uart_wire_stats(const struct uart_wire *wire, struct uart_wire_stats *stats);

#endif
