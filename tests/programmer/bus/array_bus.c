/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "base/opcodes.h"
#include "tests/programmer/bus/array_bus.h"

#define OP_US 20
#define ROUND_TRIP_US 200
#define OPCODE_ERASE 0x20
#define ERASE_SIZE 4096
#define PAGE 256

static const uint8_t id[3] = {0xc8, 0x40, 0x10};

static uint32_t address_of(const struct spi_op *op)
{
	return (uint32_t)(op->tx[1] << 16 | op->tx[2] << 8 | op->tx[3]) % ARRAY_SIZE;
}

static void program(struct array_bus *array, const struct spi_op *op)
{
	uint32_t address = address_of(op);

	for (size_t i = 4; i < op->tx_len; i++)
		array->memory[(address & ~(uint32_t)(PAGE - 1)) | ((address + i - 4) % PAGE)] &=
			op->tx[i];
	array->busy_until_us = array->us + ARRAY_PROGRAM_US;
}

static void erase(struct array_bus *array, const struct spi_op *op)
{
	memset(array->memory + address_of(op) / ERASE_SIZE * ERASE_SIZE, 0xff, ERASE_SIZE);
	array->busy_until_us = array->us + ARRAY_ERASE_US;
}

static void answer(struct array_bus *array, const struct spi_op *op)
{
	for (size_t i = 0; i < op->rx_len; i++) {
		if (op->tx[0] == OPCODE_RDID)
			op->rx[i] = id[i % 3];
		else if (op->tx[0] == OPCODE_READ)
			op->rx[i] = array->memory[(address_of(op) + i) % ARRAY_SIZE];
	}
}

/* One CS window; without a command, the answer is that of an idle line. */
static void window(struct array_bus *array, const struct spi_op *op)
{
	bool busy = array->us < array->busy_until_us;

	array->windows++;
	array->us += OP_US + (op->tx_len + op->rx_len) * 2;
	if (op->rx_len)
		memset(op->rx, 0xff, op->rx_len);
	if (op->tx_len == 0)
		return;
	if (op->tx[0] == OPCODE_RDSR) {
		memset(op->rx, busy | array->enabled << 1, op->rx_len);
		return;
	}
	array->ignored += busy;
	if (busy)
		return;
	answer(array, op);
	if (op->tx[0] == OPCODE_PP && array->enabled)
		program(array, op);
	if (op->tx[0] == OPCODE_ERASE && array->enabled)
		erase(array, op);
	array->enabled = op->tx[0] == OPCODE_WREN;
}

/* An op that exceeds the caps is a mistake of bus.c. */
static void check_op(const struct array_bus *array, const struct spi_op *op, size_t count)
{
	const struct spi_caps *caps = &array->bus.caps;

	switch (op->kind) {
	case SPI_XFER:
		assert_true(!caps->window_most || op->tx_len + op->rx_len <= caps->window_most);
		break;
	case SPI_CEN:
		assert_true(caps->cen != SPI_CEN_NONE);
		assert_true(caps->cen == SPI_CEN_IN_STREAM || count == 1);
		break;
	case SPI_DELAY:
		assert_true(op->expect_us <= caps->delay_most_us);
		break;
	default:
		fail_msg("op of kind %d", op->kind);
	}
}

static enum trouble_kind run(struct spi_bus *bus, struct spi_op *ops, size_t count, size_t *done)
{
	struct array_bus *array = (struct array_bus *)bus;

	assert_true(count > 0);
	assert_true(!bus->caps.ops_most || count <= bus->caps.ops_most);
	array->us += ROUND_TRIP_US;
	if (++array->runs == array->fail_at)
		return TROUBLE_ADAPTER_FAULT;
	for (size_t i = 0; i < count; i++) {
		check_op(array, &ops[i], count);
		if (ops[i].kind == SPI_CEN)
			array->cen = ops[i].level;
		else if (ops[i].kind == SPI_DELAY)
			array->us += ops[i].expect_us;
		else
			window(array, &ops[i]);
	}
	*done = count;
	return TROUBLE_NONE;
}

static enum trouble_kind recover(struct spi_bus *bus)
{
	((struct array_bus *)bus)->recovered++;
	return TROUBLE_NONE;
}

static void close_bus(struct spi_bus *bus)
{
	struct array_bus *array = (struct array_bus *)bus;

	array->cen = true;
	array->closed++;
}

static uint64_t now_us(struct spi_bus *bus)
{
	return ((struct array_bus *)bus)->us;
}

static void sleep_us(struct spi_bus *bus, uint64_t us)
{
	assert_true(us <= 50000);
	((struct array_bus *)bus)->us += us;
}

void array_bus_begin(struct array_bus *array)
{
	static const struct spi_adapter_ops ops = {.run = run,
						   .recover = recover,
						   .close = close_bus,
						   .now_us = now_us,
						   .sleep_us = sleep_us};

	memset(array, 0, sizeof(*array));
	memset(array->memory, 0xff, sizeof(array->memory));
	array->cen = true;
	array->bus.ops = &ops;
	strcpy(array->bus.port, "here");
	array->bus.caps = (struct spi_caps){
		.kind = "array",
		.pins = {.clock = "1", .select = "2", .out = "3", .in = "4", .cen = "5"},
		.clock_hz = 4000000,
		.window_most = 512,
		.ops_most = 8,
		.cen = SPI_CEN_APART,
		.ns_per_byte = 2000,
		.us_per_op = OP_US,
		.us_per_batch = ROUND_TRIP_US,
	};
}
