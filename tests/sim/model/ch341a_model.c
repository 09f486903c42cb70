/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/bench.h"

#include <errno.h>
#include <string.h>

static const struct board_options linked = {.entry = "linked"};

static struct board_options with_host(enum host_class host)
{
	return (struct board_options){.entry = "linked", .host = host};
}

/* @count full A8 packets. */
static size_t a8_packets(uint8_t *stream, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		memset(stream + 32 * i, 0xFF, 32);
		stream[32 * i] = 0xA8;
	}
	return 32 * count;
}

static void drop_all(struct bench *bench)
{
	struct usb_urb *urb;

	while ((urb = usb_done(bench->usb)))
		bench_free(urb);
}

static void an_spi_packet_of_31_bytes_takes_226_93_us(void **state)
{
	struct bench bench = bench_open(&linked);
	uint8_t stream[32];
	struct usb_urb *urb;

	(void)state;
	bench_submit(&bench, 0x82, NULL, 32);
	bench_submit(&bench, 0x02, stream, a8_packets(stream, 1));
	urb = bench_wait(&bench);
	assert_int_equal(urb->endpoint, 0x02);
	assert_int_equal(urb->visible_ns, 50000);
	bench_free(urb);
	urb = bench_wait(&bench);
	assert_int_equal(urb->visible_ns, 25000 + 226930 + 25000);
	assert_int_equal(urb->actual, 31);
	bench_free(urb);
	bench_close(&bench);
}

/* As flashrom reads 4096 bytes: a UIO packet, 133 SPI packets, 32 INs queued. */
static uint64_t read_command(struct bench *bench, unsigned depth)
{
	static uint8_t stream[32 * 134];
	unsigned queued = 0, read = 0;
	uint64_t start = bench->now_ns;

	memset(stream, 0, 32);
	memcpy(stream, (const uint8_t[]){0xAB, 0xB7, 0x7F, 0xB6, 0x20}, 5);
	a8_packets(stream + 32, 133);
	bench_submit(bench, 0x02, stream, 32 * 133 + 9);
	while (read < 133) {
		struct usb_urb *urb;

		while (queued < 133 && queued < read + depth) {
			bench_submit(bench, 0x82, NULL, 32);
			queued++;
		}
		urb = bench_wait(bench);
		read += urb->endpoint == 0x82;
		bench_free(urb);
	}
	return (bench->now_ns - start) / BENCH_US;
}

static void a_read_of_4096_bytes_takes_30_ms_on_class_x(void **state)
{
	struct board_options options = with_host(HOST_X);
	struct bench bench = bench_open(&options);

	(void)state;
	assert_in_range(read_command(&bench, 32), 30000, 30400);
	assert_in_range(read_command(&bench, 1), 30000, 30400);
	bench_close(&bench);
}

static void class_u_costs_a_frame_a_packet_with_one_in_and_little_with_many(void **state)
{
	struct board_options options = with_host(HOST_U);
	struct bench bench = bench_open(&options);

	(void)state;
	/* 33.2 ms a 4 KiB command are 34 s for 4 MiB. */
	assert_in_range(read_command(&bench, 32), 32000, 33500);
	assert_in_range(read_command(&bench, 1), 132000, 134000);
	bench_close(&bench);
}

static void class_t_costs_half_a_millisecond_a_packet(void **state)
{
	struct board_options options = with_host(HOST_T);
	struct bench bench = bench_open(&options);

	(void)state;
	assert_in_range(read_command(&bench, 32), 66500, 67500);
	bench_close(&bench);
}

static void a_page_program_of_flashrom_takes_five_frames_on_class_u(void **state)
{
	struct board_options options = with_host(HOST_U);
	struct bench bench = bench_open(&options);
	uint8_t stream[320] = {0xAB, 0xB7, 0x7F, 0xB6, 0x20};
	static const size_t lengths[] = {32 + 2, 32 + 8 * 32 + 13, 32 + 4};
	static const size_t answers[] = {1, 9, 1};

	(void)state;
	a8_packets(stream + 32, 9);
	for (size_t i = 0; i < 3; i++)
		bench_stream(&bench, stream, lengths[i], answers[i], NULL);
	assert_int_equal(bench.now_ns, 5 * BENCH_MS);
	bench_close(&bench);
}

