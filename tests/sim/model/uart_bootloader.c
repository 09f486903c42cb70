/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answers are those of published bootloader binaries on a CPU emulator. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/model/uart_line.h"

#define PART "EN25QH16B"
#define LINK "01 e0 fc 01 00"
#define LINKED "04 0e 05 01 e0 fc 01 00"

struct vector {
	const char *variant, *sent, *answer;
};

static const struct vector VECTORS[] = {
	{"u", LINK " " LINK " " LINK, LINKED " " LINKED " " LINKED},
	{"t", "01 e0 fc 01 11",
	 "04 0e 14 01 e0 fc 11 42 4b 37 32 33 31 53 5f 31 2e 30 2e 35 00 00 00"},
	{"u", "01 e0 fc 01 11", ""},
	{"u", "01 e0 fc 06 0f 00 10 0e 00 14", "04 0e 09 01 e0 fc 0f 00 10 0e 00 14"},
	{"u", "01 e0 fc 06 0f 80 84 1e 00 14", "04 0e 09 01 e0 fc 0f 80 84 1e 00 14"},
	{"u", "01 e0 fc 06 0f 00 c2 01 00 14", "04 0e 09 01 e0 fc 0f 00 c2 01 00 14"},
	{"u", "01 e0 fc 02 0e 00", ""},
	{"u", "01 e0 fc 09 10 00 00 03 00 ff 0f 03 00", "04 0e 08 01 e0 fc 10 f5 98 ab 0e"},
	{"u", "01 e0 fc 09 10 00 10 01 00 80 10 01 00", "04 0e 08 01 e0 fc 10 ff ff ff ff"},
	{"u", "01 e0 fc 09 10 00 00 00 00 00 01 00 00", "04 0e 08 01 e0 fc 10 de 57 57 01"},
	{"n", "01 e0 fc 09 10 00 00 00 00 00 01 00 00", "04 0e 08 01 e0 fc 10 09 47 68 4c"},
	{"u", "01 e0 fc ff f4 05 00 09 00 00 00 00",
	 "04 0e ff 01 e0 fc f4 07 00 09 06 00 00 00 00 00"},
	{"t", "01 e0 fc ff f4 05 00 09 00 00 00 00",
	 "04 0e ff 01 e0 fc f4 07 00 09 06 00 00 00 00 00"},
	{"u", "01 e0 fc ff f4 05 00 09 ff 1f 00 00",
	 "04 0e ff 01 e0 fc f4 07 00 09 06 ff 1f 00 00 00"},
	{"t", "01 e0 fc ff f4 05 00 09 ff ff 00 00",
	 "04 0e ff 01 e0 fc f4 07 00 09 06 ff ff 00 00 00"},
	{"u", "01 e0 fc ff f4 06 00 0f 20 00 10 01 00",
	 "04 0e ff 01 e0 fc f4 07 00 0f 00 20 00 10 01 00"},
	{"u", "01 e0 fc ff f4 06 00 0f d8 00 00 02 00",
	 "04 0e ff 01 e0 fc f4 07 00 0f 00 d8 00 00 02 00"},
	{"u", "01 e0 fc ff f4 06 00 0f c7 00 00 03 00",
	 "04 0e ff 01 e0 fc f4 07 00 0f 00 c7 00 00 03 00"},
	{"u", "01 e0 fc ff f4 06 00 0f 20 00 10 00 00",
	 "04 0e ff 01 e0 fc f4 07 00 0f 06 20 00 10 00 00"},
	{"t", "01 e0 fc ff f4 06 00 0f 20 00 00 03 80",
	 "04 0e ff 01 e0 fc f4 07 00 0f 06 20 00 00 03 80"},
	{"u", "01 e0 fc ff f4 05 00 0e 9f 00 00 00", ""},
	{"u", "01 e0 fc 05 03 00 00 80 00", ""},
	{"u", "01 01 e0 fc 01 00", ""},
	{"u", "01 e0 01 e0 fc 01 00", ""},
	{"u", "00 ff 01 02 01 e0 fc 01 00", LINKED},
	{"n", "01 e0 fc 05 03 00 00 80 00", "04 0e 0c 01 e0 fc 03 00 00 80 00 1c 23 07 00"},
	{"n", "01 e0 fc ff f4 05 00 0e 9f 00 00 00",
	 "04 0e ff 01 e0 fc f4 06 00 0e 00 00 1c 70 15"},
	{"7238", "01 e0 fc ff f4 05 00 0e 9f 00 00 00",
	 "04 0e ff 01 e0 fc f4 06 00 0e 00 00 1c 70 15"},
	{"n", "01 e0 fc ff f4 02 00 0c 05", "04 0e ff 01 e0 fc f4 04 00 0c 00 05 00"},
	{"n", "01 e0 fc ff f4 04 00 0d 01 00 00", "04 0e ff 01 e0 fc f4 05 00 0d 00 01 00 00"},
};

