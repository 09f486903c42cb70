/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/nor_command.h"

#include <stddef.h>

#define BY_MODE UINT32_MAX /* three address bytes, or four in the 4-byte mode */

static const struct {
	uint8_t opcode;
	struct nor_command command;
	enum { NOTHING, FOUR_BYTES, SFDP, VOLATILE, LOCKS } needs;
} table[] = {
	{0x03, {NOR_OP_READ, 0, BY_MODE, 0}, NOTHING},
	{0x0B, {NOR_OP_READ, 0, BY_MODE, 1}, NOTHING},
	{0x13, {NOR_OP_READ, 0, 4, 0}, FOUR_BYTES},
	{0x0C, {NOR_OP_READ, 0, 4, 1}, FOUR_BYTES},
	{0x02, {NOR_OP_PROGRAM, 0, BY_MODE, 0}, NOTHING},
	{0x12, {NOR_OP_PROGRAM, 0, 4, 0}, FOUR_BYTES},
	{0xB7, {NOR_OP_ENTER_4_BYTE, 0, 0, 0}, FOUR_BYTES},
	{0xE9, {NOR_OP_LEAVE_4_BYTE, 0, 0, 0}, FOUR_BYTES},
	{0x5A, {NOR_OP_SFDP, 0, 3, 1}, SFDP},
	{0x9F, {NOR_OP_ID, 0, 0, 0}, NOTHING},
	{0xAB, {NOR_OP_RELEASE, 0, 0, 3}, NOTHING},
	{0xB9, {NOR_OP_POWER_DOWN, 0, 0, 0}, NOTHING},
	{0x06, {NOR_OP_ENABLE, 0, 0, 0}, NOTHING},
	{0x04, {NOR_OP_DISABLE, 0, 0, 0}, NOTHING},
	{0x50, {NOR_OP_ENABLE_VOLATILE, 0, 0, 0}, VOLATILE},
	{0x01, {NOR_OP_WRITE_STATUS, 0, 0, 0}, NOTHING},
	{0x31, {NOR_OP_WRITE_STATUS, 1, 0, 0}, NOTHING},
	{0x11, {NOR_OP_WRITE_STATUS, 2, 0, 0}, NOTHING},
	{0x36, {NOR_OP_LOCK, 0, 3, 0}, LOCKS},
	{0x39, {NOR_OP_UNLOCK, 0, 3, 0}, LOCKS},
	{0x3D, {NOR_OP_READ_LOCK, 0, 3, 0}, LOCKS},
	{0x7E, {NOR_OP_LOCK_ALL, 0, 0, 0}, LOCKS},
	{0x98, {NOR_OP_UNLOCK_ALL, 0, 0, 0}, LOCKS},
};

bool nor_is_chip_erase(uint8_t opcode)
{
	return opcode == 0x60 || opcode == 0xC7;
}

uint8_t nor_usual_erase(uint8_t opcode)
{
	switch (opcode) {
	case 0x21:
		return 0x20;
	case 0x5C:
		return 0x52;
	case 0xDC:
		return 0xD8;
	default:
		return opcode;
	}
}

static bool decode_status(const struct chipdb_part *part, uint8_t opcode,
			  struct nor_command *command)
{
	for (unsigned i = 0; i < part->sr_count; i++) {
		if (opcode != part->sr_read[i])
			continue;
		*command = (struct nor_command){.op = NOR_OP_STATUS, .detail = i};
		return true;
	}
	return false;
}

static struct nor_command decode_erase(const struct chipdb_part *part, unsigned address_bytes,
				       uint8_t opcode)
{
	for (unsigned i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++) {
		uint8_t known = part->erase[i].opcode;

		if (opcode != known && opcode != nor_usual_erase(known))
			continue;
		if (nor_is_chip_erase(opcode))
			address_bytes = 0;
		else if (opcode != nor_usual_erase(opcode))
			address_bytes = 4;
		return (struct nor_command){NOR_OP_ERASE, i, address_bytes, 0};
	}
	return (struct nor_command){.op = NOR_OP_NONE};
}

struct nor_command nor_decode(const struct chipdb_part *part, bool four_byte_mode, uint8_t opcode)
{
	unsigned by_mode = four_byte_mode ? 4 : 3;
	struct nor_command command = {.op = NOR_OP_NONE};

	if (decode_status(part, opcode, &command))
		return command;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (opcode != table[i].opcode)
			continue;
		if (table[i].needs == FOUR_BYTES && part->address_bytes != 4)
			return command;
		if (table[i].needs == SFDP && !part->has_sfdp)
			return command;
		if (table[i].needs == VOLATILE && !part->sr_volatile)
			return command;
		if (table[i].needs == LOCKS && !chipdb_sr_mask(part, CHIPDB_WPS))
			return command;
		command = table[i].command;
		if (command.address_bytes == BY_MODE)
			command.address_bytes = by_mode;
		return command;
	}
	return decode_erase(part, by_mode, opcode);
}
