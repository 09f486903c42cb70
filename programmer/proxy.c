/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proxy.h"
#include "pace.h"
#include "protection.h"
#include "sfdp.h"

#include <stdlib.h>
#include <string.h>

#define OPCODE_WRSR 0x01
#define OPCODE_PP 0x02
#define OPCODE_READ 0x03
#define OPCODE_WRDI 0x04
#define OPCODE_RDSR 0x05
#define OPCODE_WREN 0x06
#define OPCODE_FAST_READ 0x0b
#define OPCODE_WRSR3 0x11
#define OPCODE_RDSR3 0x15
#define OPCODE_WRSR2 0x31
#define OPCODE_RDSR2 0x35
#define OPCODE_EWSR 0x50
#define OPCODE_SFDP 0x5a
#define OPCODE_RDID 0x9f

#define ADDRESS_LEN 3
#define HEADER_LEN (1 + ADDRESS_LEN)
#define SR_WEL 0x02

/* Pages that travel together: about 40 ms of work, so that progress stays smooth. */
#define QUEUE_LEN 16

/* WREN, the change itself, and the wait behind it. */
#define OPS_PER_CHANGE 3

struct change {
	enum proxy_activity activity;
	struct pace *pace;
	uint32_t address;
	uint32_t size; /* bytes of the die that it changes */
	uint8_t tx[HEADER_LEN + PROXY_WRITE_MOST];
	size_t tx_len;
};

struct proxy {
	struct spi_bus *bus;
	struct proxy_options options;
	const struct chipdb_part *part;
	struct pace program_pace, erase_pace[CHIPDB_ERASES];
	struct change queue[QUEUE_LEN];
	size_t queued;
	bool write_enabled; /* flashrom has sent WREN */
	struct protection protection;
	bool lifted; /* protection is known to be off */
	bool told_read_only;
	enum proxy_done done;
	int error; /* the first failure; everything is refused from then on */
};

struct proxy *proxy_new(struct spi_bus *bus, const struct proxy_options *options)
{
	const struct chipdb_part *part = options->part;
	struct proxy *proxy = calloc(1, sizeof(*proxy));

	if (!proxy)
		return NULL;
	proxy->bus = bus;
	proxy->options = *options;
	proxy->part = part;
	proxy->protection = (struct protection){
		.bus = bus, .part = part, .log = options->log, .policy = options->unprotect};
	proxy->program_pace =
		(struct pace){.expect_us = part->program_typ_us, .max_us = part->program_max_us};
	for (size_t i = 0; i < CHIPDB_ERASES; i++)
		proxy->erase_pace[i] = (struct pace){.expect_us = part->erase[i].typ_us,
						     .max_us = part->erase[i].max_us};
	return proxy;
}

void proxy_free(struct proxy *proxy)
{
	free(proxy);
}

static int fail(struct proxy *proxy, int error)
{
	if (!proxy->error)
		proxy->error = error;
	return error;
}

static void progress(const struct proxy *proxy, enum proxy_activity activity, uint32_t address,
		     uint32_t len)
{
	if (proxy->options.progress)
		proxy->options.progress(proxy->options.progress_data, activity, address, len);
}

/* Before the first change of this session: the die must take it. */
static int make_writable(struct proxy *proxy)
{
	if (proxy->lifted)
		return 0;
	switch (protection_lift(&proxy->protection)) {
	case PROTECTION_OPEN:
	case PROTECTION_LIFTED:
		proxy->lifted = true;
		return 0;
	case PROTECTION_STAYS:
	case PROTECTION_ERROR:
		break;
	}
	proxy->queued = 0;
	return fail(proxy, SPI_ERR_IO);
}

/* Each kind of change learns once, from its longest wait in the batch. */
static void learn(struct proxy *proxy, const struct spi_op *ops, size_t queued)
{
	for (size_t i = 0; i < queued; i++) {
		const struct spi_op *wait = &ops[i * OPS_PER_CHANGE + 2];
		struct pace *pace = proxy->queue[i].pace;

		if (!pace->longest || wait->took_us > pace->longest->took_us)
			pace->longest = wait;
	}
	for (size_t i = 0; i < queued; i++) {
		struct pace *pace = proxy->queue[i].pace;

		if (pace->longest)
			pace_learn(pace, pace->longest);
		pace->longest = NULL;
	}
}

