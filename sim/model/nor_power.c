/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a die loses without power, and what it leaves half done. */
#include "sim/model/nor.h"

void nor_power_cycle(struct nor *nor)
{
	nor_registers_power_cycle(&nor->registers);
	nor_locks_init(&nor->locks, nor->own.size);
	nor->wel = false;
	nor->wel_volatile = false;
	nor->powered_down = false;
	nor->four_byte_mode = false;
	nor->qpi = false;
	nor->continuous = false;
	nor->busy = false;
	nor->command.op = NOR_OP_NONE;
}

void nor_brown_out(struct nor *nor, uint64_t ns)
{
	bool busy = nor->busy && ns < nor->busy_until_ns;

	for (uint32_t i = 0; busy && i < nor->under_way_bytes; i++) {
		uint8_t any = (uint8_t)prng_next(&nor->prng),
			*cell = nor->memory + nor->under_way + i;

		*cell = nor->under_way_erases ? any : (uint8_t)(*cell | (any & ~nor->page[i]));
	}
	nor_power_cycle(nor);
}
