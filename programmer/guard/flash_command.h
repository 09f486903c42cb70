/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flash_command.h - what an opcode of flashrom's means on a part.
 *
 * Known are the part's own erases, whatever their opcodes are, and the reads and programs that all
 * 25-series parts have in common. A part above 16 MiB has each of them twice: one with three or
 * four address bytes, depending on its mode, and one with always four; the database lists the
 * latter for the erases. flashrom's entries from 1.7 on also know an erase of one page of 256 bytes
 * (81h; flashchips/puya.c), whether the part's table here lists one or not. An erase of 32 or 64
 * KiB (52h, D8h) that the part lacks is carried out by its smaller ones: flashrom may take the part
 * for another, and a bootloader has fewer erases than its flash.
 */
#ifndef FLASH_COMMAND_H
#define FLASH_COMMAND_H

#include "chipdb/chipdb.h"

enum command_kind {
	COMMAND_OTHER,
	COMMAND_READ,
	COMMAND_PROGRAM,
	COMMAND_ERASE,
	COMMAND_ERASE_PAGE,
};

#define NO_ERASE CHIPDB_ERASES

struct command {
	enum command_kind kind;
	uint8_t opcode;
	unsigned address_bytes; /* 3 or 4; 0: depends on the mode */
	unsigned dummies;	/* bytes between the address and the data */
	uint32_t size;		/* of an erase by what its opcode usually means; else 0 */
	unsigned erase;		/* which of the part's; NO_ERASE if it has none of the size */
};

/* COMMAND_OTHER for what changes nothing and reads nothing, or is not known. */
struct command command_of(const struct chipdb_part *part, uint8_t opcode);

/*
 * The address, and the length of everything before the data. False when @tx is shorter, or the
 * address is not inside the part. @four_bytes: the mode is on.
 */
bool command_header(const struct command *command, const struct chipdb_part *part, bool four_bytes,
		    const uint8_t *tx, size_t tx_len, uint32_t *address, size_t *header);

#endif
