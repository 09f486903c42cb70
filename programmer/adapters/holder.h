/* SPDX-License-Identifier: GPL-2.0-or-later */
/* holder.h - which program has a device file open, for who cannot have it. */
#ifndef ADAPTERS_HOLDER_H
#define ADAPTERS_HOLDER_H

#include <stdbool.h>
#include <sys/types.h>

#define HOLDER_NAME 32

/*
 * The first process but this one that has @path open, by /proc; false if none is seen. Without root
 * only those of the same user are.
 */
bool holder_find(const char *path, pid_t *pid, char name[HOLDER_NAME]);

#endif
