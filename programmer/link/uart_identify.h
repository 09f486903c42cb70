/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_identify.h - which bootloader answers, and what die is behind it; nothing is changed.
 *
 * A chip with a mask ROM is asked for its own ID and the die's. A BL chip has no command for that:
 * how large its die is shows where its content begins again. That tells nothing about a maker, so
 * what stands for the die's ID is the one of a usual part of the size: EF 40 15 for 2 MiB.
 */
#ifndef UART_IDENTIFY_H
#define UART_IDENTIFY_H

#include "programmer/die/uart_loader.h"
#include "programmer/die/uart_talk.h"

/*
 * *@sure: else the die's size is not known and taken for 2 MiB, since what was looked at is blank.
 * TROUBLE_NO_FLASH: the ROM does not find a die (ID 00 00 00 or FF FF FF); LINK_LOST, or the
 * wire's.
 */
enum trouble_kind uart_identify(struct uart_talk *talk, struct uart_loader *loader, bool *sure);

#endif
