/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_plain.h - flashrom with a programmer of its own, for an adapter with which a Beken chip may
 * be. */
#ifndef RUN_PLAIN_H
#define RUN_PLAIN_H

#include <stdbool.h>

#include "base/observer.h"

/* Whether @programmer, with or without parameters, drives such an adapter. */
bool run_plain_may_help(const char *programmer);

/*
 * Runs @argv[0], and says after a failure what such a chip needs. Returns the exit status, 128 + N
 * after signal N; signals that end this program are passed on.
 */
int run_plain(char *const *argv, const char *programmer, const struct observer *observer);

#endif
