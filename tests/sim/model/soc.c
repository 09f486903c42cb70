/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every way to enter SPI mode, through the whole board, as a driver sees it. */
#include "tests/sim/model/bench.h"

#include <string.h>

#define XT25F16B 0x0B4015U

static struct bench open_entry(const char *entry)
{
	return bench_open(&(struct board_options){.entry = entry, .seed = 1});
}

/* One attempt, with as much patience as possible. Returns the ID. */
static uint32_t attempt(struct bench *bench, unsigned low_ms, unsigned d2_ms, unsigned wait_ms)
{
	bench_reset(bench, low_ms);
	bench_enter(bench, d2_ms, 25);
	bench_sleep(bench, wait_ms);
	return bench_id(bench);
}

static void the_patient_ones_enter_at_once(void **state)
{
	static const char *const entries[] = {
		"python",	"csharp",      "instant", "measured",	      "late-window",
		"short-window", "long-window", "lag",	  "per-byte-cs-long", "linked",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		struct bench bench = open_entry(entries[i]);

		assert_int_equal(attempt(&bench, 100, 120, 1000), XT25F16B);
		bench_close(&bench);
	}
}

static void a_board_starts_in_its_own_firmware(void **state)
{
	struct bench bench = open_entry("measured");

	(void)state;
	bench_pins(&bench, IDLE);
	assert_int_equal(bench_id(&bench), 0x000000);
	bench_enter(&bench, 50, 25);
	assert_int_equal(bench_id(&bench), 0x000000);
	bench_close(&bench);
}

static void the_window_shows_d2_whatever_cs_is(void **state)
{
	struct bench bench = open_entry("measured");
	uint8_t stream[32] = {0xA8}, reply[31];

	(void)state;
	bench_reset(&bench, 100);
	bench_sleep(&bench, 10);
	bench_stream(&bench, stream, 32, 1, reply);
	for (size_t i = 0; i < 31; i++)
		assert_int_equal(bench_reversed(reply[i]), 0xD2);
	bench_close(&bench);
}

static void a_window_without_d2_ends_in_the_firmware(void **state)
{
	struct bench bench = open_entry("measured");

	(void)state;
	bench_reset(&bench, 100);
	bench_sleep(&bench, 70);
	bench_enter(&bench, 50, 25);
	bench_sleep(&bench, 100);
	assert_int_equal(bench_id(&bench), 0x000000);
	bench_close(&bench);
}

static void bytes_in_the_wrong_bit_order_are_not_taken(void **state)
{
	struct bench bench = open_entry("measured");
	const uint8_t wrong[] = {0x4B, 0x4B};
	uint8_t answer[2];

	(void)state;
	bench_reset(&bench, 100);
	bench_sleep(&bench, 10);
	bench_spi(&bench, wrong, 2, answer, 2);
	assert_memory_equal(answer, "\xD2\xD2", 2);
	bench_sleep(&bench, 1000);
	assert_int_equal(bench_id(&bench), 0x000000);
	bench_close(&bench);
}

static void after_the_d2_miso_goes_00_with_residue(void **state)
{
	struct bench bench = open_entry("csharp");
	const uint8_t rdid[] = {0x9F};
	uint8_t stream[3] = {0xA8, bench_reversed(0xD2), bench_reversed(0xD2)}, reply[3];

	(void)state;
	bench_reset(&bench, 100);
	bench_sleep(&bench, 10);
	bench_pins(&bench, SELECT);
	bench_stream(&bench, stream, 3, 1, reply);
	assert_int_equal(bench_reversed(reply[0]), 0xD2);
	assert_int_equal(reply[1], 0x00);
	bench_pins(&bench, IDLE);

	bench_pins(&bench, SELECT);
	stream[1] = bench_reversed(rdid[0]);
	stream[2] = 0;
	bench_stream(&bench, stream, 3, 1, reply);
	assert_int_equal(bench_reversed(reply[0]), 0xD2);
	assert_int_equal(reply[1], 0x00);
	bench_pins(&bench, IDLE);
	assert_int_equal(bench_id(&bench), 0x000000);
	bench_sleep(&bench, 900);
	assert_int_equal(bench_id(&bench), XT25F16B);
	bench_close(&bench);
}

static void c_sharp_call(struct bench *bench, const uint8_t *out, size_t length, uint8_t *in)
{
	uint8_t stream[64] = {0xAB, 0xB6, 0x7F, 0x20}, reply[31];

	stream[32] = 0xA8;
	for (size_t i = 0; i < length; i++)
		stream[33 + i] = bench_reversed(out[i]);
	bench_stream(bench, stream, 33 + length, 1, reply);
	bench_stream(bench, (const uint8_t[]){0xAB, 0xB7, 0x20}, 3, 0, NULL);
	for (size_t i = 0; in && i < length; i++)
		in[i] = bench_reversed(reply[i]);
}

