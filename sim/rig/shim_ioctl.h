/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's usbfs does for an ioctl on a device node. */
#ifndef SIM_SHIM_IOCTL_H
#define SIM_SHIM_IOCTL_H

#include "sim/rig/shim_node.h"

/* Returns what the ioctl returns, or -errno. The caller has the shim's lock. */
int shim_ioctl(struct node *node, unsigned long request, void *argument);

#endif
