/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/usbip_client.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

#include "sim/rig/usbip_wire.h"

#define DEVICE_DESCRIPTOR_SIZE 18
#define BUSNUM 1
#define SPEED_FULL 2
#define SPEED_HIGH 3
#define TIME_LIMIT (UINT64_MAX / 4) /* so that sums of times do not overflow */

static uint64_t real_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Zeroed room for an answer, which counts as written; NULL without memory. */
static uint8_t *answer(struct usbip_client *client, size_t length)
{
	uint8_t *at = buffer_room(&client->out, length);

	if (at) {
		memset(at, 0, length);
		buffer_commit(&client->out, length);
	}
	return at;
}

static uint32_t device_number(const struct usbip_client *client, const struct usbip_lent *lent)
{
	return (uint32_t)(lent - client->devices) + 2;
}

static void busid(const struct usbip_client *client, const struct usbip_lent *lent, char *text)
{
	snprintf(text, USBIP_BUSID_SIZE, "%d-%u", BUSNUM, device_number(client, lent) - 1);
}

static void describe(const struct usbip_client *client, const struct usbip_lent *lent, uint8_t *at)
{
	const uint8_t *device = lent->device->device_descriptor;
	const uint8_t *config = lent->device->config_descriptor;
	char name[USBIP_BUSID_SIZE];

	busid(client, lent, name);
	snprintf((char *)at, USBIP_DEV_BUSID, "/sys/devices/platform/beken-sim/usb1/%s", name);
	memcpy(at + USBIP_DEV_BUSID, name, strlen(name));
	usbip_put32(at + USBIP_DEV_BUSNUM, BUSNUM);
	usbip_put32(at + USBIP_DEV_DEVNUM, device_number(client, lent));
	usbip_put32(at + USBIP_DEV_SPEED, lent->device->high_speed ? SPEED_HIGH : SPEED_FULL);
	for (unsigned i = 0; i < 3; i++) /* vendor, product, release */
		usbip_put16(at + USBIP_DEV_VENDOR + 2 * i,
			    (uint32_t)device[9 + 2 * i] << 8 | device[8 + 2 * i]);
	memcpy(at + USBIP_DEV_CLASS, device + 4, 3);
	at[USBIP_DEV_CONFIGURATION] = config[5];
	at[USBIP_DEV_CONFIGURATION + 1] = device[DEVICE_DESCRIPTOR_SIZE - 1];
	at[USBIP_DEV_INTERFACES] = config[4];
}

static bool put_operation(struct usbip_client *client, uint32_t code, uint32_t status)
{
	uint8_t *at = answer(client, USBIP_OP_SIZE);

	if (!at)
		return false;
	usbip_put16(at, USBIP_VERSION);
	usbip_put16(at + 2, code);
	usbip_put32(at + 4, status);
	return true;
}

static bool list_devices(struct usbip_client *client)
{
	uint32_t count = 0;
	size_t count_at;

	if (!put_operation(client, USBIP_OP_REP_DEVLIST, USBIP_ST_OK) || !answer(client, 4))
		return false;
	count_at = buffer_used(&client->out) - 4;
	for (size_t i = 0; i < client->device_count; i++) {
		const struct usbip_lent *lent = &client->devices[i];
		const uint8_t *config = lent->device->config_descriptor;
		size_t total = config[2] | (size_t)config[3] << 8;
		unsigned left = config[4];
		uint8_t *at;

		if (lent->gone)
			continue;
		at = answer(client, USBIP_DEVICE_SIZE + 4 * (size_t)left);
		if (!at)
			return false;
		describe(client, lent, at);
		at += USBIP_DEVICE_SIZE;
		for (size_t k = 0; k + 9 <= total && config[k] && left; k += config[k]) {
			if (config[k + 1] != 4 || config[k + 3]) /* interface, setting 0 */
				continue;
			memcpy(at, config + k + 5, 3);
			at += 4;
			left--;
		}
		count++;
	}
	usbip_put32(buffer_front(&client->out) + count_at, count);
	return true;
}

