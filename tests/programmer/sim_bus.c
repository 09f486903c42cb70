/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "tests/programmer/sim_bus.h"

#include <stdlib.h>

#define OP_NS 40000
#define BYTE_NS 6000

/* The number of ops after a wait that are already sent when it turns out too short. */
#define SENT_AHEAD 8
#define HOST_WAIT_US 100000

#define GRACE_US UINT64_C(10000)

/* A window of at least this many bytes is long, and may be aborted. */
#define LONG_WINDOW 32768
#define SAMPLES 12

static uint64_t sim_now_us(struct spi_bus *bus)
{
	return ((struct sim_bus *)bus)->ns / 1000;
}

static void sim_sleep_us(struct spi_bus *bus, uint64_t us)
{
	((struct sim_bus *)bus)->ns += us * 1000;
}

static void shift(struct sim_bus *sim, const uint8_t *tx, uint8_t *rx, size_t len)
{
	soc_shift(&sim->soc, tx, rx, len, sim->ns, sim->byte_ns);
	sim->ns += len * sim->byte_ns;
}

static void plain_window(struct sim_bus *sim, const struct spi_op *op)
{
	static const uint8_t filler[512] = {[0 ... 511] = 0xff};
	uint8_t unread[512];

	if (op->tx_len > 0)
		sim->sent[op->tx[0]]++;
	soc_set_cs(&sim->soc, true, sim->ns);
	if (op->kind == SPI_DUPLEX) {
		assert_true(op->rx || op->tx_len <= sizeof(unread));
		shift(sim, op->tx, op->rx ? op->rx : unread, op->tx_len);
	} else {
		assert_true(op->tx_len <= sizeof(unread));
		shift(sim, op->tx, unread, op->tx_len);
		for (size_t at = 0; at < op->rx_len; at += sizeof(filler)) {
			size_t left = op->rx_len - at;

			shift(sim, filler, op->rx + at,
			      left < sizeof(filler) ? left : sizeof(filler));
		}
	}
	soc_set_cs(&sim->soc, false, sim->ns);
	sim->ns += OP_NS;
}

/* A window with the fault in what is sent and read. */
static void faulty_window(struct sim_bus *sim, const struct spi_op *op)
{
	uint8_t tx[512];
	struct spi_op bad = *op;

	assert_true(op->tx_len > 0 && op->tx_len <= sizeof(tx));
	memcpy(tx, op->tx, op->tx_len);
	bad.tx = tx;
	switch (sim->fault) {
	case FAULT_LOST:
		if (op->rx)
			memset(op->rx, 0xff, op->kind == SPI_DUPLEX ? op->tx_len : op->rx_len);
		return;
	case FAULT_FLIP_COMMAND:
		tx[0] ^= 0x04;
		break;
	case FAULT_FLIP_ADDRESS:
		tx[op->tx_len > 1] ^= 0x02;
		break;
	case FAULT_FLIP_OUT:
		tx[op->tx_len - 1] ^= 0x20;
		break;
	case FAULT_CUT:
		bad.tx_len -= op->kind != SPI_DUPLEX && op->tx_len > 1;
		break;
	case FAULT_FLIP_IN:
		break;
	}
	plain_window(sim, &bad);
	if (sim->fault == FAULT_FLIP_IN && op->rx && op->kind != SPI_DUPLEX && op->rx_len)
		op->rx[op->rx_len / 2] ^= 0x10;
}

static void wear(struct sim_bus *sim)
{
	sim->nor.memory[sim->worn_at] &= (uint8_t)~sim->worn_bits;
}

static void window(struct sim_bus *sim, const struct spi_op *op)
{
	if (++sim->windows == sim->fault_at)
		faulty_window(sim, op);
	else
		plain_window(sim, op);
	wear(sim);
}

void sim_bus_wear(struct sim_bus *sim, uint32_t address, uint8_t bits)
{
	sim->worn_at = address;
	sim->worn_bits = bits;
	wear(sim);
}

static bool busy(struct sim_bus *sim)
{
	static const uint8_t rdsr = 0x05;
	uint8_t status;
	const struct spi_op op = {
		.kind = SPI_XFER, .tx = &rdsr, .tx_len = 1, .rx = &status, .rx_len = 1};

	window(sim, &op);
	return status & 1;
}

/* Ops that had been sent when the wait turned out too short meet a busy die. */
static void send_ahead(struct sim_bus *sim, const struct spi_op *ops, size_t count)
{
	for (size_t i = 0; i < count && i < SENT_AHEAD; i++) {
		if (ops[i].kind == SPI_XFER || ops[i].kind == SPI_DUPLEX)
			window(sim, &ops[i]);
		else if (ops[i].kind == SPI_WAIT_READY)
			busy(sim);
	}
}

/* Samples the status as the adapter does: around the expected time, within one window. */
static void sample(struct sim_bus *sim, struct spi_op *op, uint64_t begin)
{
	static const uint8_t tx[1 + SAMPLES] = {0x05};
	uint64_t first = begin + op->expect_us * UINT64_C(1000) - SAMPLES / 2 * sim->byte_ns;
	uint8_t rx[1 + SAMPLES];

	if (op->expect_us * UINT64_C(1000) > OP_NS + (1 + SAMPLES / 2) * sim->byte_ns)
		sim->ns = first - sim->byte_ns;
	first = sim->ns + sim->byte_ns;
	soc_set_cs(&sim->soc, true, sim->ns);
	shift(sim, tx, rx, sizeof(tx));
	soc_set_cs(&sim->soc, false, sim->ns);
	op->early = !(rx[1] & 1);
	op->missed = rx[SAMPLES] & 1;
	op->enabled = !op->missed && rx[SAMPLES] & 2;
	for (unsigned i = 0; i < SAMPLES && (i == 0 || rx[i] & 1); i++)
		op->took_us = (uint32_t)((first + i * sim->byte_ns - begin) / 1000);
}

