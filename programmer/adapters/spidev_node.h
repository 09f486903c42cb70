/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spidev_node.h - opening a node of an SPI bus: which it is, whether it may be used, what fails. */
#ifndef SPIDEV_NODE_H
#define SPIDEV_NODE_H

#include "programmer/bus/adapter.h"

/* "/dev/spidev0.1": 0 and 1. False: another form. */
bool spidev_node_numbers(const char *node, unsigned *bus, unsigned *select);

/*
 * The descriptor, with no other program on the bus, CS high, in the mode of the wish and at @hz; -1
 * after a trouble, which was raised. A bus with this computer's own flash is never opened.
 */
int spidev_node_open(const struct adapter_wish *wish, uint32_t hz, const struct observer *observer);

/* For the row's list: those that may be used. */
size_t spidev_node_list(const struct adapter *adapter, struct adapter_place *places, size_t room);

/* How many bytes of a message the kernel copies in each direction. */
uint32_t spidev_node_bufsiz(void);

#endif
