/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The USB side of the FT232H; stock flashrom shows that its commands do what programs expect. */
#include "tests/unit.h"
#include "sim/model/ft232h_model.h"

#include <stdlib.h>

static struct ft232h ft;
static struct board_stats stats;
static uint64_t ns;

static void control(uint8_t request, uint16_t value)
{
	struct usb_urb urb = {.setup = {0x40, request, (uint8_t)value, (uint8_t)(value >> 8), 1},
			      .submit_ns = ns};

	usb_submit(&ft.usb, &urb);
	assert_ptr_equal(usb_done(&ft.usb), &urb);
	assert_int_equal(urb.status, 0);
}

static void begin(void)
{
	static const struct board_options options = {.host = HOST_X};

	memset(&stats, 0, sizeof(stats));
	ns = 0;
	ft232h_init(&ft, &options, NULL, &stats);
	control(0x09, 1);
	control(0x0B, 0x0200);
}

static struct usb_urb transfer(uint8_t endpoint, void *data, uint32_t length)
{
	return (struct usb_urb){
		.endpoint = endpoint, .data = data, .length = length, .submit_ns = ns};
}

static void what_it_does_not_know_is_answered(void **state)
{
	uint8_t out[] = {0xAA, 0x87}, in[512];
	struct usb_urb send, receive;

	(void)state;
	begin();
	send = transfer(0x02, out, sizeof(out));
	receive = transfer(0x81, in, sizeof(in));
	usb_submit(&ft.usb, &receive);
	assert_null(usb_done(&ft.usb));
	usb_submit(&ft.usb, &send);
	assert_ptr_equal(usb_done(&ft.usb), &send);
	assert_ptr_equal(usb_done(&ft.usb), &receive);
	assert_int_equal(receive.actual, 4);
	assert_memory_equal(in + 2, ((const uint8_t[]){0xFA, 0xAA}), 2);
}

/* Nobody reads: the buffer fills up, the rest waits, and new data is not accepted. */
static void it_stands_still_until_the_host_reads(void **state)
{
	static uint8_t in[4096], more[2000];
	uint8_t out[] = {0x20, 0xFF, 0x07, 0x87};
	struct usb_urb send, behind, receive;
	size_t got = 0;

	(void)state;
	begin();
	memset(more, 0x87, sizeof(more));
	send = transfer(0x02, out, sizeof(out));
	behind = transfer(0x02, more, sizeof(more));
	usb_submit(&ft.usb, &send);
	assert_ptr_equal(usb_done(&ft.usb), &send);
	usb_submit(&ft.usb, &behind);
	assert_null(usb_done(&ft.usb));
	receive = transfer(0x81, in, sizeof(in));
	usb_submit(&ft.usb, &receive);
	for (struct usb_urb *urb; (urb = usb_done(&ft.usb));)
		got += urb == &receive ? urb->actual : 0;
	/* Four packets of 510 bytes, and a fifth with eight more bytes. */
	assert_int_equal(got, 2048 + 5 * 2);
}

static void a_byte_takes_eight_clocks(void **state)
{
	uint8_t out[3 + 3 + 100 + 1] = {0x86, 0x03, 0x00, 0x31, 99, 0}, in[512];
	struct usb_urb send, receive;

	(void)state;
	begin();
	out[sizeof(out) - 1] = 0x87;
	control(0x00, 0);
	send = transfer(0x02, (uint8_t[]){0x8A}, 1);
	usb_submit(&ft.usb, &send);
	while (usb_done(&ft.usb))
		continue;
	ns = 1000000;
	send = transfer(0x02, out, sizeof(out));
	receive = transfer(0x81, in, sizeof(in));
	usb_submit(&ft.usb, &receive);
	usb_submit(&ft.usb, &send);
	while (usb_done(&ft.usb))
		continue;
	assert_int_equal(receive.actual, 102);
	assert_in_range(receive.visible_ns - ns, 100 * 1066, 100 * 1066 + 70000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_does_not_know_is_answered),
		cmocka_unit_test(it_stands_still_until_the_host_reads),
		cmocka_unit_test(a_byte_takes_eight_clocks),
	};

	return cmocka_run_group_tests_name("ft232h_model", tests, NULL, NULL);
}
