/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bench: the boards that the options ask for, and the files that are loaded into them and saved
 * from them. Functions print to stderr when they fail.
 */
#ifndef SIM_BENCH_H
#define SIM_BENCH_H

#include "sim/options.h"
#include "sim/rig/tree.h"
#include "sim/rig/usbip.h"

struct bench {
	const struct options *options;
	struct board *board, *spare; /* the one in question; --second-adapter */
	struct uart_wire *uart;	     /* --uart, or NULL */
	struct uart_bridge *net;     /* --uart-net, or NULL */
	size_t count;		     /* plugged in, in the order of their addresses */
	struct usbip_export exports[2];
	struct tree_device devices[2];
};

bool bench_make(struct bench *bench, const struct options *options);

/* --save and --stats. */
bool bench_report(const struct bench *bench);

void bench_free(struct bench *bench);

#endif
