/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the frames of a Beken bootloader do. The body of a frame begins with its code; a code means
 * one thing in a short frame and another in a long one. BL knows few and ignores the rest in
 * silence; ROM answers an unknown long one with status 07.
 */
#ifndef SIM_UART_COMMANDS_H
#define SIM_UART_COMMANDS_H

#include "sim/model/uart_session.h"

/* The frame is complete at uart->free_ns, which moves on to the end of the answer. */
void uart_commands_execute(struct uart_bootloader *uart);

/*
 * One more byte of a long frame's body has come. Write4K programs each page as soon as it is
 * there, at uart->free_ns.
 */
void uart_commands_body(struct uart_bootloader *uart);

/*
 * As many bytes have come as the frame has, and yet it is not complete: a Write4K in the middle of
 * a page takes whatever comes for more data.
 */
bool uart_commands_goes_on(const struct uart_bootloader *uart);

#endif
