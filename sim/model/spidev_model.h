/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small computer's own pins: an SPI bus as Linux' spidev shows it, and a GPIO chip whose line 25
 * is wired to CEN of the SoC on that bus.
 *
 * Behaviour of Linux 6.1 (drivers/spi/{spidev,spi}.c, drivers/gpio/gpiolib-cdev.c), tried with a
 * virtual controller in a real kernel: a transfer's bytes take slots of the bounce buffer, tx and
 * rx one each, and a message that does not fit moves nothing (EMSGSIZE); CS is low from the first
 * transfer to the last, and goes high for 10 us after a transfer with cs_change; if the last
 * transfer has cs_change, CS stays low after the message, even for the next program, until a
 * message or a setting ends it; a transfer without buffers clocks nothing but counts; a speed above
 * the controller's range is lowered silently; one below it can be set, and then each message is
 * EINVAL.
 *
 * Time is virtual, as in usb.h: each call takes the time at which it is made, and has ended at
 * spidev_now(). A call is assumed to cost 60 us besides the clock.
 */
#ifndef SIM_SPIDEV_MODEL_H
#define SIM_SPIDEV_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/model/soc.h"
#include "sim/model/spidev_options.h"

#define SPIDEV_LINES 54 /* of a Raspberry Pi */
#define SPIDEV_CEN_LINE 25
#define SPIDEV_SELECT_LINE 8 /* taken by the SPI bus */

struct spidev_transfer {
	const uint8_t *tx; /* NULL: zeros */
	uint8_t *rx;	   /* NULL: dropped */
	uint32_t length, hz;
	uint16_t delay_us;
	bool cs_change;
};

struct spidev_line {
	bool used, output, open_drain, level;
};

struct spidev {
	const struct spidev_options *options;
	struct soc *soc;
	struct board_stats *stats;
	uint64_t now_ns, first_ns;
	uint32_t hz, messages;
	bool cs_low, locked, started;
	struct spidev_line line; /* of CEN */
	uint64_t kill_at;
	bool host_dies; /* as in usb.h; whoever kills the program resets this */
};

void spidev_init(struct spidev *spidev, const struct spidev_options *options, uint64_t kill_at,
		 struct soc *soc, struct board_stats *stats);
uint64_t spidev_now(const struct spidev *spidev);

/* Functions that return int give 0 or more, or -errno. */
int spidev_mode(struct spidev *spidev, uint32_t mode, uint64_t ns);
int spidev_bits(struct spidev *spidev, uint32_t bits, uint64_t ns);
int spidev_speed(struct spidev *spidev, uint32_t hz, uint64_t ns);
int spidev_message(struct spidev *spidev, const struct spidev_transfer *transfers, size_t count,
		   uint64_t ns);

/* The node is closed: the speed is the device tree's again. A CS that is low stays so. */
void spidev_close(struct spidev *spidev);

/* flock(): -EWOULDBLOCK while another has the lock. */
int spidev_lock(struct spidev *spidev);
void spidev_unlock(struct spidev *spidev);

/* The name of a line, such as "GPIO25"; and that of its user, or NULL. */
void spidev_line_name(uint32_t line, char name[32]);
const char *spidev_line_consumer(const struct spidev *spidev, uint32_t line);

struct spidev_wish {
	bool output, as_is, open_drain, level;
};

/* The line of CEN; -EBUSY if it is taken. It belongs to one program until it is released. */
int spidev_line_request(struct spidev *spidev, uint32_t line, const struct spidev_wish *wish,
			uint64_t ns);
int spidev_line_config(struct spidev *spidev, const struct spidev_wish *wish, uint64_t ns);
int spidev_line_set(struct spidev *spidev, bool level, uint64_t ns);
int spidev_line_get(struct spidev *spidev, uint64_t ns);
void spidev_line_release(struct spidev *spidev);

#endif