/* Sends the queue, and behind it @read if there is one, as one batch. */
static int flush(struct proxy *proxy, struct spi_op *read)
{
	static const uint8_t wren = OPCODE_WREN;
	struct spi_op ops[QUEUE_LEN * OPS_PER_CHANGE + 1], *op = ops;
	size_t queued = proxy->queued;
	int ret;

	if (queued > 0) {
		ret = make_writable(proxy);
		if (ret)
			return ret;
	}
	for (size_t i = 0; i < queued; i++) {
		const struct change *change = &proxy->queue[i];

		*op++ = (struct spi_op){.kind = SPI_XFER, .tx = &wren, .tx_len = 1};
		*op++ = (struct spi_op){
			.kind = SPI_XFER, .tx = change->tx, .tx_len = change->tx_len};
		*op++ = pace_wait(change->pace);
	}
	if (read)
		*op++ = *read;
	if (op == ops)
		return 0;
	if (queued > 0)
		proxy->done = PROXY_CHANGED;
	else if (proxy->done == PROXY_NOTHING)
		proxy->done = PROXY_HAS_READ;
	ret = spi_transfer(proxy->bus, ops, (size_t)(op - ops));
	proxy->queued = 0;
	if (ret) {
		log_error(proxy->options.log, "%s the flash failed: %s",
			  queued ? "changing" : "reading", spi_strerror(ret));
		return fail(proxy, ret);
	}
	learn(proxy, ops, queued);
	for (size_t i = 0; i < queued; i++)
		progress(proxy, proxy->queue[i].activity, proxy->queue[i].address,
			 proxy->queue[i].size);
	return 0;
}

static int refuse_change(struct proxy *proxy)
{
	if (!proxy->told_read_only)
		log_error(proxy->options.log,
			  "refused a command that would change the flash: this is a reading run");
	proxy->told_read_only = true;
	return SPI_ERR_IO;
}

static uint32_t address_of(const uint8_t *tx)
{
	return (uint32_t)tx[1] << 16 | (uint32_t)tx[2] << 8 | tx[3];
}

/* A place in the queue; sends what is in it when it is full. */
static struct change *enqueue(struct proxy *proxy)
{
	if (proxy->queued == QUEUE_LEN && flush(proxy, NULL))
		return NULL;
	return &proxy->queue[proxy->queued++];
}

/* The queued program that these bytes continue, or NULL. */
static struct change *continued(struct proxy *proxy, uint32_t address, size_t len)
{
	struct change *last;

	if (proxy->queued == 0)
		return NULL;
	last = &proxy->queue[proxy->queued - 1];
	if (last->activity != PROXY_PROGRAMS || last->address + last->size != address ||
	    address % proxy->part->page == 0)
		return NULL;
	return last->size + len <= PROXY_WRITE_MOST ? last : NULL;
}

static int program(struct proxy *proxy, const uint8_t *tx, size_t tx_len)
{
	size_t len = tx_len - HEADER_LEN;
	uint32_t address = address_of(tx), page = proxy->part->page;
	struct change *change;

	if (len == 0 || address >= proxy->part->size || address % page + len > page ||
	    len > PROXY_WRITE_MOST)
		return SPI_ERR_IO;
	change = continued(proxy, address, len);
	if (!change) {
		change = enqueue(proxy);
		if (!change)
			return proxy->error;
		*change = (struct change){.activity = PROXY_PROGRAMS,
					  .pace = &proxy->program_pace,
					  .address = address};
		memcpy(change->tx, tx, HEADER_LEN);
		change->tx_len = HEADER_LEN;
	}
	memcpy(change->tx + change->tx_len, tx + HEADER_LEN, len);
	change->tx_len += len;
	change->size += (uint32_t)len;
	/* A full page at the end of a full queue has nothing to wait for. */
	if (proxy->queued == QUEUE_LEN && (address + len) % page == 0)
		return flush(proxy, NULL);
	return 0;
}

static int erase(struct proxy *proxy, const struct chipdb_erase *erase, const uint8_t *tx,
		 size_t tx_len)
{
	bool whole = erase->size == proxy->part->size;
	uint32_t address = whole ? 0 : address_of(tx);
	struct change *change;

	if (tx_len != (whole ? 1 : HEADER_LEN) || address >= proxy->part->size)
		return SPI_ERR_IO;
	change = enqueue(proxy);
	if (!change)
		return proxy->error;
	*change = (struct change){
		.activity = PROXY_ERASES,
		.pace = &proxy->erase_pace[erase - proxy->part->erase],
		.address = address & ~(erase->size - 1),
		.size = erase->size,
		.tx_len = tx_len,
	};
	memcpy(change->tx, tx, tx_len);
	return 0;
}

