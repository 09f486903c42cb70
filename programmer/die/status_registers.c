/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/status_registers.h"
#include "base/opcodes.h"

#include <string.h>

#define READINGS 3 /* of two readings each, until these agree */

/* Opcodes that write one register each; 01h also takes several bytes. */
static const uint8_t opcode_wrsr[CHIPDB_REGISTERS] = {OPCODE_WRSR, OPCODE_WRSR2, OPCODE_WRSR3};

static const uint8_t rdid = OPCODE_RDID;

static uint8_t byte_of(uint32_t sr, unsigned i)
{
	return (uint8_t)(sr >> 8 * i);
}

/* A stuck line also reads as register values (00 would mean unprotected), but not as the ID. */
struct reading {
	uint8_t value[CHIPDB_REGISTERS], id[3];
};

static struct spi_op *add_reading(struct spi_op *op, const struct chipdb_part *part,
				  struct reading *reading)
{
	for (unsigned i = 0; i < part->sr_count; i++)
		*op++ = (struct spi_op){.kind = SPI_XFER,
					.tx = &part->sr_read[i],
					.tx_len = 1,
					.rx = &reading->value[i],
					.rx_len = 1};
	*op++ = (struct spi_op){.kind = SPI_XFER,
				.tx = &rdid,
				.tx_len = 1,
				.rx = reading->id,
				.rx_len = sizeof(reading->id)};
	return op;
}

static enum trouble_kind judge(const struct reading *reading, const struct chipdb_part *part,
			       uint32_t *sr, unsigned *count)
{
	uint32_t transient = chipdb_sr_mask(part, CHIPDB_WIP) | chipdb_sr_mask(part, CHIPDB_WEL) |
			     chipdb_sr_mask(part, CHIPDB_SUS);

	if (memcmp(reading->id, part->id, sizeof(reading->id)) != 0)
		return TROUBLE_LINK_LOST;
	*sr = 0;
	for (*count = 0; *count < part->sr_count && reading->value[*count] != 0xff; (*count)++)
		*sr |= (uint32_t)reading->value[*count] << 8 * *count;
	*sr &= ~transient;
	return *count ? TROUBLE_NONE : TROUBLE_UNSTEADY_READ;
}

static enum trouble_kind read_twice(struct spi_bus *bus, const struct chipdb_part *part,
				    uint32_t *sr, unsigned *count)
{
	struct spi_op ops[1 + 2 * (CHIPDB_REGISTERS + 1)], *end;
	struct reading first, second;
	unsigned count_again;
	uint32_t again;
	enum trouble_kind ret;

	/* A die that is still busy would answer with WIP set and other bits in motion. */
	ops[0] = (struct spi_op){.kind = SPI_WAIT_READY, .max_us = part->sr_write_max_us};
	end = add_reading(add_reading(&ops[1], part, &first), part, &second);
	ret = spi_transfer(bus, ops, (size_t)(end - ops));
	if (!ret)
		ret = judge(&first, part, sr, count);
	if (!ret)
		ret = judge(&second, part, &again, &count_again);
	if (!ret && (again != *sr || count_again != *count))
		ret = TROUBLE_UNSTEADY_READ;
	return ret;
}

static bool is_doubtful(enum trouble_kind kind)
{
	return kind == TROUBLE_UNSTEADY_READ || kind == TROUBLE_LINK_LOST;
}

/* A bit that flipped once is no reason to give up a job. */
enum trouble_kind status_registers_read(struct spi_bus *bus, const struct chipdb_part *part,
					uint32_t *sr, unsigned *count)
{
	enum trouble_kind ret = TROUBLE_UNSTEADY_READ;

	for (unsigned i = 0; is_doubtful(ret) && i < READINGS; i++)
		ret = read_twice(bus, part, sr, count);
	return ret;
}

/* One enable, one write, and the time that it takes. Never sent twice. */
static enum trouble_kind write_command(struct spi_bus *bus, const struct chipdb_part *part,
				       bool volatile_only, const uint8_t *tx, size_t len)
{
	/* 50h holds for the next command only, so nothing may come between. */
	const uint8_t enable = volatile_only ? OPCODE_EWSR : OPCODE_WREN, disable = OPCODE_WRDI;
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = &enable, .tx_len = 1},
		{.kind = SPI_XFER, .tx = tx, .tx_len = len, .once = true},
		{.kind = SPI_WAIT_READY,
		 .expect_us = volatile_only ? 0 : part->sr_write_typ_us,
		 .max_us = part->sr_write_max_us},
		/* A refused write leaves WEL set, which the next command would find. */
		{.kind = SPI_XFER, .tx = &disable, .tx_len = 1},
	};

	return spi_transfer_whole(bus, ops, sizeof(ops) / sizeof(ops[0]));
}

/*
 * SR1 and SR2 always go together, since a one-byte 01h clears SR2 on some parts. SR3, which
 * holds nothing of protection on the parts we know of, only if it has to change.
 */
static enum trouble_kind write_joint(struct spi_bus *bus, const struct chipdb_part *part,
				     const struct die_registers_write *write)
{
	uint8_t tx[1 + CHIPDB_REGISTERS] = {opcode_wrsr[0]};
	unsigned count = write->count;

	if (count > 2 && byte_of(write->from, 2) == byte_of(write->to, 2))
		count = 2;
	for (unsigned i = 0; i < count; i++)
		tx[1 + i] = byte_of(write->to, i);
	return write_command(bus, part, write->volatile_only, tx, 1 + count);
}

/*
 * With CMP set and BP clear the whole die is protected. So CMP, which is in a later register than
 * BP, is cleared before BP and set after it: if the second write fails, the die is not worse off
 * than before.
 */
static enum trouble_kind write_split(struct spi_bus *bus, const struct chipdb_part *part,
				     const struct die_registers_write *write)
{
	bool ascending = write->to & chipdb_sr_mask(part, CHIPDB_CMP);

	for (unsigned n = 0; n < write->count; n++) {
		unsigned i = ascending ? n : write->count - 1 - n;
		uint8_t tx[2] = {opcode_wrsr[i], byte_of(write->to, i)};
		enum trouble_kind ret;

		if (byte_of(write->from, i) == tx[1])
			continue;
		ret = write_command(bus, part, write->volatile_only, tx, 2);
		if (ret)
			return ret;
	}
	return TROUBLE_NONE;
}

enum trouble_kind status_registers_write(struct spi_bus *bus, const struct chipdb_part *part,
					 const struct die_registers_write *write)
{
	return write->method == CHIPDB_SR_JOINT ? write_joint(bus, part, write)
						: write_split(bus, part, write);
}
