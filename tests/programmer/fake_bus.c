/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "tests/programmer/fake_bus.h"

static void note(struct fake_bus *fake, const struct spi_op *op)
{
	struct fake_op *noted = &fake->ops[fake->count++];

	assert_true(fake->count <= FAKE_OPS);
	assert_true(op->tx_len <= FAKE_BYTES);
	*noted = (struct fake_op){
		.kind = op->kind,
		.tx_len = op->tx_len,
		.rx_len = op->kind == SPI_DUPLEX ? op->tx_len : op->rx_len,
		.batch = fake->batches,
		.expect_us = op->expect_us,
		.max_us = op->max_us,
		.once = op->once,
	};
	if (op->tx_len)
		memcpy(noted->tx, op->tx, op->tx_len);
}

static enum trouble_kind fake_run(struct spi_bus *bus, struct spi_op *ops, size_t count,
				  size_t *done)
{
	struct fake_bus *fake = (struct fake_bus *)bus;

	fake->batches++;
	if (fake->short_memory)
		fake->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct spi_op *op = &ops[i];

		note(fake, op);
		fake->us += 50 + op->expect_us;
		if (op->kind == SPI_WAIT_READY) {
			op->took_us = op->expect_us;
			op->missed = op->early = false;
			op->enabled = fake->enabled;
		} else if (op->rx) {
			memset(op->rx, 0, op->kind == SPI_DUPLEX ? op->tx_len : op->rx_len);
			if (fake->answer)
				fake->answer(fake, op);
		}
	}
	*done = count;
	return fake->error;
}

/* The test is to see its faults: with this they are not hidden by a repetition. */
static enum trouble_kind fake_recover(struct spi_bus *bus)
{
	return ((struct fake_bus *)bus)->error;
}

static void fake_sleep_us(struct spi_bus *bus, uint64_t us)
{
	((struct fake_bus *)bus)->us += us;
}

static uint64_t fake_now_us(struct spi_bus *bus)
{
	return ((struct fake_bus *)bus)->us;
}

void fake_bus_begin(struct fake_bus *fake)
{
	static const struct spi_adapter_ops fake_bus_ops = {
		.run = fake_run,
		.recover = fake_recover,
		.sleep_us = fake_sleep_us,
		.now_us = fake_now_us,
	};

	memset(fake, 0, sizeof(*fake));
	fake->bus.ops = &fake_bus_ops;
	fake->bus.caps = (struct spi_caps){
		.kind = "nothing",
		.sample_us = 6,
		.ns_per_byte = 1000,
		.us_per_op = 50,
		.pins = {.clock = "clock",
			 .select = "cs",
			 .out = "mosi",
			 .in = "miso",
			 .cen = "cen"},
		.duplex = true,
		.waits_in_stream = true,
		.delay_most_us = UINT32_MAX,
		.cen = SPI_CEN_IN_STREAM,
	};
}
