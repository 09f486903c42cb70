/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What beken-sim does for its commands; each returns the program's exit status. */
#ifndef SIM_COMMANDS_H
#define SIM_COMMANDS_H

#include "sim/options.h"

/* Run a program with the device plugged in; its exit status, or 128 + the signal that ended it. */
int command_run(const struct options *options);

/* Serve the device over USB/IP until SIGINT or SIGTERM. */
int command_serve(const struct options *options);

#endif
