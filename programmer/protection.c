/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protection.h"

#define OPCODE_WREN 0x06

/* Opcodes that write one register each; 01h also takes several bytes. */
static const uint8_t opcode_wrsr[CHIPDB_REGISTERS] = {0x01, 0x31, 0x11};

static uint32_t transient_bits(const struct chipdb_part *part)
{
	return chipdb_sr_mask(part, CHIPDB_WIP) | chipdb_sr_mask(part, CHIPDB_WEL) |
	       chipdb_sr_mask(part, CHIPDB_SUS);
}

static uint32_t size_bits(const struct chipdb_part *part)
{
	return chipdb_sr_mask(part, CHIPDB_BP0) | chipdb_sr_mask(part, CHIPDB_BP1) |
	       chipdb_sr_mask(part, CHIPDB_BP2) | chipdb_sr_mask(part, CHIPDB_BP3);
}

uint32_t protection_mask(const struct chipdb_part *part)
{
	return size_bits(part) | chipdb_sr_mask(part, CHIPDB_TB) |
	       chipdb_sr_mask(part, CHIPDB_SEC) | chipdb_sr_mask(part, CHIPDB_CMP);
}

/* BP = 0 selects nothing and all ones everything; CMP turns that round. */
bool protection_active(const struct chipdb_part *part, uint32_t sr)
{
	uint32_t bits = size_bits(part);

	return (sr & bits) != (sr & chipdb_sr_mask(part, CHIPDB_CMP) ? bits : 0);
}

static int read_once(struct spi_bus *bus, const struct chipdb_part *part, uint32_t *sr)
{
	uint8_t value[CHIPDB_REGISTERS] = {0};
	struct spi_op ops[1 + CHIPDB_REGISTERS];
	int ret;

	/* A die that is still busy would answer with WIP set and other bits in motion. */
	ops[0] = (struct spi_op){.kind = SPI_WAIT_READY, .max_us = part->sr_write_max_us};
	for (unsigned i = 0; i < part->sr_count; i++)
		ops[1 + i] = (struct spi_op){.kind = SPI_XFER,
					     .tx = &part->sr_read[i],
					     .tx_len = 1,
					     .rx = &value[i],
					     .rx_len = 1};
	ret = spi_transfer(bus, ops, 1 + part->sr_count);
	if (ret)
		return ret;
	/* SR2 and SR3 of a part that does not have them, or nothing at all. */
	for (unsigned i = 0; i < part->sr_count; i++)
		if (value[i] == 0xff)
			return SPI_ERR_IO;
	*sr = ((uint32_t)value[0] | (uint32_t)value[1] << 8 | (uint32_t)value[2] << 16) &
	      ~transient_bits(part);
	return 0;
}

int protection_read(struct protection *protection, uint32_t *sr)
{
	uint32_t again;
	int ret = read_once(protection->bus, protection->part, sr);

	if (!ret)
		ret = read_once(protection->bus, protection->part, &again);
	if (!ret && again != *sr)
		ret = SPI_ERR_IO;
	return ret;
}

/* WREN, one write, and the time that it takes. Never sent twice. */
static int write_command(struct spi_bus *bus, const struct chipdb_part *part, const uint8_t *tx,
			 size_t len)
{
	static const uint8_t wren = OPCODE_WREN;
	struct spi_op ops[] = {
		{.kind = SPI_XFER, .tx = &wren, .tx_len = 1},
		{.kind = SPI_XFER, .tx = tx, .tx_len = len, .once = true},
		{.kind = SPI_WAIT_READY,
		 .expect_us = part->sr_write_typ_us,
		 .max_us = part->sr_write_max_us},
	};

	return spi_transfer(bus, ops, sizeof(ops) / sizeof(ops[0]));
}

static int write_joint(struct spi_bus *bus, const struct chipdb_part *part, uint32_t sr)
{
	uint8_t tx[1 + CHIPDB_REGISTERS] = {opcode_wrsr[0]};

	for (unsigned i = 0; i < part->sr_count; i++)
		tx[1 + i] = (uint8_t)(sr >> 8 * i);
	return write_command(bus, part, tx, 1 + part->sr_count);
}

