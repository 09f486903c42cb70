/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/bench.h"
#include "sim/model/host.h"

static void class_x_shows_a_completion_75_us_later(void **state)
{
	(void)state;
	assert_int_equal(host_visible(HOST_X, 1000 * BENCH_US), 1075 * BENCH_US);
}

static void class_u_shows_completions_at_the_next_frame_only(void **state)
{
	(void)state;
	assert_int_equal(host_visible(HOST_U, 1), BENCH_MS);
	assert_int_equal(host_visible(HOST_U, BENCH_MS - 1), BENCH_MS);
	assert_int_equal(host_visible(HOST_U, BENCH_MS), 2 * BENCH_MS);
}

static void class_t_lets_a_packet_through_every_half_frame(void **state)
{
	(void)state;
	assert_int_equal(host_packet_spacing(HOST_T), 500 * BENCH_US);
	assert_int_equal(host_packet_spacing(HOST_X), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(class_x_shows_a_completion_75_us_later),
		cmocka_unit_test(class_u_shows_completions_at_the_next_frame_only),
		cmocka_unit_test(class_t_lets_a_packet_through_every_half_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
