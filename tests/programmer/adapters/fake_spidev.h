/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_spidev.h - replaces the kernel's node of an SPI bus: it records the requests, and answers
 * like a die. To be linked with --wrap for the calls that it replaces.
 */
#ifndef TESTS_FAKE_SPIDEV_H
#define TESTS_FAKE_SPIDEV_H

#include "programmer/bus/adapter.h"
#include "tests/unit.h"

#define NODE "/dev/spidev99.1"
#define CALLS_MOST 64
#define TRANSFERS_OF_CALL 512

/* Layout of struct spi_ioc_transfer in include/uapi/linux/spi/spidev.h. */
struct transfer {
	uint64_t tx, rx;
	uint32_t len, speed_hz;
	uint16_t delay_us;
	uint8_t bits, cs_change, tx_nbits, rx_nbits, word_delay_us, pad;
};

struct call {
	unsigned long request;
	uint32_t value;
	struct transfer transfers[TRANSFERS_OF_CALL];
};

struct fake_spidev {
	struct call calls[CALLS_MOST];
	size_t count;
	int open_error, lock_error, error; /* of the next call that is not set-up; 0: none */
	unsigned errors;		   /* how many calls fail */
	int set_up_error;		   /* of each set-up */
	unsigned busy;			   /* number of status samples that are busy */
	unsigned bufsiz;		   /* the module's parameter; 0: it does not exist */
	const char *node;		   /* NULL: NODE */
	bool is_open;
};

extern struct fake_spidev kernel;
extern struct notes notes;

/* Opens it, whatever the result is. */
struct spi_bus *open_at(uint32_t hz);

/* Starts with a kernel that reports nothing, and opens a bus of it. */
struct spi_bus *open_bus(uint32_t hz);

const struct call *last_call(void);

static inline size_t transfers_of(const struct call *call)
{
	return (call->request >> 16 & 0x3fff) / sizeof(struct transfer);
}

#endif
