/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GPIO chips that do not exist, as the kernel's character device shows them (uAPI v2): when the
 * code under test opens /dev/gpiochipN and makes requests, this answers. For programs that are
 * linked with --wrap of these calls, see meson.build.
 */
#ifndef TESTS_FAKE_GPIO_H
#define TESTS_FAKE_GPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_LINES 128

struct fake_line {
	const char *name, *consumer; /* consumer NULL: free */
	bool output, low;	     /* as an earlier program left it */
	bool held;		     /* something on the board pulls it down */
};

struct fake_chip {
	const char *name, *label; /* name NULL: the node does not exist */
	int error;		  /* of open(); 0: it opens */
	struct fake_line lines[FAKE_LINES];
};

struct fake_gpio {
	struct fake_chip chips[6];
	uint8_t request[592]; /* the last one for a line that is driven, unchanged */
	uint8_t values[16][16];
	unsigned set; /* how often the level was set; the first 16 levels are in @values */
	unsigned open_fds;
	bool level;    /* what the line was last driven to */
	int set_error; /* of the next SET_VALUES */
};

extern struct fake_gpio gpio;

/* Numbers in the kernel's structures, in this machine's byte order. */
uint64_t gpio_get(const uint8_t *bytes, size_t width);
void gpio_put(uint8_t *bytes, uint64_t value, size_t width); /* @width: 4 or 8 */

#endif
