/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_die.h - the die behind a Beken bootloader: read, programmed and erased by its commands.
 *
 * Two families (docs/uart.md). BL is code in the first sectors of the flash: it has no command for
 * the ID or the registers, does not read its own area (except at addresses past the end of the die,
 * where everything repeats), and lifts and sets the die's protection by itself. ROM is mask ROM: it
 * reads and changes everything, and passes ID and registers through.
 *
 * What is known of the die is kept in memory, sector by sector, and every statement rests on the
 * bootloader's CRC-32 of the range, or on a second reading:
 *
 *   - what was read is checked by its sum; where that differs it is put right if the sum tells how,
 *     else read again
 *   - what was changed is checked by its sum before it is read, or at the end, and erased and
 *     written again where it differs
 *   - what is known already is not read again but checked by its sum: 24 bytes on the line
 *     instead of 4123
 *
 * On a BL chip a sum has a price: it sets the die's protection, and the next erase lifts it again:
 * two writes of the status registers. So no sum comes between an erase and the write that follows
 * it, and only a few sums after changes are used in a session; after that, readings take their
 * place.
 *
 * Of sectors that are written one after the other the last one may still be on its way when a run
 * returns; the next call waits for it.
 *
 * A frame has no checksum. If a command to erase or to write was damaged on its way, the answer
 * shows what it did: that sector is repaired if its content is known, else uart_die_finish()
 * reports it.
 */
#ifndef DIE_UART_DIE_H
#define DIE_UART_DIE_H

#include "base/observer.h"
#include "programmer/die/die.h"
#include "programmer/die/uart_loader.h"
#include "programmer/die/uart_talk.h"

/*
 * The talk outlives it, as do loader and observer. NULL when memory runs out. Its rate may change
 * meanwhile: when answers go wrong again and again it is lowered.
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
