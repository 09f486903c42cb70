/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * At low rates nothing tells a bootloader of 2018 or 2019 from newer ones: behind a sum its erases
 * do nothing until a reset, and are acknowledged. Many chips are reset by hand.
 */
#include "programmer/die/uart_state.h"
#include "programmer/die/uart_rate.h"
#include "tests/programmer/die/uart_fixture.h"

#define BLANK 0x100000u

static const char *const old[] = {"ottime", "q"}, *const newer[] = {"u", "7251", "a9"};
static const uint32_t rates[] = {UART_START_RATE, 230400, 460800};

#define WAYS (2 * COUNT_OF(rates)) /* by lines or by hand, at each rate */

static void begin(const char *name, size_t way)
{
	bool changed;

	uart_fixture_begin(name);
	assert_int_equal(sim_wire_relink(&uart.talk), TROUBLE_NONE);
	uart.talk.old_divider = false;
	if (way / 2) {
		assert_int_equal(uart_change_rate(&uart.talk, rates[way / 2], &changed),
				 TROUBLE_NONE);
		assert_true(changed);
	}
	assert_false(uart.talk.old_divider);
	uart.talk.relinks_soon = way % 2;
	uart.sim->relinks = 0;
	assert_int_equal(read_back(START, 0x10000), TROUBLE_NONE);
}

/* --- readings behind the first erase that show neither what was there nor blank --- */

#define DOUBTFUL 5

static unsigned doubtful; /* of them so far */
static bool erased, in_doubt;

static size_t follow_commands(uint8_t *bytes, size_t count)
{
	static const uint8_t begins[] = {0x01, 0xe0, 0xfc, 0xff, 0xf4};

	if (count < 8 || memcmp(bytes, begins, sizeof(begins)) != 0)
		return count;
	erased |= bytes[7] == 0x0f;
	in_doubt = erased && bytes[7] == 0x09 && doubtful < DOUBTFUL;
	doubtful += in_doubt;
	return count;
}

/* Of a long piece, the last byte is the sector's. */
static size_t spoil(uint8_t *bytes, size_t count)
{
	if (in_doubt && count > 64)
		bytes[count - 1] ^= 0x10;
	return count;
}

static void begin_in_doubt(const char *name, size_t way)
{
	begin(name, way);
	doubtful = 0;
	erased = in_doubt = false;
	uart.damages = follow_commands;
	uart.blurs = spoil;
	assert_int_equal(write_sector(START, 1), TROUBLE_NONE);
	assert_int_equal(doubtful, DOUBTFUL);
}

static void what_no_reading_of_the_first_erase_tells_is_not_taken_as_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < WAYS * COUNT_OF(old); i++) {
		begin_in_doubt(old[i / WAYS], i % WAYS);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
		assert_in_range(uart.sim->relinks, 1, 2);
	}
	for (size_t i = 0; i < WAYS * COUNT_OF(newer); i++) {
		begin_in_doubt(newer[i / WAYS], i % WAYS);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
		assert_int_equal(uart.talk.counts.written, 0);
		assert_int_equal(uart.sim->relinks, 0);
	}
}

static void write_three(void)
{
	for (uint32_t k = 0; k < 3; k++)
		assert_int_equal(write_sector(START + k * SECTOR, (uint8_t)k), TROUBLE_NONE);
	assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
	assert_memory_equal(uart.sim->nor.memory, wanted, USED);
	assert_int_equal(uart.talk.counts.written, 0);
}

static void an_old_one_is_found_out_by_its_first_erase(void **state)
{
	(void)state;
	for (size_t i = 0; i < WAYS * COUNT_OF(old); i++) {
		begin(old[i / WAYS], i % WAYS);
		write_three();
		assert_int_equal(uart.sim->relinks, 1);
		/* For which the line is not to blame. */
		assert_int_equal(uart.talk.counts.relinks, 0);
	}
}

static void a_newer_one_is_not_reset(void **state)
{
	(void)state;
	for (size_t i = 0; i < WAYS * COUNT_OF(newer); i++) {
		begin(newer[i / WAYS], i % WAYS);
		write_three();
		assert_int_equal(uart.sim->relinks, 0);
	}
}

/* No erase tells then. */
static void what_an_old_one_was_to_program_without_an_erase_is_there_at_the_end(void **state)
{
	static const uint8_t zeros[256];
	struct die_op op = {
		.kind = DIE_PROGRAM, .address = BLANK, .data = zeros, .len = sizeof(zeros)};

	(void)state;
	for (size_t i = 0; i < WAYS * COUNT_OF(old); i++) {
		begin(old[i / WAYS], i % WAYS);
		assert_int_equal(die_run(uart.die, &op, 1), TROUBLE_NONE);
		assert_int_equal(uart_die_finish(uart.die), TROUBLE_NONE);
		assert_memory_equal(uart.sim->nor.memory + BLANK, zeros, sizeof(zeros));
		assert_memory_equal(uart.sim->nor.memory, wanted, USED);
		assert_true(uart.sim->relinks <= 2);
	}
}

#define CASE(name) cmocka_unit_test_teardown(name, uart_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_old_one_is_found_out_by_its_first_erase),
		CASE(a_newer_one_is_not_reset),
		CASE(what_no_reading_of_the_first_erase_tells_is_not_taken_as_known),
		CASE(what_an_old_one_was_to_program_without_an_erase_is_there_at_the_end),
	};

	return cmocka_run_group_tests_name("uart_first_rate", tests, NULL, NULL);
}
