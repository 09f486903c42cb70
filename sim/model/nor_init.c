/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/nor.h"

#include <stdlib.h>
#include <string.h>

/* The part with the changes that the options make. */
static void make_own(struct chipdb_part *own, const struct board_options *options)
{
	*own = *options->part;
	if (options->id_given)
		memcpy(own->id, options->id, sizeof(own->id));
	if (options->registers)
		own->sr_count = options->registers;
	if (options->sfdp != SFDP_OF_PART)
		own->has_sfdp = options->sfdp == SFDP_OF_SIZE;
	if (options->one_byte_01 != ONE_BYTE_01_PART)
		own->one_byte_01_clears_sr2 = options->one_byte_01 == ONE_BYTE_01_CLEARS_SR2;
	if (options->capacity)
		own->size = options->capacity;
	for (unsigned i = 0; i < CHIPDB_ERASES; i++)
		if (nor_is_chip_erase(own->erase[i].opcode) || own->erase[i].size > own->size)
			own->erase[i].size = own->size;
}

bool nor_init(struct nor *nor, const struct board_options *options, struct board_stats *stats)
{
	uint32_t sfdp_size =
		options->sfdp == SFDP_OF_SIZE ? options->sfdp_size : options->part->size;

	*nor = (struct nor){
		.part = &nor->own,
		.stats = stats,
		.prng.state = options->seed ^ 0x6E6F72,
		.busy_times = options->busy,
		.seed = options->seed,
		.noise = options->noise,
		.flip_at = options->flip_at,
		.no_global_unlock = options->no_global_unlock,
		.powered_down = options->start == DIE_POWER_DOWN,
		.qpi = options->start == DIE_QPI,
		.continuous = options->start == DIE_CONTINUOUS_READ,
	};
	make_own(&nor->own, options);
	nor->memory = malloc(nor->own.size);
	nor->page = malloc(nor->own.page);
	if (!nor->memory || !nor->page) {
		nor_fini(nor);
		return false;
	}
	memset(nor->memory, 0xFF, nor->own.size);
	nor_registers_init(&nor->registers, &nor->own, options);
	nor_locks_init(&nor->locks, nor->own.size);
	nor_sfdp_make(options->part, sfdp_size, nor->sfdp);
	return true;
}

void nor_fini(struct nor *nor)
{
	free(nor->memory);
	free(nor->page);
	nor->memory = NULL;
	nor->page = NULL;
}