static void frames_are_answered_as_the_binaries_answer_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(VECTORS) / sizeof(VECTORS[0]); i++) {
		struct uart_line *line = uart_line_linked(VECTORS[i].variant, PART);

		uart_line_ask(line, VECTORS[i].sent, VECTORS[i].answer);
		/* The parser still works afterwards. */
		uart_line_ask(line, LINK, LINKED);
		uart_line_free(line);
	}
}

/* As ltchiptool reads the encryption key; N's is public. */
static void the_fuses_of_rom_chips_are_read_byte_by_byte(void **state)
{
	struct uart_line *line = uart_line_linked("n", PART);

	(void)state;
	uart_line_ask(line, "01 e0 fc 09 01 74 00 80 00 01 04 00 00",
		      "04 0e 0c 01 e0 fc 01 74 00 80 00 01 04 00 00");
	uart_line_ask(line, "01 e0 fc 05 03 74 00 80 00",
		      "04 0e 0c 01 e0 fc 03 74 00 80 00 00 04 00 00");
	uart_line_ask(line, "01 e0 fc 05 03 78 00 80 00",
		      "04 0e 0c 01 e0 fc 03 78 00 80 00 dc 01 00 00");
	uart_line_free(line);
}

static void a_sector_is_read_written_and_erased(void **state)
{
	struct uart_line *line = uart_line_linked("u", PART);
	uint8_t data[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	uart_line_send(line, "01 e0 fc ff f4 05 10 07 00 00 02 00", data, sizeof(data));
	assert_int_equal(line->answered, 15);
	uart_line_expect(line, "01 e0 fc ff f4 05 00 09 00 00 02 00",
			 "04 0e ff 01 e0 fc f4 06 10 09 00 00 00 02 00", 4111);
	assert_memory_equal(line->answer + 15, data, sizeof(data));
	uart_line_ask(line, "01 e0 fc ff f4 06 00 0f 20 00 00 02 00",
		      "04 0e ff 01 e0 fc f4 07 00 0f 00 20 00 00 02 00");
	assert_int_equal(line->die->nor.memory[0x20001], 0xFF);
	uart_line_free(line);
}

static void lost_bytes_of_a_sector_are_made_up_for_by_filler(void **state)
{
	struct uart_line *line = uart_line_linked("u", PART);
	uint8_t data[3996] = {0}, filler[100] = {0};

	(void)state;
	uart_line_send(line, "01 e0 fc ff f4 05 10 07 00 00 07 00", data, sizeof(data));
	assert_int_equal(line->answered, 0);
	uart_line_bytes(line, filler, sizeof(filler));
	assert_int_equal(line->answered, 15);
	uart_line_ask(line, LINK, LINKED);
	uart_line_free(line);
}

static void behind_the_die_t_erases_its_bootloader_and_u_does_nothing(void **state)
{
	static const char *const variants[] = {"t", "u"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct uart_line *line = uart_line_linked(variants[i], PART);

		line->die->nor.memory[0] = 0x12;
		uart_line_ask(line, "01 e0 fc ff f4 06 00 0f 20 00 00 20 00",
			      "04 0e ff 01 e0 fc f4 07 00 0f 00 20 00 00 20 00");
		assert_int_equal(line->die->nor.memory[0], i ? 0x12 : 0xFF);
		uart_line_free(line);
	}
}

static void an_empty_line_starts_the_application_soon_and_one_byte_delays_it(void **state)
{
	struct uart_line *line = uart_line_of("u", PART);

	(void)state;
	uart_bootloader_advance(&line->uart, line->ns + 6 * LINE_MS);
	assert_int_equal(line->uart.state, UART_APPLICATION);
	uart_line_ask(line, LINK, "");
	uart_line_free(line);

	line = uart_line_of("u", PART);
	uart_line_ask(line, "55", "");
	line->ns += 700 * LINE_MS;
	uart_line_ask(line, LINK, LINKED);
	uart_line_free(line);
}

static void silence_after_the_link_resets_the_chip(void **state)
{
	struct uart_line *line = uart_line_linked("u", PART);

	(void)state;
	line->ns += UART_IDLE_NS + 50 * LINE_MS;
	uart_line_ask(line, LINK, "");
	assert_int_equal(line->uart.resets, 1);
	assert_int_equal(line->uart.state, UART_APPLICATION);
	uart_line_free(line);
}

static void old_builds_divide_by_one_too_many(void **state)
{
	static const struct {
		const char *variant;
		uint32_t rate;
		uint32_t first;
	} rows[] = {{"u", 928571, 115044}, {"q", 866666, 114537}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct uart_line *line = uart_line_linked(rows[i].variant, PART);

		assert_int_equal(uart_bootloader_rate(&line->uart), rows[i].first);
		uart_line_ask(line, "01 e0 fc 06 0f 00 10 0e 00 14",
			      "04 0e 09 01 e0 fc 0f 00 10 0e 00 14");
		assert_int_equal(uart_bootloader_rate(&line->uart), rows[i].rate);
		uart_line_free(line);
	}
}

static void a_short_frame_runs_with_what_the_former_one_left(void **state)
{
	struct uart_line *line = uart_line_linked("u", PART);

	(void)state;
	uart_line_ask(line, "01 e0 fc 09 10 00 00 03 00 ff 0f 03 00",
		      "04 0e 08 01 e0 fc 10 f5 98 ab 0e");
	uart_line_ask(line, "01 e0 fc 05 10 00 00 03 00", "04 0e 08 01 e0 fc 10 f5 98 ab 0e");
	/* With an end address before the start it never ends: only a reset helps. */
	uart_line_ask(line, "01 e0 fc 05 10 00 00 04 00", "");
	uart_line_ask(line, LINK, "");
	assert_int_equal(line->uart.state, UART_HUNG);
	uart_line_free(line);
}

/* Measured on all three. An answer's count, and what is read, lie where a write's data was. */
static void a_long_frame_runs_with_what_the_long_one_before_left(void **state)
{
	static const char *const variants[] = {"u", "t", "ottime"};

	(void)state;
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		struct uart_line *line = uart_line_linked(variants[i], PART);
		uint8_t data[32] = {0x11}, *memory = line->die->nor.memory;

		memory[0x30000] = 0x5A;
		uart_line_send(line, "01 e0 fc ff f4 25 00 06 00 00 02 00", data, sizeof(data));
		uart_line_ask(line, LINK, LINKED);
		uart_line_ask(line, "01 e0 fc ff f4 02 00 0f 20",
			      "04 0e ff 01 e0 fc f4 07 00 0f 00 20 00 02 00 20");
		uart_line_expect(line, "01 e0 fc ff f4 05 00 09 00 00 03 00",
				 "04 0e ff 01 e0 fc f4 06 10 09 00 00 00 03 00 5a", 4111);
		uart_line_ask(line, "01 e0 fc ff f4 02 00 0f 20",
			      "04 0e ff 01 e0 fc f4 07 00 0f 00 20 00 03 00 5a");
		/* Less than no bytes: refused at first, then it writes until it is reset. */
		uart_line_ask(line, "01 e0 fc ff f4 05 00 06 00 10 00 00",
			      "04 0e ff 01 e0 fc f4 07 00 06 06 00 10 00 00 00");
		uart_line_ask(line, "01 e0 fc ff f4 02 00 06 00",
			      "04 0e ff 01 e0 fc f4 07 00 06 06 00 10 00 00 fd");
		uart_line_ask(line, "01 e0 fc ff f4 04 00 06 00 10 04", "");
		assert_int_equal(line->uart.state, UART_HUNG);
		uart_line_free(line);
	}
}

