/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which bootloader answers, and which flash is behind it: with answers from the test, and with
 * simulated chips.
 */
#include "tests/unit.h"
#include "programmer/link/uart_identify.h"
#include "tests/programmer/die/script_wire.h"
#include "tests/programmer/sim_wire.h"

static struct uart_talk talk;
static struct uart_loader loader;

/* --- a chip whose answers the test chooses --- */

static struct {
	bool rom;
	unsigned deaf; /* the number of requests for its ID or version that it ignores */
	uint8_t ids[8][3];
	unsigned ids_asked, version_asked, number_asked;
	uint8_t version[16];
	bool has_version;
	unsigned changes; /* the number of readings of a sector that differ from the one before */
	unsigned sectors_asked;
	uint32_t refuses_from; /* it reads nothing from there on; 0: it reads all */
} chip;

static void answer_short(uint8_t code, const uint8_t *payload, size_t count)
{
	uint8_t bytes[64] = {0x04, 0x0e, (uint8_t)(4 + count), 0x01, 0xe0, 0xfc, code};

	memcpy(bytes + 7, payload, count);
	script_comes(bytes, 7 + count, 500);
}

static void answer_id(const uint8_t id[3])
{
	uint8_t bytes[15] = {0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4, 0x06, 0x00, 0x0e, 0x00};

	memcpy(bytes + 12, id, 3);
	script_comes(bytes, sizeof(bytes), 500);
}

static void answer_refusal(uint32_t address)
{
	uint8_t bytes[] = {0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4, 0x07,
			   0x00, 0x09, 0x06, 0,	   0,	 0,    0,    0};

	for (unsigned i = 0; i < 4; i++)
		bytes[11 + i] = (uint8_t)(address >> 8 * i);
	script_comes(bytes, sizeof(bytes), 500);
}

static void answers(const uint8_t *bytes, size_t count)
{
	static const uint8_t number[] = {0, 0, 0x80, 0, 0x1c, 0x23, 0x07, 0x00};
	static uint8_t sector[UART_ANSWER_MOST];

	if (count > 4 && bytes[0] == 0x01 && bytes[3] != 0xff && bytes[4] == 0x03) {
		if (++chip.number_asked > chip.deaf && chip.rom)
			answer_short(0x03, number, sizeof(number));
	} else if (count > 4 && bytes[0] == 0x01 && bytes[3] != 0xff && bytes[4] == 0x11) {
		if (++chip.version_asked > chip.deaf && chip.has_version)
			answer_short(0x11, chip.version, sizeof(chip.version));
	} else if (count > 8 && bytes[3] == 0xff && bytes[7] == 0x0e) {
		unsigned i = chip.ids_asked++;

		answer_id(chip.ids[i < 7 ? i : 7]);
	} else if (count > 11 && bytes[3] == 0xff && bytes[7] == 0x09) {
		uint32_t address = uart_number(bytes + 8);
		unsigned i = chip.sectors_asked++;

		if (chip.refuses_from && address >= chip.refuses_from) {
			answer_refusal(address);
			return;
		}
		script_sector_answer(address, 0,
				     (uint8_t)(i < chip.changes ? i + 1 : address >> 12), sector);
		/* Neither blank, nor the same anywhere else. */
		if (chip.refuses_from)
			sector[UART_ANSWER_MOST - 1] = (uint8_t)(0x80 + (address >> 19));
		script_comes(sector, sizeof(sector), 500);
	} else {
		script_links(bytes, count);
	}
}

static int begin(void **state)
{
	(void)state;
	script_begin();
	script_let_link(0);
	script.chip = answers;
	talk = (struct uart_talk){.wire = &script.wire};
	memset(&chip, 0, sizeof(chip));
	return 0;
}

static void say_ids(const uint8_t *first_bytes)
{
	static const uint8_t id[3] = {0xef, 0x40, 0x16};

	for (unsigned i = 0; i < 8; i++) {
		memcpy(chip.ids[i], id, 3);
		chip.ids[i][0] = first_bytes[i];
	}
}

static void an_id_is_one_that_comes_twice_running(void **state)
{
	static const struct {
		uint8_t first[8];
		unsigned asked;
		enum trouble_kind kind;
	} rows[] = {
		{{0xef, 0xef, 1, 1, 1, 1, 1, 1}, 2, TROUBLE_NONE},
		{{1, 0xef, 0xef, 1, 1, 1, 1, 1}, 3, TROUBLE_NONE},
		{{0xef, 1, 0xef, 0xef, 1, 1, 1, 1}, 4, TROUBLE_NONE},
		{{0xef, 1, 2, 0xef, 0xef, 1, 1, 1}, 5, TROUBLE_NONE},
		{{1, 2, 3, 4, 5, 6, 7, 8}, 5, TROUBLE_UNSTEADY},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin(state);
		chip.rom = true;
		say_ids(rows[i].first);
		assert_int_equal(uart_identify(&talk, &loader), rows[i].kind);
		assert_int_equal(chip.ids_asked, rows[i].asked);
		assert_int_equal(loader.family, UART_ROM);
		assert_int_equal(loader.chip, 0x0007231c);
		if (!rows[i].kind)
			assert_memory_equal(loader.id, ((uint8_t[]){0xef, 0x40, 0x16}), 3);
	}
}

