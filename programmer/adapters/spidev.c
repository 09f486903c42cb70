/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/spidev.h"
#include "programmer/adapters/node_ioctl.h"
#include "programmer/adapters/opening.h"
#include "programmer/adapters/spidev_node.h"
#include "programmer/adapters/status_looks.h"

#include <errno.h>
#include <linux/spi/spidev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/opcodes.h"

#define SLOT 128
#define TRANSFERS_MOST 256

/* Through loose wires and the pads of a SoC; 6 MHz and 16 MHz are reported to have worked. */
#define SPEED_USUAL_HZ 1000000

/* A message cannot be interrupted. */
#define MESSAGE_MOST_US 50000
#define WAIT_MOST_US 60000

/* A system call, and CS between two windows; other costs depend on the clock. */
#define US_PER_MESSAGE 60
#define US_PER_WINDOW 10

struct spidev {
	struct spi_bus bus;
	int fd;
	uint32_t bufsiz;
	struct status_looks looks;

	/* The message being assembled. */
	struct spi_ioc_transfer transfers[TRANSFERS_MOST];
	size_t count, waits, tx_room, rx_room;
	uint64_t us;
	uint8_t status[TRANSFERS_MOST / 2][STATUS_LOOKS_MOST]; /* answers to each wait */
};

static uint32_t clock_us(const struct spidev *dev, size_t bytes)
{
	return (uint32_t)(bytes * UINT64_C(8000000) / dev->bus.caps.clock_hz);
}

static size_t in_slots(size_t bytes)
{
	return (bytes + SLOT - 1) / SLOT * SLOT;
}

/* Adds a transfer; false if it does not fit into this message. */
static bool add(struct spidev *dev, const uint8_t *tx, uint8_t *rx, size_t len, uint32_t delay_us)
{
	size_t sent = tx ? in_slots(len) : 0, received = rx ? in_slots(len) : 0;

	if (dev->count >= TRANSFERS_MOST || sent > dev->tx_room || received > dev->rx_room)
		return false;
	dev->tx_room -= sent;
	dev->rx_room -= received;
	dev->us += clock_us(dev, len) + delay_us;
	dev->transfers[dev->count++] = (struct spi_ioc_transfer){
		.tx_buf = (uintptr_t)tx,
		.rx_buf = (uintptr_t)rx,
		.len = (uint32_t)len,
		.delay_usecs = (uint16_t)delay_us,
	};
	return true;
}

/* A die continues its work while CS is low, and repeats its status as long as it is clocked. */
static bool add_wait(struct spidev *dev, const struct spi_op *op)
{
	static const uint8_t rdsr = OPCODE_RDSR;

	return op->expect_us <= WAIT_MOST_US &&
	       add(dev, &rdsr, NULL, 1, status_looks_pause_us(&dev->looks, op)) &&
	       add(dev, NULL, dev->status[dev->waits++], dev->looks.count, 0);
}

static bool add_op(struct spidev *dev, const struct spi_op *op)
{
	switch (op->kind) {
	case SPI_XFER:
		return (!op->tx_len || add(dev, op->tx, NULL, op->tx_len, 0)) &&
		       (!op->rx_len || add(dev, NULL, op->rx, op->rx_len, 0));
	case SPI_DUPLEX:
		return add(dev, op->tx, op->rx, op->tx_len, 0);
	case SPI_WAIT_READY:
		return add_wait(dev, op);
	default:
		return false;
	}
}

/* Puts as many ops as possible into one message. */
static size_t make_message(struct spidev *dev, const struct spi_op *ops, size_t count)
{
	size_t n = 0;

	dev->count = dev->waits = 0;
	dev->tx_room = dev->rx_room = dev->bufsiz;
	dev->us = 0;
	for (; n < count && dev->us < MESSAGE_MOST_US; n++) {
		size_t begin = dev->count;

		if (!add_op(dev, &ops[n])) {
			dev->count = begin;
			break;
		}
		/* CS rises after it. After the last one it does so by itself. */
		if (dev->count > begin)
			dev->transfers[dev->count - 1].cs_change = 1;
	}
	if (dev->count)
		dev->transfers[dev->count - 1].cs_change = 0;
	return n;
}

static enum trouble_kind kind_of(int error)
{
	switch (error) {
	case ETIMEDOUT:
		return TROUBLE_ADAPTER_SILENT;
	case ESHUTDOWN:
	case ENODEV:
		return TROUBLE_ADAPTER_GONE;
	case EMSGSIZE:
		return TROUBLE_BUG;
	default:
		return TROUBLE_ADAPTER_FAULT;
	}
}

static enum trouble_kind send_message(struct spidev *dev)
{
	unsigned long request =
		_IOC(_IOC_WRITE, SPI_IOC_MAGIC, 0, dev->count * sizeof(struct spi_ioc_transfer));

	if (node_ioctl(dev->fd, request, dev->transfers) >= 0)
		return TROUBLE_NONE;
	/* The repetition may succeed, and the kind of trouble says less than this message. */
	observer_note(dev->bus.observer, NOTE_WARN, TROUBLE_NONE, "%s: %s", dev->bus.port,
		      strerror(errno));
	return kind_of(errno);
}

