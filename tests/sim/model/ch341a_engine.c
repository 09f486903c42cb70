/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/bench.h"

#include <string.h>

static const struct board_options linked = {.entry = "linked"};

static void an_spi_packet_without_data_answers_nothing(void **state)
{
	struct bench bench = bench_open(&linked);

	(void)state;
	bench_stream(&bench, (const uint8_t[]){0xA8}, 1, 0, NULL);
	bench_expect_nothing(&bench);
	bench_close(&bench);
}

static void what_follows_the_end_of_a_uio_packet_is_ignored(void **state)
{
	struct bench bench = bench_open(&linked);
	const uint8_t packet[] = {0xAB, 0xB7, 0x7F, 0x00, 0x20, 0xB3, 0x00, 0xA8, 0x9F};
	uint8_t reply[32];

	(void)state;
	assert_int_equal(bench_stream(&bench, packet, sizeof(packet), 1, reply), 1);
	assert_int_equal(reply[0], 0xF7);
	assert_true(board_cen(bench.board));
	bench_close(&bench);
}

static void an_out_moves_all_six_pins(void **state)
{
	struct bench bench = bench_open(&linked);

	(void)state;
	bench_pins(&bench, IDLE);
	assert_true(board_cen(bench.board));
	bench_stream(&bench, (const uint8_t[]){0xAB, 0x80 | 0x01, 0x20}, 3, 0, NULL);
	assert_false(board_cen(bench.board));
	bench_close(&bench);
}

static void released_pins_are_pulled_up(void **state)
{
	struct bench bench = bench_open(&linked);
	uint8_t reply[32];

	(void)state;
	bench_pins(&bench, IDLE_RESET);
	assert_false(board_cen(bench.board));
	bench_stream(&bench, (const uint8_t[]){0xAB, 0x40, 0x00, 0x20}, 4, 1, reply);
	assert_true(board_cen(bench.board));
	assert_int_equal(reply[0] & 0x7F, 0x7F);
	bench_close(&bench);
}

static void set_output_and_uio_share_the_pins(void **state)
{
	struct bench bench = bench_open(&linked);
	const uint8_t low[] = {0xA1, 0x6A, 0x1F, 0, 0x10, 0x00, 0x04, 0, 0, 0, 0};
	const uint8_t high[] = {0xA1, 0x6A, 0x1F, 0, 0x10, 0x04, 0x04, 0, 0, 0, 0};
	const uint8_t other[] = {0xA1, 0x6A, 0x13, 0, 0x10, 0x00, 0x04, 0, 0, 0, 0};
	struct board_stats stats;

	(void)state;
	bench_pins(&bench, IDLE);
	bench_stream(&bench, low, sizeof(low), 0, NULL);
	assert_false(board_cen(bench.board));
	bench_stream(&bench, high, sizeof(high), 0, NULL);
	assert_true(board_cen(bench.board));
	bench_stream(&bench, other, sizeof(other), 0, NULL);
	assert_true(board_cen(bench.board));
	bench_stream(&bench, (const uint8_t[]){0xAB, 0x80, 0x20}, 3, 0, NULL);
	assert_false(board_cen(bench.board));
	board_stats(bench.board, &stats);
	assert_int_equal(stats.cen_pulses, 2);
	bench_close(&bench);
}

static void spi_reaches_the_die_only_with_clock_and_data_driven(void **state)
{
	static const uint8_t directions[] = {0x3F, 0x37, 0x1F};
	static const uint8_t expected[] = {0x0B, 0xFF, 0xFF};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct bench bench = bench_open(&linked);
		const uint8_t select[] = {0xAB, 0xB7, (uint8_t)(0x40 | directions[i]), 0xB6, 0x20};
		const uint8_t rdid[] = {0xA8, bench_reversed(0x9F), 0};
		uint8_t reply[2];

		bench_stream(&bench, select, sizeof(select), 0, NULL);
		bench_stream(&bench, rdid, sizeof(rdid), 1, reply);
		assert_int_equal(bench_reversed(reply[1]), expected[i]);
		bench_close(&bench);
	}
}

