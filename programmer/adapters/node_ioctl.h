/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node_ioctl.h - ioctl() with requests that have their highest bit set, as _IOR() and _IOWR() make
 * them: glibc takes an unsigned long, musl an int, as POSIX says. The kernel looks at 32 bits.
 *
 * Returns what ioctl() does, with errno.
 */
#ifndef NODE_IOCTL_H
#define NODE_IOCTL_H

#include <sys/ioctl.h>

static inline int node_ioctl(int fd, unsigned long request, void *argument)
{
#ifdef __GLIBC__
	return ioctl(fd, request, argument);
#else
	return ioctl(fd, (int)request, argument);
#endif
}

#endif
