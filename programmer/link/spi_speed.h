/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spi_speed.h - a clock at which the wires still carry what is said.
 *
 * What a chip answers comes late by its pads and the wires. With a clock that is too fast for them
 * bits are read wrong now and then, or all of them alike: as those before. So what is read at a
 * fast clock is held against the same at a safe one, and the clock is halved until both agree.
 */
#ifndef SPI_SPEED_H
#define SPI_SPEED_H

#include "programmer/link/spi_handshake.h"

/* A clock up to this is taken for slow enough for any wire. */
#define SPI_SPEED_SAFE_HZ 2000000

/*
 * As spi_handshake(), on a bus whose clock can be set: what does not link at a fast one in a few
 * tries has the others at a safe one.
 */
enum trouble_kind spi_speed_handshake(struct spi_bus *bus, const struct link_options *options,
				      const struct observer *observer, struct link_report *report);

/*
 * With a linked die: @wanted_hz, or what is left of it. @id gets the ID as a slow clock reads it.
 * That the clock is lower than wanted is noted, with the bits that were read wrong. A fault of the
 * bus.
 */
enum trouble_kind spi_speed_settle(struct spi_bus *bus, uint32_t wanted_hz,
				   const struct observer *observer, uint8_t id[3]);

#endif
