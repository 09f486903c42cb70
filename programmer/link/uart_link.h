/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_link.h - the programmer `beken_uart`: the die through the SoC's bootloader, over a serial
 * port or a network; see link.h and docs/uart.md.
 */
#ifndef UART_LINK_H
#define UART_LINK_H

#include "programmer/link/link.h"
#include "programmer/link/uart_enter.h"
#include "programmer/wire/tcp.h"

struct uart_params {
	char port[256];		/* the serial port; "": it is the network */
	struct tcp_options tcp; /* the network */
	uint32_t rate;		/* baud; 0: the best that works */
	struct uart_enter_options enter;
	bool stays; /* in the bootloader at the end */
};

#define UART_PARAMETERS                                                                            \
	"port=/dev/ttyUSB0 or tcp:HOST[:PORT], cen=obk:HOST[:CHANNEL] or tasmota:HOST[:CHANNEL], " \
	"baud=auto or 115200..2000000, reset=auto|lines|hand, wait=1..600, "                       \
	"leave=run|stay"

/* For the row. */
const char *uart_params_known(char *text, size_t room);

/* False after TROUBLE_USAGE, which names the parameter and lists what there is. */
bool uart_params_parse(const char *text, struct uart_params *params,
		       const struct observer *observer);

/* For the row. */
size_t uart_places(struct link_place *places, size_t room);

extern const struct programmer uart_link_programmer;

#endif