/* Eight clocks of @byte, most significant bit first; each samples MISO while SCK is high. */
static size_t bit_bang(uint8_t *packet, uint8_t byte, bool sample)
{
	size_t length = 0;

	for (int bit = 7; bit >= 0; bit--) {
		uint8_t pins = (uint8_t)(0x80 | 0x16 | ((byte >> bit) & 1 ? 0x20 : 0));

		packet[length++] = pins;
		packet[length++] = pins | 0x08;
		if (sample)
			packet[length++] = 0x00;
	}
	return length;
}

static void bits_can_be_clocked_by_hand(void **state)
{
	struct bench bench = bench_open(&linked);
	uint8_t packet[32] = {0xAB}, reply[32], id = 0;
	size_t length;

	(void)state;
	bench_pins(&bench, IDLE);
	bench_pins(&bench, SELECT);
	length = 1 + bit_bang(packet + 1, 0x9F, false);
	packet[length++] = 0x20;
	bench_stream(&bench, packet, length, 0, NULL);
	length = 1 + bit_bang(packet + 1, 0x00, true);
	packet[length++] = 0x20;
	assert_int_equal(bench_stream(&bench, packet, length, 1, reply), 8);
	for (size_t i = 0; i < 8; i++)
		id = (uint8_t)(id << 1 | reply[i] >> 7);
	assert_int_equal(id, 0x0B);

	/* The falling edge puts the next bit on the line; the SPI engine continues from there. */
	bench_pins(&bench, SELECT);
	bench_stream(&bench, (const uint8_t[]){0xA8, 0}, 2, 1, reply);
	assert_int_equal(bench_reversed(reply[0]), 0x40);
	bench_close(&bench);
}

static void a_wren_by_hand_sets_wel_at_a_byte_boundary_only(void **state)
{
	struct bench bench = bench_open(&linked);
	uint8_t packet[32] = {0xAB};
	size_t length = 1 + bit_bang(packet + 1, 0x06, false);

	(void)state;
	bench_pins(&bench, IDLE);
	bench_pins(&bench, SELECT);
	bench_stream(&bench, packet, length - 2, 0, NULL);
	bench_pins(&bench, IDLE);
	assert_int_equal(board_status_registers(bench.board), 0x00);
	bench_pins(&bench, SELECT);
	bench_stream(&bench, packet, length, 0, NULL);
	bench_stream(&bench, packet, 3, 0, NULL);
	bench_pins(&bench, IDLE);
	assert_int_equal(board_status_registers(bench.board), 0x00);
	bench_pins(&bench, SELECT);
	bench_stream(&bench, packet, length, 0, NULL);
	bench_pins(&bench, IDLE);
	assert_int_equal(board_status_registers(bench.board), 0x02);
	bench_close(&bench);
}

static void a_delay_takes_its_time_inside_the_packet(void **state)
{
	struct bench bench = bench_open(&linked);
	const uint8_t packet[] = {0xAB, 0xC0 | 50, 0x00, 0x20};
	uint8_t reply[1];

	(void)state;
	bench_stream(&bench, packet, sizeof(packet), 1, reply);
	assert_int_equal(bench.now_ns, 25000 + 40000 + 51100 + 1080 + 25000);
	bench_close(&bench);
}

static void unknown_commands_cost_time_and_answer_nothing(void **state)
{
	struct bench bench = bench_open(&linked);
	uint8_t stream[96] = {0xE7};
	struct board_stats stats;

	(void)state;
	memcpy(stream + 64, (const uint8_t[]){0xAA, 0x61, 0x00}, 3);
	bench_stream(&bench, stream, 67, 0, NULL);
	board_stats(bench.board, &stats);
	assert_int_equal(stats.packets, 3);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_spi_packet_without_data_answers_nothing),
		cmocka_unit_test(what_follows_the_end_of_a_uio_packet_is_ignored),
		cmocka_unit_test(an_out_moves_all_six_pins),
		cmocka_unit_test(released_pins_are_pulled_up),
		cmocka_unit_test(set_output_and_uio_share_the_pins),
		cmocka_unit_test(spi_reaches_the_die_only_with_clock_and_data_driven),
		cmocka_unit_test(bits_can_be_clocked_by_hand),
		cmocka_unit_test(a_wren_by_hand_sets_wel_at_a_byte_boundary_only),
		cmocka_unit_test(a_delay_takes_its_time_inside_the_packet),
		cmocka_unit_test(unknown_commands_cost_time_and_answer_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
