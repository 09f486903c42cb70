/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/proxy.h"
#include "programmer/guard/changes.h"
#include "programmer/guard/flash_command.h"
#include "programmer/guard/identify.h"
#include "programmer/guard/sfdp.h"
#include "programmer/guard/writeback.h"

#include <stdlib.h>
#include <string.h>

#define OPCODE_WRSR 0x01
#define OPCODE_WRDI 0x04
#define OPCODE_RDSR 0x05
#define OPCODE_WREN 0x06
#define OPCODE_WRSR3 0x11
#define OPCODE_RDSR3 0x15
#define OPCODE_WRSR2 0x31
#define OPCODE_RDSR2 0x35
#define OPCODE_EWSR 0x50
#define OPCODE_SFDP 0x5a
#define OPCODE_RDID 0x9f
#define OPCODE_4BYTE 0xb7
#define OPCODE_3BYTE 0xe9

#define SFDP_HEADER 4 /* opcode and address */
#define SR_WEL 0x02

#define LINK_LOOKS 3

/* SFDP can not tell flashrom about more. */
#define SFDP_SIZE_MOST (UINT32_C(16) << 20)

struct proxy {
	struct proxy_options options;
	const struct chipdb_part *part;
	struct protection protection;
	struct changes changes;
	struct writeback *writeback;
	bool four_bytes;    /* flashrom has chosen 4-byte addresses (B7h) */
	bool write_enabled; /* flashrom has sent WREN */
	bool writable;	    /* the die was looked at, and protection is off */
	bool told_read_only;
	int error; /* the first failure; everything is refused from then on */
};

struct proxy *proxy_new(struct spi_bus *bus, const struct proxy_options *options)
{
	struct proxy *proxy = calloc(1, sizeof(*proxy));

	if (!proxy)
		return NULL;
	proxy->options = *options;
	proxy->part = options->part;
	proxy->protection = (struct protection){.bus = bus,
						.part = options->part,
						.observer = options->observer,
						.policy = options->unprotect};
	proxy->changes =
		(struct changes){.bus = bus, .part = options->part, .observer = options->observer};
	changes_init(&proxy->changes);
	proxy->writeback = writeback_new(&proxy->changes, !options->read_only);
	if (!proxy->writeback) {
		free(proxy);
		return NULL;
	}
	return proxy;
}

static int keep_error(struct proxy *proxy, int ret)
{
	if (ret && !proxy->error)
		proxy->error = ret;
	return ret;
}

/* Before the first change of this session: the die must take it. */
static int make_writable(struct proxy *proxy)
{
	enum protection_result result;

	if (proxy->writable)
		return 0;
	if (!identify_check(proxy->changes.bus, proxy->part, proxy->options.size_told,
			    proxy->options.observer))
		return keep_error(proxy, TROUBLE_ADAPTER_FAULT);
	result = protection_lift(&proxy->protection);
	if (result != PROTECTION_OPEN && result != PROTECTION_LIFTED)
		return keep_error(proxy, TROUBLE_ADAPTER_FAULT);
	proxy->writable = true;
	return 0;
}

static int refuse_change(struct proxy *proxy)
{
	if (!proxy->told_read_only)
		observer_raise(
			proxy->options.observer, TROUBLE_READ_ONLY, NO_RANGE,
			"refused a command that would change the flash: this is a reading run");
	proxy->told_read_only = true;
	return TROUBLE_ADAPTER_FAULT;
}

static int erase(struct proxy *proxy, const struct command *command, const uint8_t *tx,
		 size_t tx_len)
{
	uint32_t address = 0;
	size_t header = 1;
	int ret;

	if (!command->erase || (!chipdb_erases_chip(command->erase) &&
				!command_header(command, proxy->part, proxy->four_bytes, tx, tx_len,
						&address, &header)))
		return TROUBLE_ADAPTER_FAULT;
	if (tx_len != header)
		return TROUBLE_ADAPTER_FAULT;
	ret = make_writable(proxy);
	return ret ? ret
		   : keep_error(proxy, writeback_erase(proxy->writeback, command->erase, address));
}

