/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_astray.h - commands that the line damaged: what they did elsewhere, by what they answered,
 * or by a search; internal to uart_die.h.
 */
#ifndef DIE_UART_ASTRAY_H
#define DIE_UART_ASTRAY_H

#include "programmer/die/uart_state.h"

/* The address that an answer repeats of a change. False: it is too short for that. */
bool uart_answered_address(const struct uart_request *request, const struct uart_answer *answer,
			   uint32_t *address);

/*
 * What a damaged change did elsewhere, as its answer says: put right if what was there is known,
 * else compared at the end if there is a sum of it, else named.
 */
void uart_note_astray(struct uart_die *uart, const struct uart_request *request,
		      const struct uart_answer *answer);

/*
 * A change that was not acknowledged. What one damaged byte makes of it is looked for wherever
 * nothing is known, once the line is in step, and before anything else is changed: it is named if
 * it can have left what is there.
 */
void uart_note_lost(struct uart_die *uart, const struct uart_request *request);
enum trouble_kind uart_look_for_lost(struct uart_die *uart);

/*
 * A sector whose length was damaged on the way goes on over the next ones, with whatever is sent
 * then: they have to be checked again.
 */
void uart_note_spill(struct uart_die *uart, uint32_t address);

#endif
