/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_die.h - the die behind a Beken bootloader: read, programmed and erased by its commands.
 *
 * Two families (docs/uart.md). BL is code in the first sectors of the flash: it has no command for
 * the ID or the registers, does not read its own area (but at addresses behind the die's end, where
 * everything comes again), and lifts and sets the die's protection by itself. ROM is mask ROM: it
 * reads and changes everything, and passes on ID and registers.
 *
 * What is known of the die is kept in memory, sector by sector, and every statement rests on the
 * bootloader's CRC-32 of the range, or on a second reading:
 *
 *   - what was read is summed up, and read again where the sum differs
 *   - what was changed is summed up before anybody reads it, or in the end, and erased and written
 *     again where it differs
 *   - what is known already is not read again but summed up: 24 bytes on the line for 4123
 *
 * On a BL chip a sum has a price: it sets the die's protection, and the next erase lifts it again:
 * two writes of the status registers. So none comes between an erase and what is written behind
 * it, and of those behind a change there are a few in a session; then readings take their place.
 *
 * Of sectors that are written one behind the other the last one may still be on its way when a run
 * returns; whatever comes next waits for it.
 *
 * A frame has no check sum. If a command to erase or to write was damaged on its way, the answer
 * says what it did: that sector is put right if it is known, else uart_die_finish() says it.
 */
#ifndef DIE_UART_DIE_H
#define DIE_UART_DIE_H

#include "base/observer.h"
#include "programmer/die/die.h"
#include "programmer/die/uart_loader.h"
#include "programmer/die/uart_talk.h"

/*
 * The talk outlives it, as do loader and observer. NULL when memory is short. Its rate may change
 * while it lives: when answers go wrong again and again it is lowered.
 */
struct beken_die *uart_die_new(struct uart_talk *talk, const struct uart_loader *loader,
			       const struct observer *observer);
void uart_die_free(struct beken_die *die);

/*
 * The end: all that was changed is there, else NOT_WRITTEN, which is raised; a BL chip's
 * protection is set as its maker leaves it.
 */
enum trouble_kind uart_die_finish(struct beken_die *die);

#endif
