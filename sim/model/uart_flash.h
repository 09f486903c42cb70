/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SoC's flash controller as its bootloader uses it: every job takes the time at which it begins
 * and returns the time at which it ends, in nanoseconds of virtual time.
 *
 * The die sees 24 address bits, and drops what lies above its size. Programs are sent in lines of
 * 32 bytes, the size of the controller's buffer. Assumed: reading takes 250 ns a byte.
 */
#ifndef SIM_UART_FLASH_H
#define SIM_UART_FLASH_H

#include <stddef.h>
#include <stdint.h>

#include "sim/model/nor.h"

uint64_t uart_flash_read(struct nor *nor, uint32_t address, uint8_t *data, size_t count,
			 uint64_t ns);
uint64_t uart_flash_program(struct nor *nor, uint32_t address, const uint8_t *data, size_t count,
			    uint64_t ns);

/* @opcode: 20h, D8h, or one without an address (C7h). */
uint64_t uart_flash_erase(struct nor *nor, uint8_t opcode, uint32_t address, uint64_t ns);

uint64_t uart_flash_id(struct nor *nor, uint8_t id[3], uint64_t ns);

/* @opcode: 05h, 35h, 15h. */
uint64_t uart_flash_status(struct nor *nor, uint8_t opcode, uint8_t *value, uint64_t ns);

/* One or two bytes after 01h. */
uint64_t uart_flash_write_status(struct nor *nor, const uint8_t *values, size_t count, uint64_t ns);

#endif
