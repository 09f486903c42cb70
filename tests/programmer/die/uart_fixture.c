/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/programmer/die/uart_fixture.h"
#include "programmer/die/uart_rate.h"

#define DAMAGED_MOST 8192
#define RELINKS 3

const char *const loaders[LOADERS] = {"n", "t", "s"};

struct uart_fixture uart;
uint8_t before[USED], wanted[USED], rx[USED];

static const struct wire_ops *real;
static struct wire_ops spy;

static void happen(void)
{
	struct sim_wire *sim = uart.sim;

	if (uart.stuck_at)
		sim->nor.memory[uart.stuck_at] = 0x5a;
	if (uart.resets_at && sim->calls + 1 == uart.resets_at) {
		uart_wire_set_lines(sim->line, true, true, sim->ns);
		sim->ns += 20000000;
		uart_wire_set_lines(sim->line, false, false, sim->ns);
		sim->ns += 500000000; /* nobody spoke to it in time */
	}
}

static enum trouble_kind spy_write(struct wire *wire, const uint8_t *bytes, size_t count)
{
	uint8_t damaged[DAMAGED_MOST];

	happen();
	if (!uart.damages)
		return real->write(wire, bytes, count);
	assert_true(count < sizeof(damaged));
	memcpy(damaged, bytes, count);
	return real->write(wire, damaged, uart.damages(damaged, count));
}

static enum trouble_kind spy_read(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
				  size_t *got)
{
	enum trouble_kind kind;

	happen();
	kind = real->read(wire, bytes, most, wait_us, got);
	if (!kind && uart.blurs)
		*got = uart.blurs(bytes, *got);
	return kind;
}

/* As the link does it. */
static enum trouble_kind relink(void *data)
{
	enum trouble_kind kind = TROUBLE_LINK_LOST;

	if (!uart.calls_before_relink)
		uart.calls_before_relink = uart.sim->calls;
	for (unsigned i = 0; kind == TROUBLE_LINK_LOST && i < RELINKS; i++)
		kind = sim_wire_relink(data);
	return kind;
}

bool is_rom(const char *name)
{
	return strcmp(name, "n") == 0 || strcmp(name, "7238") == 0;
}

void uart_fixture_end(void)
{
	uart_die_free(uart.die);
	sim_wire_free(uart.sim);
	memset(&uart, 0, sizeof(uart));
}

int uart_fixture_teardown(void **state)
{
	(void)state;
	uart_fixture_end();
	return 0;
}

void uart_fixture_begin(const char *name)
{
	bool changed;

	uart_fixture_end();
	notes_begin(&uart.notes);
	/* The ROM of a chip does not lift the protection. */
	uart.sim = sim_wire_new(
		&(struct sim_wire_options){.loader = name, .sr = is_rom(name) ? 0 : 0x3c});
	real = uart.sim->wire.ops;
	spy = *real;
	spy.write = spy_write;
	spy.read = spy_read;
	uart.sim->wire.ops = &spy;
	for (uint32_t i = 0; i < USED; i++)
		before[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	memcpy(uart.sim->nor.memory, before, USED);
	memcpy(wanted, before, USED);
	uart.talk = (struct uart_talk){.wire = &uart.sim->wire,
				       .relink = relink,
				       .data = &uart.talk,
				       .relinks_soon = true};
	uart.loader = (struct uart_loader){.family = is_rom(name) ? UART_ROM : UART_BL,
					   .id = {0xef, 0x40, 0x15},
					   .never_rearms = strcmp(name, "s") == 0};
	assert_int_equal(sim_wire_relink(&uart.talk), TROUBLE_NONE);
	assert_int_equal(uart_change_rate(&uart.talk, 2000000, &changed), TROUBLE_NONE);
	assert_true(changed);
	assert_int_equal(talk_learn_latency(&uart.talk), TROUBLE_NONE);
	uart.die = uart_die_new(&uart.talk, &uart.loader, &uart.notes.observer);
	assert_non_null(uart.die);
	die_take_part(uart.die, chipdb_part_by_name("GD25Q16B"));
}

enum trouble_kind write_sector(uint32_t address, uint8_t seed)
{
	struct die_op ops[17] = {{.kind = DIE_ERASE, .address = address}};

	for (unsigned i = 0; i < SECTOR; i++)
		wanted[address + i] = (uint8_t)(i * 31 + seed);
	for (unsigned i = 0; i < 16; i++)
		ops[1 + i] = (struct die_op){.kind = DIE_PROGRAM,
					     .address = address + 256 * i,
					     .data = wanted + address + 256 * i,
					     .len = 256};
	return die_run(uart.die, ops, 17);
}

enum trouble_kind clear_bits(uint32_t address, size_t count)
{
	static const uint8_t zeros[256];
	struct die_op op = {.kind = DIE_PROGRAM, .address = address, .data = zeros, .len = count};

	memset(wanted + address, 0, count);
	return die_run(uart.die, &op, 1);
}

enum trouble_kind read_back(uint32_t address, uint32_t count)
{
	enum trouble_kind kind = die_read(uart.die, address, rx + address, count);

	if (!kind)
		assert_memory_equal(rx + address, uart.sim->nor.memory + address, count);
	return kind;
}
