/* SPDX-License-Identifier: GPL-2.0-or-later */
/* holder.h - which program has a device file open, for the message when it is in use. */
#ifndef ADAPTERS_HOLDER_H
#define ADAPTERS_HOLDER_H

#include <stdbool.h>
#include <sys/types.h>

#define HOLDER_NAME 32

/*
 * The first process other than this one that has @path open, by /proc; false if none is seen.
 * Without root only processes of the same user are seen.
 */
bool holder_find(const char *path, pid_t *pid, char name[HOLDER_NAME]);

#endif
