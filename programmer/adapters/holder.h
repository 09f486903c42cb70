/* SPDX-License-Identifier: GPL-2.0-or-later */
/* holder.h - which program or driver has a device, for the message when it is in use. */
#ifndef ADAPTERS_HOLDER_H
#define ADAPTERS_HOLDER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/trouble.h"

#define HOLDER_NAME 32

/*
 * The first process other than this one that has @path open, by /proc; false if none is seen.
 * Without root only processes of the same user are seen.
 */
bool holder_find(const char *path, pid_t *pid, char name[HOLDER_NAME]);

/* Says so in @trouble, with the next step; nothing if none is seen. */
void holder_add(struct trouble *trouble, const char *path);

/*
 * The driver of the kernel's to which @link leads, a "driver" of /sys; false if there is none, or
 * it is the one by which programs have USB devices.
 */
bool holder_driver(const char *link, char name[HOLDER_NAME]);

#endif
