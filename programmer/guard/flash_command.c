/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/flash_command.h"
#include "base/opcodes.h"

static unsigned find_erase(const struct chipdb_part *part, const struct command *command)
{
	for (unsigned i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++)
		if (command->size ? part->erase[i].size == command->size
				  : part->erase[i].opcode == command->opcode)
			return i;
	return NO_ERASE;
}

struct command command_of(const struct chipdb_part *part, uint8_t opcode)
{
	static const struct command small[] = {
		{.kind = COMMAND_READ, .opcode = OPCODE_READ},
		{.kind = COMMAND_READ, .opcode = OPCODE_FAST_READ, .dummies = 1},
		{.kind = COMMAND_PROGRAM, .opcode = OPCODE_PP},
		{.kind = COMMAND_ERASE_PAGE, .opcode = OPCODE_PAGE_ERASE},
		{.kind = COMMAND_ERASE, .opcode = 0x52, .size = 32768, .erase = NO_ERASE},
		{.kind = COMMAND_ERASE, .opcode = 0xd8, .size = 65536, .erase = NO_ERASE},
	};
	static const struct command large[] = {
		{.kind = COMMAND_READ, .opcode = OPCODE_READ4, .address_bytes = 4},
		{.kind = COMMAND_READ,
		 .opcode = OPCODE_FAST_READ4,
		 .address_bytes = 4,
		 .dummies = 1},
		{.kind = COMMAND_PROGRAM, .opcode = OPCODE_PP4, .address_bytes = 4},
		{.kind = COMMAND_ERASE, .opcode = 0x20, .size = 4096},
		{.kind = COMMAND_ERASE, .opcode = 0x52, .size = 32768},
		{.kind = COMMAND_ERASE, .opcode = 0xd8, .size = 65536},
	};
	struct command own = {
		.kind = COMMAND_ERASE, .opcode = opcode, .address_bytes = part->address_bytes};

	own.erase = find_erase(part, &own);
	if (own.erase != NO_ERASE)
		return own;
	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++)
		if (small[i].opcode == opcode)
			return small[i];
	for (size_t i = 0; part->address_bytes == 4 && i < sizeof(large) / sizeof(large[0]); i++) {
		struct command command = large[i];

		if (command.opcode != opcode)
			continue;
		if (command.kind == COMMAND_ERASE)
			command.erase = find_erase(part, &command);
		return command;
	}
	return (struct command){.kind = COMMAND_OTHER};
}

bool command_header(const struct command *command, const struct chipdb_part *part, bool four_bytes,
		    const uint8_t *tx, size_t tx_len, uint32_t *address, size_t *header)
{
	unsigned bytes = command->address_bytes;

	if (!bytes)
		bytes = four_bytes ? 4 : 3;
	*header = 1 + bytes + command->dummies;
	if (tx_len < *header)
		return false;
	*address = 0;
	for (unsigned i = 0; i < bytes; i++)
		*address = *address << 8 | tx[1 + i];
	return *address < part->size;
}
