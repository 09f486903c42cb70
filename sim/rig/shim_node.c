/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/shim_node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sim/rig/buffer.h"
#include "sim/rig/shim_clock.h"
#include "sim/rig/shim_libc.h"
#include "sim/rig/shim_server.h"
#include "sim/rig/usbip_wire.h"

#define SEND_LIMIT ((size_t)256 * 1024) /* collected bytes that make an exchange worth while */
#define READ_SIZE ((size_t)256 * 1024)
#define SLOTS USBIP_MAX_URBS

struct transfer {
	struct usbdevfs_urb *urb; /* NULL: a call of node_transfer() waits for it */
	uint32_t seqnum;
	uint8_t endpoint;
	bool discarded, done;
	uint8_t *data;
	uint32_t length, actual;
	int status;
	uint64_t visible_ns;
	struct transfer *next; /* in the done list */
};

struct node {
	int fd;
	unsigned bus, device;
	bool imported;
	uint64_t base_ns; /* the clock at the import */
	uint64_t gone_ns; /* when the device vanishes */
	unsigned interfaces;
	uint32_t seqnum;
	struct buffer out, in;
	struct transfer *slots[SLOTS]; /* not completed, at seqnum % SLOTS */
	unsigned under_way;	       /* number of pending transfers */
	struct transfer *done;	       /* completed and not reaped, by time */
	/* By endpoint number: IN transfers submitted but not sent; completed, not reaped. */
	unsigned unsent_in[16], done_in[16];
	unsigned unsent_other;
	unsigned idle_reaps; /* number of consecutive reaps that found nothing */
};

int node_open(unsigned bus, unsigned device, bool close_on_exec, struct node **result)
{
	struct node *node = calloc(1, sizeof(*node));

	if (!node)
		return -ENOMEM;
	node->bus = bus;
	node->device = device;
	node->gone_ns = UINT64_MAX;
	node->fd = server_connect(close_on_exec);
	if (node->fd < 0) {
		int status = node->fd;

		free(node);
		return status;
	}
	clock_start();
	*result = node;
	return 0;
}

int node_import(struct node *node)
{
	int status;

	if (node_gone(node))
		return -ENODEV;
	if (node->imported)
		return 0;
	status = server_import(node->fd, node->bus, node->device);
	if (status < 0) {
		if (status != -EBUSY)
			node_hangup(node);
		return status;
	}
	node->interfaces = (unsigned)status;
	node->base_ns = clock_now();
	node->imported = true;
	return 0;
}

static void free_all(struct node *node)
{
	for (unsigned i = 0; i < SLOTS; i++)
		free(node->slots[i]);
	while (node->done) {
		struct transfer *next = node->done->next;

		free(node->done);
		node->done = next;
	}
	buffer_free(&node->in);
	buffer_free(&node->out);
	free(node);
}

void node_close(struct node *node)
{
	if (node->imported && !node_gone(node))
		node_sync(node);
	/* Not only close(): a child of the program may have a copy of the descriptor. */
	shutdown(node->fd, SHUT_RDWR);
	libc_close(node->fd);
	free_all(node);
}

void node_forget(struct node *node)
{
	free_all(node);
}

int node_fd(const struct node *node)
{
	return node->fd;
}

unsigned node_device(const struct node *node)
{
	return node->device;
}

unsigned node_interfaces(const struct node *node)
{
	return node->interfaces;
}

static uint8_t *put_header(struct node *node, uint32_t command, size_t payload)
{
	uint8_t *at = buffer_room(&node->out, USBIP_HEADER_SIZE + payload);

	if (!at)
		return NULL;
	memset(at, 0, USBIP_HEADER_SIZE);
	usbip_put32(at + USBIP_COMMAND, command);
	usbip_put32(at + USBIP_SEQNUM, ++node->seqnum);
	usbip_put32(at + USBIP_DEVID, node->bus << 16 | node->device);
	usbip_put_time(at, clock_now() - node->base_ns);
	buffer_commit(&node->out, USBIP_HEADER_SIZE + payload);
	return at;
}

