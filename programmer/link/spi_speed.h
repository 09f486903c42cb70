/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spi_speed.h - a clock at which the wires still work.
 *
 * The pads of the chip and the wires delay its answers. With a clock that is too fast for them some
 * bits are read wrong now and then, or every bit as the one before. So what is read at a fast clock
 * is compared with a reading at a safe one, and the clock is halved until both agree. What is too
 * rare for that to show is noticed during the work.
 */
#ifndef SPI_SPEED_H
#define SPI_SPEED_H

#include "programmer/die/die.h"
#include "programmer/link/spi_handshake.h"

/* A clock up to this is assumed to be slow enough for any wire. */
#define SPI_SPEED_SAFE_HZ 2000000

/*
 * As spi_handshake(), on a bus whose clock can be set: a chip that does not link at a fast one in a
 * few tries gets the remaining tries at a safe one.
 */
enum trouble_kind spi_speed_handshake(struct spi_bus *bus, const struct link_options *options,
				      const struct observer *observer, struct link_report *report);

/*
 * With a linked die: @wanted_hz, or what is left of it. @id gets the ID as a slow clock reads it. A
 * clock lower than wanted is noted, with the bits that were read wrong. Returns a fault of the bus.
 */
enum trouble_kind spi_speed_settle(struct spi_bus *bus, uint32_t wanted_hz,
				   const struct observer *observer, uint8_t id[3]);

/* Readings that turn out wrong at one clock before it is halved: fewer are a bad contact's. */
#define SPI_SLOWER_AFTER 3
/* How often it is halved: what is no better at a quarter of the clock is not due to the clock. */
#define SPI_SLOWER_MOST 2

/*
 * A sample at the link does not see errors that are rare. So where readings go on to differ during
 * the work, the clock is halved.
 */
struct spi_slower {
	struct die_slower slower; /* first */
	/* To be set by the user; they outlive the die. */
	struct spi_bus *bus;
	const struct observer *observer;
	/* Kept by spi_speed.c: at this clock, and since the link. */
	unsigned wrong, halved;
};

/* From now on @die, which is on that bus, gets a slower one; not if the bus has but one clock. */
void spi_slower_use(struct spi_slower *slower, struct beken_die *die);

#endif