static bool import_device(struct usbip_client *client, const uint8_t *message)
{
	uint32_t mark = usbip_get32(message + 4), status = USBIP_ST_NODEV;
	struct usbip_lent *lent = NULL;
	char name[USBIP_BUSID_SIZE];
	uint8_t *at;

	for (size_t i = 0; i < client->device_count; i++) {
		busid(client, &client->devices[i], name);
		if (memcmp(name, message + USBIP_OP_SIZE, strlen(name) + 1) == 0)
			lent = &client->devices[i];
	}
	if (lent && lent->holder)
		client->settle(lent->holder);
	if (lent && lent->clock_ns < lent->device->now_ns)
		lent->clock_ns = lent->device->now_ns;
	if (lent && !lent->gone && lent->clock_ns < lent->unplug_ns)
		status = lent->holder ? USBIP_ST_DEV_BUSY : USBIP_ST_OK;
	if (mark && mark != USBIP_TIME_MAGIC)
		status = USBIP_ST_NA;
	if (!put_operation(client, USBIP_OP_REP_IMPORT, status))
		return false;
	if (status != USBIP_ST_OK)
		return true;

	at = answer(client, USBIP_DEVICE_SIZE);
	if (!at)
		return false;
	describe(client, lent, at);
	client->lent = lent;
	lent->holder = client;
	client->timed = mark == USBIP_TIME_MAGIC;
	client->base_ns = client->clock_ns = lent->clock_ns;
	client->real_ns = real_now();
	return true;
}

/*
 * The client's clock moves on: to the time in the header (timed clients), or by the real time that
 * has passed. The latter counts from the client's latest message or completion and not from the
 * import: completions are reported ahead of real time, and a client that sleeps after one (a reset
 * pulse) must be seen to sleep.
 */
static bool keep_time(struct usbip_client *client, const uint8_t *header)
{
	struct usbip_lent *lent = client->lent;
	uint64_t real_ns = real_now();
	uint64_t from_ns = client->timed ? client->base_ns : client->clock_ns;
	uint64_t passed_ns = client->timed ? usbip_get_time(header) : real_ns - client->real_ns;

	if (passed_ns > TIME_LIMIT || from_ns > TIME_LIMIT)
		return false;
	client->real_ns = real_ns;
	if (client->clock_ns < from_ns + passed_ns)
		client->clock_ns = from_ns + passed_ns;
	if (lent->clock_ns < client->clock_ns)
		lent->clock_ns = client->clock_ns;
	if (client->clock_ns >= lent->unplug_ns)
		lent->gone = true;
	return true;
}

static void link_transfer(struct usbip_client *client, struct usbip_transfer *transfer)
{
	transfer->after = client->transfers;
	if (transfer->after)
		transfer->after->prev = transfer;
	client->transfers = transfer;
	client->transfer_count++;
	client->transfer_bytes += transfer->urb.length;
}

static void free_transfer(struct usbip_client *client, struct usbip_transfer *transfer)
{
	if (transfer->after)
		transfer->after->prev = transfer->prev;
	if (transfer->prev)
		transfer->prev->after = transfer->after;
	else
		client->transfers = transfer->after;
	client->transfer_count--;
	client->transfer_bytes -= transfer->urb.length;
	free(transfer);
}

static uint8_t *put_header(struct usbip_client *client, uint32_t command, uint32_t seqnum,
			   uint64_t device_ns, size_t length)
{
	uint8_t *at = answer(client, USBIP_HEADER_SIZE + length);

	if (!at)
		return NULL;
	usbip_put32(at + USBIP_COMMAND, command);
	usbip_put32(at + USBIP_SEQNUM, seqnum);
	if (client->timed)
		usbip_put_time(at, device_ns - client->base_ns);
	return at;
}

static bool put_unlinked(struct usbip_client *client, uint32_t seqnum, int status)
{
	uint8_t *at = put_header(client, USBIP_RET_UNLINK, seqnum, client->clock_ns, 0);

	if (at)
		usbip_put32(at + USBIP_STATUS, (uint32_t)status);
	return at;
}