/* Inserts it into the completed ones. They nearly always come in the order of their time. */
static void complete(struct node *node, struct transfer *transfer, int status, uint64_t visible_ns)
{
	struct transfer **at = &node->done;

	node->slots[transfer->seqnum % SLOTS] = NULL;
	node->under_way--;
	transfer->status = status;
	transfer->visible_ns = visible_ns;
	transfer->done = true;
	if (!transfer->urb)
		return;
	while (*at && (*at)->visible_ns <= visible_ns)
		at = &(*at)->next;
	transfer->next = *at;
	*at = transfer;
	if (transfer->endpoint & 0x80)
		node->done_in[transfer->endpoint & 0x0f]++;
}

void node_hangup(struct node *node)
{
	if (node->gone_ns > clock_now())
		node->gone_ns = clock_now();
}

/* Handles one message from the server; false: it is malformed. */
static bool obey(struct node *node, const uint8_t *header, uint32_t payload)
{
	uint32_t seqnum = usbip_get32(header + USBIP_SEQNUM);
	struct transfer *transfer = node->slots[seqnum % SLOTS];
	uint64_t time = usbip_get_time(header);

	if (usbip_get32(header + USBIP_COMMAND) == USBIP_RET_UNLINK)
		return true;
	if (usbip_get32(header + USBIP_COMMAND) == USBIP_RET_SYNC) {
		if (time != USBIP_NEVER && node->base_ns + time < node->gone_ns)
			node->gone_ns = node->base_ns + time;
		return seqnum == node->seqnum;
	}
	if (!transfer || transfer->seqnum != seqnum)
		return false;
	transfer->actual = usbip_get32(header + USBIP_LENGTH);
	if (transfer->actual > transfer->length)
		return false;
	if (payload)
		memcpy(transfer->data, header + USBIP_HEADER_SIZE, payload);
	complete(node, transfer, (int)usbip_get32(header + USBIP_STATUS), node->base_ns + time);
	return true;
}

/* Bytes of IN data after a header; UINT32_MAX: nonsense. */
static uint32_t payload_of(const struct node *node, const uint8_t *header)
{
	uint32_t seqnum = usbip_get32(header + USBIP_SEQNUM);
	const struct transfer *transfer = node->slots[seqnum % SLOTS];
	uint32_t actual = usbip_get32(header + USBIP_LENGTH);

	if (usbip_get32(header + USBIP_COMMAND) != USBIP_RET_SUBMIT)
		return 0;
	if (!transfer || transfer->seqnum != seqnum || actual > transfer->length)
		return UINT32_MAX;
	return transfer->endpoint & 0x80 ? actual : 0;
}

/* Handles what has arrived. 1: the reply to the SYNC was the last; -1: it is malformed. */
static int obey_all(struct node *node)
{
	while (buffer_used(&node->in) >= USBIP_HEADER_SIZE) {
		const uint8_t *header = buffer_front(&node->in);
		uint32_t command = usbip_get32(header + USBIP_COMMAND);
		uint32_t payload = payload_of(node, header);

		if (payload == UINT32_MAX ||
		    (command != USBIP_RET_SUBMIT && command != USBIP_RET_UNLINK &&
		     command != USBIP_RET_SYNC))
			return -1;
		if (buffer_used(&node->in) < USBIP_HEADER_SIZE + payload)
			return 0;
		if (!obey(node, header, payload))
			return -1;
		buffer_drop(&node->in, USBIP_HEADER_SIZE + payload);
		if (command == USBIP_RET_SYNC)
			return buffer_used(&node->in) ? -1 : 1;
	}
	return 0;
}

/* Send and receive at the same time: neither side may wait for room in the other's socket. */
static int exchange(struct node *node)
{
	for (;;) {
		uint8_t *room;
		ssize_t n = 0;
		int done;

		if (buffer_used(&node->out)) {
			struct pollfd fd = {.fd = node->fd, .events = POLLIN | POLLOUT};

			n = send(node->fd, buffer_front(&node->out), buffer_used(&node->out),
				 MSG_NOSIGNAL | MSG_DONTWAIT);
			if (n > 0)
				buffer_drop(&node->out, (size_t)n);
			else if (errno == EAGAIN)
				libc_ppoll(&fd, 1, NULL, NULL);
			else if (errno != EINTR)
				return -ENODEV;
		}
		room = buffer_room(&node->in, READ_SIZE);
		if (!room)
			return -ENOMEM;
		n = recv(node->fd, room, READ_SIZE, buffer_used(&node->out) ? MSG_DONTWAIT : 0);
		if (n == 0)
			return -ENODEV;
		if (n < 0) {
			if (errno != EAGAIN && errno != EINTR)
				return -ENODEV;
			continue;
		}
		buffer_commit(&node->in, (size_t)n);
		done = obey_all(node);
		if (done)
			return done < 0 ? -ENODEV : 0;
	}
}

