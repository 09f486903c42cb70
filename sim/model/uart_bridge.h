/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A helper device between a network and a bootloader's line: OpenBeken with its driver UartTCP, a
 * relay at the chip's CEN, and a network with a latency.
 *
 *   client <== TCP ==> two threads <-- bytes at the helper's rate --> uart_wire
 *   client <== HTTP => commands: the relay, and the driver's start and stop
 *
 * From OpenBeken's sources (drv_uart_tcp.c, http_fns.c, json_interface.c):
 *   - to the line: up to 1024 bytes are taken and sent one by one, then 5 ms of pause
 *   - from the line: what has come once it fills the buffer, or 10 polls of 1 ms after the first
 *     byte, then 5 ms of pause; a ring of twice the buffer, and bytes without room are lost
 *   - one client of the driver is served; others wait meanwhile
 *   - GET /cm?cmnd=: SetChannel answers with the channel's value, Power in JSON, an unknown command
 *     with {}; Backlog runs several; delay_ms is refused outside a script; a driver that is stopped
 *     or started drops its client
 * Assumed: what comes while no client is connected is discarded, and a command takes 5 ms.
 *
 * Relay 1 is CEN; on is high. All times are nanoseconds of virtual time and never decrease; the
 * helper polls everything once a millisecond.
 */
#ifndef SIM_UART_BRIDGE_H
#define SIM_UART_BRIDGE_H

#include "sim/model/uart_wire.h"

#define UART_BRIDGE_CONNECTIONS 4u
#define UART_BRIDGE_UNSENT 16384u /* bytes of a client that wait in its kernel and on the way */

enum uart_bridge_port { UART_BRIDGE_TCP, UART_BRIDGE_HTTP };

struct uart_bridge_options {
	bool given;
	uint32_t latency_ms, jitter_ms; /* each way; up to this much more */
	uint32_t buffer;		/* of the driver, at most 16384 */
	uint32_t rate;			/* that it was started with */
	/* What goes wrong. */
	uint32_t stall_ms;    /* nothing arrives for this long, after each 64 KiB from the chip */
	uint32_t close_after; /* after this many of these the client is dropped, once; 0: never */
	uint32_t stop_after;  /* and the driver ends, for good */
	bool split;	      /* a client gets each byte alone */
	bool deaf;	      /* commands are answered with 401: it wants a password */
	bool ignores;	      /* relays are not known: {} */
	bool chatters;	      /* an answer is a thousand bytes longer than it should be */
};

/* A list such as "latency=20,jitter=10,close=5000". False: an item is wrong. */
bool uart_bridge_parse(struct uart_bridge_options *options, const char *text);

struct uart_bridge;

/* The driver runs at first. @wire must outlive it, and should have no latency. NULL: no memory. */
struct uart_bridge *uart_bridge_new(const struct uart_bridge_options *options,
				    struct uart_wire *wire, uint64_t seed);
void uart_bridge_free(struct uart_bridge *bridge);

/* The present; functions below that take a time advance to it first. */
uint64_t uart_bridge_now(const struct uart_bridge *bridge);
void uart_bridge_advance(struct uart_bridge *bridge, uint64_t ns);

/*
 * Returns a connection, which is established, or refused (see uart_bridge_refused()), at
 * *@established; -1: too many at once.
 */
int uart_bridge_connect(struct uart_bridge *bridge, enum uart_bridge_port port, uint64_t ns,
			uint64_t *established);
bool uart_bridge_refused(const struct uart_bridge *bridge, int id);
void uart_bridge_close(struct uart_bridge *bridge, int id, uint64_t ns);

/* Returns how many bytes found room; -1: the helper has closed it. */
long uart_bridge_write(struct uart_bridge *bridge, int id, const uint8_t *bytes, size_t count,
		       uint64_t ns);

/* Returns how many there were, at most @count; -1: the helper has closed it, and all was read. */
long uart_bridge_read(struct uart_bridge *bridge, int id, uint8_t *bytes, size_t count,
		      uint64_t ns);

/* Whether a read would return anything, the end included; and whether a write would. At present. */
bool uart_bridge_readable(const struct uart_bridge *bridge, int id);
bool uart_bridge_writable(const struct uart_bridge *bridge, int id);

struct uart_bridge_stats {
	unsigned clients, commands, refused; /* TCP; HTTP; those not carried out */
	uint64_t lost;			     /* bytes that found no room in the ring */
	bool relay;			     /* on: CEN is high */
};

void uart_bridge_stats(const struct uart_bridge *bridge, struct uart_bridge_stats *stats);

#endif
