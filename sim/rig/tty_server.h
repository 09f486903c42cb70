/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serves the line to a bootloader (sim/model/uart_wire.h) to one program at a time, which speaks
 * tty_wire.h. What it did to the chip outlives it.
 */
#ifndef SIM_TTY_SERVER_H
#define SIM_TTY_SERVER_H

#include "sim/model/board.h"
#include "sim/model/uart_wire.h"
#include "sim/rig/local_server.h"

/*
 * As local_server_new(); @wire and @board are borrowed. @line, TTY_RTS or TTY_DTR, holds the
 * board's CEN low while it is asserted, too; 0: none does.
 */
struct local_server *tty_server_new(int listen_fd, struct uart_wire *wire, struct board *board,
				    unsigned line);

#endif