/* What waited in the chip when CEN fell is gone, also where it was to be read later. */
static void a_reset_takes_what_waits(void **state)
{
	struct uart_line *line = uart_line_linked("u", PART);

	(void)state;
	uart_line_ask(line, "01 e0 fc 09 10 00 00 04 00 00 00 03 00", "");
	uart_line_ask(line, LINK, "");
	assert_int_equal(line->uart.state, UART_HUNG);
	uart_bootloader_cen(&line->uart, false, line->ns);
	line->ns += 20 * LINE_MS;
	uart_bootloader_advance(&line->uart, line->ns);
	assert_int_equal(line->uart.state, UART_HELD);
	uart_bootloader_cen(&line->uart, true, line->ns);
	line->ns += 3 * LINE_MS;
	uart_line_ask(line, LINK, LINKED);
	uart_line_free(line);
}

/*
 * Measured: everything that follows is taken as more data of that write, page by page, and no
 * answer ever comes.
 */
static void a_write_that_is_no_multiple_of_a_page_takes_what_follows_for_data(void **state)
{
	struct uart_line *line = uart_line_linked("u", PART);
	uint8_t data[300] = {0};

	(void)state;
	uart_line_send(line, "01 e0 fc ff f4 31 01 07 00 00 02 00", data, sizeof(data));
	assert_int_equal(line->answered, 0);
	assert_int_equal(line->die->nor.memory[0x200FF], 0);
	assert_int_equal(line->die->nor.memory[0x20100], 0xFF);
	uart_line_ask(line, LINK, "");
	uart_line_bytes(line, data, 212 - 5);
	assert_int_equal(line->answered, 0);
	assert_int_equal(line->die->nor.memory[0x20100 + 44], 0x01); /* the LinkCheck was written */
	assert_int_equal(line->die->nor.memory[0x201FF], 0);
	uart_line_ask(line, LINK, "");
	uart_line_free(line);
}

