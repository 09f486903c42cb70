/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A die behind a bootloader does what every die has to do; here with the simulated one. */
#include "tests/unit.h"
#include "tests/programmer/die/conformance.h"
#include "tests/programmer/sim_wire.h"

static struct sim_wire *sim;
static struct uart_talk talk;
static struct uart_loader loader;
static struct beken_die *die;

static struct beken_die *begin(const struct chipdb_part *part)
{
	sim = sim_wire_new(&(struct sim_wire_options){.loader = "n"});
	talk = (struct uart_talk){.wire = &sim->wire};
	loader = (struct uart_loader){.family = UART_ROM};
	if (sim_wire_relink(&talk))
		return NULL;
	die = uart_die_new(&talk, &loader, &sim->observer);
	if (die)
		die_take_part(die, part);
	return die;
}

static void end(void)
{
	uart_die_free(die);
	sim_wire_free(sim);
}

static uint8_t *content(void)
{
	return sim->nor.memory;
}

static void cancel(bool wanted)
{
	sim->is_cancelled = wanted;
}

/* The line is cut: nothing gets through any more. */
static void break_at(unsigned change)
{
	(void)change;
	sim->dead = true;
}

int main(void)
{
	const struct conformance subject = {
		.name = "uart_die",
		.part = chipdb_part_by_name("GD25Q16B"),
		.begin = begin,
		.end = end,
		.memory = content,
		.cancel = cancel,
		.break_at = break_at,
	};

	return conformance_run(&subject);
}
