/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/bench.h"

#include <stdlib.h>
#include <string.h>

static const struct board_options linked = {.entry = "linked"};

static void an_unknown_entry_variant_makes_no_board(void **state)
{
	(void)state;
	assert_null(board_new(&(struct board_options){.part = chipdb_part_by_name("XT25F16B"),
						      .entry = "no such thing"}));
	board_free(NULL);
}

static void every_variant_can_be_listed_and_made(void **state)
{
	unsigned count = 0;

	(void)state;
	for (const char *name; (name = board_entry_name(count)); count++) {
		struct bench bench = bench_open(&(struct board_options){.entry = name});

		bench_close(&bench);
	}
	assert_in_range(count, 22, 40);
}

static void every_part_answers_its_id_and_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		const struct chipdb_part *part = &chipdb_parts[i];
		struct bench bench = bench_open(&(struct board_options){.part = part,
									.entry = "linked",
									.sr_given = true,
									.sr = part->firmware_sr});

		assert_int_equal(bench_id(&bench), (uint32_t)part->id[0] << 16 |
							   (uint32_t)part->id[1] << 8 |
							   part->id[2]);
		assert_int_equal(board_status_registers(bench.board), part->firmware_sr);
		bench_close(&bench);
	}
}

static void a_write_session_leaves_its_bytes_and_its_counts(void **state)
{
	struct bench bench = bench_open(&linked);
	const uint8_t wren[] = {0x06}, erase[] = {0x20, 0, 0x10, 0}, rdsr[] = {0x05};
	const uint8_t program[] = {0x02, 0, 0x10, 0, 0xDE, 0xAD}, read[] = {0x03, 0, 0x10, 0};
	uint8_t answer[3], status;
	struct board_stats stats;

	(void)state;
	memset(board_flash(bench.board) + 0x1000, 0, 16);
	bench_spi(&bench, wren, 1, NULL, 0);
	bench_spi(&bench, erase, 4, NULL, 0);
	do
		bench_spi(&bench, rdsr, 1, &status, 1);
	while (status & 1);
	assert_in_range(bench.now_ns / BENCH_MS, 70, 73);
	bench_spi(&bench, wren, 1, NULL, 0);
	bench_spi(&bench, program, 6, NULL, 0);
	bench_sleep(&bench, 1);
	bench_spi(&bench, read, 4, answer, 3);
	assert_memory_equal(answer, "\xDE\xAD\xFF", 3);

	board_stats(bench.board, &stats);
	assert_int_equal(stats.erase_4k, 1);
	assert_int_equal(stats.page_programs, 1);
	assert_int_equal(stats.sr_writes, 0);
	assert_int_equal(stats.ignored_while_busy, 0);
	assert_int_equal(stats.virtual_us, bench.now_ns / 1000);
	bench_close(&bench);
}

static void only_windows_with_bytes_count_as_ops(void **state)
{
	struct bench bench = bench_open(&linked);
	struct board_stats stats;

	(void)state;
	bench_pins(&bench, IDLE);
	bench_pins(&bench, SELECT);
	bench_pins(&bench, IDLE);
	bench_id(&bench);
	board_stats(bench.board, &stats);
	assert_int_equal(stats.spi_ops, 1);
	assert_int_equal(stats.spi_bytes, 4);
	bench_close(&bench);
}

static void nothing_answers_where_nothing_is_connected(void **state)
{
	struct bench bench =
		bench_open(&(struct board_options){.entry = "linked", .unwired = true});

	(void)state;
	assert_int_equal(bench_id(&bench), 0xFFFFFF);
	bench_reset(&bench, 100);
	assert_true(board_cen(bench.board));
	bench_close(&bench);
}

