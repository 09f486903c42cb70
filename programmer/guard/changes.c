/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/changes.h"

#include <string.h>

#define OPCODE_WREN 0x06
#define OPCODE_PP 0x02
#define OPCODE_PP4 0x12
#define OPCODE_READ 0x03
#define OPCODE_READ4 0x13

/* WREN, the change itself, and the wait behind it. */
#define OPS_PER_CHANGE 3

void changes_init(struct changes *changes)
{
	const struct chipdb_part *part = changes->part;

	changes->program_pace =
		(struct pace){.expect_us = part->program_typ_us, .max_us = part->program_max_us};
	for (size_t i = 0; i < CHIPDB_ERASES; i++)
		changes->erase_pace[i] = (struct pace){.expect_us = part->erase[i].typ_us,
						       .max_us = part->erase[i].max_us};
}

static void progress(const struct changes *changes, enum activity activity, uint32_t address,
		     uint32_t len)
{
	observer_progress(changes->observer, activity, (struct range){address, len});
}

/* Opcode and address, most significant byte first; returns the length. */
static size_t put_header(const struct changes *changes, uint8_t *tx, uint8_t opcode,
			 uint32_t address)
{
	size_t bytes = changes->part->address_bytes;

	tx[0] = opcode;
	for (size_t i = 0; i < bytes; i++)
		tx[1 + i] = (uint8_t)(address >> 8 * (bytes - 1 - i));
	return 1 + bytes;
}

/* Each kind of change learns once, from its longest wait in the batch. */
static void learn(struct changes *changes, const struct spi_op *ops, size_t queued)
{
	for (size_t i = 0; i < queued; i++) {
		const struct spi_op *wait = &ops[i * OPS_PER_CHANGE + 2];
		struct pace *pace = changes->queue[i].pace;

		if (!pace->longest || wait->took_us > pace->longest->took_us)
			pace->longest = wait;
	}
	for (size_t i = 0; i < queued; i++) {
		struct pace *pace = changes->queue[i].pace;

		if (pace->longest)
			pace_learn(pace, pace->longest);
		pace->longest = NULL;
	}
}

/* Half a sector is worse than a second's patience; only an erase of the chip takes minutes. */
static bool may_be_given_up(const struct changes *changes)
{
	for (size_t i = 0; i < changes->queued; i++)
		if (changes->queue[i].tx_len == 1)
			return true;
	return changes->queued == 0;
}

/* Sends the queue, and behind it @read if there is one, as one batch. */
static int send(struct changes *changes, const struct spi_op *read)
{
	static const uint8_t wren = OPCODE_WREN;
	struct spi_op ops[CHANGES_MOST * OPS_PER_CHANGE + 1], *op = ops;
	size_t queued = changes->queued;
	int ret;

	for (size_t i = 0; i < queued; i++) {
		const struct change *change = &changes->queue[i];

		*op++ = (struct spi_op){.kind = SPI_XFER, .tx = &wren, .tx_len = 1};
		*op++ = (struct spi_op){
			.kind = SPI_XFER, .tx = change->tx, .tx_len = change->tx_len};
		*op++ = pace_wait(change->pace);
	}
	if (read)
		*op++ = *read;
	if (op == ops)
		return 0;
	changes->sent |= queued > 0;
	changes->read |= read != NULL;
	changes->unchecked |= read != NULL;
	if (may_be_given_up(changes))
		ret = spi_transfer(changes->bus, ops, (size_t)(op - ops));
	else
		ret = spi_transfer_whole(changes->bus, ops, (size_t)(op - ops));
	changes->queued = 0;
	if (ret) {
		observer_raise(changes->observer, ret, NO_RANGE,
			       "%s the flash failed: %s", queued ? "changing" : "reading",
			       trouble_text(ret));
		return ret;
	}
	learn(changes, ops, queued);
	for (size_t i = 0; i < queued; i++)
		progress(changes, changes->queue[i].activity, changes->queue[i].address,
			 changes->queue[i].size);
	return 0;
}

/* A place in the queue, which is sent when it is full. */
static int enqueue(struct changes *changes, struct change **change)
{
	if (changes->queued == CHANGES_MOST) {
		int ret = send(changes, NULL);

		if (ret)
			return ret;
	}
	*change = &changes->queue[changes->queued++];
	return 0;
}

/* The queued program that these bytes continue, or NULL. */
static struct change *continued(struct changes *changes, uint32_t address, size_t len)
{
	struct change *last;

	if (changes->queued == 0)
		return NULL;
	last = &changes->queue[changes->queued - 1];
	if (last->activity != ACTIVITY_PROGRAM || last->address + last->size != address ||
	    address % changes->part->page == 0)
		return NULL;
	return last->size + len <= CHANGES_PAGE ? last : NULL;
}

int changes_program(struct changes *changes, uint32_t address, const uint8_t *data, size_t len)
{
	uint32_t page = changes->part->page;
	struct change *change;
	int ret;

	if (len == 0 || len > CHANGES_PAGE || address % page + len > page)
		return TROUBLE_ADAPTER_FAULT;
	change = continued(changes, address, len);
	if (!change) {
		ret = enqueue(changes, &change);
		if (ret)
			return ret;
		*change = (struct change){.activity = ACTIVITY_PROGRAM,
					  .pace = &changes->program_pace,
					  .address = address};
		change->tx_len = put_header(
			changes, change->tx,
			changes->part->address_bytes == 4 ? OPCODE_PP4 : OPCODE_PP, address);
	}
	memcpy(change->tx + change->tx_len, data, len);
	change->tx_len += len;
	change->size += (uint32_t)len;
	/* A full page at the end of a full queue has nothing to wait for. */
	if (changes->queued == CHANGES_MOST && (address + len) % page == 0)
		return send(changes, NULL);
	return 0;
}

int changes_erase(struct changes *changes, const struct chipdb_erase *erase, uint32_t address)
{
	struct change *change;
	int ret = enqueue(changes, &change);

	if (ret)
		return ret;
	*change = (struct change){
		.activity = ACTIVITY_ERASE,
		.pace = &changes->erase_pace[erase - changes->part->erase],
		.address = address,
		.size = erase->size,
	};
	change->tx_len = put_header(changes, change->tx, erase->opcode, address);
	if (chipdb_erases_chip(erase))
		change->tx_len = 1;
	return 0;
}

int changes_flush(struct changes *changes)
{
	return send(changes, NULL);
}

int changes_read(struct changes *changes, uint32_t address, uint8_t *rx, size_t len)
{
	uint8_t tx[CHANGES_HEADER];
	struct spi_op read = {.kind = SPI_XFER, .tx = tx, .rx = rx, .rx_len = len};
	int ret;

	read.tx_len =
		put_header(changes, tx,
			   changes->part->address_bytes == 4 ? OPCODE_READ4 : OPCODE_READ, address);
	ret = send(changes, &read);
	if (!ret)
		progress(changes, ACTIVITY_READ, address, (uint32_t)len);
	return ret;
}
