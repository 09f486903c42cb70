/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A die that is no SPI die does what every die has to do. */
#include "tests/unit.h"
#include "tests/programmer/die/conformance.h"
#include "tests/programmer/die/memory_die.h"

static struct memory_die *memory;
static bool is_cancelled;

static bool cancelled(void *data)
{
	(void)data;
	return is_cancelled;
}

static struct beken_die *begin(const struct chipdb_part *part)
{
	static const struct observer observer = {.cancelled = cancelled};

	memory = memory_die_new(part);
	if (!memory)
		return NULL;
	is_cancelled = false;
	memory->observer = &observer;
	die_take_part(&memory->die, part);
	return &memory->die;
}

static void end(void)
{
	memory_die_free(memory);
	memory = NULL;
}

static uint8_t *content(void)
{
	return memory->memory;
}

static void cancel(bool wanted)
{
	is_cancelled = wanted;
}

static void break_at(unsigned change)
{
	memory->fail_at = memory->ops + 1 + change;
}

int main(void)
{
	const struct conformance subject = {
		.name = "memory_die",
		.part = chipdb_part_by_name("GD25Q16B"),
		.begin = begin,
		.end = end,
		.memory = content,
		.cancel = cancel,
		.break_at = break_at,
	};

	return conformance_run(&subject);
}
