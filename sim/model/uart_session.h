/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a Beken bootloader, which its parser (uart_bootloader.h) and its commands
 * (uart_commands.h) share. Only these two look inside.
 */
#ifndef SIM_UART_SESSION_H
#define SIM_UART_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/model/nor.h"
#include "sim/model/uart_variants.h"

#define UART_CLOCK 26000000u
#define UART_TICK_NS UINT64_C(2000000)
#define UART_START_NS UINT64_C(2000000)
#define UART_LONG_WINDOW_TICKS 400u
#define UART_IDLE_NS UINT64_C(150000000)
#define UART_BACKLOG (512u + 128u)

enum uart_state {
	UART_HELD, /* CEN low, or no power yet */
	UART_STARTING,
	UART_FIRST_WINDOW,
	UART_LONG_WINDOW,
	UART_LINKED,
	UART_HUNG, /* a command without an end; only a reset helps */
	UART_APPLICATION,
};

enum uart_parser {
	UART_AT_01,
	UART_AT_E0,
	UART_AT_FC,
	UART_AT_LENGTH,
	UART_AT_F4,
	UART_AT_LOW,
	UART_AT_HIGH,
	UART_AT_BODY
};

/* A byte that leaves the chip; its stop bit ends at @ns, which may lie ahead. */
typedef void uart_send(void *context, uint8_t byte, uint64_t ns);

struct uart_waiting {
	uint64_t ns;
	uint8_t byte;
};

/* Points to @nor, which outlives it. */
struct uart_bootloader {
	const struct uart_variant *variant;
	struct nor *nor;
	uart_send *send;
	void *context;

	enum uart_state state;
	uint64_t started_ns;		 /* the UART's start */
	uint64_t idle_ns;		 /* the last byte, or the end of the last command */
	uint64_t free_ns;		 /* until then it is at work */
	uint32_t divider;		 /* of 26 MHz */
	bool restart;			 /* the command just executed resets the chip */
	unsigned resets, commands, lost; /* its own resets; frames executed; bytes without room */

	struct uart_waiting waiting[UART_BACKLOG];
	size_t first, count;

	enum uart_parser parser;
	bool is_long;
	uint32_t length, received; /* of the frame's body: the code and what follows */
	uint8_t *body;		   /* one of these two, which outlive their frames */
	uint8_t short_body[256], long_body[16384];
	uint32_t page_filled; /* bytes of Write4K that were not programmed yet */

	bool armed;	/* BL: the next erase lifts the die's protection */
	bool protected; /* a CRC command set the protection in this session */
	uint32_t fuses; /* ROM: the register that asks for one byte of them */
};

/* The time of 10 bits at the present rate. */
static inline uint64_t uart_session_byte_ns(const struct uart_bootloader *uart)
{
	return UINT64_C(10000000000) * uart->divider / UART_CLOCK;
}

#endif
