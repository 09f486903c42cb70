/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bus costs, measured; see spi.h. */
#include "programmer/bus/spi.h"

#include <stdlib.h>

#include "base/opcodes.h"

#define WINDOWS 16
#define HEADER 4
#define SHORT 16
#define LONG 4096

static const uint8_t read_at_0[HEADER] = {OPCODE_READ};

static struct spi_op reading(uint8_t *rx, size_t len)
{
	return (struct spi_op){
		.kind = SPI_XFER, .tx = read_at_0, .tx_len = HEADER, .rx = rx, .rx_len = len};
}

static enum trouble_kind time_of(struct spi_bus *bus, struct spi_op *ops, size_t count,
				 uint64_t *us)
{
	uint64_t begin = spi_now_us(bus);
	enum trouble_kind kind = spi_transfer(bus, ops, count);

	*us = spi_now_us(bus) - begin;
	return kind;
}

/* Windows one by one, the same ones together, and a long one: three sums of the three costs. */
static enum trouble_kind measure(struct spi_bus *bus, uint8_t *rx, size_t most)
{
	struct spi_op ops[WINDOWS];
	uint64_t us, apart = 0, together, at_once;
	double byte, op, batch, one;
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t i = 0; !kind && i < WINDOWS; i++) {
		ops[i] = reading(rx, SHORT);
		kind = time_of(bus, &ops[i], 1, &us);
		apart += us;
	}
	if (!kind)
		kind = time_of(bus, ops, WINDOWS, &together);
	ops[0] = reading(rx, most);
	if (!kind)
		kind = time_of(bus, ops, 1, &at_once);
	if (kind)
		return kind;
	one = (double)apart / WINDOWS;
	byte = ((double)at_once - one) / (double)(most - SHORT);
	op = ((double)together - one) / (WINDOWS - 1) - byte * (HEADER + SHORT);
	batch = one - op - byte * (HEADER + SHORT);
	/* If the host was busy meanwhile, the results are nonsense: then the defaults stay. */
	if (byte <= 0)
		return TROUBLE_NONE;
	bus->caps.ns_per_byte = (uint32_t)(byte * 1000);
	bus->caps.us_per_op = op > 0 ? (uint32_t)op : 0;
	bus->caps.us_per_batch = batch > 0 ? (uint32_t)batch : 0;
	return TROUBLE_NONE;
}

enum trouble_kind spi_calibrate(struct spi_bus *bus)
{
	size_t most = bus->caps.window_most ? bus->caps.window_most - HEADER : LONG;
	enum trouble_kind kind = TROUBLE_NO_MEMORY;
	uint8_t *rx;

	if (most > LONG)
		most = LONG;
	rx = malloc(most);
	if (rx)
		kind = measure(bus, rx, most);
	free(rx);
	return kind;
}
