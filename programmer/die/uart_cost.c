/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_cost.h"

#define BLOCK 65536u
#define NS_PER_SUMMED_BYTE 500 /* 1 to 3 MB/s, by the bootloader */
#define PAGE 256u

/*
 * From a request to its answer: what the line was seen to need for a LinkCheck. Adapters pass on
 * what comes within a millisecond together, so a short answer takes no longer than another one.
 */
static uint32_t round_trip_us(const struct uart_die *uart, const struct uart_request *request)
{
	const struct uart_request seen = uart_link_check();
	uint8_t frame[UART_REQUEST_MOST];
	size_t more = uart_encode(request, frame) - uart_encode(&seen, frame);

	return uart->talk->round_trip_us + wire_bytes_us(uart->talk->wire, more);
}

/* A share of what comes once for each @bytes. */
static uint32_t ns_of_each(uint32_t us, uint32_t bytes)
{
	return (uint32_t)((uint64_t)us * 1000 / bytes);
}

struct die_cost uart_cost(const struct uart_die *uart)
{
	const struct uart_request sum = uart_check_crc((struct range){0, BLOCK});
	const struct uart_request read = uart_read_sector(0), erase = uart_erase(0, true);
	const struct wire *wire = uart->talk->wire;
	uint32_t sum_us = round_trip_us(uart, &sum);
	uint32_t known_ns = NS_PER_SUMMED_BYTE + ns_of_each(sum_us, BLOCK);
	uint32_t sector_us = wire_bytes_us(wire, uart_answer_size(&read));
	uint32_t page_us = wire_bytes_us(wire, PAGE + PAGE * 12 / UART_SECTOR);

	return (struct die_cost){
		.ns_per_byte =
			ns_of_each(sector_us, UART_SECTOR) + ns_of_each(sum_us, BLOCK) + known_ns,
		.ns_per_known_byte = known_ns,
		.ns_per_erased_byte = uart->loader->family == UART_BL ? 0 : known_ns,
		/* The rest is in their bytes. */
		.us_per_read = sum_us - sum_us * UART_SECTOR / BLOCK,
		.us_per_known_read = sum_us - sum_us * UART_SECTOR / BLOCK,
		.us_per_erase = round_trip_us(uart, &erase),
		.us_per_page = page_us > uart->page_us ? page_us : uart->page_us,
		.read_unit = UART_SECTOR,
		.program_unit = UART_SECTOR,
	};
}