/* 2 MiB in one READ, with 32 INs queued: the maximum according to public captures. */
static void two_mebibytes_take_15_4_seconds(void **state)
{
	struct bench bench = bench_open(&linked);
	const uint8_t select[] = {0xAB, 0xB7, 0x7F, 0xB6, 0x20};
	static uint8_t stream[32 * 512], back[512 * 31];
	size_t got = 0, size = 0x200000;

	(void)state;
	for (size_t i = 0; i < size; i++)
		board_flash(bench.board)[i] = (uint8_t)(i * 7 + (i >> 8));
	bench_stream(&bench, select, sizeof(select), 0, NULL);
	for (unsigned command = 0; got < size + 4; command++) {
		size_t chunk = 0;

		memset(stream, 0, sizeof(stream));
		for (size_t i = 0; i < 512; i++)
			stream[32 * i] = 0xA8;
		if (command == 0)
			stream[1] = bench_reversed(0x03);
		chunk = bench_stream(&bench, stream, sizeof(stream), 512, back);
		for (size_t i = 0; i < chunk; i++, got++)
			if (got >= 4 && got < size + 4)
				assert_int_equal(bench_reversed(back[i]),
						 board_flash(bench.board)[got - 4]);
	}
	assert_in_range(bench.now_ns / BENCH_MS, 15300, 15600);
	bench_close(&bench);
}

static uint64_t noise(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

/* Packets, most of which begin with a real command. */
static void fill_with_noise(uint8_t *data, size_t length, uint64_t *seed)
{
	static const uint8_t commands[] = {0xA8, 0xA8, 0xAB, 0xAB, 0xA1, 0xAA, 0xA0, 0x00};

	for (size_t i = 0; i < length; i++)
		data[i] = (uint8_t)noise(seed);
	for (size_t i = 0; i < length; i += 32)
		if (noise(seed) % 8)
			data[i] = commands[noise(seed) % 8];
}

static unsigned take_done(struct bench *bench, struct usb_urb **pending, unsigned count)
{
	for (struct usb_urb *urb; (urb = usb_done(bench->usb));) {
		unsigned i = 0;

		while (i < count && pending[i] != urb)
			i++;
		assert_in_range(i, 0, count - 1);
		assert_true(urb->actual <= urb->length);
		assert_true(urb->visible_ns >= urb->submit_ns);
		pending[i] = pending[--count];
		bench_free(urb);
	}
	return count;
}

static void no_stream_of_bytes_breaks_the_board(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 200; round++) {
		struct bench bench = bench_open(
			&(struct board_options){.entry = board_entry_name((unsigned)(round % 24)),
						.seed = round,
						.host = (enum host_class)(round % 3),
						.strict_replies = round % 5 == 0,
						.busy = BUSY_VARYING});
		struct usb_urb *pending[64];
		uint64_t seed = round;
		unsigned count = 0;

		for (unsigned i = 0; i < 300; i++) {
			static const uint8_t endpoints[] = {0x02, 0x02, 0x82, 0x82,
							    0x82, 0x81, 0x80, 0x00};
			uint8_t data[200], endpoint = endpoints[noise(&seed) % 8];
			struct usb_urb *urb;

			bench.now_ns += noise(&seed) % 400 * BENCH_US;
			if (count == 64 || noise(&seed) % 16 == 0) {
				for (unsigned j = 0; j < count; j++)
					usb_unlink(bench.usb, pending[j], bench.now_ns);
				count = take_done(&bench, pending, count);
				assert_int_equal(count, 0);
			}
			fill_with_noise(data, sizeof(data), &seed);
			urb = bench_urb(&bench, endpoint, endpoint & 0x80 ? NULL : data,
					(size_t)(noise(&seed) % sizeof(data)));
			memcpy(urb->setup, data, 8);
			pending[count++] = urb;
			usb_submit(bench.usb, urb);
			count = take_done(&bench, pending, count);
		}
		for (unsigned j = 0; j < count; j++)
			usb_unlink(bench.usb, pending[j], bench.now_ns);
		assert_int_equal(take_done(&bench, pending, count), 0);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unknown_entry_variant_makes_no_board),
		cmocka_unit_test(every_variant_can_be_listed_and_made),
		cmocka_unit_test(every_part_answers_its_id_and_status),
		cmocka_unit_test(a_write_session_leaves_its_bytes_and_its_counts),
		cmocka_unit_test(only_windows_with_bytes_count_as_ops),
		cmocka_unit_test(nothing_answers_where_nothing_is_connected),
		cmocka_unit_test(no_stream_of_bytes_breaks_the_board),
		cmocka_unit_test(two_mebibytes_take_15_4_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