void node_sync(struct node *node)
{
	memset(node->unsent_in, 0, sizeof(node->unsent_in));
	node->unsent_other = 0;
	if (node_gone(node))
		return;
	if (!put_header(node, USBIP_CMD_SYNC, 0) || exchange(node))
		node_hangup(node);
}

static struct transfer *start(struct node *node, uint8_t endpoint, const uint8_t *setup, void *data,
			      uint32_t length)
{
	bool in = (endpoint & 0x0f) ? endpoint & 0x80 : setup[0] & 0x80;
	uint32_t slot = (node->seqnum + 1) % SLOTS;
	struct transfer *transfer;
	uint8_t *header;

	if (buffer_used(&node->out) > SEND_LIMIT)
		node_sync(node);
	slot = (node->seqnum + 1) % SLOTS;
	/* A slot may still be taken by a transfer that waits for ever: leave it out. */
	for (unsigned i = 0; node->slots[slot] && i < SLOTS; i++)
		slot = (++node->seqnum + 1) % SLOTS;
	transfer = node->slots[slot] ? NULL : calloc(1, sizeof(*transfer));
	if (!transfer)
		return NULL;
	header = put_header(node, USBIP_CMD_SUBMIT, in ? 0 : length);
	if (!header) {
		free(transfer);
		return NULL;
	}
	usbip_put32(header + USBIP_DIRECTION, in ? USBIP_DIR_IN : USBIP_DIR_OUT);
	usbip_put32(header + USBIP_EP, endpoint & 0x0f);
	usbip_put32(header + USBIP_LENGTH, length);
	if (setup)
		memcpy(header + USBIP_SETUP, setup, 8);
	if (!in && length)
		memcpy(header + USBIP_HEADER_SIZE, data, length);
	if (in && endpoint & 0x0f)
		node->unsent_in[endpoint & 0x0f]++;
	else
		node->unsent_other++;
	transfer->seqnum = node->seqnum;
	transfer->endpoint = (uint8_t)((endpoint & 0x0f) | (in ? 0x80 : 0));
	transfer->data = data;
	transfer->length = length;
	node->slots[slot] = transfer;
	node->under_way++;
	return transfer;
}

int node_submit(struct node *node, struct usbdevfs_urb *urb)
{
	bool control = urb->type == USBDEVFS_URB_TYPE_CONTROL;
	uint8_t *data = urb->buffer, *setup = NULL;
	uint32_t length = (uint32_t)urb->buffer_length;
	struct transfer *transfer;
	int status = node_import(node);

	if (status)
		return status;
	if (urb->buffer_length < 0 || length > USBIP_MAX_LENGTH || (length && !data) ||
	    (!control && (urb->type == USBDEVFS_URB_TYPE_ISO || !(urb->endpoint & 0x0f))))
		return -EINVAL;
	if (control) {
		if (length < 8 || length - 8 < (data[6] | (uint32_t)data[7] << 8))
			return -EINVAL;
		setup = data;
		data += 8;
		length = setup[6] | (uint32_t)setup[7] << 8;
	}
	transfer = start(node, control ? urb->endpoint & 0x0f : urb->endpoint, setup, data, length);
	if (!transfer)
		return -ENOMEM;
	transfer->urb = urb;
	return 0;
}

static int discard(struct node *node, struct transfer *transfer)
{
	uint8_t *header = put_header(node, USBIP_CMD_UNLINK, 0);

	if (!header)
		return -ENOMEM;
	usbip_put32(header + USBIP_UNLINK_SEQNUM, transfer->seqnum);
	transfer->discarded = true;
	node->unsent_other++;
	return 0;
}

