/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A die that is lost in the middle of the work, and how it comes back. */
#include "tests/unit.h"
#include "programmer/link/spi_revive.h"
#include "tests/programmer/sim_bus.h"

#define BYTES 64u

static struct notes notes;
static struct spi_revive revive;

static struct sim_bus *begin(const char *entry)
{
	struct sim_bus *sim = sim_bus_new(&(struct board_options){
		.part = chipdb_part_by_name("GD25Q16B"), .entry = entry, .seed = 1});

	notes_begin(&notes);
	for (uint32_t i = 0; i < BYTES; i++)
		sim->nor.memory[i] = (uint8_t)(i + 1);
	revive = (struct spi_revive){.bus = &sim->bus,
				     .options = {.reset_ms = 100, .tries = 5},
				     .observer = &notes.observer};
	spi_revive_use(&revive, sim->die);
	return sim;
}

/* A SoC in SPI mode, with the given way to enter it. */
static struct sim_bus *begin_linked(const char *entry)
{
	const struct link_options options = {
		.enter = LINK_ALWAYS, .reset_ms = 100, .tries = 5, .timeout_ms = 10000};
	struct sim_bus *sim = begin(entry);
	struct link_report report;

	assert_int_equal(spi_handshake(&sim->bus, &options, NULL, &report), TROUBLE_NONE);
	return sim;
}

/* Reads a piece and the ID; if that succeeds, the result must be right. */
static enum trouble_kind read_some(struct sim_bus *sim)
{
	uint8_t rx[BYTES], id[3];
	struct die_op ops[] = {{.kind = DIE_READ, .rx = rx, .len = BYTES},
			       {.kind = DIE_ID, .rx = id}};
	enum trouble_kind kind = die_run(sim->die, ops, 2);

	if (!kind && memcmp(id, sim->die->part->id, 3) == 0)
		assert_memory_equal(rx, sim->nor.memory, BYTES);
	return kind;
}

/* Happens in the first window of the reading. */
static void mishap(struct sim_bus *sim, enum nor_mishap_kind kind)
{
	sim->nor.mishap = (struct nor_mishap){kind, sim->nor.windows + 1};
}

static void a_die_that_falls_asleep_or_into_another_mode_is_woken_and_asked_again(void **state)
{
	static const struct {
		enum nor_mishap_kind kind;
		const char *words;
	} cases[] = {
		{NOR_MISHAP_POWER_DOWN, "during the work the flash was in deep power-down"},
		{NOR_MISHAP_QPI, "the flash was in QPI"},
		{NOR_MISHAP_CONTINUOUS_READ, "in a continuous read"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct sim_bus *sim = begin("linked");

		mishap(sim, cases[i].kind);
		assert_int_equal(read_some(sim), TROUBLE_NONE);
		assert_int_equal(sim->die->revived, 1);
		assert_int_equal(sim->cen_ops, 0);
		assert_mentions(&notes, cases[i].words);
		sim_bus_free(sim);
	}
}

static void a_chip_whose_firmware_runs_is_brought_into_its_mode_again(void **state)
{
	static const char *const entries[] = {"instant", "csharp", "measured"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(entries); i++) {
		struct sim_bus *sim = begin_linked(entries[i]);

		soc_lose_power(&sim->soc, sim->ns);
		sim->ns += UINT64_C(2000000000);
		assert_int_equal(read_some(sim), TROUBLE_NONE);
		assert_int_equal(sim->die->revived, 1);
		assert_true(sim->soc.cen);
		assert_mentions(&notes, "had left its flash mode, and was brought back");
		sim_bus_free(sim);
	}
}

static void a_chip_that_may_not_be_reset_is_not(void **state)
{
	struct sim_bus *sim;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		unsigned resets;

		sim = begin_linked("instant");
		resets = sim->cen_ops;
		if (i == 0)
			revive.options.enter = LINK_NEVER;
		else
			sim->bus.caps.cen = SPI_CEN_NONE;
		soc_lose_power(&sim->soc, sim->ns);
		sim->ns += UINT64_C(2000000000);
		assert_int_equal(read_some(sim), TROUBLE_LINK_LOST);
		assert_int_equal(sim->die->revived, 0);
		assert_int_equal(sim->cen_ops, resets);
		sim_bus_free(sim);
	}
}