static void only_an_idle_adapter_costs_a_turnaround(void **state)
{
	struct bench bench = bench_open(&linked);
	uint8_t stream[64];
	struct board_stats stats;

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		bench_submit(&bench, 0x82, NULL, 32);
	bench_submit(&bench, 0x02, stream, a8_packets(stream, 2));
	bench_submit(&bench, 0x02, stream, a8_packets(stream, 2));
	board_stats(bench.board, &stats);
	assert_int_equal(stats.host_turnarounds, 1);
	assert_int_equal(stats.packets, 4);
	assert_int_equal(stats.virtual_us, 25 + 4 * 226.93 + 25);
	drop_all(&bench);
	bench_close(&bench);
}

static void replies_come_one_a_transfer_and_never_merge(void **state)
{
	struct bench bench = bench_open(&linked);
	static const size_t lengths[] = {31, 31, 2};
	uint8_t stream[96];

	(void)state;
	a8_packets(stream, 3);
	for (unsigned i = 0; i < 3; i++)
		bench_submit(&bench, 0x82, NULL, 4096);
	bench_submit(&bench, 0x02, stream, 64 + 3);
	for (unsigned i = 0; i < 3;) {
		struct usb_urb *urb = bench_wait(&bench);

		if (urb->endpoint == 0x82)
			assert_int_equal(urb->actual, lengths[i++]);
		bench_free(urb);
	}
	drop_all(&bench);
	bench_close(&bench);
}

static void four_replies_wait_and_the_fifth_packet_is_held_back(void **state)
{
	struct bench bench = bench_open(&linked);
	uint8_t stream[5 * 32];
	struct usb_urb *out, *in;
	struct board_stats stats;

	(void)state;
	out = bench_submit(&bench, 0x02, stream, a8_packets(stream, 5));
	assert_null(usb_done(bench.usb));
	board_stats(bench.board, &stats);
	assert_int_equal(stats.packets, 4);

	bench_sleep(&bench, 100);
	in = bench_submit(&bench, 0x82, NULL, 32);
	assert_ptr_equal(bench_wait(&bench), in);
	assert_int_equal(in->visible_ns, 100 * BENCH_MS + 25 * BENCH_US);
	assert_ptr_equal(bench_wait(&bench), out);
	assert_int_equal(out->visible_ns, 100 * BENCH_MS + 25 * BENCH_US);
	bench_free(in);
	bench_free(out);
	bench_close(&bench);
}

static void packets_without_a_reply_do_not_wait_for_room(void **state)
{
	struct bench bench = bench_open(&linked);
	uint8_t stream[5 * 32];

	(void)state;
	a8_packets(stream, 5);
	memset(stream + 4 * 32, 0, 32);
	bench_submit(&bench, 0x02, stream, sizeof(stream));
	bench_free(bench_wait(&bench));
	bench_close(&bench);
}

static void a_strict_adapter_locks_up_at_the_fifth_unread_reply(void **state)
{
	struct bench bench =
		bench_open(&(struct board_options){.entry = "linked", .strict_replies = true});
	uint8_t stream[5 * 32];
	struct usb_urb *out, *in;

	(void)state;
	out = bench_submit(&bench, 0x02, stream, a8_packets(stream, 5));
	bench_sleep(&bench, 100);
	in = bench_submit(&bench, 0x82, NULL, 32);
	/* Data that was waiting can still be read; the rest never arrives. */
	assert_ptr_equal(bench_wait(&bench), in);
	assert_null(usb_done(bench.usb));
	usb_unlink(bench.usb, out, bench.now_ns);
	assert_ptr_equal(bench_wait(&bench), out);
	assert_int_equal(out->status, -ECONNRESET);
	assert_int_equal(out->actual, 4 * 32);
	bench_free(in);
	bench_free(out);
	bench_close(&bench);
}