static bool put_completion(struct usbip_client *client, struct usbip_transfer *transfer)
{
	struct usb_urb *urb = &transfer->urb;
	bool in = urb->endpoint & 0x80,
	     cancelled = transfer->unlinked && urb->status == -ECONNRESET;
	bool ok = true;
	uint8_t *at;

	if (urb->visible_ns > client->lent->unplug_ns) {
		urb->status = -ESHUTDOWN;
		urb->visible_ns = client->lent->unplug_ns;
		urb->actual = 0;
	}
	if (urb->actual > urb->length)
		urb->actual = urb->length;
	if (client->timed || !cancelled) {
		at = put_header(client, USBIP_RET_SUBMIT, urb->id, urb->visible_ns,
				in ? urb->actual : 0);
		if (at) {
			usbip_put32(at + USBIP_STATUS, (uint32_t)urb->status);
			usbip_put32(at + USBIP_LENGTH, urb->actual);
			if (in && urb->actual)
				memcpy(at + USBIP_HEADER_SIZE, urb->data, urb->actual);
		}
		ok = at;
	}
	if (ok && transfer->unlinked)
		ok = put_unlinked(client, transfer->unlink_seqnum, cancelled ? -ECONNRESET : 0);
	if (!client->timed && client->clock_ns < urb->visible_ns)
		client->clock_ns = urb->visible_ns;
	free_transfer(client, transfer);
	return ok;
}

static bool put_completions(struct usbip_client *client)
{
	struct usb_urb *urb;
	bool ok = true;

	while ((urb = usb_done(client->lent->device)))
		ok = put_completion(client, (struct usbip_transfer *)urb) && ok;
	return ok;
}

static bool has_endpoint(const struct usb_device *device, uint8_t endpoint)
{
	const uint8_t *config = device->config_descriptor;
	size_t total = config[2] | (size_t)config[3] << 8;

	if (!(endpoint & 0x0f))
		return true;
	for (size_t k = 0; k + 7 <= total && config[k]; k += config[k])
		if (config[k + 1] == 5 && config[k + 2] == endpoint)
			return true;
	return false;
}

/*
 * False if the client has to be dropped, because its program was just killed (kill -9). That is the
 * process that connected; processes that it has started are not touched.
 */
static bool survives(const struct usbip_client *client)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	if (!client->lent->device->host_dies)
		return true;
	if (getsockopt(client->fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid > 1)
		kill(peer.pid, SIGKILL);
	return false;
}

/* The header is complete, and so are @length bytes after it (OUT only). */
static bool submit(struct usbip_client *client, const uint8_t *header, uint32_t length)
{
	struct usbip_lent *lent = client->lent;
	bool in = usbip_get32(header + USBIP_DIRECTION) == USBIP_DIR_IN;
	struct usbip_transfer *transfer;
	struct usb_urb *urb;

	if (client->transfer_count >= USBIP_MAX_URBS ||
	    client->transfer_bytes + length > USBIP_MAX_BYTES)
		return false;
	transfer = calloc(1, sizeof(*transfer) + length);
	if (!transfer)
		return false;
	urb = &transfer->urb;
	urb->id = usbip_get32(header + USBIP_SEQNUM);
	urb->endpoint = (uint8_t)(usbip_get32(header + USBIP_EP) | (in ? 0x80 : 0));
	urb->data = transfer->data;
	urb->length = length;
	memcpy(urb->setup, header + USBIP_SETUP, sizeof(urb->setup));
	if (!in)
		memcpy(transfer->data, header + USBIP_HEADER_SIZE, length);
	urb->submit_ns = client->clock_ns;
	link_transfer(client, transfer);
	if (lent->gone || !has_endpoint(lent->device, urb->endpoint)) {
		urb->status = lent->gone ? -ESHUTDOWN : -EPIPE;
		urb->visible_ns = client->clock_ns;
		return put_completion(client, transfer);
	}
	usb_submit(lent->device, urb);
	return survives(client);
}

static bool unlink_transfer(struct usbip_client *client, const uint8_t *header)
{
	uint32_t seqnum = usbip_get32(header + USBIP_SEQNUM);
	uint32_t wanted = usbip_get32(header + USBIP_UNLINK_SEQNUM);

	for (struct usbip_transfer *t = client->transfers; t; t = t->after) {
		if (t->urb.id != wanted || t->unlinked)
			continue;
		t->unlinked = true;
		t->unlink_seqnum = seqnum;
		usb_unlink(client->lent->device, &t->urb, client->clock_ns);
		return survives(client);
	}
	return put_unlinked(client, seqnum, 0);
}