static void what_could_not_be_brought_back_is_not_tried_again(void **state)
{
	struct sim_bus *sim = begin("linked");
	unsigned windows;
	uint64_t ns;

	(void)state;
	revive.options.enter = LINK_NEVER;
	soc_lose_power(&sim->soc, sim->ns);
	sim->ns += UINT64_C(2000000000);
	assert_int_equal(read_some(sim), TROUBLE_LINK_LOST);
	windows = sim->windows;
	ns = sim->ns;
	assert_int_equal(read_some(sim), TROUBLE_NONE);
	assert_int_equal(sim->windows, windows + 2);
	assert_in_range(sim->ns - ns, 0, 1000000);
	sim_bus_free(sim);
}

/* The clip was moved to another board. */
static void another_flash_is_not_taken_for_the_one_of_before(void **state)
{
	struct sim_bus *sim = begin("linked");

	(void)state;
	sim->nor.own.id[2]++;
	assert_int_equal(read_some(sim), TROUBLE_LINK_LOST);
	assert_int_equal(sim->die->revived, 0);
	sim_bus_free(sim);
}

static void a_bit_that_flips_in_an_id_is_no_reason_to_wake_anybody(void **state)
{
	struct sim_bus *sim = begin("linked");

	(void)state;
	sim->fault = FAULT_FLIP_IN;
	sim->fault_at = sim->windows + 2;
	assert_int_equal(read_some(sim), TROUBLE_NONE);
	assert_int_equal(sim->die->revived, 0);
	assert_int_equal(sim->sent[0xab], 0);
	assert_int_equal(notes.warnings, 0);
	sim_bus_free(sim);
}

static enum trouble_kind program(struct sim_bus *sim)
{
	static const uint8_t data[BYTES] = {0x5a};
	struct die_op ops[] = {
		{.kind = DIE_ERASE, .address = 0},
		{.kind = DIE_PROGRAM, .address = 0, .data = data, .len = BYTES},
	};
	enum trouble_kind kind = die_run(sim->die, ops, 2);

	if (!kind)
		assert_memory_equal(sim->nor.memory, data, BYTES);
	return kind;
}

static void a_run_of_changes_is_done_again_wherever_it_was_left(void **state)
{
	static const enum nor_mishap_kind kinds[] = {NOR_MISHAP_POWER_DOWN, NOR_MISHAP_QPI,
						     NOR_MISHAP_CONTINUOUS_READ};
	const unsigned windows = 6; /* WREN, the change, the look; twice */

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		for (unsigned at = 1; at <= windows; at++) {
			struct sim_bus *sim = begin("linked");

			sim->nor.mishap = (struct nor_mishap){kinds[i], at};
			assert_int_equal(program(sim), TROUBLE_NONE);
			assert_int_equal(sim->die->revived, 1);
			sim_bus_free(sim);
		}
}

/* WEL is still set when the die is asked. Losses in that look or in WREN are tested elsewhere. */
static void a_change_that_got_lost_is_sent_again_at_once(void **state)
{
	static const enum nor_mishap_kind kinds[] = {NOR_MISHAP_LOST, NOR_MISHAP_CUT};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		for (unsigned at = 2; at <= 5; at += 3) {
			struct sim_bus *sim = begin("linked");

			sim->nor.mishap = (struct nor_mishap){kinds[i], at};
			assert_int_equal(program(sim), TROUBLE_NONE);
			assert_int_equal(sim->die->repeated, 1);
			assert_int_equal(sim->die->revived, 0);
			assert_false(sim->nor.wel);
			sim_bus_free(sim);
		}
}

/* Three seconds longer than any erase may take. */
static void a_die_that_is_busy_for_too_long_is_waited_for_once(void **state)
{
	struct sim_bus *sim = begin("linked");

	(void)state;
	mishap(sim, NOR_MISHAP_STAYS_BUSY);
	sim->nor.mishap.at++;
	assert_int_equal(program(sim), TROUBLE_NONE);
	assert_int_equal(sim->die->revived, 0);
	assert_int_equal(sim->sent[0x66], 0);
	assert_mentions(&notes, "busy for longer than it should be (status 03)");
	sim_bus_free(sim);
}

static void a_die_that_stays_busy_says_so_within_seconds_and_is_not_reset(void **state)
{
	struct sim_bus *sim = begin("linked");
	uint64_t ns = sim->ns;

	(void)state;
	sim->nor.busy = true;
	sim->nor.busy_until_ns = UINT64_MAX;
	assert_int_equal(program(sim), TROUBLE_STAYS_BUSY);
	assert_int_equal(sim->sent[0x66] + sim->sent[0xab] + sim->cen_ops, 0);
	assert_in_range(sim->ns - ns, 3000000000, 5000000000);
	sim_bus_free(sim);
}

