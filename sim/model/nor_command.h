/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the first byte of a CS window means to a part: which operation, and how many
 * address and dummy bytes come before the data.
 *
 * Known to every part: 03h, 0Bh, 02h, 9Fh, ABh, B9h, 06h, 04h, 01h, 31h, 11h and the part's
 * own erases and register reads; 5Ah and 50h to the parts that have them; 36h, 39h, 3Dh, 7Eh and
 * 98h to those with WPS.
 *
 * A part with 4-byte addresses (above 16 MiB, as GD25Q256 and W25Q256) knows 13h, 0Ch,
 * 12h, 21h, 5Ch and DCh as well, which always take four, and B7h and E9h, which
 * enter and leave the 4-byte mode. In that mode 03h, 0Bh, 02h, 20h, 52h and D8h take four
 * bytes, too; without it three, which reach the lowest 16 MiB only.
 */
#ifndef SIM_NOR_COMMAND_H
#define SIM_NOR_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "chipdb/chipdb.h"

enum nor_op {
	NOR_OP_NONE, /* not a command of this part */
	NOR_OP_READ,
	NOR_OP_SFDP,
	NOR_OP_ID,
	NOR_OP_RELEASE,
	NOR_OP_STATUS,
	NOR_OP_WRITE_STATUS,
	NOR_OP_PROGRAM,
	NOR_OP_ERASE,
	NOR_OP_ENABLE,
	NOR_OP_ENABLE_VOLATILE,
	NOR_OP_DISABLE,
	NOR_OP_POWER_DOWN,
	NOR_OP_ENTER_4_BYTE,
	NOR_OP_LEAVE_4_BYTE,
	NOR_OP_LOCK, /* the block at an address */
	NOR_OP_UNLOCK,
	NOR_OP_READ_LOCK,
	NOR_OP_LOCK_ALL,
	NOR_OP_UNLOCK_ALL,
};

struct nor_command {
	enum nor_op op;
	unsigned detail; /* the register (0: SR1) or the row of the part's erases */
	unsigned address_bytes, dummy_bytes;
};

struct nor_command nor_decode(const struct chipdb_part *part, bool four_byte_mode, uint8_t opcode);

/* Whether an erase takes no address. */
bool nor_is_chip_erase(uint8_t opcode);

/* The erase of the same size that has the usual opcode: 20h for 21h, 52h for 5Ch, D8h for DCh. */
uint8_t nor_usual_erase(uint8_t opcode);

#endif
