/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bootloader and its die at the end of a clean line, for tests. */
#ifndef TESTS_SIM_UART_LINE_H
#define TESTS_SIM_UART_LINE_H

#include "sim/model/uart_bootloader.h"
#include "tests/sim/model/die.h"

#define LINE_MS UINT64_C(1000000)

struct uart_line {
	struct die *die;
	struct uart_bootloader uart;
	uint64_t ns;
	uint8_t answer[5000]; /* to the last command */
	size_t answered;
};

/* Out of reset, not linked. */
struct uart_line *uart_line_of(const char *variant, const char *part);

/* The same, linked, with an unprotected die. */
struct uart_line *uart_line_linked(const char *variant, const char *part);
void uart_line_free(struct uart_line *line);

/* Sends bytes back to back, then waits until the bootloader is idle. */
void uart_line_bytes(struct uart_line *line, const uint8_t *bytes, size_t count);

/* Sends "01 e0 fc 01 00", followed by @count bytes of @data (NULL: none). */
void uart_line_send(struct uart_line *line, const char *hex, const uint8_t *data, size_t count);

/* What was answered to the last command must be exactly @wanted. */
void uart_line_answered(struct uart_line *line, const char *wanted);

/* Sends @hex; the answer must begin with @wanted. */
void uart_line_expect(struct uart_line *line, const char *hex, const char *wanted, size_t length);

/* Sends @hex; the answer must be exactly @wanted. */
void uart_line_ask(struct uart_line *line, const char *hex, const char *wanted);

#endif