/* Dies above 16 MiB are driven with opcodes that mean the same in both modes. */
static void a_large_die_that_falls_into_the_4_byte_mode_is_no_different(void **state)
{
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q256C");

	(void)state;
	assert_non_null(part);
	for (unsigned at = 1; at <= 8; at++) {
		struct sim_bus *sim = sim_bus_new(&(struct board_options){.part = part});

		sim->nor.mishap = (struct nor_mishap){NOR_MISHAP_FOUR_BYTES, at};
		memset(sim->nor.memory, 0x00, BYTES);
		assert_int_equal(program(sim), TROUBLE_NONE);
		assert_int_equal(read_some(sim), TROUBLE_NONE);
		assert_true(sim->nor.four_byte_mode);
		assert_int_equal(sim->die->revived, 0);
		sim_bus_free(sim);
	}
}

static void registers_are_read_of_a_die_that_was_woken(void **state)
{
	struct sim_bus *sim = begin("linked");
	unsigned count;
	uint32_t sr;

	(void)state;
	nor_firmware_status(&sim->nor, 0x4004);
	mishap(sim, NOR_MISHAP_POWER_DOWN);
	assert_int_equal(die_registers_read(sim->die, &sr, &count), TROUBLE_NONE);
	assert_int_equal(sr, sim_bus_sr(sim));
	assert_int_equal(sim->die->revived, 1);
	sim_bus_free(sim);
}

/* Some parts lock up when they are written the values that they hold already. */
static void a_write_of_registers_is_never_sent_twice(void **state)
{
	for (unsigned at = 1; at <= 3; at++) {
		struct sim_bus *sim = begin("linked");
		struct die_registers_write write = {
			.method = sim->die->part->sr_write, .count = 2, .from = 0, .to = 0x04};

		(void)state;
		sim->nor.mishap = (struct nor_mishap){NOR_MISHAP_POWER_DOWN, at};
		assert_int_equal(die_registers_write(sim->die, &write), TROUBLE_NONE);
		assert_int_equal(sim->die->revived, 1);
		assert_int_equal(sim_bus_sr_commands(sim), 1);
		sim_bus_free(sim);
	}
}

static void what_happens_again_and_again_comes_to_an_end(void **state)
{
	struct sim_bus *sim = begin("linked");

	(void)state;
	for (unsigned i = 0; i < DIE_REVIVALS_MOST; i++) {
		sim->nor.powered_down = true;
		assert_int_equal(read_some(sim), TROUBLE_NONE);
	}
	assert_int_equal(sim->die->revived, DIE_REVIVALS_MOST);
	sim->nor.powered_down = true;
	assert_int_equal(program(sim), TROUBLE_STAYS_BUSY);
	sim_bus_free(sim);
}

static void a_ctrl_c_while_it_is_brought_back_ends_it_with_CEN_high(void **state)
{
	struct sim_bus *sim = begin_linked("instant");

	(void)state;
	soc_lose_power(&sim->soc, sim->ns);
	sim->ns += UINT64_C(2000000000);
	sim->cancel_at = 1;
	assert_int_equal(read_some(sim), TROUBLE_INTERRUPTED);
	assert_true(sim->soc.cen);
	sim_bus_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_die_that_falls_asleep_or_into_another_mode_is_woken_and_asked_again),
		cmocka_unit_test(a_chip_whose_firmware_runs_is_brought_into_its_mode_again),
		cmocka_unit_test(a_chip_that_may_not_be_reset_is_not),
		cmocka_unit_test(what_could_not_be_brought_back_is_not_tried_again),
		cmocka_unit_test(another_flash_is_not_taken_for_the_one_of_before),
		cmocka_unit_test(a_bit_that_flips_in_an_id_is_no_reason_to_wake_anybody),
		cmocka_unit_test(a_run_of_changes_is_done_again_wherever_it_was_left),
		cmocka_unit_test(a_change_that_got_lost_is_sent_again_at_once),
		cmocka_unit_test(a_die_that_is_busy_for_too_long_is_waited_for_once),
		cmocka_unit_test(a_die_that_stays_busy_says_so_within_seconds_and_is_not_reset),
		cmocka_unit_test(a_large_die_that_falls_into_the_4_byte_mode_is_no_different),
		cmocka_unit_test(registers_are_read_of_a_die_that_was_woken),
		cmocka_unit_test(a_write_of_registers_is_never_sent_twice),
		cmocka_unit_test(what_happens_again_and_again_comes_to_an_end),
		cmocka_unit_test(a_ctrl_c_while_it_is_brought_back_ends_it_with_CEN_high),
	};

	return cmocka_run_group_tests_name("spi_revive", tests, NULL, NULL);
}
