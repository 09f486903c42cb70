/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/uart_bootloader.h"

#include <string.h>

#include "sim/model/uart_commands.h"

#define START_DIVIDER 226u
#define NS_PER_US UINT64_C(1000)

static uint32_t first_divider(const struct uart_variant *variant)
{
	return variant->divider_is_high ? START_DIVIDER + 1 : START_DIVIDER;
}

void uart_bootloader_init(struct uart_bootloader *uart, const struct uart_variant *variant,
			  struct nor *nor, uart_send *send, void *context)
{
	memset(uart, 0, sizeof(*uart));
	uart->variant = variant;
	uart->nor = nor;
	uart->send = send;
	uart->context = context;
	uart->divider = first_divider(variant);
	uart->state = UART_HELD;
}

static void start(struct uart_bootloader *uart, uint64_t ns)
{
	memset(uart->short_body, 0, sizeof(uart->short_body));
	memset(uart->long_body, 0, sizeof(uart->long_body));
	uart->state = UART_STARTING;
	uart->started_ns = ns + UART_START_NS;
	uart->free_ns = uart->started_ns;
	uart->idle_ns = uart->started_ns;
	uart->divider = first_divider(uart->variant);
	uart->parser = UART_AT_01;
	uart->count = 0;
	uart->armed = true;
	uart->protected = false;
}

static void restart(struct uart_bootloader *uart, uint64_t ns)
{
	uart->resets++;
	uart->restart = false;
	start(uart, ns);
}

void uart_bootloader_cen(struct uart_bootloader *uart, bool high, uint64_t ns)
{
	uart_bootloader_advance(uart, ns);
	if (high && uart->state == UART_HELD)
		start(uart, ns);
	if (high)
		return;
	uart->state = UART_HELD;
	uart->count = 0;
}

uint32_t uart_bootloader_rate(const struct uart_bootloader *uart)
{
	return UART_CLOCK / uart->divider;
}

uint64_t uart_bootloader_byte_ns(const struct uart_bootloader *uart)
{
	return uart_session_byte_ns(uart);
}

static void begin_body(struct uart_bootloader *uart, uint32_t length, bool is_long)
{
	uart->length = length;
	uart->is_long = is_long;
	uart->body = is_long ? uart->long_body : uart->short_body;
	uart->received = 0;
	uart->page_filled = 0;
	uart->parser = length ? UART_AT_BODY : UART_AT_01;
}

static void parse_body(struct uart_bootloader *uart, uint8_t byte)
{
	if (uart->received == uart->variant->room) {
		uart->state = UART_HUNG; /* it has written over its own memory */
		return;
	}
	uart->body[uart->received++] = byte;
	if (uart->is_long)
		uart_commands_body(uart);
	if (uart->received < uart->length || uart_commands_goes_on(uart))
		return;
	uart->parser = UART_AT_01;
	uart_commands_execute(uart);
	if (uart->restart)
		restart(uart, uart->free_ns);
}

static void parse(struct uart_bootloader *uart, uint8_t byte)
{
	static const uint8_t expected[] = {0x01, 0xE0, 0xFC};

	switch (uart->parser) {
	case UART_AT_01:
	case UART_AT_E0:
	case UART_AT_FC:
		uart->parser = byte == expected[uart->parser] ? uart->parser + 1 : UART_AT_01;
		break;
	case UART_AT_LENGTH:
		if (byte == 0xFF)
			uart->parser = UART_AT_F4;
		else
			begin_body(uart, byte, false);
		break;
	case UART_AT_F4:
		uart->parser = byte == 0xF4 ? UART_AT_LOW : UART_AT_01;
		break;
	case UART_AT_LOW:
		uart->length = byte;
		uart->parser = UART_AT_HIGH;
		break;
	case UART_AT_HIGH:
		begin_body(uart, uart->length | (uint32_t)byte << 8, true);
		break;
	case UART_AT_BODY:
		parse_body(uart, byte);
		break;
	}
}

/* The time when the present state ends if no byte arrives; UINT64_MAX: never. */
static uint64_t deadline(const struct uart_bootloader *uart)
{
	switch (uart->state) {
	case UART_FIRST_WINDOW:
		return uart->started_ns + uart->variant->first_window_us * NS_PER_US;
	case UART_LONG_WINDOW:
		return uart->started_ns + UART_LONG_WINDOW_TICKS * UART_TICK_NS;
	case UART_LINKED:
		return (uart->idle_ns > uart->free_ns ? uart->idle_ns : uart->free_ns) +
		       UART_IDLE_NS;
	default:
		return UINT64_MAX;
	}
}

/* Moves through the states that end by @ns without a byte. */
static void expire(struct uart_bootloader *uart, uint64_t ns)
{
	if (uart->state == UART_STARTING && ns >= uart->started_ns)
		uart->state = UART_FIRST_WINDOW;
	while (deadline(uart) <= ns) {
		if (uart->state == UART_LINKED) {
			restart(uart, deadline(uart));
			if (ns >= uart->started_ns)
				uart->state = UART_FIRST_WINDOW;
		} else {
			uart->state = UART_APPLICATION;
			uart->count = 0;
		}
	}
}

void uart_bootloader_advance(struct uart_bootloader *uart, uint64_t ns)
{
	while (uart->count && uart->state != UART_HUNG) {
		struct uart_waiting next = uart->waiting[uart->first];

		if (next.ns < uart->free_ns)
			next.ns = uart->free_ns;
		if (next.ns > ns)
			break;
		expire(uart, next.ns);
		if (!uart->count) /* a reset, or the application, took them */
			break;
		uart->first = (uart->first + 1) % UART_BACKLOG;
		uart->count--;
		uart->free_ns = next.ns;
		uart->idle_ns = next.ns;
		if (uart->state == UART_FIRST_WINDOW)
			uart->state = UART_LONG_WINDOW;
		parse(uart, next.byte);
	}
	if (!uart->count)
		expire(uart, ns);
}

void uart_bootloader_receive(struct uart_bootloader *uart, uint8_t byte, uint64_t ns)
{
	uart_bootloader_advance(uart, ns);
	/* Before it has started the UART receives nothing. */
	if (uart->state == UART_HELD || uart->state == UART_STARTING ||
	    uart->state == UART_APPLICATION)
		return;
	if (uart->count == UART_BACKLOG) {
		uart->lost++;
		return;
	}
	uart->waiting[(uart->first + uart->count) % UART_BACKLOG] =
		(struct uart_waiting){.ns = ns, .byte = byte};
	uart->count++;
	uart_bootloader_advance(uart, ns);
}
