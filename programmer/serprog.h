/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * serprog.h - the server side of flashrom's serprog protocol, version 1, for SPI.
 *
 * It knows neither USB nor Beken: SPI ops go to a callback. Source of the protocol:
 * Documentation/serprog-protocol.txt of flashrom; the behaviour of its client was observed with
 * 1.3.0 to 1.8.0-rc1.
 *
 * Delays that flashrom wants are acknowledged and not made: an op is answered
 * only when it is done, so there is nothing left to wait for.
 */
#ifndef SERPROG_H
#define SERPROG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/trouble.h"

#define SERPROG_NAME_LEN 16

struct serprog_target {
	char name[SERPROG_NAME_LEN + 1]; /* flashrom shows it */
	uint32_t write_most; /* data bytes an op may write; opcode and address come on top */
	uint32_t read_most;  /* bytes an op may read */
	uint32_t spi_hz;     /* the clock, which cannot be changed */

	/* One CS window. TROUBLE_NONE, or anything else to have the op refused (NAK). */
	enum trouble_kind (*spi_op)(void *data, const uint8_t *tx, size_t tx_len, uint8_t *rx,
				    size_t rx_len);
	/* flashrom is done: finish everything. TROUBLE_NONE, or the same. */
	enum trouble_kind (*finish)(void *data);
	/* Whether to go on serving: false ends it. Asked at least every 20 ms. */
	bool (*go_on)(void *data);
	void *data;
};

enum serprog_end {
	SERPROG_HANGUP,	 /* the client closed its side, or go_on() said so */
	SERPROG_SILENT,	 /* the client hung up without ever having said anything */
	SERPROG_GARBAGE, /* what came is not serprog */
	SERPROG_FAILED,	 /* out of memory, or the descriptor failed */
};

/*
 * Serve one client on @fd until it hangs up. @fd is the master of a pty, or a
 * socket; it is made non-blocking and stays the caller's. A pty's slave must be
 * open already, or it counts as hung up. finish() has been called when this
 * returns, even if the client vanished in the middle of a command. The process
 * must ignore SIGPIPE if @fd is a socket.
 */
enum serprog_end serprog_serve(int fd, const struct serprog_target *target);

#endif