static const struct chipdb_erase *find_erase(const struct chipdb_part *part, uint8_t opcode)
{
	for (size_t i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++)
		if (part->erase[i].opcode == opcode)
			return &part->erase[i];
	return NULL;
}

/* A program or erase that flashrom wants: only behind its WREN, as on a real die. */
static int change_die(struct proxy *proxy, const uint8_t *tx, size_t tx_len)
{
	const struct chipdb_erase *command = find_erase(proxy->part, tx[0]);
	bool whole = command && command->size == proxy->part->size;

	if (proxy->options.read_only)
		return refuse_change(proxy);
	if (!proxy->write_enabled || (!whole && tx_len < HEADER_LEN))
		return SPI_ERR_IO;
	proxy->write_enabled = false;
	return command ? erase(proxy, command, tx, tx_len) : program(proxy, tx, tx_len);
}

static int read_die(struct proxy *proxy, const uint8_t *tx, size_t tx_len, uint8_t *rx,
		    size_t rx_len)
{
	size_t dummies = tx[0] == OPCODE_FAST_READ ? 1 : 0;
	struct spi_op read = {
		.kind = SPI_XFER, .tx = tx, .tx_len = tx_len, .rx = rx, .rx_len = rx_len};
	uint32_t address;
	int ret;

	if (tx_len != HEADER_LEN + dummies)
		return SPI_ERR_IO;
	address = address_of(tx);
	if (address >= proxy->part->size || rx_len > proxy->part->size - address)
		return SPI_ERR_IO;
	ret = flush(proxy, &read);
	if (!ret)
		progress(proxy, PROXY_READS, address, (uint32_t)rx_len);
	return ret;
}

/* The table follows one byte that the die leaves undefined, unless that was sent. */
static int read_sfdp(const struct proxy *proxy, const uint8_t *tx, size_t tx_len, uint8_t *rx,
		     size_t rx_len)
{
	uint8_t table[SFDP_SIZE];
	uint32_t address;

	if (tx_len != HEADER_LEN && tx_len != HEADER_LEN + 1)
		return SPI_ERR_IO;
	address = address_of(tx);
	sfdp_make(proxy->part, table);
	for (size_t i = 0; i < rx_len; i++) {
		if (tx_len == HEADER_LEN && i == 0)
			rx[i] = 0xff;
		else
			rx[i] = address < SFDP_SIZE ? table[address++] : 0xff;
	}
	return 0;
}

static void read_id(const struct proxy *proxy, uint8_t *rx, size_t rx_len)
{
	for (size_t i = 0; i < rx_len; i++)
		rx[i] = i < 3 ? proxy->part->id[i] : 0x00;
}

int proxy_op(struct proxy *proxy, const uint8_t *tx, size_t tx_len, uint8_t *rx, size_t rx_len)
{
	if (proxy->error)
		return proxy->error;
	if (tx_len == 0)
		return SPI_ERR_IO;
	switch (tx[0]) {
	case OPCODE_RDID:
		read_id(proxy, rx, rx_len);
		return 0;
	case OPCODE_SFDP:
		return read_sfdp(proxy, tx, tx_len, rx, rx_len);
	case OPCODE_RDSR:
		memset(rx, proxy->write_enabled ? SR_WEL : 0, rx_len);
		return 0;
	case OPCODE_RDSR2:
	case OPCODE_RDSR3:
		memset(rx, 0, rx_len);
		return 0;
	case OPCODE_WREN:
	case OPCODE_EWSR:
	case OPCODE_WRDI:
		proxy->write_enabled = tx[0] == OPCODE_WREN;
		return 0;
	case OPCODE_WRSR:
	case OPCODE_WRSR2:
	case OPCODE_WRSR3:
		proxy->write_enabled = false;
		return 0;
	case OPCODE_READ:
	case OPCODE_FAST_READ:
		return read_die(proxy, tx, tx_len, rx, rx_len);
	}
	if (tx[0] == OPCODE_PP || find_erase(proxy->part, tx[0]))
		return change_die(proxy, tx, tx_len);
	if (rx_len == 0)
		return SPI_ERR_IO;
	/*
	 * flashrom probes with opcodes of other parts. A refusal would leave garbage in
	 * its buffers (1.3.0 then finds an M95M02); a die that does not know the opcode
	 * leaves the line alone.
	 */
	memset(rx, 0xff, rx_len);
	return 0;
}

int proxy_finish(struct proxy *proxy)
{
	if (!proxy->error)
		flush(proxy, NULL);
	return proxy->error;
}

enum proxy_done proxy_done(const struct proxy *proxy)
{
	return proxy->done;
}
