/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that stand for /sys and /dev in a program under the rig: a tree for
 * umockdev's preload library (UMOCKDEV_DIR), with a root hub as 001/001 and the
 * given devices as 1-1 (001/002), 1-2 (001/003) ... on it.
 */
#ifndef SIM_TREE_H
#define SIM_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/model/spidev_options.h"
#include "sim/model/usb.h"

struct tree_device {
	const struct usb_device *device;
	bool forbidden; /* its node may not be opened */
};

/* Make the tree inside the existing directory @root. 0 or -errno. */
int tree_make(const char *root, const struct tree_device *devices, size_t count);

/* A serial port /dev/@name in it. 0 or -errno. */
int tree_add_tty(const char *root, const char *name);

/* An SPI bus and the GPIO chip beside it. 0 or -errno. */
int tree_add_spidev(const char *root, const struct spidev_options *options);

/* The bus's node: "/dev/spidev0.0", or number 10 of a Raspberry Pi 5. */
const char *tree_spidev_node(bool pi5);

/* Take device @index out, as when it is unplugged. */
void tree_unplug(const char *root, size_t index);

/* Remove a directory with all that is in it; symbolic links are not followed. */
void tree_remove(const char *path);

#endif
