/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The changes to the die's status registers that the BL family makes without being asked. */
#include "tests/sim/model/uart_line.h"

#define LINK "01 e0 fc 01 00"
#define CRC "01 e0 fc 09 10 00 10 01 00 ff 10 01 00"
#define ERASE "01 e0 fc ff f4 06 00 0f 20 00 00 06 00"

static bool erases(struct uart_line *line)
{
	line->die->nor.memory[0x60000] = 0x12;
	uart_line_expect(line, ERASE, "04 0e ff 01 e0 fc f4 07 00 0f 00", 16);
	return line->die->nor.memory[0x60000] == 0xFF;
}

static void after_a_crc_erases_do_nothing_until_the_next_link(void **state)
{
	struct uart_line *line = uart_line_linked("u", "GD25Q16B");

	(void)state;
	assert_true(erases(line));
	uart_line_expect(line, CRC, "04 0e 08", 11);
	assert_int_equal(nor_status(&line->die->nor, line->ns) & 0xFF, 0x7C);
	assert_false(erases(line));
	uart_line_expect(line, LINK, "04", 8);
	assert_true(erases(line));
	uart_line_free(line);
}

static void on_s_only_a_reset_lifts_what_a_crc_protected(void **state)
{
	struct uart_line *line = uart_line_linked("s", "GD25Q16B");

	(void)state;
	uart_line_expect(line, CRC, "04 0e 08", 11);
	uart_line_expect(line, LINK, "04", 8);
	assert_false(erases(line));
	uart_bootloader_cen(&line->uart, false, line->ns);
	uart_bootloader_cen(&line->uart, true, line->ns + LINE_MS);
	line->ns += LINE_MS + UART_START_NS;
	uart_line_expect(line, LINK, "04", 8);
	assert_true(erases(line));
	uart_line_free(line);
}

static void an_erase_clears_cmp_and_qe_as_well(void **state)
{
	struct uart_line *line = uart_line_linked("u", "GD25Q16B");

	(void)state;
	nor_firmware_status(&line->die->nor, 0x023C);
	assert_true(erases(line));
	assert_int_equal(nor_status(&line->die->nor, line->ns) & 0xFFFF, 0);
	uart_line_free(line);
}

static void the_rom_family_leaves_protection_alone(void **state)
{
	struct uart_line *line = uart_line_linked("n", "GD25Q16B");

	(void)state;
	uart_line_expect(line, CRC, "04 0e 08", 11);
	assert_true(erases(line));
	nor_firmware_status(&line->die->nor, 0x7C);
	assert_false(erases(line));
	uart_line_free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_a_crc_erases_do_nothing_until_the_next_link),
		cmocka_unit_test(on_s_only_a_reset_lifts_what_a_crc_protected),
		cmocka_unit_test(an_erase_clears_cmp_and_qe_as_well),
		cmocka_unit_test(the_rom_family_leaves_protection_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
