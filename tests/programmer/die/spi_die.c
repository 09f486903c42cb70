/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A die on SPI does what every die has to do; here with the simulated one. */
#include "tests/unit.h"
#include "tests/programmer/die/conformance.h"
#include "tests/programmer/sim_bus.h"

static struct sim_bus *sim;

static struct beken_die *begin(const struct chipdb_part *part)
{
	sim = sim_bus_new(&(struct board_options){.part = part, .sr_given = true});
	return sim->die;
}

static void end(void)
{
	sim_bus_free(sim);
	sim = NULL;
}

static uint8_t *content(void)
{
	return sim->nor.memory;
}

static void cancel(bool wanted)
{
	sim->cancel_at = wanted ? 1 : 0;
}

/* A die that does not become ready any more ignores every change. */
static void break_at(unsigned change)
{
	(void)change;
	sim->nor.busy = true;
	sim->nor.busy_until_ns = UINT64_MAX;
}

int main(void)
{
	const struct conformance subject = {
		.name = "spi_die",
		.part = chipdb_part_by_name("GD25Q16B"),
		.begin = begin,
		.end = end,
		.memory = content,
		.cancel = cancel,
		.break_at = break_at,
	};

	return conformance_run(&subject);
}