/* BK7231GUIFlashTool: CEN is moved by A1, which leaves the other pins to their pull-ups. */
static void the_sequence_of_the_c_sharp_tool_enters(void **state)
{
	/* Its calls are sequential, on a Windows that takes 0.3 ms for each. */
	struct bench bench = bench_open(
		&(struct board_options){.entry = "csharp", .seed = 1, .host = HOST_X200});
	const uint8_t low[] = {0xA1, 0x6A, 0x1F, 0, 0x10, 0x00, 0x04, 0, 0, 0, 0};
	const uint8_t high[] = {0xA1, 0x6A, 0x1F, 0, 0x10, 0x04, 0x04, 0, 0, 0, 0};
	const uint8_t rdid[] = {0x9F, 0, 0, 0}, zeros[25] = {0};
	uint8_t d2[25], answer[4];

	(void)state;
	memset(d2, 0xD2, sizeof(d2));
	bench_stream(&bench, low, sizeof(low), 0, NULL);
	bench_sleep(&bench, 100);
	bench_stream(&bench, high, sizeof(high), 0, NULL);
	for (unsigned i = 0; i < 10; i++)
		c_sharp_call(&bench, d2, sizeof(d2), NULL);
	c_sharp_call(&bench, rdid, 4, answer);
	assert_memory_equal(answer, "\xD2\0\0\0", 4);
	for (unsigned i = 0; i < 1500; i++)
		c_sharp_call(&bench, zeros, sizeof(zeros), NULL);
	c_sharp_call(&bench, rdid, 4, answer);
	assert_memory_equal(answer, "\xFF\x0B\x40\x15", 4);
	bench_close(&bench);
}

static void instant_answers_the_first_id(void **state)
{
	struct bench bench = open_entry("instant");
	const uint8_t d2[] = {0xD2};

	(void)state;
	bench_reset(&bench, 100);
	bench_sleep(&bench, 10);
	bench_spi(&bench, d2, 1, NULL, 0);
	assert_int_equal(bench_id(&bench), XT25F16B);
	bench_close(&bench);
}

static void a_window_that_sees_the_switch_begins_a_command_there(void **state)
{
	struct bench bench = open_entry("instant");
	const uint8_t d2_rdid[] = {0xD2, 0x9F};
	uint8_t answer[3];

	(void)state;
	/* In the second round the die has already received a command. */
	for (unsigned i = 0; i < 2; i++) {
		bench_reset(&bench, 100);
		bench_sleep(&bench, 10);
		bench_spi(&bench, d2_rdid, 2, answer, 3);
		assert_memory_equal(answer, "\x0B\x40\x15", 3);
	}
	bench_close(&bench);
}

static void lag_shows_a_first_byte_that_is_not_d2(void **state)
{
	struct bench bench = open_entry("lag");
	uint8_t stream[9] = {0xA8}, reply[8];

	(void)state;
	memset(stream + 1, bench_reversed(0xD2), 8);
	bench_reset(&bench, 100);
	bench_sleep(&bench, 10);
	bench_pins(&bench, SELECT);
	bench_stream(&bench, stream, 9, 1, reply);
	assert_int_equal(bench_reversed(reply[0]), 0x52);
	assert_int_equal(bench_reversed(reply[1]), 0xD2);
	assert_int_equal(bench_reversed(reply[3]), 0xD2);
	assert_int_equal(reply[5], 0x00);
	bench_close(&bench);
}

static void clocked_waits_for_zero_bytes_not_for_time(void **state)
{
	static const struct {
		const char *name;
		unsigned runs;
	} entries[] = {{"clocked", 2}, {"clocked-long", 1250}};
	static const uint8_t zeros[20];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct bench bench = open_entry(entries[i].name);

		assert_int_not_equal(attempt(&bench, 100, 120, 3000), XT25F16B);
		for (unsigned run = 0; run < entries[i].runs; run++)
			bench_spi(&bench, zeros, sizeof(zeros), NULL, 0);
		assert_int_equal(bench_id(&bench), XT25F16B);
		bench_close(&bench);
	}
}

static void slow_cen_wants_a_long_low_time(void **state)
{
	struct bench bench = open_entry("slow-cen");

	(void)state;
	assert_int_equal(attempt(&bench, 200, 120, 100), 0x000000);
	assert_int_equal(attempt(&bench, 1000, 120, 100), XT25F16B);
	bench_close(&bench);
}

static void flaky_enters_sooner_or_later(void **state)
{
	static const struct {
		const char *name;
		unsigned most;
	} entries[] = {{"flaky", 30}, {"flaky-50", 500}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct bench bench = open_entry(entries[i].name);
		unsigned tries = 1;

		while (attempt(&bench, 20, 70, 50) != XT25F16B && tries < entries[i].most)
			tries++;
		assert_in_range(tries, 2, entries[i].most - 1);
		bench_close(&bench);
	}
}

static void sticky_is_linked_and_does_not_feel_cen(void **state)
{
	struct bench bench = open_entry("sticky");

	(void)state;
	assert_int_equal(bench_id(&bench), XT25F16B);
	bench_reset(&bench, 500);
	assert_true(board_cen(bench.board));
	assert_int_equal(bench_id(&bench), XT25F16B);
	bench_close(&bench);
}