static void an_idle_line_is_no_flash(void **state)
{
	static const uint8_t levels[] = {0x00, 0xff};

	for (size_t i = 0; i < sizeof(levels); i++) {
		begin(state);
		chip.rom = true;
		memset(chip.ids, levels[i], sizeof(chip.ids));
		assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NO_FLASH);
		/* One byte of it may differ. */
		begin(state);
		chip.rom = true;
		memset(chip.ids, levels[i], sizeof(chip.ids));
		for (unsigned k = 0; k < 8; k++)
			chip.ids[k][2] = 0x15;
		assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
	}
}

/* An unanswered request may be unknown to this bootloader, or lost. */
static void a_rom_is_asked_three_times_for_its_number(void **state)
{
	static const uint8_t always[8] = {0xef, 0xef, 0xef, 0xef, 0xef, 0xef, 0xef, 0xef};

	for (unsigned deaf = 0; deaf <= 3; deaf++) {
		begin(state);
		chip.rom = true;
		chip.deaf = deaf;
		say_ids(always);
		assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
		assert_int_equal(loader.family, deaf < 3 ? UART_ROM : UART_BL);
		assert_int_equal(chip.number_asked, deaf < 3 ? deaf + 1 : 3);
	}
}

static void a_version_is_text_of_at_most_16_characters(void **state)
{
	static const struct {
		const char *says, *version;
		bool never_rearms;
	} rows[] = {
		{"BK7231S_1.0.5\0x", "BK7231S_1.0.5", false},
		{"BK7231S_1.0.1", "BK7231S_1.0.1", true},
		{"0123456789abcdef", "0123456789abcdef", false},
		{"a\x1b\x7f\x80 ~\n", "a??? ~?", false},
		{"", "", false},
		{NULL, "", false},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin(state);
		chip.has_version = rows[i].says;
		if (rows[i].says)
			memcpy(chip.version, rows[i].says,
			       strlen(rows[i].says) < 16 ? strlen(rows[i].says) + 1 : 16);
		chip.deaf = (unsigned)i % 3;
		assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
		assert_int_equal(loader.family, UART_BL);
		assert_string_equal(loader.version, rows[i].version);
		assert_int_equal(loader.never_rearms, rows[i].never_rearms);
		assert_int_equal(chip.version_asked, rows[i].says ? i % 3 + 1 : 3);
	}
}

static void a_sector_that_reads_differently_each_time_is_no_guide(void **state)
{
	(void)state;
	chip.changes = 23;
	assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
	begin(state);
	chip.changes = 24;
	assert_int_equal(uart_identify(&talk, &loader), TROUBLE_UNSTEADY);
	assert_int_equal(chip.sectors_asked, 25);
}

/* --- the size, of simulated flashes --- */

static struct sim_wire *sim;

static void begin_sim(const char *part)
{
	sim = sim_wire_new(&(struct sim_wire_options){.loader = "t", .part = part});
	talk = (struct uart_talk){.wire = &sim->wire, .relink = sim_wire_relink, .data = &talk};
	assert_int_equal(sim_wire_relink(&talk), TROUBLE_NONE);
}

static void end_sim(void)
{
	sim_wire_free(sim);
}

static const struct chipdb_part *part_of_size(uint32_t size)
{
	for (size_t i = 0; i < chipdb_part_count; i++)
		if (chipdb_parts[i].size == size && !chipdb_parts[i].refuse)
			return &chipdb_parts[i];
	return NULL;
}

