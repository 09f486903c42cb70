/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/spi_die.h"
#include "base/opcodes.h"
#include "programmer/die/pace.h"
#include "programmer/die/status_registers.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_MOST 5 /* opcode and four address bytes, or three and a dummy byte */

/* WREN, the change itself, and the wait after it. */
#define OPS_PER_CHANGE 3

/* What takes about as much time: these, and polling the die. */
#define WINDOWS_PER_CHANGE 4
#define PROGRAM_HEADER 4

struct spi_die {
	struct beken_die die; /* first */
	struct spi_bus *bus;
	struct pace program_pace, erase_pace[CHIPDB_ERASES];
	bool keeps_wel; /* it stays set after a command was carried out, so it tells nothing */

	/* For the current run. */
	struct spi_op ops[DIE_RUN_MOST * OPS_PER_CHANGE];
	size_t count;
	struct spi_op *waits[DIE_RUN_MOST]; /* after each change; NULL for what is none */
	uint8_t tx[DIE_RUN_MOST][HEADER_MOST + DIE_PROGRAM_MOST];
};

static struct spi_die *spi_die_of(struct beken_die *die)
{
	return (struct spi_die *)die;
}

static bool is_change(const struct die_op *op)
{
	return op->kind == DIE_PROGRAM || op->kind == DIE_ERASE;
}

static bool erases_chip(const struct beken_die *die, const struct die_op *op)
{
	return op->kind == DIE_ERASE && chipdb_erases_chip(&die->part->erase[op->erase]);
}

static struct pace *pace_of(struct spi_die *spi, const struct die_op *op)
{
	return op->kind == DIE_PROGRAM ? &spi->program_pace : &spi->erase_pace[op->erase];
}

/* Most significant byte first; returns the length with the opcode. */
static size_t put_address(uint8_t *tx, size_t bytes, uint32_t address)
{
	for (size_t i = 0; i < bytes; i++)
		tx[1 + i] = (uint8_t)(address >> 8 * (bytes - 1 - i));
	return 1 + bytes;
}

/* The command of an op; returns its length. */
static size_t put_command(const struct beken_die *die, const struct die_op *op, uint8_t *tx)
{
	bool large = die->part && die->part->address_bytes == 4;
	size_t len;

	switch (op->kind) {
	case DIE_ID:
		tx[0] = OPCODE_RDID;
		return 1;
	case DIE_SFDP:
		tx[0] = OPCODE_SFDP;
		len = put_address(tx, 3, op->address);
		tx[len++] = 0x00; /* the dummy byte */
		return len;
	case DIE_READ:
		tx[0] = large ? OPCODE_READ4 : OPCODE_READ;
		break;
	case DIE_PROGRAM:
		tx[0] = large ? OPCODE_PP4 : OPCODE_PP;
		break;
	case DIE_ERASE:
		tx[0] = die->part->erase[op->erase].opcode;
		if (erases_chip(die, op))
			return 1;
		break;
	}
	len = put_address(tx, large ? 4 : 3, op->address);
	if (op->kind == DIE_PROGRAM) {
		memcpy(tx + len, op->data, op->len);
		len += op->len;
	}
	return len;
}

/* Number @i of the run. */
static void add_op(struct spi_die *spi, size_t i, const struct die_op *op)
{
	static const uint8_t wren = OPCODE_WREN;
	size_t len = put_command(&spi->die, op, spi->tx[i]);
	struct spi_op window = {.kind = SPI_XFER, .tx = spi->tx[i], .tx_len = len};

	spi->waits[i] = NULL;
	if (!is_change(op)) {
		window.rx = op->rx;
		window.rx_len = op->kind == DIE_ID ? 3 : op->len;
		spi->ops[spi->count++] = window;
		return;
	}
	spi->ops[spi->count++] = (struct spi_op){.kind = SPI_XFER, .tx = &wren, .tx_len = 1};
	spi->ops[spi->count++] = window;
	spi->waits[i] = &spi->ops[spi->count];
	spi->ops[spi->count++] = pace_wait(pace_of(spi, op));
}

/* Each kind of change learns once in a run, from all of its waits. */
static void learn(struct spi_die *spi, const struct die_op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (spi->waits[i])
			pace_note(pace_of(spi, &ops[i]), spi->waits[i]);
	for (size_t i = 0; i < count; i++)
		if (spi->waits[i])
			pace_learn_run(pace_of(spi, &ops[i]));
}

static enum trouble_kind send(struct spi_die *spi, bool whole)
{
	return whole ? spi_transfer_whole(spi->bus, spi->ops, spi->count)
		     : spi_transfer(spi->bus, spi->ops, spi->count);
}

static bool was_not_taken(const struct spi_die *spi, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (spi->waits[i] && spi->waits[i]->enabled)
			return true;
	return false;
}

/*
 * A change that was lost or cut leaves WEL set by the WREN before it. It is sent again; if WEL is
 * still set then, the die refuses the change, or always keeps WEL set.
 */
static enum trouble_kind send_again(struct spi_die *spi, size_t count)
{
	static const uint8_t wrdi = OPCODE_WRDI;
	struct spi_op disable = {.kind = SPI_XFER, .tx = &wrdi, .tx_len = 1};
	enum trouble_kind kind = send(spi, true);

	if (kind)
		return kind;
	spi->keeps_wel = was_not_taken(spi, count);
	if (!spi->keeps_wel)
		spi->die.repeated++;
	return spi->keeps_wel ? spi_transfer_whole(spi->bus, &disable, 1) : TROUBLE_NONE;
}