static int program(struct proxy *proxy, const struct command *command, const uint8_t *tx,
		   size_t tx_len)
{
	uint32_t address, page = proxy->part->page;
	size_t header, len;
	int ret;

	if (!command_header(command, proxy->part, proxy->four_bytes, tx, tx_len, &address, &header))
		return TROUBLE_ADAPTER_FAULT;
	len = tx_len - header;
	/* A part with small pages may have an ID by which flashrom takes it for another. */
	if (len == 0 || address % PROXY_WRITE_MOST + len > PROXY_WRITE_MOST)
		return TROUBLE_ADAPTER_FAULT;
	ret = make_writable(proxy);
	for (size_t done = 0, piece; !ret && done < len; done += piece) {
		piece = page - (address + done) % page;
		if (piece > len - done)
			piece = len - done;
		ret = writeback_program(proxy->writeback, address + (uint32_t)done,
					tx + header + done, piece);
	}
	return keep_error(proxy, ret);
}

/* A program or erase that flashrom wants: only behind its WREN, as on a real die. */
static int change_die(struct proxy *proxy, const struct command *command, const uint8_t *tx,
		      size_t tx_len)
{
	if (proxy->options.read_only)
		return refuse_change(proxy);
	if (!proxy->write_enabled)
		return TROUBLE_ADAPTER_FAULT;
	proxy->write_enabled = false;
	return command->kind == COMMAND_ERASE ? erase(proxy, command, tx, tx_len)
					      : program(proxy, command, tx, tx_len);
}

static int read_die(struct proxy *proxy, const struct command *command, const uint8_t *tx,
		    size_t tx_len, uint8_t *rx, size_t rx_len)
{
	uint32_t address;
	size_t header;

	if (!command_header(command, proxy->part, proxy->four_bytes, tx, tx_len, &address,
			    &header) ||
	    tx_len != header || rx_len == 0 || rx_len > PROXY_READ_MOST ||
	    rx_len > proxy->part->size - address)
		return TROUBLE_ADAPTER_FAULT;
	return keep_error(proxy, writeback_read(proxy->writeback, address, rx, rx_len));
}

/* The table follows one byte that the die leaves undefined, unless that was sent. */
static int read_sfdp(const struct proxy *proxy, const uint8_t *tx, size_t tx_len, uint8_t *rx,
		     size_t rx_len)
{
	uint8_t table[SFDP_SIZE];
	uint32_t address;

	if (tx_len != SFDP_HEADER && tx_len != SFDP_HEADER + 1)
		return TROUBLE_ADAPTER_FAULT;
	memset(rx, 0xff, rx_len);
	if (proxy->part->size > SFDP_SIZE_MOST || proxy->options.stand_in)
		return 0;
	address = (uint32_t)tx[1] << 16 | (uint32_t)tx[2] << 8 | tx[3];
	sfdp_make(proxy->part, table);
	for (size_t i = tx_len == SFDP_HEADER ? 1 : 0; i < rx_len && address < SFDP_SIZE; i++)
		rx[i] = table[address++];
	return 0;
}

static void read_id(const struct proxy *proxy, uint8_t *rx, size_t rx_len)
{
	const uint8_t *id = proxy->options.stand_in ? proxy->options.stand_in : proxy->part->id;

	for (size_t i = 0; i < rx_len; i++)
		rx[i] = i < 3 ? id[i] : 0x00;
}

static int read_register(struct proxy *proxy, uint8_t opcode, uint8_t *rx, size_t rx_len)
{
	struct spi_op op = {
		.kind = SPI_XFER, .tx = &opcode, .tx_len = 1, .rx = rx, .rx_len = rx_len};
	int ret;

	memset(rx, 0xff, rx_len);
	for (unsigned i = 0; i < proxy->part->sr_count && rx_len > 0; i++) {
		if (proxy->part->sr_read[i] != opcode)
			continue;
		ret = spi_transfer(proxy->changes.bus, &op, 1);
		if (ret)
			return keep_error(proxy, ret);
		if (opcode == OPCODE_RDSR && proxy->write_enabled)
			for (size_t j = 0; j < rx_len; j++)
				rx[j] |= SR_WEL;
	}
	return 0;
}

