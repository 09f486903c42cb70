/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * opcodes.h - what bytes mean to a 25-series flash die, by the datasheets' names.
 *
 * Source: datasheets of GigaDevice, Winbond, Puya and others, which agree on these; JESD216 for
 * 5Ah. The "4" stands for four address bytes in any mode of the die. Erases are not here: each part
 * has its own, see chipdb.h.
 */
#ifndef BASE_OPCODES_H
#define BASE_OPCODES_H

#define OPCODE_WRSR 0x01 /* status registers from SR1 on */
#define OPCODE_PP 0x02	 /* page program */
#define OPCODE_READ 0x03 /* to about 33 to 50 MHz */
#define OPCODE_WRDI 0x04
#define OPCODE_RDSR 0x05
#define OPCODE_WREN 0x06
#define OPCODE_FAST_READ 0x0b /* a dummy byte after the address */
#define OPCODE_FAST_READ4 0x0c
#define OPCODE_WRSR3 0x11
#define OPCODE_PP4 0x12
#define OPCODE_READ4 0x13
#define OPCODE_RDSR3 0x15
#define OPCODE_WRSR2 0x31
#define OPCODE_RDSR2 0x35
#define OPCODE_LOCK_BLOCK 0x36 /* the lock of one block, see CHIPDB_WPS */
#define OPCODE_UNLOCK_BLOCK 0x39
#define OPCODE_READ_LOCK 0x3d
#define OPCODE_LOCK_ALL 0x7e
#define OPCODE_PAGE_ERASE 0x81 /* 256 bytes; some parts */
#define OPCODE_UNLOCK_ALL 0x98
#define OPCODE_EWSR 0x50 /* the next register write is undone by a power cycle */
#define OPCODE_SFDP 0x5a /* three address bytes and a dummy byte */
#define OPCODE_RESET_ENABLE 0x66
#define OPCODE_RESET 0x99 /* right after that */
#define OPCODE_RDID 0x9f
#define OPCODE_RELEASE 0xab /* from deep power-down */
#define OPCODE_4BYTE 0xb7   /* addresses have four bytes from here on */
#define OPCODE_CHIP_ERASE 0xc7
#define OPCODE_3BYTE 0xe9

#endif
