/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of beken-sim. */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/model/board.h"
#include "sim/model/uart_bridge.h"

enum adapter {
	ADAPTER_SPI,
	ADAPTER_UART,
	ADAPTER_NONE,
	ADAPTER_FORBIDDEN,
	ADAPTER_SPIDEV,
	ADAPTER_FT232H,
	ADAPTER_CH347T,
	ADAPTER_CH347T_OLD,
	ADAPTER_CH347F
};

struct options {
	struct board_options board;
	enum adapter adapter;
	bool second_adapter;
	const char *image, *save, *stats; /* file names, or NULL */
	uint64_t unplug_ns;		  /* USBIP_NEVER */
	const char *event;		  /* a command of the shell, run once, or NULL; ... */
	uint64_t event_ops, event_ns;	  /* ... when one of these has come; 0: not by this */
	struct uart_wire_options uart;	  /* no variant: there is no serial port */
	struct uart_bridge_options net;	  /* not given: it is a serial port, else a network's */
	unsigned cen_by;		  /* line of the port that pulls CEN, of tty_wire.h; 0 */
	const char *listen;		  /* serve */
	char **command;			  /* run: ends with NULL */
};

/*
 * Read the options of "run" (@listens false) or "serve" (true); argv[0] is the
 * word itself. A mistake ends the program: a message and exit status 2.
 */
void options_parse(struct options *options, bool listens, int argc, char **argv);

#define DEFAULT_SOC "BK7231N"

/* What --help prints about the options. */
extern const char options_help[];

/* A message on stderr that begins with the program's name and ends with a newline. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

#endif
