/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/bench.h"

#include <errno.h>
#include <string.h>

#define GET(value, index, length)                                                                  \
	{                                                                                          \
		0x80, 6, (value) % 256, (value) / 256, (index) % 256, (index) / 256,               \
			(length) % 256, (length) / 256                                             \
	}

static const struct board_options plain;

/* Returns the status; stores the answer in @answer, its length in @got. */
static int control(struct bench *bench, const uint8_t setup[8], uint8_t *answer, size_t *got)
{
	struct usb_urb *urb = bench_urb(bench, setup[0] & 0x80, NULL, 255);
	int status;

	memcpy(urb->setup, setup, 8);
	usb_submit(bench->usb, urb);
	assert_ptr_equal(bench_wait(bench), urb);
	status = urb->status;
	if (answer)
		memcpy(answer, urb->data, urb->actual);
	if (got)
		*got = urb->actual;
	bench_free(urb);
	return status;
}

static void assert_answer(struct bench *bench, const uint8_t setup[8], const void *expected,
			  size_t length)
{
	uint8_t answer[255];
	size_t got;

	assert_int_equal(control(bench, setup, answer, &got), 0);
	assert_int_equal(got, length);
	assert_memory_equal(answer, expected, length);
}

static void assert_status(struct bench *bench, const uint8_t setup[8], int status)
{
	assert_int_equal(control(bench, setup, NULL, NULL), status);
}

static void the_descriptors_are_those_of_a_real_adapter(void **state)
{
	struct bench bench = bench_open(&plain);
	static const uint8_t device[] = {0x12, 0x01, 0x10, 0x01, 0xFF, 0x00, 0x02, 0x08, 0x86,
					 0x1A, 0x12, 0x55, 0x04, 0x03, 0x00, 0x00, 0x00, 0x01};
	static const uint8_t config[] = {0x09, 0x02, 0x27, 0x00, 0x01, 0x01, 0x00, 0x80, 0x30, 0x09,
					 0x04, 0x00, 0x00, 0x03, 0xFF, 0x01, 0x02, 0x00, 0x07, 0x05,
					 0x82, 0x02, 0x20, 0x00, 0x00, 0x07, 0x05, 0x02, 0x02, 0x20,
					 0x00, 0x00, 0x07, 0x05, 0x81, 0x03, 0x08, 0x00, 0x01};

	(void)state;
	assert_answer(&bench, (const uint8_t[])GET(0x100, 0, 18), device, 18);
	assert_answer(&bench, (const uint8_t[])GET(0x100, 0, 8), device, 8);
	assert_answer(&bench, (const uint8_t[])GET(0x200, 0, 255), config, 39);
	assert_answer(&bench, (const uint8_t[])GET(0x200, 0, 9), config, 9);
	assert_status(&bench, (const uint8_t[])GET(0x201, 0, 9), -EPIPE);
	assert_status(&bench, (const uint8_t[])GET(0x600, 0, 10), -EPIPE);
	bench_close(&bench);
}

static void newer_adapters_have_a_product_string(void **state)
{
	struct bench bench = bench_open(&(struct board_options){.product_string = true});
	static const uint8_t language[] = {4, 3, 9, 4};
	static const char text[] = "\x1A\x03U\0S\0B\0 \0U\0A\0R\0T\0-\0L\0P\0T\0";
	uint8_t device[255];
	size_t got;

	(void)state;
	assert_int_equal(control(&bench, (const uint8_t[])GET(0x100, 0, 18), device, &got), 0);
	assert_int_equal(device[15], 2);
	assert_answer(&bench, (const uint8_t[])GET(0x300, 0, 255), language, 4);
	assert_answer(&bench, (const uint8_t[])GET(0x302, 0x409, 255), text, 26);
	assert_status(&bench, (const uint8_t[])GET(0x301, 0x409, 255), -EPIPE);
	bench_close(&bench);
}

static void the_configuration_can_be_set_and_read(void **state)
{
	struct bench bench = bench_open(&plain);
	static const uint8_t get[] = {0x80, 8, 0, 0, 0, 0, 1, 0};

	(void)state;
	assert_answer(&bench, get, "\0", 1);
	assert_status(&bench, (const uint8_t[]){0x00, 9, 1, 0, 0, 0, 0, 0}, 0);
	assert_answer(&bench, get, "\1", 1);
	assert_status(&bench, (const uint8_t[]){0x00, 9, 2, 0, 0, 0, 0, 0}, -EPIPE);
	assert_answer(&bench, get, "\1", 1);
	bench_close(&bench);
}

