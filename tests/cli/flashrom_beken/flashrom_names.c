/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "cli/flashrom_beken/flashrom_names.h"

/* Output of Debian's 1.3.0, with repeated lines removed. */
static const char head[] =
	"flashrom unknown on Linux 6.1.0 (x86_64)\n"
	"flashrom is free software, get the source code at https://flashrom.org\n"
	"\n"
	"Using clock_gettime for delay loops (clk_id: 1, resolution: 1ns).\n"
	"serprog: Programmer name is \"beken\"\n"
	"serprog: requested mapping AT45CS1282 is incompatible: 0x1080000 bytes at 0xfef80000.\n";
static const char one[] = "Found GigaDevice flash chip \"GD25Q16(B)\" (2048 kB, SPI) on serprog.\n"
			  "===\n"
			  "This flash part has status UNTESTED for operations: WP\n"
			  "No operations were specified.\n";
static const char several[] =
	"Found GigaDevice flash chip \"GD25B128B/GD25Q128B\" (16384 kB, SPI) on serprog.\n"
	"Found GigaDevice flash chip \"GD25Q127C/GD25Q128C\" (16384 kB, SPI) on serprog.\n"
	"Multiple flash chip definitions match the detected chip(s): "
	"\"GD25B128B/GD25Q128B\", \"GD25Q127C/GD25Q128C\"\n"
	"Please specify which chip definition to use with the -c <chipname> option.\n";
static const char unknown[] =
	"Found Generic flash chip \"unknown SPI chip (RDID)\" (0 kB, SPI) on serprog.\n"
	"===\n"
	"This flash part has status NOT WORKING for operations: PROBE READ ERASE WRITE\n";
static const char none[] = "No EEPROM/flash device found.\n"
			   "Note: flashrom can never write if the flash chip isn't found "
			   "automatically.\n";

static struct flashrom_output output;

static int begin(void **state)
{
	(void)state;
	memset(&output, 0, sizeof(output));
	return 0;
}

static void feed(const char *text)
{
	flashrom_output_feed(&output, text, strlen(text));
}

static void one_name_is_read_with_its_size(void **state)
{
	(void)state;
	feed(head);
	assert_false(output.answered);
	feed(one);
	assert_true(output.answered);
	assert_int_equal(output.names.count, 1);
	assert_string_equal(output.names.names[0].name, "GD25Q16(B)");
	assert_int_equal(output.names.names[0].kib, 2048);
}

static void several_names_keep_their_order(void **state)
{
	(void)state;
	feed(head);
	feed(several);
	assert_int_equal(output.names.count, 2);
	assert_string_equal(output.names.names[0].name, "GD25B128B/GD25Q128B");
	assert_string_equal(output.names.names[1].name, "GD25Q127C/GD25Q128C");
	assert_int_equal(output.names.names[1].kib, 16384);
}

static void an_unknown_chip_is_an_answer_without_a_name(void **state)
{
	(void)state;
	feed(head);
	feed(unknown);
	assert_true(output.answered);
	assert_int_equal(output.names.count, 0);
	memset(&output, 0, sizeof(output));
	feed(none);
	assert_true(output.answered);
	assert_int_equal(output.names.count, 0);
}

static void pieces_of_any_length_give_the_same(void **state)
{
	(void)state;
	for (size_t piece = 1; piece < 40; piece++) {
		memset(&output, 0, sizeof(output));
		for (size_t at = 0; at < strlen(several); at += piece) {
			size_t left = strlen(several) - at;

			flashrom_output_feed(&output, several + at, left < piece ? left : piece);
		}
		assert_int_equal(output.names.count, 2);
		assert_string_equal(output.names.names[1].name, "GD25Q127C/GD25Q128C");
	}
}

static void what_is_nearly_right_is_no_answer(void **state)
{
	static const char *const lines[] = {
		"",
		"\n",
		"Found\n",
		"Found \n",
		"Found X flash chip \n",
		"Found X flash chip \"\n",
		"Found X flash chip \"NAME\n",
		"Found X flash chip \"NAME\" (\n",
		"Found X flash chip \"NAME\" (2048\n",
		"Found X flash chip \"NAME\" (2048 MB, SPI) on serprog.\n",
		"Found X flash chip \"NAME\" (99999999999999999999 kB, SPI) on serprog.\n",
		"Assuming X flash chip \"NAME\" (2048 kB, SPI) on serprog.\n",
		" Found X flash chip \"NAME\" (2048 kB, SPI) on serprog.\n",
		"Found X flash chip \"NAME\" (2048 kB, SPI) on serprog.", /* an incomplete line */
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		memset(&output, 0, sizeof(output));
		feed(lines[i]);
		if (output.answered || output.names.count)
			fail_msg("taken for an answer: %s", lines[i]);
	}
}

static void names_that_are_not_fit_for_an_argument_are_passed_over(void **state)
{
	char text[FLASHROM_NAME_ROOM + 80], name[FLASHROM_NAME_ROOM + 1];

	(void)state;
	feed("Found X flash chip \"\" (2048 kB, SPI) on serprog.\n");
	feed("Found X flash chip \"A\033[2J\" (2048 kB, SPI) on serprog.\n");
	feed("Found X flash chip \"A\xc3\xa4\" (2048 kB, SPI) on serprog.\n");
	memset(name, 'N', FLASHROM_NAME_ROOM);
	name[FLASHROM_NAME_ROOM] = '\0';
	snprintf(text, sizeof(text), "Found X flash chip \"%s\" (2048 kB, SPI)\n", name);
	feed(text);
	assert_int_equal(output.names.count, 0);
	name[FLASHROM_NAME_ROOM - 1] = '\0';
	snprintf(text, sizeof(text), "Found X flash chip \"%s\" (2048 kB, SPI)\n", name);
	feed(text);
	assert_int_equal(output.names.count, 1);
	assert_string_equal(output.names.names[0].name, name);
}

static void more_names_than_there_is_room_for_are_left_out(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * FLASHROM_NAMES_MOST; i++)
		feed(one);
	assert_int_equal(output.names.count, FLASHROM_NAMES_MOST);
}

static void an_endless_line_is_survived_and_the_next_one_read(void **state)
{
	char zeros[4096] = {0};

	(void)state;
	for (int i = 0; i < 10000; i++)
		feed("Found GigaDevice flash chip \"x");
	for (int i = 0; i < 1000; i++)
		flashrom_output_feed(&output, zeros, sizeof(zeros));
	feed("\n");
	assert_false(output.answered);
	feed(one);
	assert_int_equal(output.names.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_name_is_read_with_its_size, begin),
		cmocka_unit_test_setup(several_names_keep_their_order, begin),
		cmocka_unit_test_setup(an_unknown_chip_is_an_answer_without_a_name, begin),
		cmocka_unit_test_setup(pieces_of_any_length_give_the_same, begin),
		cmocka_unit_test_setup(what_is_nearly_right_is_no_answer, begin),
		cmocka_unit_test_setup(names_that_are_not_fit_for_an_argument_are_passed_over,
				       begin),
		cmocka_unit_test_setup(more_names_than_there_is_room_for_are_left_out, begin),
		cmocka_unit_test_setup(an_endless_line_is_survived_and_the_next_one_read, begin),
	};

	return cmocka_run_group_tests_name("flashrom_names", tests, NULL, NULL);
}
