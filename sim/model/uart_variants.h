/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Beken's bootloaders that speak UART, one row each: what tells them apart, faults included.
 *
 * Two families. BL is code in the first sectors of the flash (BK7231, Q, S, T, U, BK7251); ROM is
 * mask ROM (BK7231N and later). The BL rows tell what published bootloader binaries did when they
 * were run on a CPU emulator; the ROM rows are what the sources of hid_download_py, bk7231tools and
 * BK7231GUIFlashTool say, since no dump of a mask ROM is public. Milliseconds are inferred.
 */
#ifndef SIM_UART_VARIANTS_H
#define SIM_UART_VARIANTS_H

#include <stdbool.h>
#include <stdint.h>

struct uart_variant {
	const char *name;
	const char *version; /* answer to ReadBootVersion; NULL: none */
	bool rom;
	uint32_t limit;		  /* below it Read4K, Erase and Write-N are refused */
	uint32_t write_limit;	  /* below it Write4K is refused, and its low half answered */
	bool checks_size;	  /* erases and writes beyond the die do nothing; else they wrap */
	uint32_t room;		  /* bytes of a frame; more of them destroy its own memory */
	bool divider_is_high;	  /* the rate's divider is one too many */
	bool link_never_rearms;	  /* once a CRC command protected the die, only a reset helps */
	bool reboot_jumps;	  /* Reboot starts the application without a reset */
	bool protects_unknown;	  /* a CRC command sets BP on a die with an unknown ID, too */
	const uint32_t *known;	  /* IDs that it knows, 0 after the last */
	uint32_t first_window_us; /* no byte for this long after the UART's start: application */
	uint32_t chip_id;	  /* register 0x800000, ROM only */
	uint32_t key[4];	  /* what the fuses hold, ROM only */
};

/* The row at @index, NULL past the last one. */
const struct uart_variant *uart_variant(unsigned index);

/* NULL when there is none of that name. */
const struct uart_variant *uart_variant_by_name(const char *name);

/* Whether the variant's table of dies has an ID (0xC84015). */
bool uart_variant_knows(const struct uart_variant *variant, uint32_t id);

/* Whether it takes the die with an ID for one with a single status register. */
bool uart_variant_single_register(const struct uart_variant *variant, uint32_t id);

#endif
