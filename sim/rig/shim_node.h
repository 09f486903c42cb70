/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One opened USB device node: the transfers of one file descriptor, and their
 * way to the USB/IP server and back.
 *
 * Submissions are collected and travel together: node_sync() sends them and
 * gets everything that can be known of their completions, with its time. What
 * is known is shown to the program only at that time by the shim's clock.
 *
 * Functions that return int give 0 or -errno. The caller has the shim's lock.
 * Times are those of shim_clock.h.
 */
#ifndef SIM_SHIM_NODE_H
#define SIM_SHIM_NODE_H

#include <linux/usbdevice_fs.h>
#include <stdbool.h>
#include <stdint.h>

struct node;

/* Connect to the server for bus @bus, device @device. The device itself is not taken yet. */
int node_open(unsigned bus, unsigned device, bool close_on_exec, struct node **node);

/* Tell the server the rest, close the descriptor, free everything. */
void node_close(struct node *node);

/* Free without telling the server: after a fork the node belongs to the parent. */
void node_forget(struct node *node);

int node_fd(const struct node *node);
unsigned node_device(const struct node *node);

/* Take the device. -EBUSY: another program has it. -ENODEV: it is gone. */
int node_import(struct node *node);

unsigned node_interfaces(const struct node *node);

int node_submit(struct node *node, struct usbdevfs_urb *urb);
int node_discard(struct node *node, struct usbdevfs_urb *urb);

/* A control transfer or, with @setup NULL, a bulk transfer, waited for; returns the bytes moved. */
int node_transfer(struct node *node, uint8_t endpoint, const uint8_t *setup, void *data,
		  uint32_t length, unsigned timeout_ms);

/* End all transfers, as a reset of the device does. */
void node_discard_all(struct node *node);

/* The next transfer that is visible now. -EAGAIN: none; -ENODEV: none, and the device is gone. */
int node_reap(struct node *node, struct usbdevfs_urb **urb);

/*
 * When the next thing happens that poll() shows, as far as is known; UINT64_MAX:
 * not known. What has not been sent yet is sent first if it could happen earlier,
 * or if @all.
 */
uint64_t node_next(struct node *node, bool all);

/* The device or the server is gone, by now. */
bool node_gone(const struct node *node);

/* A transfer is visible now. */
bool node_ready(const struct node *node);

/* Transfers are under way, so virtual time may pass while the program waits. */
bool node_busy(const struct node *node);

/* The socket has become readable outside an exchange: it can only be the server's end. */
void node_hangup(struct node *node);

/* Send what is collected, learn what can be known. */
void node_sync(struct node *node);

#endif