static enum trouble_kind run(struct spi_bus *bus, struct spi_op *ops, size_t count, size_t *done)
{
	struct spidev *dev = (struct spidev *)bus;
	size_t n = make_message(dev, ops, count);
	enum trouble_kind kind;

	*done = 0;
	/* A wait that is too long for a message is the host's. */
	if (n == 0)
		return ops[0].kind == SPI_WAIT_READY ? TROUBLE_NONE : TROUBLE_BUG;
	kind = send_message(dev);
	if (!kind)
		status_looks_answer_all(&dev->looks, ops, n, dev->status, done);
	return kind;
}

/* Clocks nothing, but raises a CS that another program left low. */
static enum trouble_kind end_window(struct spi_bus *bus)
{
	struct spidev *dev = (struct spidev *)bus;

	dev->count = 1;
	dev->transfers[0] = (struct spi_ioc_transfer){.len = 0};
	return send_message(dev);
}

static void close_bus(struct spi_bus *bus)
{
	struct spidev *dev = (struct spidev *)bus;

	if (dev->fd >= 0)
		close(dev->fd);
	free(dev);
}

static const char *select_name(const char *node)
{
	static const char *const names[] = {"CE0", "CE1", "CE2", "CE3"};
	unsigned bus, select;

	return spidev_node_numbers(node, &bus, &select) && select < 4 ? names[select] : "CE";
}

/* Reads use one buffer completely, and their commands a slot of the other. */
static uint32_t longest_window(const struct spidev *dev, uint32_t hz)
{
	uint64_t bytes = (uint64_t)hz * MESSAGE_MOST_US / 8000000;

	if (bytes > dev->bufsiz)
		bytes = dev->bufsiz;
	return (uint32_t)(bytes < SPI_WINDOW_LEAST ? SPI_WINDOW_LEAST : bytes) + 4;
}

static void fill_clock(struct spidev *dev, uint32_t hz)
{
	dev->bus.caps.window_most = longest_window(dev, hz);
	status_looks_fill(&dev->looks, &dev->bus.caps, hz);
}

static void fill_caps(struct spidev *dev, const char *node, uint32_t hz)
{
	dev->bus.caps = (struct spi_caps){
		.kind = "spidev",
		.place = "spidev",
		.pins = {.clock = "SCLK",
			 .select = select_name(node),
			 .out = "MOSI",
			 .in = "MISO",
			 .levels = " (5 V on a pin destroys this computer)",
			 .again = "Is the supply of this computer strong enough (a Raspberry Pi "
				  "shows under-voltage in dmesg)? Then start it again"},
		.duplex = true,
		.waits_in_stream = true,
		.may_be_own = true,
		.costs_guessed = true,
		.us_per_op = US_PER_WINDOW,
		.us_per_batch = US_PER_MESSAGE,
	};
	fill_clock(dev, hz);
}

static enum trouble_kind set_speed(struct spi_bus *bus, uint32_t hz)
{
	struct spidev *dev = (struct spidev *)bus;

	if (node_ioctl(dev->fd, SPI_IOC_WR_MAX_SPEED_HZ, &hz) < 0)
		return kind_of(errno);
	fill_clock(dev, hz);
	return TROUBLE_NONE;
}

static const struct spi_adapter_ops spidev_ops = {
	.run = run,
	.recover = end_window,
	.set_speed = set_speed,
	.close = close_bus,
};

static struct spi_bus *open_bus(const struct adapter *adapter, const struct adapter_wish *wish,
				const struct observer *observer)
{
	struct spidev *dev = opening_begin(sizeof(*dev), &spidev_ops, observer);
	uint32_t hz = wish->speed_hz ? wish->speed_hz : SPEED_USUAL_HZ;

	(void)adapter;
	if (!dev)
		return NULL;
	snprintf(dev->bus.port, sizeof(dev->bus.port), "%s", wish->value);
	dev->bufsiz = spidev_node_bufsiz();
	fill_caps(dev, wish->value, hz);
	dev->fd = spidev_node_open(wish, hz, observer);
	/* The trouble was raised already. */
	return opening_end(&dev->bus, dev->fd >= 0 ? TROUBLE_NONE : TROUBLE_NO_ADAPTER, false);
}

static bool is_node(const char *value)
{
	unsigned bus, select;

	return spidev_node_numbers(value, &bus, &select);
}

static bool present(const struct adapter *adapter, const struct adapter_wish *wish)
{
	(void)adapter;
	return wish->value && access(wish->value, F_OK) == 0;
}

const struct adapter spidev_adapter = {
	.name = "spidev",
	.parameter = "spidev",
	.value_help = "spidev=/dev/spidevBUS.CS",
	.is_value = is_node,
	.only_named = true,
	.slowest_hz = 1000,
	.fastest_hz = 125000000,
	.mode3 = true,
	.present = present,
	.list = spidev_node_list,
	.open = open_bus,
};