static enum trouble_kind run(struct beken_die *die, struct die_op *ops, size_t count)
{
	struct spi_die *spi = spi_die_of(die);
	bool whole = false, chip = false;
	enum trouble_kind kind;

	spi->count = 0;
	for (size_t i = 0; i < count; i++) {
		whole |= is_change(&ops[i]);
		chip |= erases_chip(die, &ops[i]);
		add_op(spi, i, &ops[i]);
	}
	kind = send(spi, whole && !chip);
	if (!kind && whole && !chip && !spi->keeps_wel && was_not_taken(spi, count))
		kind = send_again(spi, count);
	if (!kind)
		learn(spi, ops, count);
	return kind;
}

static enum trouble_kind wait_ready(struct beken_die *die, uint32_t max_us)
{
	struct spi_op wait = {.kind = SPI_WAIT_READY, .max_us = max_us};

	return spi_transfer(spi_die_of(die)->bus, &wait, 1);
}

static struct die_cost cost_of(const struct spi_caps *caps)
{
	uint32_t windows_us = WINDOWS_PER_CHANGE * caps->us_per_op;

	return (struct die_cost){
		.ns_per_byte = caps->ns_per_byte,
		.ns_per_known_byte = caps->ns_per_byte,
		.ns_per_erased_byte = caps->ns_per_byte,
		.us_per_read = windows_us,
		.us_per_program = windows_us + PROGRAM_HEADER * caps->ns_per_byte / 1000,
		.us_per_erase = windows_us,
		.read_unit = 1,
	};
}

/* Waits start with the datasheet's typical times. */
static void take_part(struct beken_die *die)
{
	struct spi_die *spi = spi_die_of(die);
	const struct chipdb_part *part = die->part;
	uint32_t margin = PACE_MARGIN_SAMPLES * spi->bus->caps.sample_us;

	/* The costs of the bus may have been measured since. */
	die->caps.cost = cost_of(&spi->bus->caps);

	spi->program_pace = (struct pace){.expect_us = part->program_typ_us,
					  .max_us = part->program_max_us,
					  .margin_us = margin};
	for (size_t i = 0; i < CHIPDB_ERASES; i++)
		spi->erase_pace[i] = (struct pace){.expect_us = part->erase[i].typ_us,
						   .max_us = part->erase[i].max_us,
						   .margin_us = margin};
}

static enum trouble_kind register_read(struct beken_die *die, unsigned which, uint8_t *value)
{
	struct spi_op op = {.kind = SPI_XFER,
			    .tx = &die->part->sr_read[which],
			    .tx_len = 1,
			    .rx = value,
			    .rx_len = 1};

	return spi_transfer(spi_die_of(die)->bus, &op, 1);
}

static enum trouble_kind registers_read(struct beken_die *die, uint32_t *sr, unsigned *count)
{
	return status_registers_read(spi_die_of(die)->bus, die->part, sr, count);
}

static enum trouble_kind registers_write(struct beken_die *die,
					 const struct die_registers_write *write)
{
	return status_registers_write(spi_die_of(die)->bus, die->part, write);
}

/* The lock is the lowest bit of the answer (W25Q32JV, W25Q128JV). */
static enum trouble_kind lock_read(struct beken_die *die, uint32_t address, bool *locked)
{
	uint8_t tx[HEADER_MOST] = {OPCODE_READ_LOCK}, answer = 0;
	struct spi_op op = {.kind = SPI_XFER,
			    .tx = tx,
			    .tx_len = put_address(tx, 3, address),
			    .rx = &answer,
			    .rx_len = 1};
	enum trouble_kind kind = spi_transfer(spi_die_of(die)->bus, &op, 1);

	*locked = answer & 1;
	return kind;
}

static enum trouble_kind lock_write(struct beken_die *die, enum die_locks what, uint32_t address)
{
	static const uint8_t wren = OPCODE_WREN, opcodes[] = {
							 [DIE_LOCK] = OPCODE_LOCK_BLOCK,
							 [DIE_UNLOCK] = OPCODE_UNLOCK_BLOCK,
							 [DIE_LOCK_ALL] = OPCODE_LOCK_ALL,
							 [DIE_UNLOCK_ALL] = OPCODE_UNLOCK_ALL,
						 };
	bool one = what == DIE_LOCK || what == DIE_UNLOCK;
	uint8_t tx[HEADER_MOST] = {opcodes[what]};
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = &wren, .tx_len = 1},
		{.kind = SPI_XFER, .tx = tx, .tx_len = one ? put_address(tx, 3, address) : 1},
	};

	return spi_transfer_whole(spi_die_of(die)->bus, ops, 2);
}

struct beken_die *spi_die_new(struct spi_bus *bus)
{
	static const struct die_ops spi_die_ops = {
		.run = run,
		.wait_ready = wait_ready,
		.take_part = take_part,
		.register_read = register_read,
		.registers_read = registers_read,
		.registers_write = registers_write,
		.lock_read = lock_read,
		.lock_write = lock_write,
	};
	struct spi_die *spi = calloc(1, sizeof(*spi));

	if (!spi)
		return NULL;
	spi->die.ops = &spi_die_ops;
	spi->die.caps =
		(struct die_caps){.sfdp = true, .registers = true, .cost = cost_of(&bus->caps)};
	spi->bus = bus;
	return &spi->die;
}

void spi_die_free(struct beken_die *die)
{
	free(die ? spi_die_of(die) : NULL);
}