/*
 * CMP is in the highest register that is written, and goes first: BP cleared while
 * CMP is set would protect the whole die, were the second write to fail.
 */
static int write_split(struct spi_bus *bus, const struct chipdb_part *part, uint32_t from,
		       uint32_t to)
{
	for (unsigned i = part->sr_count; i-- > 0;) {
		uint8_t tx[2] = {opcode_wrsr[i], (uint8_t)(to >> 8 * i)};
		int ret;

		if ((uint8_t)(from >> 8 * i) == tx[1])
			continue;
		ret = write_command(bus, part, tx, 2);
		if (ret)
			return ret;
	}
	return 0;
}

static int write_by(struct spi_bus *bus, const struct chipdb_part *part,
		    enum chipdb_sr_write method, uint32_t from, uint32_t to)
{
	return method == CHIPDB_SR_JOINT ? write_joint(bus, part, to)
					 : write_split(bus, part, from, to);
}

static void explain(const struct chipdb_part *part, uint32_t sr, const struct log *log)
{
	const char *cure = "cut the module's power for a second and try again; if it stays, the "
			   "registers may be locked for good";

	if (sr & chipdb_sr_mask(part, CHIPDB_SRP1))
		cure = "SRP1 is set: the registers are locked until the module's power is cut "
		       "(or, on some parts, for good)";
	else if (sr & chipdb_sr_mask(part, CHIPDB_SRP0))
		cure = "SRP0 is set: the die's WP# pin (which most modules do not bring out) must "
		       "be high while the registers are written";
	log_error(log,
		  "the flash stays write-protected: status registers 0x%04x, of which 0x%04x "
		  "protect. Nothing was erased or written. %s",
		  (unsigned)sr, (unsigned)(sr & protection_mask(part)), cure);
}

static enum protection_result bus_failed(const struct log *log, int error)
{
	log_error(log,
		  "the status registers can not be read reliably (%s): check the wires. "
		  "Nothing was erased or written",
		  spi_strerror(error));
	return PROTECTION_ERROR;
}

enum protection_result protection_lift(struct protection *protection)
{
	struct spi_bus *bus = protection->bus;
	const struct chipdb_part *part = protection->part;
	const struct log *log = protection->log;
	const uint32_t keep = chipdb_sr_mask(part, CHIPDB_QE);
	enum chipdb_sr_write method = part->sr_write;
	uint32_t before, sr, wanted;
	int ret = protection_read(protection, &before);

	if (ret)
		return bus_failed(log, ret);
	if (!protection_active(part, before))
		return PROTECTION_OPEN;
	wanted = before & ~protection_mask(part);
	sr = before;
	for (int attempt = 0; attempt < 2; attempt++) {
		bool stumbled;

		ret = write_by(bus, part, method, sr, wanted);
		stumbled = ret == SPI_ERR_IO || ret == SPI_ERR_TIMEOUT;
		if (!ret || stumbled) /* whether it was taken, the registers tell */
			ret = protection_read(protection, &sr);
		if (ret)
			return bus_failed(log, ret);
		/* A one-byte 01h may have cleared the other register, and QE with it. */
		if (!protection_active(part, sr) && !(wanted & ~sr & keep))
			break;
		/* A part with one register knows only one way. */
		if (part->sr_count == 1 && !stumbled)
			break;
		if (protection_active(part, sr) && !stumbled)
			method = method == CHIPDB_SR_JOINT ? CHIPDB_SR_SPLIT : CHIPDB_SR_JOINT;
	}
	if (protection_active(part, sr)) {
		explain(part, sr, log);
		return PROTECTION_STAYS;
	}
	if (sr != wanted)
		log_warn(log, "the status registers became 0x%04x instead of 0x%04x", (unsigned)sr,
			 (unsigned)wanted);
	log_info(log, "write protection lifted: status registers 0x%04x -> 0x%04x",
		 (unsigned)before, (unsigned)sr);
	return PROTECTION_LIFTED;
}

int protection_restore(struct protection *protection)
{
	(void)protection;
	return 0;
}

int protection_set(struct protection *protection, uint32_t sr)
{
	(void)protection;
	(void)sr;
	return SPI_ERR_IO;
}
