/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes and checksums: what is sent has data, or the answer depends on it. */
#include <string.h>

#include "tests/sim/model/uart_line.h"

#define PART "EN25QH32B"
#define LINK "01 e0 fc 01 00"
#define LINKED "04 0e 05 01 e0 fc 01 00"

static void fill(uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		bytes[i] = (uint8_t)(i * 7);
}

/* The published binaries of U answered so, those of T what differs. */
static void writes_are_answered_as_the_binaries_answer_them(void **state)
{
	static const struct {
		const char *variant, *head;
		size_t count;
		const char *answer;
		uint32_t at; /* 0: it was refused */
	} table[] = {
		{"u", "01 e0 fc ff f4 05 10 07 00 00 02 00", 4096,
		 "04 0e ff 01 e0 fc f4 06 00 07 00 00 00 02 00", 0x20000},
		{"u", "01 e0 fc ff f4 15 00 06 10 41 02 00", 16,
		 "04 0e ff 01 e0 fc f4 07 00 06 00 10 41 02 00 10", 0x24110},
		{"u", "01 e0 fc ff f4 05 01 06 00 40 02 00", 256,
		 "04 0e ff 01 e0 fc f4 07 00 06 00 00 40 02 00 00", 0x24000},
		{"u", "01 e0 fc ff f4 ed 03 06 00 50 02 00", 1000,
		 "04 0e ff 01 e0 fc f4 07 00 06 00 00 50 02 00 e8", 0x25000},
		{"u", "01 e0 fc ff f4 05 10 07 00 10 00 00", 4096,
		 "04 0e ff 01 e0 fc f4 06 00 07 06 00 20 00 00", 0},
		{"t", "01 e0 fc ff f4 05 10 07 00 10 00 00", 4096,
		 "04 0e ff 01 e0 fc f4 06 00 07 06 e0 20 00 00", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct uart_line *line = uart_line_linked(table[i].variant, PART);
		uint8_t *memory = line->die->nor.memory, data[4096], wanted[4096];

		fill(data, sizeof(data));
		memset(wanted, 0xFF, sizeof(wanted));
		if (table[i].at)
			memcpy(wanted, data, table[i].count);
		memset(memory, 0xFF, 0x30000);
		uart_line_send(line, table[i].head, data, table[i].count);
		uart_line_answered(line, table[i].answer);
		assert_memory_equal(memory + (table[i].at ? table[i].at : 0x1000), wanted,
				    sizeof(wanted));
		uart_line_ask(line, LINK, LINKED);
		uart_line_free(line);
	}
}

static void checksums_are_those_of_the_binaries(void **state)
{
	static const struct {
		const char *sent, *answer;
	} table[] = {
		/* of FF: 256 bytes, 4 and 64 KiB, 2 and 4 MiB */
		{"01 e0 fc 09 10 00 00 03 00 ff 00 03 00", "04 0e 08 01 e0 fc 10 de 57 57 01"},
		{"01 e0 fc 09 10 00 00 03 00 ff 0f 03 00", "04 0e 08 01 e0 fc 10 f5 98 ab 0e"},
		{"01 e0 fc 09 10 00 00 03 00 ff ff 03 00", "04 0e 08 01 e0 fc 10 b1 81 54 21"},
		{"01 e0 fc 09 10 00 00 40 00 ff ff 5f 00", "04 0e 08 01 e0 fc 10 1a f6 be 65"},
		{"01 e0 fc 09 10 00 00 40 00 ff ff 7f 00", "04 0e 08 01 e0 fc 10 8a 96 a4 82"},
		/* 4096 zeros, and the bytes 0 to 255 sixteen times */
		{"01 e0 fc 09 10 00 00 01 00 ff 0f 01 00", "04 0e 08 01 e0 fc 10 ee ff e3 38"},
		{"01 e0 fc 09 10 00 10 01 00 ff 1f 01 00", "04 0e 08 01 e0 fc 10 7d df 6e 5d"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct uart_line *line = uart_line_linked("u", "GD25Q64C");
		uint8_t *memory = line->die->nor.memory;

		memset(memory, 0xFF, 0x800000);
		memset(memory + 0x10000, 0, 4096);
		for (unsigned k = 0; k < 4096; k++)
			memory[0x11000 + k] = (uint8_t)k;
		uart_line_ask(line, table[i].sent, table[i].answer);
		uart_line_free(line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_are_answered_as_the_binaries_answer_them),
		cmocka_unit_test(checksums_are_those_of_the_binaries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
