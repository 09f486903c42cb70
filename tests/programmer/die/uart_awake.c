/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bootloader that hears nothing starts the firmware; not while flashrom or a user is thinking. */
#include "tests/unit.h"
#include "programmer/die/uart_rate.h"
#include "tests/programmer/sim_wire.h"

#define BLOCK 65536u
#define SECTOR 4096u
#define START 0x20000u

static struct sim_wire *sim;
static struct uart_talk talk;
static struct uart_loader loader;
static struct beken_die *die;

static void begin(const char *name, uint32_t rate)
{
	bool changed;

	sim = sim_wire_new(&(struct sim_wire_options){.loader = name});
	for (uint32_t i = 0; i < 8 * BLOCK; i++)
		sim->nor.memory[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
	talk = (struct uart_talk){
		.wire = &sim->wire, .relink = sim_wire_relink, .data = &talk, .relinks_soon = true};
	loader = (struct uart_loader){.family = UART_BL,
				      .id = {0xef, 0x40, 0x15},
				      .never_rearms = strcmp(name, "s") == 0};
	assert_int_equal(sim_wire_relink(&talk), TROUBLE_NONE);
	assert_int_equal(uart_change_rate(&talk, rate, &changed), TROUBLE_NONE);
	assert_int_equal(talk_learn_latency(&talk), TROUBLE_NONE);
	die = uart_die_new(&talk, &loader, &sim->observer);
	assert_non_null(die);
	die_take_part(die, chipdb_part_by_name("GD25Q16B"));
}

static void end(void)
{
	uart_die_free(die);
	sim_wire_free(sim);
}

static void think(uint32_t ms, bool kept_awake)
{
	for (uint32_t passed = 0; passed < ms; passed += DIE_IDLE_MS) {
		if (kept_awake)
			die_idle(die);
		wire_sleep_us(&sim->wire, DIE_IDLE_MS * 1000);
	}
}

/* How often the chip was lost when the block at @at was read. */
static unsigned lost(uint32_t at)
{
	static uint8_t seen[BLOCK];
	unsigned relinks = sim->relinks;

	assert_int_equal(die_read(die, at, seen, BLOCK), TROUBLE_NONE);
	assert_memory_equal(seen, sim->nor.memory + at, BLOCK);
	return sim->relinks - relinks;
}

static void a_chip_of_which_nothing_is_asked_is_kept_awake(void **state)
{
	static const char *const names[] = {"u", "7251", "t", "s", "q", "a9", "ottime"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		print_message("# %s\n", names[i]);
		begin(names[i], 2000000);
		think(3000, true);
		assert_int_equal(lost(BLOCK), 0);
		think(3000, false);
		assert_int_equal(lost(2 * BLOCK), 1);
		end();
	}
}

/* One byte every 20 ms, however often idle time is reported, and none right after work. */
static void keeping_it_awake_takes_few_bytes(void **state)
{
	uint64_t bytes;

	(void)state;
	begin("t", 921600);
	bytes = sim_wire_stats(sim).to_chip;
	for (unsigned i = 0; i < 1000; i++) {
		die_idle(die);
		wire_sleep_us(&sim->wire, 1000);
	}
	assert_in_range(sim_wire_stats(sim).to_chip - bytes, 40, 50);
	end();
}

/* Nor does it interfere with a sector whose answer is still to come. */
static void it_is_kept_awake_between_writes(void **state)
{
	static uint8_t wanted[8 * SECTOR];
	struct die_op ops[17];

	(void)state;
	begin("t", 921600);
	for (uint32_t at = 0; at < sizeof(wanted); at += SECTOR) {
		ops[0] = (struct die_op){.kind = DIE_ERASE, .address = START + at};
		for (uint32_t i = 0; i < 16; i++) {
			memset(wanted + at + 256 * i, (int)(at / SECTOR * 16 + i), 256);
			ops[1 + i] = (struct die_op){.kind = DIE_PROGRAM,
						     .address = START + at + 256 * i,
						     .data = wanted + at + 256 * i,
						     .len = 256};
		}
		assert_int_equal(die_run(die, ops, 17), TROUBLE_NONE);
		think(1000, true);
	}
	assert_int_equal(uart_die_finish(die), TROUBLE_NONE);
	assert_memory_equal(sim->nor.memory + START, wanted, sizeof(wanted));
	assert_int_equal(talk.counts.relinks + talk.counts.written, 0);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chip_of_which_nothing_is_asked_is_kept_awake),
		cmocka_unit_test(keeping_it_awake_takes_few_bytes),
		cmocka_unit_test(it_is_kept_awake_between_writes),
	};

	return cmocka_run_group_tests_name("uart_awake", tests, NULL, NULL);
}
