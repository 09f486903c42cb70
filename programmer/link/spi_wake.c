/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/link/spi_wake.h"

#include "base/opcodes.h"

#define STATUS_WIP 0x01

/* The time from CS high to the next command; the longest in datasheets are 30 us and 12 ms. */
#define RELEASE_US 100
#define RESET_US 15000

static const uint8_t wake_up = OPCODE_RELEASE, end_modes[] = {0xff, 0xff};
static const uint8_t enable_reset = OPCODE_RESET_ENABLE, reset_die = OPCODE_RESET;
static const uint8_t rdsr = OPCODE_RDSR;

static struct spi_op op_send(const uint8_t *bytes, size_t count)
{
	return (struct spi_op){.kind = SPI_XFER, .tx = bytes, .tx_len = count};
}

static enum trouble_kind send_reset(struct spi_bus *bus)
{
	uint8_t status = 0xff;
	struct spi_op ask = {
		.kind = SPI_XFER, .tx = &rdsr, .tx_len = 1, .rx = &status, .rx_len = 1};
	struct spi_op ops[] = {op_send(&enable_reset, 1),
			       op_send(&reset_die, 1),
			       {.kind = SPI_DELAY, .expect_us = RESET_US}};
	enum trouble_kind kind = spi_transfer(bus, &ask, 1);

	if (kind || (status != 0xff && status & STATUS_WIP))
		return kind;
	return spi_transfer(bus, ops, sizeof(ops) / sizeof(ops[0]));
}

enum trouble_kind spi_wake_send(struct spi_bus *bus, enum spi_wake how)
{
	struct spi_op ops[] = {{.kind = SPI_DELAY}, {.kind = SPI_DELAY, .expect_us = RELEASE_US}};

	switch (how) {
	case SPI_WAKE_RELEASE:
		ops[0] = op_send(&wake_up, 1);
		break;
	case SPI_WAKE_MODES:
		ops[0] = op_send(end_modes, sizeof(end_modes));
		break;
	case SPI_WAKE_RESET:
		return send_reset(bus);
	default:
		return TROUBLE_NONE;
	}
	return spi_transfer(bus, ops, sizeof(ops) / sizeof(ops[0]));
}

const char *spi_wake_text(enum spi_wake how)
{
	static const char *const texts[] = {
		[SPI_WAKE_NONE] = "",
		[SPI_WAKE_RELEASE] = "the flash was in deep power-down, and ABh woke it",
		[SPI_WAKE_MODES] = "the flash was in QPI or in a continuous read, and FFh ended it",
		[SPI_WAKE_RESET] = "the flash did not answer until it was reset by 66h and 99h",
	};

	return texts[how];
}