int node_discard(struct node *node, struct usbdevfs_urb *urb)
{
	if (node_gone(node))
		return -ENODEV;
	for (unsigned i = 0; i < SLOTS; i++)
		if (node->slots[i] && node->slots[i]->urb == urb && !node->slots[i]->discarded)
			return discard(node, node->slots[i]);
	return -EINVAL; /* completed already */
}

void node_discard_all(struct node *node)
{
	for (unsigned i = 0; i < SLOTS; i++)
		if (node->slots[i] && !node->slots[i]->discarded)
			discard(node, node->slots[i]);
	node_sync(node);
}

int node_transfer(struct node *node, uint8_t endpoint, const uint8_t *setup, void *data,
		  uint32_t length, unsigned timeout_ms)
{
	struct transfer *transfer;
	uint64_t deadline;
	int status = node_import(node);

	if (status)
		return status;
	if (length > USBIP_MAX_LENGTH || (length && !data))
		return -EINVAL;
	transfer = start(node, endpoint, setup, data, length);
	if (!transfer)
		return -ENOMEM;
	deadline = clock_now() + (timeout_ms ? timeout_ms : 3600u * 1000) * UINT64_C(1000000);
	node_sync(node);
	if (!transfer->done && node->gone_ns > deadline) {
		clock_reach(deadline);
		if (!discard(node, transfer))
			node_sync(node);
		if (transfer->done && transfer->status == -ECONNRESET)
			transfer->status = -ETIMEDOUT;
	}
	if (!transfer->done)
		complete(node, transfer, -ENODEV, node->gone_ns);
	clock_reach(transfer->visible_ns < node->gone_ns ? transfer->visible_ns : node->gone_ns);
	status = transfer->status ? transfer->status : (int)transfer->actual;
	free(transfer);
	return status;
}

bool node_gone(const struct node *node)
{
	return node->gone_ns <= clock_now();
}

bool node_ready(const struct node *node)
{
	return node->done && node->done->visible_ns <= clock_now();
}

bool node_busy(const struct node *node)
{
	return node->under_way || node->done;
}

/* All pending transfers end when the device vanishes. */
static void end_all(struct node *node)
{
	for (unsigned i = 0; i < SLOTS && node->under_way; i++)
		if (node->slots[i] && node->slots[i]->urb)
			complete(node, node->slots[i], -ESHUTDOWN, node->gone_ns);
	for (struct transfer *t = node->done; t; t = t->next)
		if (t->visible_ns > node->gone_ns) {
			t->visible_ns = node->gone_ns;
			t->status = -ESHUTDOWN;
			t->actual = 0;
		}
}

int node_reap(struct node *node, struct usbdevfs_urb **urb)
{
	struct transfer *transfer;

	if (node_gone(node))
		end_all(node);
	if (!node_ready(node)) {
		/* A program that never polls, but only reaps, must make progress, too. */
		if (++node->idle_reaps > 1)
			node_next(node, true);
		return node_gone(node) ? -ENODEV : -EAGAIN;
	}
	node->idle_reaps = 0;
	transfer = node->done;
	node->done = transfer->next;
	if (transfer->endpoint & 0x80)
		node->done_in[transfer->endpoint & 0x0f]--;
	/* The kernel also calls it "not found" if the program itself cancelled it. */
	if (transfer->discarded && transfer->status == -ECONNRESET)
		transfer->status = -ENOENT;
	transfer->urb->status = transfer->status;
	transfer->urb->actual_length = (int)transfer->actual;
	*urb = transfer->urb;
	free(transfer);
	return 0;
}

/*
 * Whether something that is not sent yet could complete before what is known. Not if it only queues
 * more IN transfers after ones whose completion is known.
 */
static bool unsent_matters(const struct node *node)
{
	if (node->unsent_other)
		return true;
	for (unsigned i = 0; i < 16; i++)
		if (node->unsent_in[i] && !node->done_in[i])
			return true;
	return false;
}

uint64_t node_next(struct node *node, bool all)
{
	if (!node_gone(node) && (unsent_matters(node) || (all && buffer_used(&node->out))))
		node_sync(node);
	if (node->done && node->done->visible_ns < node->gone_ns)
		return node->done->visible_ns;
	return node->gone_ns;
}