/* Measured: U and similar ones end between 6000 and 6100 bytes, Tuya's between 14600 and 14700. */
static void a_frame_that_is_too_long_ends_the_bootloader(void **state)
{
	static const struct {
		const char *variant;
		size_t fits, breaks;
	} rows[] = {{"u", 6000, 6100}, {"t", 14600, 14700}};
	static uint8_t data[15000];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct uart_line *line = uart_line_linked(rows[i].variant, PART);

		uart_line_send(line, "01 e0 fc ff f4 31 01 07 00 00 02 00", NULL, 0);
		uart_line_bytes(line, data, rows[i].fits);
		assert_int_equal(line->uart.state, UART_LINKED);
		uart_line_bytes(line, data, rows[i].breaks - rows[i].fits);
		assert_int_equal(line->uart.state, UART_HUNG);
		uart_line_free(line);
	}
}

/* Measured: the five bits of the operation share a register with the address. */
static void high_bits_of_an_address_make_a_write_an_erase(void **state)
{
	static const struct {
		uint8_t high;
		uint32_t erased;
	} rows[] = {{0x01, 0x1000}, {0x02, 0x8000}, {0x03, 0x10000}, {0x10, 0}, {0x11, 0}};
	uint8_t data[32] = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char head[] = "01 e0 fc ff f4 25 00 06 00 00 05 00";
		struct uart_line *line = uart_line_linked("t", PART);
		uint8_t *memory = line->die->nor.memory;

		memset(memory + 0x50000, 0x5A, 0x10000);
		snprintf(head + 33, 3, "%02x", rows[i].high);
		uart_line_send(line, head, data, sizeof(data));
		assert_int_equal(line->answered, 16);
		for (uint32_t k = 0; k < 0x10000; k++)
			assert_int_equal(memory[0x50000 + k], k < rows[i].erased ? 0xFF : 0x5A);
		uart_line_free(line);
	}
}

/* Measured: the rest of the line is programmed, too, with whatever is on the stack. */
static void a_few_bytes_at_the_beginning_of_a_line_spoil_its_rest(void **state)
{
	static const struct {
		const char *head;
		size_t count, first, end, spoilt;
	} rows[] = {
		{"01 e0 fc ff f4 15 00 06 00 00 02 00", 16, 0, 16, 32},
		{"01 e0 fc ff f4 15 00 06 10 00 02 00", 16, 16, 32, 32},
		{"01 e0 fc ff f4 25 00 06 00 00 02 00", 32, 0, 32, 32},
		{"01 e0 fc ff f4 35 00 06 00 00 02 00", 48, 0, 48, 48},
	};
	uint8_t data[48];

	(void)state;
	memset(data, 0x5A, sizeof(data));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct uart_line *line = uart_line_linked("u", PART);
		const uint8_t *memory = line->die->nor.memory + 0x20000;

		uart_line_send(line, rows[i].head, data, rows[i].count);
		assert_int_equal(line->answered, 16);
		for (size_t k = 0; k < 64; k++)
			if (k >= rows[i].first && k < rows[i].end)
				assert_int_equal(memory[k], 0x5A);
			else
				assert_int_equal(memory[k] == 0xFF,
						 k < rows[i].first || k >= rows[i].spoilt);
		uart_line_free(line);
	}
}