/* 01h writes from SR1 on as many registers as it has bytes; 31h and 11h write one. */
static int write_registers(struct proxy *proxy, const uint8_t *tx, size_t tx_len)
{
	unsigned first = tx[0] == OPCODE_WRSR2 ? 1 : tx[0] == OPCODE_WRSR3 ? 2 : 0;
	uint32_t sr;
	int ret;

	if (proxy->options.registers == PROXY_REGISTERS_READ)
		return refuse_change(proxy);
	if (!proxy->write_enabled || tx_len < 2 || (first && tx_len != 2) ||
	    first + tx_len - 1 > proxy->part->sr_count)
		return TROUBLE_ADAPTER_FAULT;
	proxy->write_enabled = false;
	ret = protection_read(&proxy->protection, &sr);
	if (ret)
		return keep_error(proxy, ret);
	for (size_t i = 1; i < tx_len; i++) {
		unsigned shift = 8 * (first + (unsigned)i - 1);

		sr = (sr & ~(UINT32_C(0xff) << shift)) | (uint32_t)tx[i] << shift;
	}
	return protection_set(&proxy->protection, sr);
}

static int hidden_registers(struct proxy *proxy, uint8_t opcode, uint8_t *rx, size_t rx_len)
{
	if (opcode == OPCODE_RDSR)
		memset(rx, proxy->write_enabled ? SR_WEL : 0, rx_len);
	else if (opcode == OPCODE_RDSR2 || opcode == OPCODE_RDSR3)
		memset(rx, 0, rx_len);
	else
		proxy->write_enabled = false;
	return 0;
}

static bool is_register_read(uint8_t opcode)
{
	return opcode == OPCODE_RDSR || opcode == OPCODE_RDSR2 || opcode == OPCODE_RDSR3;
}

static bool is_register_write(uint8_t opcode)
{
	return opcode == OPCODE_WRSR || opcode == OPCODE_WRSR2 || opcode == OPCODE_WRSR3;
}

static int registers(struct proxy *proxy, const uint8_t *tx, size_t tx_len, uint8_t *rx,
		     size_t rx_len)
{
	if (proxy->options.registers == PROXY_REGISTERS_HIDDEN)
		return hidden_registers(proxy, tx[0], rx, rx_len);
	return is_register_read(tx[0]) ? read_register(proxy, tx[0], rx, rx_len)
				       : write_registers(proxy, tx, tx_len);
}

int proxy_op(struct proxy *proxy, const uint8_t *tx, size_t tx_len, uint8_t *rx, size_t rx_len)
{
	struct command command;

	if (proxy->error)
		return proxy->error;
	if (tx_len == 0)
		return TROUBLE_ADAPTER_FAULT;
	if (is_register_read(tx[0]) || is_register_write(tx[0]))
		return registers(proxy, tx, tx_len, rx, rx_len);
	switch (tx[0]) {
	case OPCODE_RDID:
		read_id(proxy, rx, rx_len);
		return 0;
	case OPCODE_SFDP:
		return read_sfdp(proxy, tx, tx_len, rx, rx_len);
	case OPCODE_WREN:
	case OPCODE_WRDI:
		proxy->write_enabled = tx[0] == OPCODE_WREN;
		return 0;
	case OPCODE_EWSR:
		/* For a register write only; the part's own way of it is chosen here. */
		proxy->write_enabled = proxy->options.registers != PROXY_REGISTERS_HIDDEN;
		return 0;
	case OPCODE_4BYTE:
	case OPCODE_3BYTE:
		if (proxy->part->address_bytes != 4)
			return TROUBLE_ADAPTER_FAULT;
		proxy->four_bytes = tx[0] == OPCODE_4BYTE;
		return 0;
	}
	command = command_of(proxy->part, tx[0]);
	if (command.kind == COMMAND_READ)
		return read_die(proxy, &command, tx, tx_len, rx, rx_len);
	if (command.kind != COMMAND_OTHER)
		return change_die(proxy, &command, tx, tx_len);
	if (rx_len == 0)
		return TROUBLE_ADAPTER_FAULT;
	/*
	 * flashrom probes with opcodes of other parts. A refusal would leave garbage in
	 * its buffers (1.3.0 then finds an M95M02); a die that does not know the opcode
	 * leaves the line alone.
	 */
	memset(rx, 0xff, rx_len);
	return 0;
}

