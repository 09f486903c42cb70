/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Beken bootloader at its UART: bytes in, bytes out, in virtual time.
 *
 *   uart_session    the state of one
 *   uart_variants   which bootloader, and its faults
 *   uart_commands   what the frames do
 *   uart_flash      how they get to the die
 *
 * Its life: reset; start of the UART; a first window, which ends soon if the line is idle; a long
 * window, once any byte has come; linked, after a LinkCheck, until nothing has come for a while and
 * the chip resets. When a window ends, the application starts, which answers nothing here.
 *
 * The parser has no timeout and examines no byte twice: 01 01 E0 FC 01 00 is lost. Bytes that are
 * missing in a frame are those that the previous one of its kind, short or long, left in its
 * buffer; that is where answers are made, too.
 *
 * Bytes wait in a ring of 512 and a FIFO of 128 while the bootloader is at work (the flash, a CRC,
 * an answer); more are lost. Assumed, since only loops and ticks were counted and no chip was
 * measured: 2 ms from reset to the UART's start, 2 ms a tick, 400 ticks of long window, 150 ms of
 * silence until the reset, and for the ROM family the same as for BL.
 */
#ifndef SIM_UART_BOOTLOADER_H
#define SIM_UART_BOOTLOADER_H

#include "sim/model/uart_session.h"

void uart_bootloader_init(struct uart_bootloader *uart, const struct uart_variant *variant,
			  struct nor *nor, uart_send *send, void *context);

/* CEN. Low holds the chip in reset; it starts when CEN rises. */
void uart_bootloader_cen(struct uart_bootloader *uart, bool high, uint64_t ns);

/* A byte whose stop bit ended at @ns. Times never go back. */
void uart_bootloader_receive(struct uart_bootloader *uart, uint8_t byte, uint64_t ns);

/* Lets time pass: waiting bytes are processed, windows end. */
void uart_bootloader_advance(struct uart_bootloader *uart, uint64_t ns);

/* The real rate in bits a second, and the time of 10 bits. */
uint32_t uart_bootloader_rate(const struct uart_bootloader *uart);
uint64_t uart_bootloader_byte_ns(const struct uart_bootloader *uart);

#endif
