/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/programmer/guard/mend_fixture.h"

const struct chipdb_part *part;
struct memory_die *memory;
struct mend *mend;
struct notes notes;

uint8_t noise(uint32_t address)
{
	return (uint8_t)((address * UINT32_C(2654435761)) >> 24);
}

int mend_fixture_begin(void **state)
{
	(void)state;
	part = chipdb_part_by_name("GD25Q40B");
	notes_begin(&notes);
	memory = memory_die_new(part);
	if (!memory)
		return 1;
	die_take_part(&memory->die, part);
	for (uint32_t i = 0; i < part->size; i++)
		memory->memory[i] = noise(i);
	mend = mend_new(&memory->die, NULL, &notes.observer);
	return mend ? 0 : 1;
}

int mend_fixture_end(void **state)
{
	(void)state;
	mend_free(mend);
	memory_die_free(memory);
	return 0;
}
