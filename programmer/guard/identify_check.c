/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The questions before the first change; see identify.h. */
#include "programmer/guard/identify.h"

#include <stdio.h>
#include <string.h>

#define OPCODE_RDID 0x9f
#define OPCODE_READ 0x03
#define OPCODE_READ4 0x13 /* four address bytes in any mode */

#define IDS 4
#define WINDOWS 32 /* in each half */
#define WINDOW_BYTES 16
#define LOOKS 3 /* with other windows, before a die is called smaller than its ID says */
#define SMALLEST 0x10000u

struct window {
	uint8_t tx[5];
	uint8_t rx[WINDOW_BYTES];
};

/* Windows spread over the begin of the die, and what is @distance behind each. */
struct windows {
	struct window low[WINDOWS], high[WINDOWS];
};

static struct spi_op op_read(const struct chipdb_part *part, struct window *window,
			     uint32_t address)
{
	size_t len = 0;

	window->tx[len++] = part->address_bytes == 4 ? OPCODE_READ4 : OPCODE_READ;
	for (unsigned shift = 8 * part->address_bytes; shift > 0; shift -= 8)
		window->tx[len++] = (uint8_t)(address >> (shift - 8));
	return (struct spi_op){.kind = SPI_XFER,
			       .tx = window->tx,
			       .tx_len = len,
			       .rx = window->rx,
			       .rx_len = WINDOW_BYTES};
}

/* The first look begins at 0, where there is nearly always something; the others between. */
static struct spi_op *add_reads(struct spi_op *op, const struct chipdb_part *part,
				struct windows *windows, uint32_t distance, unsigned look)
{
	uint32_t step = distance / WINDOWS;

	for (uint32_t i = 0; i < WINDOWS; i++) {
		uint32_t address = i * step + look * (step / LOOKS / WINDOW_BYTES * WINDOW_BYTES);

		*op++ = op_read(part, &windows->low[i], address);
		*op++ = op_read(part, &windows->high[i], address + distance);
	}
	return op;
}

static bool blank(const uint8_t *bytes)
{
	return memcmp(bytes, bytes + 1, WINDOW_BYTES - 1) == 0;
}

static bool alike(const struct windows *windows)
{
	for (size_t i = 0; i < WINDOWS; i++)
		if (memcmp(windows->low[i].rx, windows->high[i].rx, WINDOW_BYTES) != 0)
			return false;
	return true;
}

/* Blank places are alike on any die, and tell nothing. */
static bool all_blank(const struct windows *windows)
{
	for (size_t i = 0; i < WINDOWS; i++)
		if (!blank(windows->low[i].rx))
			return false;
	return true;
}

/*
 * Whether everything comes again @distance behind, as it does when addresses wrap there.
 * Halves that are alike in some places only differ in one of the looks.
 */
static int wraps_at(struct spi_bus *bus, const struct chipdb_part *part, uint32_t distance,
		    bool *wraps)
{
	bool something = false;

	*wraps = true;
	for (unsigned look = 0; look < LOOKS && *wraps; look++) {
		struct spi_op ops[2 * WINDOWS], *end;
		struct windows windows = {0};
		int ret;

		end = add_reads(ops, part, &windows, distance, look);
		ret = spi_transfer(bus, ops, (size_t)(end - ops));
		if (ret)
			return ret;
		something |= !all_blank(&windows);
		*wraps = alike(&windows);
	}
	*wraps &= something;
	return 0;
}

static bool failed(const struct observer *observer, int error)
{
	observer_raise(observer, error, NO_RANGE,
		       "the flash could not be checked before the first change: %s",
		       trouble_text(error));
	return false;
}

/* The size that the die seems to have, given that it repeats itself at half of its own. */
static int find_size(struct spi_bus *bus, const struct chipdb_part *part, uint32_t *size)
{
	bool wraps = true;

	*size = part->size;
	for (uint32_t half = part->size / 2; wraps && half >= SMALLEST; half /= 2) {
		int ret = wraps_at(bus, part, half, &wraps);

		if (ret)
			return ret;
		if (wraps)
			*size = half;
	}
	return 0;
}

static void too_small(const struct chipdb_part *part, uint32_t size,
		      const struct observer *observer)
{
	char told[24];

	/* Names that were made up mean nothing to chip=. */
	snprintf(told, sizeof(told), "size:%uK", (unsigned)(part->size / 1024));
	observer_raise(
		observer, TROUBLE_PART_SMALLER, NO_RANGE,
		"the flash should have %u KiB (%s), but its content repeats itself after %u KiB: "
		"it seems to be a smaller one. Nothing was erased or written. If you are sure of "
		"the size, say chip=%s",
		(unsigned)(part->size / 1024), part->name, (unsigned)(size / 1024),
		chipdb_part_by_id(part->id) ? part->name : told);
}

bool identify_check(struct spi_bus *bus, const struct chipdb_part *part, bool size_told,
		    const struct observer *observer)
{
	static const uint8_t rdid = OPCODE_RDID;
	struct spi_op ops[IDS + 4 * WINDOWS], *op = ops;
	struct windows windows = {0}, again = {0};
	uint8_t id[IDS][3];
	bool steady = true;
	uint32_t size;
	int ret;

	for (size_t i = 0; i < IDS; i++)
		*op++ = (struct spi_op){
			.kind = SPI_XFER, .tx = &rdid, .tx_len = 1, .rx = id[i], .rx_len = 3};
	op = add_reads(op, part, &windows, part->size / 2, 0);
	op = add_reads(op, part, &again, part->size / 2, 0);
	ret = spi_transfer(bus, ops, (size_t)(op - ops));
	if (ret)
		return failed(observer, ret);
	for (size_t i = 0; i < IDS; i++)
		steady &= memcmp(id[i], part->id, 3) == 0;
	if (!steady || memcmp(&windows, &again, sizeof(windows)) != 0) {
		observer_raise(observer, TROUBLE_UNSTEADY_READ, NO_RANGE,
			       "the flash does not answer the same twice: a bad contact. Nothing "
			       "was erased or written. Check the wires (shorter ones help), ground "
			       "and the supply; then read twice and compare");
		return false;
	}
	if (size_told || !alike(&windows))
		return true;
	ret = find_size(bus, part, &size);
	if (ret)
		return failed(observer, ret);
	if (size == part->size)
		return true;
	too_small(part, size, observer);
	return false;
}
