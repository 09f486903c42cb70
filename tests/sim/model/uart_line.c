/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/uart_line.h"

#include <stdlib.h>
#include <string.h>

static void take(void *context, uint8_t byte, uint64_t ns)
{
	struct uart_line *line = context;

	(void)ns;
	assert_true(line->answered < sizeof(line->answer));
	line->answer[line->answered++] = byte;
}

struct uart_line *uart_line_of(const char *variant, const char *part)
{
	struct uart_line *line = calloc(1, sizeof(*line));

	assert_non_null(line);
	line->die = die_of(part);
	assert_non_null(uart_variant_by_name(variant));
	uart_bootloader_init(&line->uart, uart_variant_by_name(variant), &line->die->nor, take,
			     line);
	uart_bootloader_cen(&line->uart, true, 0);
	line->ns = UART_START_NS;
	return line;
}

struct uart_line *uart_line_linked(const char *variant, const char *part)
{
	struct uart_line *line = uart_line_of(variant, part);

	nor_firmware_status(&line->die->nor, 0);
	uart_line_ask(line, "01 e0 fc 01 00", "04 0e 05 01 e0 fc 01 00");
	return line;
}

void uart_line_free(struct uart_line *line)
{
	die_free(line->die);
	free(line);
}

void uart_line_bytes(struct uart_line *line, const uint8_t *bytes, size_t count)
{
	line->answered = 0;
	for (size_t i = 0; i < count; i++) {
		line->ns += uart_bootloader_byte_ns(&line->uart);
		uart_bootloader_receive(&line->uart, bytes[i], line->ns);
	}
	while (line->uart.count && line->uart.state != UART_HUNG) {
		line->ns += LINE_MS;
		uart_bootloader_advance(&line->uart, line->ns);
	}
	if (line->ns < line->uart.free_ns)
		line->ns = line->uart.free_ns;
}

static size_t from_hex(const char *hex, uint8_t *bytes)
{
	size_t count = 0;
	char *end;

	for (; *hex; hex = end) {
		bytes[count++] = (uint8_t)strtoul(hex, &end, 16);
		assert_true(end != hex);
	}
	return count;
}

void uart_line_send(struct uart_line *line, const char *hex, const uint8_t *data, size_t count)
{
	uint8_t bytes[5000];
	size_t head = from_hex(hex, bytes);

	assert_true(head + count <= sizeof(bytes));
	if (data)
		memcpy(bytes + head, data, count);
	uart_line_bytes(line, bytes, head + (data ? count : 0));
}

void uart_line_answered(struct uart_line *line, const char *wanted)
{
	uint8_t bytes[100];
	size_t count = from_hex(wanted, bytes);

	assert_int_equal(line->answered, count);
	assert_memory_equal(line->answer, bytes, count);
}

void uart_line_expect(struct uart_line *line, const char *hex, const char *wanted, size_t length)
{
	uint8_t bytes[100];
	size_t count = from_hex(wanted, bytes);

	uart_line_send(line, hex, NULL, 0);
	assert_int_equal(line->answered, length);
	assert_memory_equal(line->answer, bytes, count);
}

void uart_line_ask(struct uart_line *line, const char *hex, const char *wanted)
{
	uint8_t bytes[100];

	uart_line_expect(line, hex, wanted, from_hex(wanted, bytes));
}
