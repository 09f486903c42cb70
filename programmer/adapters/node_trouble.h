/* SPDX-License-Identifier: GPL-2.0-or-later */
/* node_trouble.h - what it means that a node of /dev cannot be opened or used. */
#ifndef NODE_TROUBLE_H
#define NODE_TROUBLE_H

#include "base/observer.h"

/*
 * Raises it: @error is an errno, @path the node. For a node without permission it names the group
 * that may use it.
 */
enum trouble_kind raise_node(const struct observer *observer, int error, const char *path);

#endif
