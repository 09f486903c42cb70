/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/programmer/guard/gate_fixture.h"

#include <stdlib.h>

const struct chipdb_part *part;
struct memory_die *memory;
struct proxy *proxy;
struct notes notes;

int gate_fixture_begin(void **state)
{
	(void)state;
	part = chipdb_part_by_name("GD25Q16B");
	memory = memory_die_new(part);
	if (!memory)
		return 1;
	for (uint32_t i = 0; i < part->size; i++)
		memory->memory[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	notes_begin(&notes);
	return 0;
}

int gate_fixture_end(void **state)
{
	(void)state;
	proxy_close(proxy, true);
	proxy = NULL;
	memory_die_free(memory);
	return 0;
}

void gate_fixture_start(struct proxy_options options)
{
	options.part = part;
	options.observer = &notes.observer;
	proxy = proxy_new(&memory->die, &options);
	assert_non_null(proxy);
}

uint8_t *copy_of_die(void)
{
	uint8_t *copy = malloc(part->size);

	assert_non_null(copy);
	memcpy(copy, memory->memory, part->size);
	return copy;
}