/* The length of the first message; 0 if it is not known yet, SIZE_MAX if that is malformed. */
static size_t message_size(const struct usbip_client *client)
{
	const uint8_t *at = buffer_front(&client->in);
	size_t used = buffer_used(&client->in);
	uint32_t packets;

	if (!client->lent) {
		if (used < USBIP_OP_SIZE)
			return 0;
		if (usbip_get16(at) != USBIP_VERSION)
			return SIZE_MAX;
		switch (usbip_get16(at + 2)) {
		case USBIP_OP_REQ_DEVLIST:
			return USBIP_OP_SIZE;
		case USBIP_OP_REQ_IMPORT:
			return USBIP_OP_SIZE + USBIP_BUSID_SIZE;
		}
		return SIZE_MAX;
	}
	if (used < USBIP_HEADER_SIZE)
		return 0;
	switch (usbip_get32(at + USBIP_COMMAND)) {
	case USBIP_CMD_SYNC:
		return client->timed ? USBIP_HEADER_SIZE : SIZE_MAX;
	case USBIP_CMD_UNLINK:
		return USBIP_HEADER_SIZE;
	case USBIP_CMD_SUBMIT:
		break;
	default:
		return SIZE_MAX;
	}
	packets = usbip_get32(at + USBIP_PACKETS);
	if (usbip_get32(at + USBIP_LENGTH) > USBIP_MAX_LENGTH || usbip_get32(at + USBIP_EP) > 15 ||
	    (packets && packets != UINT32_MAX) ||
	    usbip_get32(at + USBIP_DEVID) != (BUSNUM << 16 | device_number(client, client->lent)))
		return SIZE_MAX;
	switch (usbip_get32(at + USBIP_DIRECTION)) {
	case USBIP_DIR_IN:
		return USBIP_HEADER_SIZE;
	case USBIP_DIR_OUT:
		return USBIP_HEADER_SIZE + usbip_get32(at + USBIP_LENGTH);
	}
	return SIZE_MAX;
}

static bool obey(struct usbip_client *client, const uint8_t *message)
{
	uint8_t *at;

	if (!client->lent) {
		if (usbip_get16(message + 2) == USBIP_OP_REQ_IMPORT)
			return import_device(client, message);
		return list_devices(client);
	}
	if (!keep_time(client, message))
		return false;
	switch (usbip_get32(message + USBIP_COMMAND)) {
	case USBIP_CMD_SUBMIT:
		return submit(client, message, usbip_get32(message + USBIP_LENGTH));
	case USBIP_CMD_UNLINK:
		return unlink_transfer(client, message);
	}
	if (!put_completions(client))
		return false;
	at = put_header(client, USBIP_RET_SYNC, usbip_get32(message + USBIP_SEQNUM), 0, 0);
	if (at)
		usbip_put_time(at, client->lent->unplug_ns == USBIP_NEVER
					   ? USBIP_NEVER
					   : client->lent->unplug_ns - client->base_ns);
	return at;
}

bool client_feed(struct usbip_client *client)
{
	for (;;) {
		size_t size = message_size(client);
		bool ok;

		if (size == SIZE_MAX)
			return false;
		if (!size || buffer_used(&client->in) < size)
			break;
		ok = obey(client, buffer_front(&client->in));
		buffer_drop(&client->in, size);
		if (!ok)
			return false;
		if (client->lent && !client->timed && !put_completions(client))
			return false;
	}
	return !client->lent || client->timed || client->clock_ns < client->lent->unplug_ns;
}

int client_time_left(struct usbip_client *client)
{
	uint64_t ms;

	if (!client->lent || client->timed || client->lent->unplug_ns == USBIP_NEVER)
		return -1;
	keep_time(client, NULL);
	if (client->lent->gone)
		return 0;
	ms = (client->lent->unplug_ns - client->clock_ns + 999999) / 1000000;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

void client_release(struct usbip_client *client)
{
	struct usbip_lent *lent = client->lent;
	struct usb_urb *urb;

	if (!lent)
		return;
	for (struct usbip_transfer *t = client->transfers; t; t = t->after)
		usb_unlink(lent->device, &t->urb, client->clock_ns);
	while ((urb = usb_done(lent->device)))
		free_transfer(client, (struct usbip_transfer *)urb);
	lent->device->host_dies = false;
	lent->holder = NULL;
	client->lent = NULL;
}