static void a_strict_adapter_works_for_who_reads_in_time(void **state)
{
	struct bench bench =
		bench_open(&(struct board_options){.entry = "linked", .strict_replies = true});

	(void)state;
	read_command(&bench, 32);
	read_command(&bench, 3);
	bench_close(&bench);
}

static void a_transfer_smaller_than_its_packet_overflows(void **state)
{
	struct bench bench = bench_open(&linked);
	uint8_t stream[32];
	struct usb_urb *urb;

	(void)state;
	bench_submit(&bench, 0x82, NULL, 8);
	bench_submit(&bench, 0x02, stream, a8_packets(stream, 1));
	bench_free(bench_wait(&bench));
	urb = bench_wait(&bench);
	assert_int_equal(urb->status, -EOVERFLOW);
	assert_int_equal(urb->actual, 8);
	bench_free(urb);
	bench_close(&bench);
}

static void waiting_transfers_can_be_taken_back(void **state)
{
	struct bench bench = bench_open(&linked);
	struct usb_urb *first = bench_submit(&bench, 0x82, NULL, 32);
	struct usb_urb *second = bench_submit(&bench, 0x82, NULL, 32);
	struct usb_urb *interrupt = bench_submit(&bench, 0x81, NULL, 8);

	(void)state;
	usb_unlink(bench.usb, first, 5 * BENCH_MS);
	assert_ptr_equal(bench_wait(&bench), first);
	assert_int_equal(first->status, -ECONNRESET);
	assert_int_equal(first->visible_ns, 5 * BENCH_MS);
	usb_unlink(bench.usb, first, 6 * BENCH_MS);
	assert_null(usb_done(bench.usb));
	usb_unlink(bench.usb, interrupt, 6 * BENCH_MS);
	assert_ptr_equal(bench_wait(&bench), interrupt);
	bench_stream(&bench, (const uint8_t[]){0xAB, 0x00, 0x20}, 3, 0, NULL);
	assert_int_equal(second->actual, 1);
	bench_free(first);
	bench_free(second);
	bench_free(interrupt);
	bench_close(&bench);
}

static void a_lost_reply_leaves_one_transfer_waiting(void **state)
{
	struct bench bench =
		bench_open(&(struct board_options){.entry = "linked", .lose_reply = 2});
	uint8_t stream[3 * 32];
	struct usb_urb *last;
	unsigned done = 0;

	(void)state;
	for (unsigned i = 0; i < 2; i++)
		bench_submit(&bench, 0x82, NULL, 32);
	last = bench_submit(&bench, 0x82, NULL, 32);
	bench_submit(&bench, 0x02, stream, a8_packets(stream, 3));
	for (struct usb_urb *urb; (urb = usb_done(bench.usb)); done++)
		bench_free(urb);
	assert_int_equal(done, 3);
	usb_unlink(bench.usb, last, 10 * BENCH_MS);
	bench_free(bench_wait(&bench));
	bench_close(&bench);
}

static void a_stall_comes_at_the_transfer_asked_for(void **state)
{
	struct bench bench = bench_open(&(struct board_options){.entry = "linked", .stall_out = 2});
	static const int expected[] = {0, -EPIPE, -EPIPE};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct usb_urb *urb;

		bench_submit(&bench, 0x02, (const uint8_t[]){0xAA, 0x61, 0x00}, 3);
		urb = bench_wait(&bench);
		assert_int_equal(urb->status, expected[i]);
		bench_free(urb);
	}
	bench_close(&bench);
}

