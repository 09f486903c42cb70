/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/bench.h"
#include "sim/model/host.h"

static void class_x_shows_a_completion_25_us_later(void **state)
{
	(void)state;
	assert_int_equal(host_visible(HOST_X, 1000 * BENCH_US), 1025 * BENCH_US);
}

static void class_x200_is_like_x_but_slower(void **state)
{
	(void)state;
	assert_int_equal(host_visible(HOST_X200, 1000 * BENCH_US), 1075 * BENCH_US);
	assert_int_equal(host_turnaround(HOST_X200), 200 * BENCH_US);
	assert_int_equal(host_turnaround(HOST_X), 25 * BENCH_US);
}

static void class_u_shows_completions_at_the_next_frame_only(void **state)
{
	(void)state;
	assert_int_equal(host_visible(HOST_U, 1), BENCH_MS);
	assert_int_equal(host_visible(HOST_U, BENCH_MS - 1), BENCH_MS);
	assert_int_equal(host_visible(HOST_U, BENCH_MS), 2 * BENCH_MS);
}

static void class_u_takes_a_moment_between_two_packets(void **state)
{
	(void)state;
	assert_int_equal(host_next_packet(HOST_U, 0, 227 * BENCH_US), 243 * BENCH_US);
	assert_int_equal(host_next_packet(HOST_X, 0, 227 * BENCH_US), 227 * BENCH_US);
}

static void class_t_lets_a_packet_through_every_half_frame(void **state)
{
	(void)state;
	assert_int_equal(host_next_packet(HOST_T, 0, 227 * BENCH_US), 500 * BENCH_US);
	assert_int_equal(host_next_packet(HOST_T, 0, 600 * BENCH_US), 600 * BENCH_US);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(class_x_shows_a_completion_25_us_later),
		cmocka_unit_test(class_x200_is_like_x_but_slower),
		cmocka_unit_test(class_u_shows_completions_at_the_next_frame_only),
		cmocka_unit_test(class_u_takes_a_moment_between_two_packets),
		cmocka_unit_test(class_t_lets_a_packet_through_every_half_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
