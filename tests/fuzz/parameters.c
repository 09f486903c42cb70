/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people write after a programmer's name, and as numbers, addresses and regions. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/number.h"
#include "engine/area.h"
#include "programmer/link/spi_link.h"
#include "programmer/link/uart_link.h"
#include "programmer/programmer.h"

#define FLASH 0x200000u

void fuzz_seeds(void)
{
	fuzz_seed_text("enter=always,reset_ms=500,tries=1000,leave=spi,usb=1-4.2");
	fuzz_seed_text("enter=never,leave=run,usb=1:12,chip=GD25Q16B,unprotect=restore");
	fuzz_seed_text("chip=size:2M,,unprotect=no,=,x=");
	fuzz_seed_text("chip=size:4294967296");
	fuzz_seed_text("port=/dev/ttyUSB0,baud=921600,reset=hand,wait=5,leave=stay");
	fuzz_seed_text("port=tcp:[fe80::1]:8888,cen=obk:192.168.1.20:64");
	fuzz_seed_text("port=tcp:lamp.local,cen=tasmota:[::1]:2");
	fuzz_seed_text("{\"POWER1\":\"OFF\"}");
	fuzz_seed_text("1\r\n");
	fuzz_seed_text("0x11000");
	fuzz_seed_text("4095K");
	fuzz_seed_text("4096M");
	fuzz_seed_text("bootloader,app,rf");
}

static void check_parameters(const char *text, const struct observer *observer)
{
	const struct beken_options options = {.parameters = text, .observer = observer};
	struct spi_params params;
	struct link_intent intent;

	if (spi_params_parse(text, &params, observer)) {
		assert_in_range(params.link.reset_ms, 10, 5000);
		assert_in_range(params.link.tries, 1, 1000);
		assert_in_range(params.link.timeout_ms, 1, 4000000);
		assert_in_range(params.leave, LEAVE_RUN, LEAVE_SPI);
		assert_true(memchr(params.place, 0, sizeof(params.place)));
	}
	if (beken_check(&options, &intent))
		assert_in_range(intent.reset_ms, 10, 5000);
}

static void check_place(const struct net_place *place, unsigned most)
{
	char text[NET_PLACE_TEXT];

	if (!place->host[0])
		return;
	assert_true(memchr(place->host, 0, sizeof(place->host)));
	assert_in_range(place->number, 1, most);
	assert_true(strlen(net_place_host(place, text)) < NET_PLACE_TEXT - 1);
	assert_null(strpbrk(text, " /@?#%\r\n"));
}

/* Also the possible answers of a helper to a command. */
static void check_network(const char *text, const struct observer *observer)
{
	struct uart_params params;

	if (uart_params_parse(text, &params, observer)) {
		assert_true(memchr(params.port, 0, sizeof(params.port)));
		assert_true(params.port[0] || params.tcp.place.host[0]);
		check_place(&params.tcp.place, 65535);
		check_place(&params.tcp.relay_place, 64);
	}
	for (int on = 0; on < 2; on++) {
		relay_agrees(RELAY_OBK, on, text);
		if (relay_agrees(RELAY_TASMOTA, on, text) && text[strspn(text, " \t\n\v\f\r")])
			assert_non_null(strstr(text, on ? "\"ON\"" : "\"OFF\""));
	}
}

static void check_numbers(const char *text)
{
	unsigned plain = 7;
	uint32_t number = 7;

	if (!number_bytes(text, &number))
		assert_int_equal(number, 7);
	number_looks_hexadecimal(text, 4096);
	number = 7;
	if (number_hexadecimal(text, FLASH, &number))
		assert_in_range(number, 0, FLASH);
	else
		assert_int_equal(number, 7);
	if (number_plain(text, 3, 12, &plain))
		assert_in_range(plain, 3, 12);
	identify_is_chip(text);
}

static void check_area(const char *text, uint32_t at, uint32_t size,
		       const struct observer *observer)
{
	const struct area_wish wishes[] = {
		{.regions = text},
		{.has_at = true, .has_size = true, .at = at, .size = size},
		{.has_at = true, .at = at},
		{.has_size = true, .size = size},
	};

	for (size_t i = 0; i < COUNT_OF(wishes); i++) {
		struct ranges area;

		if (!area_find(&wishes[i], chipdb_soc_by_name("BK7231N"), FLASH, observer, &area))
			continue;
		for (size_t r = 0; r < area.count; r++) {
			assert_in_range(area.range[r].length, 1, FLASH);
			assert_in_range(area.range[r].start, 0, FLASH - area.range[r].length);
		}
	}
}

void fuzz_one(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size}, numbers = input;
	static struct notes notes;
	uint32_t at = fuzz_word(&numbers), length = fuzz_word(&numbers);
	char *text = fuzz_text(&input);

	notes_begin(&notes);
	check_parameters(text, &notes.observer);
	check_network(text, &notes.observer);
	check_numbers(text);
	check_area(text, at, length, &notes.observer);
	free(text);
}