static enum trouble_kind wait_ready(struct sim_bus *sim, struct spi_op *op,
				    const struct spi_op *behind, size_t count)
{
	uint64_t begin = sim->ns, most_us = op->max_us + GRACE_US;

	sample(sim, op, begin);
	if (!op->missed)
		return TROUBLE_NONE;
	sim->missed++;
	/* The host does long waits itself, so nothing is sent ahead. */
	if (op->expect_us <= HOST_WAIT_US) {
		send_ahead(sim, behind, count);
		/* Some of it may have met a die that was ready again, and made it busy. */
		for (size_t i = 0; i < count && i <= SENT_AHEAD; i++)
			most_us += behind[i].max_us;
	}
	while (busy(sim)) {
		if (sim->ns - begin > most_us * 1000)
			return TROUBLE_STAYS_BUSY;
		if (spi_cancelled(&sim->bus))
			return TROUBLE_INTERRUPTED;
		sim->ns += 50000;
	}
	op->took_us = (uint32_t)((sim->ns - begin) / 1000);
	return TROUBLE_NONE;
}

static enum trouble_kind sim_run(struct spi_bus *bus, struct spi_op *ops, size_t count,
				 size_t *done)
{
	struct sim_bus *sim = (struct sim_bus *)bus;
	bool waited = false;

	sim->transfers++;
	if (sim->fail_at && sim->transfers >= sim->fail_at &&
	    sim->transfers <= sim->fail_at + sim->fail_more)
		return sim->fail_error;
	for (size_t i = 0; i < count; i++) {
		enum trouble_kind kind = TROUBLE_NONE;

		assert_false(waited && ops[i].once);
		if (sim->cen_rises_ns && sim->ns >= sim->cen_rises_ns) {
			sim->cen_rises_ns = 0;
			soc_set_cen(&sim->soc, true, sim->ns);
		}
		switch (ops[i].kind) {
		case SPI_XFER:
		case SPI_DUPLEX:
			if (ops[i].rx_len >= LONG_WINDOW && spi_cancelled(bus))
				return TROUBLE_INTERRUPTED;
			window(sim, &ops[i]);
			break;
		case SPI_WAIT_READY:
			kind = wait_ready(sim, &ops[i], ops + i + 1, count - i - 1);
			waited = true;
			break;
		case SPI_DELAY:
			sim->ns += ops[i].expect_us * UINT64_C(1000);
			break;
		case SPI_CEN:
			sim->cen_ops++;
			soc_set_cen(&sim->soc, ops[i].level, sim->ns);
			sim->ns += 1000;
			break;
		}
		if (kind)
			return kind;
	}
	*done = count;
	return TROUBLE_NONE;
}

/* The test is to see its faults: with this they are not hidden by a repetition. */
static enum trouble_kind sim_recover(struct spi_bus *bus)
{
	return ((struct sim_bus *)bus)->fail_error;
}

static bool sim_cancelled(void *data)
{
	struct sim_bus *sim = data;

	sim->cancel_asked++;
	return sim->cancel_at && sim->cancel_asked >= sim->cancel_at;
}

static const struct spi_adapter_ops sim_bus_ops = {
	.run = sim_run,
	.recover = sim_recover,
	.sleep_us = sim_sleep_us,
	.now_us = sim_now_us,
};

struct sim_bus *sim_bus_new(const struct board_options *options)
{
	const char *entry = options->entry ? options->entry : "linked";
	const struct soc_variant *variant = soc_variant_by_name(entry);
	struct sim_bus *sim = calloc(1, sizeof(*sim));

	assert_non_null(sim);
	assert_non_null(variant);
	assert_non_null(options->part);
	assert_true(nor_init(&sim->nor, options, &sim->stats));
	soc_init(&sim->soc, variant, options->seed, &sim->nor, &sim->stats);
	sim->byte_ns = BYTE_NS;
	sim->bus.ops = &sim_bus_ops;
	sim->bus.caps = (struct spi_caps){
		.kind = "simulation",
		.pins = {.clock = "D3", .select = "D0", .out = "D5", .in = "D7", .cen = "D2"},
		.clock_hz = 1500000,
		.duplex = true,
		.waits_in_stream = true,
		.delay_most_us = UINT32_MAX,
		.cen = SPI_CEN_IN_STREAM,
	};
	sim->observer = (struct observer){.cancelled = sim_cancelled, .data = sim};
	sim->bus.observer = &sim->observer;
	sim->die = spi_die_new(&sim->bus);
	assert_non_null(sim->die);
	die_take_part(sim->die, options->part);
	return sim;
}

void sim_bus_free(struct sim_bus *sim)
{
	spi_die_free(sim->die);
	nor_fini(&sim->nor);
	free(sim);
}

uint32_t sim_bus_sr(const struct sim_bus *sim)
{
	return nor_status(&sim->nor, sim->ns) & ~UINT32_C(3);
}

unsigned long sim_bus_sr_commands(const struct sim_bus *sim)
{
	return sim->sent[0x01] + sim->sent[0x31] + sim->sent[0x11];
}