static void what_is_sent_behind_the_command_of_a_kill_is_not_carried_out(void **state)
{
	static const uint8_t next[] = {0xAB, 0x80 | IDLE, 0x40 | OUTPUTS, 0x80 | SELECT, 0x20};
	struct bench bench = bench_open(&(struct board_options){.entry = "linked", .kill_at = 2});
	struct usb_urb *out, *in[3];
	uint8_t stream[6 * 32] = {0};
	struct board_stats stats;
	unsigned done = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		memcpy(stream + 64 * i, next, sizeof(next));
		a8_packets(stream + 64 * i + 32, 1);
		in[i] = bench_submit(&bench, 0x82, NULL, 32);
	}
	out = bench_submit(&bench, 0x02, stream, sizeof(stream));
	while (usb_done(bench.usb))
		done++;
	board_stats(bench.board, &stats);
	assert_true(bench.usb->host_dies);
	assert_int_equal(stats.spi_ops, 2);
	assert_int_equal(stats.packets, 4);
	usb_unlink(bench.usb, out, bench.now_ns);
	usb_unlink(bench.usb, in[2], bench.now_ns);
	while (usb_done(bench.usb))
		done++;
	assert_int_equal(done, 4);
	bench_free(out);
	for (size_t i = 0; i < 3; i++)
		bench_free(in[i]);
	bench_close(&bench);
}

static void an_adapter_in_the_uart_position_takes_bytes_and_answers_none(void **state)
{
	struct bench bench = bench_open(&(struct board_options){.uart_mode = true});
	uint8_t stream[32];

	(void)state;
	assert_int_equal(bench.usb->device_descriptor[10], 0x23);
	bench_submit(&bench, 0x02, stream, a8_packets(stream, 1));
	bench_free(bench_wait(&bench));
	bench_expect_nothing(&bench);
	bench_close(&bench);
}

static void the_version_request_answers_30_00_and_others_stall(void **state)
{
	struct bench bench = bench_open(&linked);
	struct usb_urb *urb = bench_urb(&bench, 0x80, NULL, 8);

	(void)state;
	memcpy(urb->setup, (const uint8_t[]){0xC0, 0x5F, 0, 0, 0, 0, 8, 0}, 8);
	usb_submit(bench.usb, urb);
	assert_ptr_equal(bench_wait(&bench), urb);
	assert_int_equal(urb->actual, 2);
	assert_memory_equal(urb->data, "\x30\x00", 2);
	urb->setup[1] = 0x95;
	urb->submit_ns = bench.now_ns;
	usb_submit(bench.usb, urb);
	bench_wait(&bench);
	assert_int_equal(urb->status, -EPIPE);
	bench_free(urb);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_spi_packet_of_31_bytes_takes_226_93_us),
		cmocka_unit_test(a_read_of_4096_bytes_takes_30_ms_on_class_x),
		cmocka_unit_test(class_u_costs_a_frame_a_packet_with_one_in_and_little_with_many),
		cmocka_unit_test(class_t_costs_half_a_millisecond_a_packet),
		cmocka_unit_test(a_page_program_of_flashrom_takes_five_frames_on_class_u),
		cmocka_unit_test(only_an_idle_adapter_costs_a_turnaround),
		cmocka_unit_test(replies_come_one_a_transfer_and_never_merge),
		cmocka_unit_test(four_replies_wait_and_the_fifth_packet_is_held_back),
		cmocka_unit_test(packets_without_a_reply_do_not_wait_for_room),
		cmocka_unit_test(a_strict_adapter_locks_up_at_the_fifth_unread_reply),
		cmocka_unit_test(a_strict_adapter_works_for_who_reads_in_time),
		cmocka_unit_test(a_transfer_smaller_than_its_packet_overflows),
		cmocka_unit_test(waiting_transfers_can_be_taken_back),
		cmocka_unit_test(a_lost_reply_leaves_one_transfer_waiting),
		cmocka_unit_test(a_stall_comes_at_the_transfer_asked_for),
		cmocka_unit_test(what_is_sent_behind_the_command_of_a_kill_is_not_carried_out),
		cmocka_unit_test(an_adapter_in_the_uart_position_takes_bytes_and_answers_none),
		cmocka_unit_test(the_version_request_answers_30_00_and_others_stall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
