/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uart_identify.h - which bootloader answers, and which die it has; nothing is changed.
 *
 * A chip with a mask ROM is asked for its own ID and the die's. A BL chip has no command for that:
 * the size of its die is where its content repeats, or, if that is blank, the bootloader's begin.
 * That says nothing about the maker, so the ID of a common part of the size stands for the die's
 * ID: EF 40 15 for 2 MiB.
 */
#ifndef UART_IDENTIFY_H
#define UART_IDENTIFY_H

#include "programmer/die/uart_loader.h"
#include "programmer/die/uart_talk.h"

/*
 * loader.size_assumed: the die's size is not known and assumed to be 2 MiB, since what was read does
 * not tell it: it is blank, or reading was refused. NO_FLASH: the ROM does not find a die (ID 00 00 00 or FF
 * FF FF). UNSTEADY: no two answers in a row are the same. LINK_LOST, or the wire's.
 */
enum trouble_kind uart_identify(struct uart_talk *talk, struct uart_loader *loader);

#endif
