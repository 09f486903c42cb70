/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uart_loader.h - which of Beken's bootloaders answers, and what it cannot do; see uart_die.h. */
#ifndef DIE_UART_LOADER_H
#define DIE_UART_LOADER_H

#include <stdbool.h>
#include <stdint.h>

enum uart_family { UART_BL, UART_ROM };

/* Which bootloader it is. */
struct uart_loader {
	enum uart_family family;
	char version[17];  /* of BL, as it reports itself; "" if it does not */
	uint32_t chip;	   /* register 0x800000 of a ROM chip; else 0 */
	uint8_t id[3];	   /* of the die; for a BL chip a substitute */
	bool size_assumed; /* the ID is that of 2 MiB, and what was read tells no size */
	bool never_rearms; /* BK7231S_1.0.1: once protected, only a reset lifts it */
};

/*
 * Whether it refuses to erase anything before 0x10000, as Tuya's do, which are the ones that tell
 * their version. Others do so only before 0x2000, and the ROM nowhere (docs/uart.md).
 */
static inline bool uart_spares_boot(const struct uart_loader *loader)
{
	return loader->version[0] != '\0';
}

/* What cannot be changed through a BL chip: its own area, and what it boots next. */
#define UART_BL_AREA 0x11000u

#endif