static void the_interface_has_one_setting(void **state)
{
	struct bench bench = bench_open(&plain);

	(void)state;
	assert_status(&bench, (const uint8_t[]){0x01, 11, 0, 0, 0, 0, 0, 0}, 0);
	assert_status(&bench, (const uint8_t[]){0x01, 11, 1, 0, 0, 0, 0, 0}, -EPIPE);
	assert_answer(&bench, (const uint8_t[]){0x81, 10, 0, 0, 0, 0, 1, 0}, "\0", 1);
	bench_close(&bench);
}

static void the_status_is_bus_powered_and_no_more(void **state)
{
	struct bench bench = bench_open(&plain);

	(void)state;
	assert_answer(&bench, (const uint8_t[]){0x80, 0, 0, 0, 0, 0, 2, 0}, "\0\0", 2);
	assert_status(&bench, (const uint8_t[]){0x82, 0, 0, 0, 0x83, 0, 2, 0}, -EPIPE);
	assert_status(&bench, (const uint8_t[]){0x00, 3, 1, 0, 0, 0, 0, 0}, -EPIPE);
	assert_status(&bench, (const uint8_t[]){0x00, 5, 7, 0, 0, 0, 0, 0}, 0);
	bench_close(&bench);
}

static void a_halted_endpoint_stalls_until_it_is_cleared(void **state)
{
	struct bench bench = bench_open(&plain);
	static const uint8_t packet[] = {0xAB, 0xB7, 0x20};
	static const int expected[] = {-EPIPE, 0};
	struct usb_urb *urb;

	(void)state;
	assert_status(&bench, (const uint8_t[]){0x02, 3, 0, 0, 0x02, 0, 0, 0}, 0);
	assert_answer(&bench, (const uint8_t[]){0x82, 0, 0, 0, 0x02, 0, 2, 0}, "\1\0", 2);
	for (size_t i = 0; i < 2; i++) {
		bench_submit(&bench, 0x02, packet, sizeof(packet));
		urb = bench_wait(&bench);
		assert_int_equal(urb->status, expected[i]);
		bench_free(urb);
		assert_status(&bench, (const uint8_t[]){0x02, 1, 0, 0, 0x02, 0, 0, 0}, 0);
	}
	bench_close(&bench);
}

static void completions_come_in_the_order_of_their_time(void **state)
{
	struct usb_device dev = {0};
	struct usb_urb urbs[4] = {0};
	static const uint64_t times[] = {30, 10, 20, 40}, expected[] = {10, 20, 30, 40};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		usb_complete(&dev, &urbs[i], 0, times[i]);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(usb_done(&dev)->visible_ns, expected[i]);
	assert_null(usb_done(&dev));
	usb_complete(&dev, &urbs[0], 0, 5);
	usb_complete(&dev, &urbs[1], 0, 5);
	assert_ptr_equal(usb_done(&dev), &urbs[0]);
	assert_ptr_equal(usb_done(&dev), &urbs[1]);

	/* Completions at equal times keep their order, also in the middle of the list. */
	usb_complete(&dev, &urbs[0], 0, 5);
	usb_complete(&dev, &urbs[1], 0, 9);
	usb_complete(&dev, &urbs[2], 0, 5);
	assert_ptr_equal(usb_done(&dev), &urbs[0]);
	assert_ptr_equal(usb_done(&dev), &urbs[2]);
	assert_ptr_equal(usb_done(&dev), &urbs[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_descriptors_are_those_of_a_real_adapter),
		cmocka_unit_test(newer_adapters_have_a_product_string),
		cmocka_unit_test(the_configuration_can_be_set_and_read),
		cmocka_unit_test(the_interface_has_one_setting),
		cmocka_unit_test(the_status_is_bus_powered_and_no_more),
		cmocka_unit_test(a_halted_endpoint_stalls_until_it_is_cleared),
		cmocka_unit_test(completions_come_in_the_order_of_their_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
