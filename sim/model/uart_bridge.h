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
 *   - from the line: what has come once it is a buffer full, or 10 looks of 1 ms after the first
 *     byte, then 5 ms of pause; a ring of twice the buffer, and what finds no room is lost
 *   - one client of the driver is served; who comes meanwhile waits
 *   - GET /cm?cmnd=: SetChannel answers with the channel's value, Power in JSON, what is not known
 *     with {}; Backlog does several; delay_ms is refused out of a script; a driver that is stopped
 *     or started drops its client
 * Assumed: what comes while nobody is connected is thrown away, and 5 ms for a command.
 *
 * Relay 1 is CEN; on is high. All is in nanoseconds of virtual time, which never go back; the
 * helper looks at everything each millisecond.
 */
#ifndef SIM_UART_BRIDGE_H
#define SIM_UART_BRIDGE_H

#include "sim/model/uart_wire.h"

#define UART_BRIDGE_CONNECTIONS 4u
#define UART_BRIDGE_UNSENT 16384u /* bytes of a client that wait in its kernel and on the way */

enum uart_bridge_port { UART_BRIDGE_TCP, UART_BRIDGE_HTTP };

struct uart_bridge_options {
	bool given;
	uint32_t latency_ms, jitter_ms; /* each way; up to so much more */
	uint32_t buffer;		/* of the driver, at most 16384 */
	uint32_t rate;			/* that it was started with */
	/* What goes wrong. */
	uint32_t stall_ms;    /* for so long nothing arrives, each 64 KiB of the chip's bytes */
	uint32_t close_after; /* behind so many of these the client is dropped, once; 0: never */
	uint32_t stop_after;  /* and the driver ends, for good */
	bool split;	      /* a client gets each byte alone */
	bool deaf;	      /* commands are answered with 401: it wants a password */
	bool ignores;	      /* relays are not known: {} */
	bool chatters;	      /* an answer is a thousand bytes longer than it should be */
};

/* A list such as "latency=20,jitter=10,close=5000". False: one is none. */
bool uart_bridge_parse(struct uart_bridge_options *options, const char *text);

struct uart_bridge;

/* The driver runs. @wire outlives it, and should have no latency. NULL when memory is short. */
struct uart_bridge *uart_bridge_new(const struct uart_bridge_options *options,
				    struct uart_wire *wire, uint64_t seed);
void uart_bridge_free(struct uart_bridge *bridge);

/* The present; functions below that take a time go on to it first. */
uint64_t uart_bridge_now(const struct uart_bridge *bridge);
void uart_bridge_advance(struct uart_bridge *bridge, uint64_t ns);

/*
 * Returns a connection, which is there at *@established, or is refused then (see
 * uart_bridge_refused()); -1: no more at once.
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

/* Whether a read would give anything, the end included; a write. At the present. */
bool uart_bridge_readable(const struct uart_bridge *bridge, int id);
bool uart_bridge_writable(const struct uart_bridge *bridge, int id);

struct uart_bridge_stats {
	unsigned clients, commands, refused; /* TCP; HTTP; and of these what was not done */
	uint64_t lost;			     /* bytes that found no room in the ring */
	bool relay;			     /* on: CEN is high */
};

void uart_bridge_stats(const struct uart_bridge *bridge, struct uart_bridge_stats *stats);

#endif