/* A chip that left the SPI mode in the middle answers reads with whatever is on its pins. */
static int check_link(struct proxy *proxy)
{
	static const uint8_t rdid = OPCODE_RDID;
	uint8_t id[LINK_LOOKS][3];
	struct spi_op ops[LINK_LOOKS];
	int ret;

	for (size_t i = 0; i < LINK_LOOKS; i++)
		ops[i] = (struct spi_op){
			.kind = SPI_XFER, .tx = &rdid, .tx_len = 1, .rx = id[i], .rx_len = 3};
	ret = spi_transfer(proxy->changes.bus, ops, LINK_LOOKS);
	if (ret)
		return ret;
	for (size_t i = 0; i < LINK_LOOKS; i++)
		if (memcmp(id[i], proxy->part->id, 3) == 0)
			return 0;
	observer_raise(
		proxy->options.observer, TROUBLE_LINK_LOST, NO_RANGE,
		"the chip is no longer in SPI mode (9Fh answers %02X %02X %02X): what was read is "
		"not to be trusted",
		id[0][0], id[0][1], id[0][2]);
	return TROUBLE_ADAPTER_FAULT;
}

int proxy_finish(struct proxy *proxy)
{
	if (!proxy->error)
		keep_error(proxy, writeback_finish(proxy->writeback));
	if (!proxy->error && proxy->changes.unchecked) {
		proxy->changes.unchecked = false;
		keep_error(proxy, check_link(proxy));
	}
	return proxy->error;
}

/* What was given up may still be going on, and a reset could spoil it. */
static void let_die_finish(struct proxy *proxy)
{
	struct spi_op wait = {.kind = SPI_WAIT_READY, .max_us = PROXY_LAST_WAIT_US};

	if (spi_transfer(proxy->changes.bus, &wait, 1) == TROUBLE_STAYS_BUSY)
		observer_note(proxy->options.observer, NOTE_WARN, TROUBLE_NONE,
			      "the flash is still busy");
}

int proxy_close(struct proxy *proxy, bool interrupted)
{
	int ret, restored;

	if (!proxy)
		return 0;
	if (interrupted || proxy->error)
		let_die_finish(proxy);
	/* Nobody was told that an interrupted job is done, so nothing has to be looked at. */
	if (!interrupted)
		proxy_finish(proxy);
	else if (!proxy->error || proxy->error == TROUBLE_INTERRUPTED)
		keep_error(proxy, writeback_flush(proxy->writeback));
	ret = proxy->error;
	if (ret)
		let_die_finish(proxy);
	restored = protection_restore(&proxy->protection);
	writeback_free(proxy->writeback);
	free(proxy);
	return ret ? ret : restored;
}

enum proxy_done proxy_done(const struct proxy *proxy)
{
	/* What is pending is sent at the end, also after an interrupt. */
	bool will_change = (!proxy->error || proxy->error == TROUBLE_INTERRUPTED) &&
			   writeback_is_pending(proxy->writeback);

	if (proxy->changes.sent || will_change)
		return PROXY_CHANGED;
	return proxy->changes.read ? PROXY_HAS_READ : PROXY_NOTHING;
}

struct protection *proxy_protection(struct proxy *proxy)
{
	return &proxy->protection;
}