/* Measured on T; that S and Q do the same is inferred from what they answer to a refused one. */
static void tuyas_write_4k_begins_at_an_address_of_its_own(void **state)
{
	static const struct {
		const char *variant;
		uint16_t at, answered;
		bool refused;
	} table[] = {
		{"u", 0x2000, 0x2000, false},	   {"u", 0x1FFF, 0x2000, true},
		{"ottime", 0x2000, 0x2000, false}, {"ottime", 0x1FFF, 0x2000, true},
		{"t", 0x2000, 0x20E0, true},	   {"t", 0x20DF, 0x20E0, true},
		{"t", 0x20E0, 0x20E0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct uart_line *line = uart_line_linked(table[i].variant, "TH25Q16UC");
		uint8_t *memory = line->die->nor.memory, zeros[4096] = {0};
		char head[48];

		memset(memory, 0xFF, 0x10000);
		snprintf(head, sizeof(head), "01 e0 fc ff f4 05 10 07 %02x %02x 00 00",
			 table[i].at & 0xFF, table[i].at >> 8);
		uart_line_send(line, head, zeros, sizeof(zeros));
		assert_int_equal(line->answered, 15);
		assert_int_equal(line->answer[10], table[i].refused ? 6 : 0);
		assert_int_equal(line->answer[11] | line->answer[12] << 8, table[i].answered);
		for (uint32_t at = 0; at < 0x10000; at++)
			assert_int_equal(memory[at],
					 table[i].refused || at - table[i].at >= 4096 ? 0xFF : 0);
		uart_line_free(line);
	}
}

/* Measured: of a Write4K each page is checked separately, a Write-N is checked as a whole. */
static void what_reaches_over_the_end_of_the_die_is_left_out_by_u(void **state)
{
	struct uart_line *line = uart_line_linked("u", PART);
	const uint8_t *memory = line->die->nor.memory;
	uint8_t data[4096] = {0};

	(void)state;
	uart_line_send(line, "01 e0 fc ff f4 05 10 07 80 f7 1f 00", data, sizeof(data));
	assert_int_equal(line->answered, 15);
	assert_int_equal(memory[0x1FFF7F], 0);
	assert_int_equal(memory[0x1FFF80], 0xFF);
	assert_int_equal(memory[0], 0xFF);
	uart_line_send(line, "01 e0 fc ff f4 45 00 06 c8 ff 1f 00", data, 64);
	assert_int_equal(line->answered, 16);
	assert_int_equal(memory[0x1FFFC8], 0xFF);
	uart_line_free(line);
}

static void bytes_beyond_ring_and_fifo_are_lost_while_it_works(void **state)
{
	struct uart_line *line = uart_line_linked("u", PART);
	uint8_t bytes[12 + 700] = {0x01, 0xE0, 0xFC, 0xFF, 0xF4, 0x05, 0, 0x09, 0, 0, 2, 0};

	(void)state;
	uart_line_bytes(line, bytes, sizeof(bytes));
	assert_int_equal(line->answered, 4111);
	assert_int_equal(line->uart.lost, 700 - UART_BACKLOG);
	uart_line_free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_answered_as_the_binaries_answer_them),
		cmocka_unit_test(the_fuses_of_rom_chips_are_read_byte_by_byte),
		cmocka_unit_test(a_sector_is_read_written_and_erased),
		cmocka_unit_test(lost_bytes_of_a_sector_are_made_up_for_by_filler),
		cmocka_unit_test(behind_the_die_t_erases_its_bootloader_and_u_does_nothing),
		cmocka_unit_test(an_empty_line_starts_the_application_soon_and_one_byte_delays_it),
		cmocka_unit_test(silence_after_the_link_resets_the_chip),
		cmocka_unit_test(old_builds_divide_by_one_too_many),
		cmocka_unit_test(a_short_frame_runs_with_what_the_former_one_left),
		cmocka_unit_test(a_long_frame_runs_with_what_the_long_one_before_left),
		cmocka_unit_test(a_reset_takes_what_waits),
		cmocka_unit_test(a_write_that_is_no_multiple_of_a_page_takes_what_follows_for_data),
		cmocka_unit_test(a_frame_that_is_too_long_ends_the_bootloader),
		cmocka_unit_test(high_bits_of_an_address_make_a_write_an_erase),
		cmocka_unit_test(a_few_bytes_at_the_beginning_of_a_line_spoil_its_rest),
		cmocka_unit_test(tuyas_write_4k_begins_at_an_address_of_its_own),
		cmocka_unit_test(what_reaches_over_the_end_of_the_die_is_left_out_by_u),
		cmocka_unit_test(bytes_beyond_ring_and_fifo_are_lost_while_it_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