static void a_size_is_where_the_flash_begins_again(void **state)
{
	unsigned tried = 0;

	(void)state;
	for (unsigned log = 19; log <= 24; log++) {
		const struct chipdb_part *part = part_of_size(UINT32_C(1) << log);

		if (!part)
			continue;
		print_message("# %s\n", part->name);
		begin_sim(part->name);
		for (uint32_t i = 0; i < part->size; i++)
			sim->nor.memory[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
		assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
		assert_false(loader.size_assumed);
		assert_memory_equal(loader.id, ((uint8_t[]){0xef, 0x40, (uint8_t)log}), 3);
		end_sim();
		tried++;
	}
	assert_int_equal(tried, 6);
}

/* All has been erased that can be. */
static void where_all_else_is_blank_the_bootloader_tells_the_size(void **state)
{
	(void)state;
	for (unsigned log = 19; log <= 24; log++) {
		const struct chipdb_part *part = part_of_size(UINT32_C(1) << log);

		begin_sim(part->name);
		for (uint32_t i = 0; i < 0x11000; i++)
			sim->nor.memory[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
		assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
		assert_false(loader.size_assumed);
		assert_int_equal(loader.id[2], log);
		end_sim();
	}
}

/* A copy at only one of the places where a smaller flash would repeat does not make it smaller. */
static void one_place_that_comes_again_is_chance(void **state)
{
	(void)state;
	for (uint32_t at = 0x11000; at <= 0x12000; at += 0x1000) {
		begin_sim("GD25Q16B");
		for (uint32_t i = 0; i < 0x80000; i++)
			sim->nor.memory[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
		memcpy(sim->nor.memory + 0x100000 + at, sim->nor.memory + at, 4096);
		assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
		assert_false(loader.size_assumed);
		assert_int_equal(loader.id[2], 21);
		end_sim();
	}
}

static void two_places_that_hold_the_same_are_one(void **state)
{
	(void)state;
	for (unsigned places = 0; places < 3; places++) {
		begin_sim("GD25Q16B");
		for (uint32_t i = 0; i < 4096; i++) {
			sim->nor.memory[0x20000 + i] = (uint8_t)(i * 7);
			sim->nor.memory[0x40000 + i] = (uint8_t)(i * 7);
			if (places == 2)
				sim->nor.memory[0xff000 + i] = (uint8_t)(i * 11);
		}
		if (places == 0)
			memset(sim->nor.memory, 0xff, 0x80000);
		/* Any constant byte counts as blank. */
		memset(sim->nor.memory + 0x60000, 0x00, 4096);
		assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
		assert_int_equal(loader.size_assumed, places != 2);
		assert_int_equal(loader.id[2], 21);
		end_sim();
	}
}

/* All that is published reads on from the start; who refuses that has said where the end is. */
static void a_size_is_also_where_reading_is_refused(void **state)
{
	const struct uart_loader none = {.family = UART_BL};

	for (unsigned log = 19; log <= 23; log++) {
		begin(state);
		chip.refuses_from = UINT32_C(1) << log;
		loader = none;
		assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
		assert_int_equal(loader.id[2], log);
		assert_false(loader.size_assumed);
	}
}

/* Where nothing can be read a size is assumed, and that is no reason not to link. */
static void who_reads_nothing_has_an_assumed_size(void **state)
{
	(void)state;
	chip.refuses_from = 0x10000;
	assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
	assert_int_equal(loader.id[2], 21);
	assert_true(loader.size_assumed);
}

/* Each call of the wire, in turn. */
static void a_wire_that_fails_ends_it_with_its_kind(void **state)
{
	unsigned first, all;

	(void)state;
	begin_sim("GD25Q16B");
	memset(sim->nor.memory + 0x11000, 0x11, 100);
	memset(sim->nor.memory + 0x12000, 0x12, 100);
	first = sim->calls;
	assert_int_equal(uart_identify(&talk, &loader), TROUBLE_NONE);
	assert_false(loader.size_assumed);
	all = sim->calls - first;
	end_sim();
	for (unsigned number = 1; number <= all; number += 1 + all / 60) {
		begin_sim("GD25Q16B");
		memset(sim->nor.memory + 0x11000, 0x11, 100);
		memset(sim->nor.memory + 0x12000, 0x12, 100);
		sim->fails_at = sim->calls + number;
		sim->fails_once = true;
		sim->fails_with = TROUBLE_ADAPTER_GONE;
		assert_int_equal(uart_identify(&talk, &loader), TROUBLE_ADAPTER_GONE);
		assert_int_equal(sim->calls, sim->fails_at);
		end_sim();
	}
}

#define CASE(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_id_is_one_that_comes_twice_running),
		CASE(an_idle_line_is_no_flash),
		CASE(a_rom_is_asked_three_times_for_its_number),
		CASE(a_version_is_text_of_at_most_16_characters),
		CASE(a_sector_that_reads_differently_each_time_is_no_guide),
		CASE(a_size_is_where_the_flash_begins_again),
		CASE(where_all_else_is_blank_the_bootloader_tells_the_size),
		CASE(one_place_that_comes_again_is_chance),
		CASE(two_places_that_hold_the_same_are_one),
		CASE(a_size_is_also_where_reading_is_refused),
		CASE(who_reads_nothing_has_an_assumed_size),
		CASE(a_wire_that_fails_ends_it_with_its_kind),
	};

	return cmocka_run_group_tests_name("uart_identify", tests, NULL, NULL);
}
