/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_fixture.h - a die behind a simulated bootloader, its content, what a job does with it, and
 * what may happen to it without the driver's knowledge.
 */
#ifndef TESTS_UART_FIXTURE_H
#define TESTS_UART_FIXTURE_H

#include "tests/programmer/sim_wire.h"
#include "tests/unit.h"

#define USED 0x80000u /* of the die; the rest is blank */
#define SECTOR 4096u
#define START 0x20000u

/* A ROM, a bootloader, and one that must be reset after a checksum before it changes anything. */
#define LOADERS 3
extern const char *const loaders[LOADERS];

struct uart_fixture {
	struct notes notes;
	struct sim_wire *sim;
	struct uart_talk talk;
	struct uart_loader loader;
	struct beken_die *die;

	uint32_t stuck_at;  /* a cell that never changes; 0: none */
	unsigned resets_at; /* at this call of the wire the chip was just reset; 0: never */
	unsigned calls_before_relink; /* the first one; 0: there was none */
	/* May change what is sent, by at most one byte more; returns the number of bytes. */
	size_t (*damages)(uint8_t *bytes, size_t count);
	/* The same of what is received, which may become less. */
	size_t (*blurs)(uint8_t *bytes, size_t count);
};

extern struct uart_fixture uart;
extern uint8_t before[USED], wanted[USED], rx[USED];

bool is_rom(const char *name);

/* At 2 Mbaud, on a GD25Q16B as the firmware leaves it. */
void uart_fixture_begin(const char *name);
void uart_fixture_end(void);
int uart_fixture_teardown(void **state);

/* Writes as the layers above do, an erase and then pages, and updates @wanted. */
enum trouble_kind write_sector(uint32_t address, uint8_t seed);
enum trouble_kind clear_bits(uint32_t address, size_t count);

/* Reads, and checks that this is what the die holds. */
enum trouble_kind read_back(uint32_t address, uint32_t count);

#endif
