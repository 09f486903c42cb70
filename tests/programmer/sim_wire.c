/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/programmer/sim_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "programmer/die/uart_rate.h"
#include "programmer/die/uart_talk.h"

#define US UINT64_C(1000)
#define RESET_US 100000
#define LINK_US 500000

static struct sim_wire *sim_of(struct wire *wire)
{
	return (struct sim_wire *)wire;
}

static enum trouble_kind call(struct sim_wire *sim)
{
	unsigned number = ++sim->calls;

	if (!sim->fails_at || number < sim->fails_at || (sim->fails_once && number > sim->fails_at))
		return TROUBLE_NONE;
	return sim->fails_with;
}

static enum trouble_kind sim_write(struct wire *wire, const uint8_t *bytes, size_t count)
{
	struct sim_wire *sim = sim_of(wire);
	enum trouble_kind kind = call(sim);

	if (kind)
		return kind;
	while (count && !sim->dead) {
		size_t took = uart_wire_write(sim->line, bytes, count, sim->ns);

		bytes += took;
		count -= took;
		if (count)
			sim->ns = uart_wire_drain(sim->line, UART_WIRE_QUEUE / 2);
	}
	return TROUBLE_NONE;
}

static enum trouble_kind sim_read(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
				  size_t *got)
{
	struct sim_wire *sim = sim_of(wire);
	uint64_t deadline = sim->ns + wait_us * US, came;
	enum trouble_kind kind = call(sim);

	if (kind)
		return kind;
	*got = sim->dead ? 0 : uart_wire_read(sim->line, bytes, most, sim->ns);
	if (*got || !wait_us)
		return TROUBLE_NONE;
	came = sim->dead ? UART_WIRE_NEVER : uart_wire_wait(sim->line, deadline);
	sim->ns = came == UART_WIRE_NEVER ? deadline : came;
	if (came != UART_WIRE_NEVER)
		*got = uart_wire_read(sim->line, bytes, most, sim->ns);
	return TROUBLE_NONE;
}

static enum trouble_kind sim_drain(struct wire *wire)
{
	struct sim_wire *sim = sim_of(wire);
	enum trouble_kind kind = call(sim);

	if (kind)
		return kind;
	sim->ns = uart_wire_drain(sim->line, 0);
	return TROUBLE_NONE;
}

/* A rate that does not work is like one that is far off. */
static enum trouble_kind sim_set_rate(struct wire *wire, uint32_t rate)
{
	struct sim_wire *sim = sim_of(wire);
	enum trouble_kind kind = call(sim);

	if (kind)
		return kind;
	if (sim->rate_has && rate > sim->rate_has)
		return TROUBLE_ADAPTER_FAULT;
	if (sim->rate_works && rate > sim->rate_works)
		rate += rate / 3;
	uart_wire_set_rate(sim->line, rate, sim->ns);
	return TROUBLE_NONE;
}

static enum trouble_kind sim_set_lines(struct wire *wire, bool asserted)
{
	struct sim_wire *sim = sim_of(wire);
	enum trouble_kind kind = call(sim);

	if (kind)
		return kind;
	sim->asserted = asserted;
	uart_wire_set_lines(sim->line, asserted, asserted, sim->ns);
	return TROUBLE_NONE;
}

static uint64_t sim_now_us(struct wire *wire)
{
	return sim_of(wire)->ns / US;
}

static void sim_sleep_us(struct wire *wire, uint64_t us)
{
	sim_of(wire)->ns += us * US;
}

static void sim_close(struct wire *wire)
{
	sim_wire_free(sim_of(wire));
}

static bool cancelled(void *data)
{
	return ((struct sim_wire *)data)->is_cancelled;
}

struct sim_wire *sim_wire_new(const struct sim_wire_options *options)
{
	static const struct wire_ops ops = {
		.write = sim_write,
		.read = sim_read,
		.drain = sim_drain,
		.set_rate = sim_set_rate,
		.set_lines = sim_set_lines,
		.now_us = sim_now_us,
		.sleep_us = sim_sleep_us,
		.close = sim_close,
	};
	struct uart_wire_options line = {
		.variant = uart_variant_by_name(options->loader),
		.cen = options->cen,
		.latency_ns = (options->latency_us ? options->latency_us : 1000) * US,
		.seed = options->seed,
	};
	struct board_options board = {.sr_given = true, .sr = options->sr};
	struct sim_wire *sim = calloc(1, sizeof(*sim));

	assert_non_null(sim);
	assert_non_null(line.variant);
	assert_true(!options->faults || uart_wire_parse_faults(&line.faults, options->faults));
	board.part = chipdb_part_by_name(options->part ? options->part : "GD25Q16B");
	assert_true(nor_init(&sim->nor, &board, &sim->stats));
	sim->line = uart_wire_new(&line, &sim->nor);
	assert_non_null(sim->line);
	sim->ns = uart_wire_now(sim->line);
	sim->wire = (struct wire){.ops = &ops,
				  .caps = {.kind = "simulated line",
					   .lines = true,
					   .rate_most = 4000000,
					   .latency_us = 20000},
				  .rate = 115200};
	sim->observer = (struct observer){.cancelled = cancelled, .data = sim};
	uart_wire_set_rate(sim->line, 115200, sim->ns);
	return sim;
}

void sim_wire_free(struct sim_wire *sim)
{
	if (!sim)
		return;
	uart_wire_free(sim->line);
	nor_fini(&sim->nor);
	free(sim);
}

enum trouble_kind sim_wire_relink(void *data)
{
	struct uart_talk *talk = data;
	bool linked = false;
	enum trouble_kind kind;

	sim_of(talk->wire)->relinks++;
	wire_set_lines(talk->wire, true);
	wire_set_rate(talk->wire, 115200);
	wire_sleep_us(talk->wire, RESET_US);
	wire_set_lines(talk->wire, false);
	kind = talk_stream(talk, LINK_US, &linked);
	if (!kind)
		kind = talk_hush(talk, talk->wire->caps.latency_us);
	talk->have = talk->used = 0;
	return kind || linked ? kind : TROUBLE_LINK_LOST;
}

enum trouble_kind sim_wire_relink_at_rate(void *data)
{
	struct uart_talk *talk = data;
	uint32_t rate = talk->wire->rate;
	enum trouble_kind kind = TROUBLE_LINK_LOST;

	for (unsigned i = 0; kind == TROUBLE_LINK_LOST && i < 3; i++) {
		bool changed = rate == UART_START_RATE;

		kind = sim_wire_relink(data);
		for (unsigned k = 0; !kind && !changed && !talk->changes_rate && k < 2; k++)
			kind = uart_change_rate(talk, rate, &changed);
	}
	return kind;
}

uint64_t sim_wire_us(const struct sim_wire *sim)
{
	return sim->ns / US;
}

struct uart_wire_stats sim_wire_stats(const struct sim_wire *sim)
{
	struct uart_wire_stats stats;

	uart_wire_stats(sim->line, &stats);
	return stats;
}