static void linked_loses_the_link_when_cen_falls(void **state)
{
	struct bench bench = open_entry("linked");

	(void)state;
	assert_int_equal(bench_id(&bench), XT25F16B);
	bench_reset(&bench, 1);
	assert_int_equal(bench_id(&bench), 0x000000);
	bench_close(&bench);
}

static void some_never_enter(void **state)
{
	static const struct {
		const char *name;
		uint32_t id; /* 1: anything except the ID */
		bool shows_d2;
	} entries[] = {
		{"no-cen", 1, false},	      {"dead-00", 0x000000, false},
		{"dead-FF", 0xFFFFFF, false}, {"swapped", 0xFFFFFF, false},
		{"no-cs", 0x000000, true},    {"closed", 0xFFFFFF, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		struct bench bench = open_entry(entries[i].name);
		unsigned seen;
		uint32_t id;

		bench_reset(&bench, 1000);
		seen = bench_enter(&bench, 40, 25);
		if (strcmp(entries[i].name, "no-cen") != 0)
			assert_int_equal(seen > 100, entries[i].shows_d2);
		bench_sleep(&bench, 1000);
		id = bench_id(&bench);
		assert_int_not_equal(id, XT25F16B);
		if (entries[i].id != 1)
			assert_int_equal(id, entries[i].id);
		bench_close(&bench);
	}
}

static void per_byte_cs_wants_windows_of_one_byte(void **state)
{
	struct bench bench = open_entry("per-byte-cs");

	(void)state;
	assert_int_equal(attempt(&bench, 100, 120, 100), 0x000000);
	bench_reset(&bench, 100);
	bench_enter(&bench, 60, 1);
	bench_sleep(&bench, 100);
	assert_int_equal(bench_id(&bench), XT25F16B);
	bench_close(&bench);
}

static void per_byte_cs_long_wants_long_windows(void **state)
{
	struct bench bench = open_entry("per-byte-cs-long");

	(void)state;
	bench_reset(&bench, 100);
	bench_enter(&bench, 60, 24);
	bench_sleep(&bench, 100);
	assert_int_equal(bench_id(&bench), 0x000000);
	assert_int_equal(attempt(&bench, 100, 120, 100), XT25F16B);
	bench_close(&bench);
}

static void reprotect_misses_once_and_protects_the_die(void **state)
{
	struct bench bench = open_entry("reprotect");

	(void)state;
	assert_int_equal(board_status_registers(bench.board), 0);
	assert_int_equal(attempt(&bench, 100, 120, 100), 0x000000);
	assert_int_equal(board_status_registers(bench.board), 0x4004);
	assert_int_equal(attempt(&bench, 100, 120, 100), XT25F16B);
	bench_close(&bench);
}

static void surplus_d2_does_no_harm_to_the_die(void **state)
{
	struct bench bench = open_entry("long-window");

	(void)state;
	bench_reset(&bench, 100);
	bench_enter(&bench, 400, 200);
	assert_int_equal(bench_id(&bench), XT25F16B);
	assert_int_equal(board_status_registers(bench.board), 0);
	bench_close(&bench);
}

static void the_same_seed_draws_the_same_board(void **state)
{
	uint64_t opened[2];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct bench bench = open_entry("late-window");

		bench_reset(&bench, 100);
		while (bench_enter(&bench, 1, 1) == 0)
			;
		opened[i] = bench.now_ns;
		bench_close(&bench);
	}
	assert_int_equal(opened[0], opened[1]);
	assert_in_range(opened[0] / BENCH_MS, 120, 147);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_patient_ones_enter_at_once),
		cmocka_unit_test(a_board_starts_in_its_own_firmware),
		cmocka_unit_test(the_window_shows_d2_whatever_cs_is),
		cmocka_unit_test(a_window_without_d2_ends_in_the_firmware),
		cmocka_unit_test(bytes_in_the_wrong_bit_order_are_not_taken),
		cmocka_unit_test(after_the_d2_miso_goes_00_with_residue),
		cmocka_unit_test(the_sequence_of_the_c_sharp_tool_enters),
		cmocka_unit_test(instant_answers_the_first_id),
		cmocka_unit_test(a_window_that_sees_the_switch_begins_a_command_there),
		cmocka_unit_test(lag_shows_a_first_byte_that_is_not_d2),
		cmocka_unit_test(clocked_waits_for_zero_bytes_not_for_time),
		cmocka_unit_test(slow_cen_wants_a_long_low_time),
		cmocka_unit_test(flaky_enters_sooner_or_later),
		cmocka_unit_test(sticky_is_linked_and_does_not_feel_cen),
		cmocka_unit_test(linked_loses_the_link_when_cen_falls),
		cmocka_unit_test(some_never_enter),
		cmocka_unit_test(per_byte_cs_wants_windows_of_one_byte),
		cmocka_unit_test(per_byte_cs_long_wants_long_windows),
		cmocka_unit_test(reprotect_misses_once_and_protects_the_die),
		cmocka_unit_test(surplus_d2_does_no_harm_to_the_die),
		cmocka_unit_test(the_same_seed_draws_the_same_board),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
