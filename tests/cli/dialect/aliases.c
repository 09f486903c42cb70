/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/cli/dialect/translated.h"

static void what_only_reads_is_understood(void **state)
{
	(void)state;
	becomes("x read_flash --addr 0x11000 --size 0x1000 --out a.bin",
		"x read --at=0x11000 --size 0x1000 a.bin", true);
	becomes("x read_flash a.bin -ofs 0x0 -len 4096", "x read a.bin --at=0x0 --size=4096", true);
	becomes("x read_flash a.bin -ofs=0x0 --len=4096", "x read a.bin --at=0x0 --size=4096",
		true);
}

static void what_writes_is_answered_and_not_run(void **state)
{
	(void)state;
	becomes("x fread a.bin", "x backup a.bin", false);
	becomes("x fwrite a.bin", "x write a.bin", false);
	becomes("x write_flash a.bin --addr 0x11000", "x write a.bin --at=0x11000", false);
}

static void a_write_to_address_0_is_left_to_write_which_examines_the_file(void **state)
{
	static const char *const lines[] = {
		"x write_flash a.bin --addr 0", "x write_flash -addr=0x0 a.bin",
		"x write_flash a.bin -ofs 0x00000000", "x write_flash --ofs 00 a.bin"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		becomes(lines[i], "x write a.bin", false);
	becomes("x read_flash a.bin --addr 0", "x read a.bin --at=0", true);
}

static void the_chip_becomes_the_soc_if_it_is_one(void **state)
{
	char joined[256];
	struct alias_line line;

	(void)state;
	becomes("x read_flash --chip BK7231N a", "x read --soc=BK7231N a", true);
	line = translate("x read_flash --chip BekenSPI a", joined);
	assert_string_equal(joined, "x read a");
	assert_string_equal(line.left_out, "--chip");
	alias_free(&line);
}

static void what_has_no_meaning_here_is_left_out_with_its_value(void **state)
{
	char joined[256];
	struct alias_line line =
		translate("x read_flash --port COM3 --baud=921600 -legacy a", joined);

	(void)state;
	assert_string_equal(joined, "x read a");
	assert_string_equal(line.left_out, "--port, --baud, -legacy");
	alias_free(&line);
}

static void bk7231tools_is_understood(void **state)
{
	static const struct row rows[] = {
		{"x read_flash -d /dev/ttyUSB0 -b 115200 -s 0x11000 -l 0x1000 a.bin",
		 "x read --port=/dev/ttyUSB0 --at=0x11000 --size=0x1000 a.bin", true},
		{"x read_flash --device COM3 --start 4096 --length=4096 --no-verify-checksum a",
		 "x read --at=4096 --size=4096 a", true},
		{"x read_flash --start-address 11000 -c 256 a",
		 "x read --at=0x11000 --size=1024K a", true},
		{"x read_flash a", "x read a", true},
		{"x write_flash -d /dev/ttyUSB0 -s 0x11000 -B a.bin",
		 "x write --port=/dev/ttyUSB0 --at=0x11000 a.bin", false},
		{"x write_flash -s 0 -l 0x11000 a.bin", "x write --size=0x11000 a.bin", false},
		{"x chip_info -d COM3 -D", "x info", true},
		{"x dissect_dump -O out -e --rbl --storage -l ota_1 a.bin", "x identify a.bin",
		 true},
	};

	(void)state;
	all_become(rows, COUNT_OF(rows));
}

static void ltchiptool_is_understood(void **state)
{
	static const struct row rows[] = {
		{"x flash read bk7231n a.bin", "x read --soc=bk7231n a.bin", true},
		{"x flash read -d /dev/ttyACM0 -c -s 0x1000 -l 0x1000 bk72xx a.bin",
		 "x read --port=/dev/ttyACM0 --at=0x1000 --size=0x1000 a.bin", true},
		{"x flash write -f BK7231T -s 0x11000 --no-check -t 30 a.uf2",
		 "x write --soc=BK7231T --at=0x11000 a.uf2", false},
		{"x flash write a.uf2", "x write a.uf2", false},
		{"x flash info", "x info", true},
		{"x flash info bk7231t -d COM1", "x info --soc=bk7231t", true},
		{"x flash file a.uf2", "x identify a.uf2", true},
	};

	(void)state;
	all_become(rows, COUNT_OF(rows));
}

static void uartprogram_and_spiprogram_are_understood_and_count_in_hex(void **state)
{
	static const struct row rows[] = {
		{"x a.bin -w -u -s 0x0", "x write a.bin", false},
		{"x -w -u -s 0x0 -d /dev/ttyUSB0 a.bin", "x write --port=/dev/ttyUSB0 a.bin",
		 false},
		{"x -s 11000 --write --unprotect -b 921600 a.bin", "x write --at=0x11000 a.bin",
		 false},
		{"x -r -s 0 -l 1000 a.bin", "x read --at=0x0 --size=0x1000 a.bin", true},
		{"x -r -c bk7231n a.bin", "x read --soc=bk7231n a.bin --at=0x11000 --size=0x119000",
		 true},
		{"x --read -s11000 -l0x2000 -e 0 a.bin", "x read --at=0x11000 --size=0x2000 a.bin",
		 true},
	};

	(void)state;
	all_become(rows, COUNT_OF(rows));
}

static void the_old_options_of_the_windows_tool_are_commands(void **state)
{
	static const struct row rows[] = {
		{"x -read -port COM3 -chip BK7231N -out a.bin", "x backup --soc=BK7231N a.bin",
		 false},
		{"x -write a.bin -p COM3 -b 921600", "x write a.bin", false},
		{"x -port COM3 -cread -ofs 0x1000 -len 0x1000 -out a",
		 "x read --at=0x1000 --size=0x1000 a", true},
		{"x -cwrite a.bin -ofs 0x11000 -len 0x1000",
		 "x write a.bin --at=0x11000 --size=0x1000", false},
	};

	(void)state;
	all_become(rows, COUNT_OF(rows));
}

static void words_and_places_of_esptool_are_understood(void **state)
{
	static const struct row rows[] = {
		{"x read_flash 0x11000 0x1000 a.bin", "x read --at=0x11000 --size=0x1000 a.bin",
		 true},
		{"x write_flash 0x0 a.bin", "x write a.bin", false},
		{"x write_flash 0x11000 a.bin", "x write --at=0x11000 a.bin", false},
		{"x write_flash --json 0x11000 a.bin", "x write --json --at=0x11000 a.bin", false},
		{"x read_flash --params speed=1 0x11000 0x1000 a",
		 "x read --params speed=1 --at=0x11000 --size=0x1000 a", true},
		{"x write_flash --backup 1.bin a.bin", "x write --backup 1.bin a.bin", false},
		{"x verify_flash 0x0 a.bin", "x verify --at=0x0 a.bin", true},
		{"x erase_flash", "x erase --all", false},
		{"x flash_id", "x detect", true},
		{"x chip_id", "x detect", true},
	};

	(void)state;
	all_become(rows, COUNT_OF(rows));
}

static void our_own_commands_understand_their_options(void **state)
{
	becomes("x read -s 0x1000 --length 0x1000 a", "x read --at=0x1000 --size=0x1000 a", true);
	becomes("x detect -d /dev/ttyUSB0 --baudrate=115200", "x detect --port=/dev/ttyUSB0", true);
	(void)state;
}

static void what_nothing_here_is_like_is_named(void **state)
{
	static const char *const rows[][2] = {
		{"x write_flash -s 0 --skip 0x11000 a.bin", "--skip"},
		{"x flash read --rom bk7231n a.bin", "--rom"},
		{"x -p a.bin -r", "-p"},
		{"x -p -V -r a.bin", "-p"},
		{"x write_flash 0x0 a.bin 0x11000 b.bin", "several files at once"},
		{"x read_flash -l 0x1000 a", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char joined[256];
		struct alias_line line = translate(rows[i][0], joined);

		if (rows[i][1])
			assert_string_equal(line.nothing_like, rows[i][1]);
		else
			assert_null(line.nothing_like);
		alias_free(&line);
	}
}

static void a_command_line_of_flashrom_is_for_flashrom_beken(void **state)
{
	static const char *const rows[][2] = {
		{"x -p ch341a_spi -r a.bin", "x -p beken_spi -r a.bin"},
		{"x -r a.bin -p ch341a_spi -c GD25Q16", "x -r a.bin -p beken_spi -c GD25Q16"},
		{"x --programmer=serprog:dev=/dev/ttyACM0 -E", "x --programmer=beken_spi -E"},
		{"x --programmer=ch341a_spi", "x --programmer=beken_spi"},
		{"x -p beken_spi:tries=200 -w a.bin", "x -p beken_spi:tries=200 -w a.bin"},
		{"x -p linux_spi:dev=/dev/spidev0.0 -w a.bin",
		 "x -p beken_spi:spidev=/dev/spidev0.0 -w a.bin"},
		{"x -r a --programmer=linux_spi:spispeed=2000,dev=/dev/spidev1.0,",
		 "x -r a --programmer=beken_spi:spidev=/dev/spidev1.0"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char joined[256];
		struct alias_line line = translate(rows[i][0], joined);

		assert_true(line.for_flashrom);
		assert_false(line.may_run);
		assert_string_equal(joined, rows[i][1]);
		alias_free(&line);
	}
}

static void all_options_that_are_left_out_are_named(void **state)
{
	char joined[256];
	struct alias_line line = translate("x -w -u -b 115200 -d COM3 a.bin", joined);

	(void)state;
	assert_string_equal(line.left_out, "-u, -b, -d");
	alias_free(&line);
}

static void parameters_of_other_programmers_are_named_as_left_out(void **state)
{
	static const char *const rows[][2] = {
		{"x --programmer=serprog:dev=/dev/ttyACM0 -E", "dev=/dev/ttyACM0"},
		{"x -p linux_spi:dev=/dev/spidev0.0,spispeed=2000 -E", "spispeed=2000"},
		{"x -p ft2232_spi:type=232H,,port=A -E", "type=232H, port=A"},
		{"x -p linux_spi:dev=/dev/spidev0.0 -E", ""},
		{"x -p ch341a_spi -E", ""},
		{"x -p n:a123456789012345678901234567890123456789012345678901234567890123456789,"
		 "b123456789012345678901234567890123456789012345678901234567890123456789,"
		 "c12345678901234567890123456789,d12345678901234567890123456789",
		 "a123456789012345678901234567890123456789012345678901234567890123456789, "
		 "b123456789012345678901234567890123456789012345678901234567890123456789, ..."},
		{"x -p beken_spi:tries=200 -E", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char joined[256];
		struct alias_line line = translate(rows[i][0], joined);

		assert_true(line.for_flashrom);
		assert_string_equal(line.left_out, rows[i][1]);
		alias_free(&line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_only_reads_is_understood),
		cmocka_unit_test(what_writes_is_answered_and_not_run),
		cmocka_unit_test(a_write_to_address_0_is_left_to_write_which_examines_the_file),
		cmocka_unit_test(the_chip_becomes_the_soc_if_it_is_one),
		cmocka_unit_test(what_has_no_meaning_here_is_left_out_with_its_value),
		cmocka_unit_test(bk7231tools_is_understood),
		cmocka_unit_test(ltchiptool_is_understood),
		cmocka_unit_test(uartprogram_and_spiprogram_are_understood_and_count_in_hex),
		cmocka_unit_test(the_old_options_of_the_windows_tool_are_commands),
		cmocka_unit_test(words_and_places_of_esptool_are_understood),
		cmocka_unit_test(our_own_commands_understand_their_options),
		cmocka_unit_test(what_nothing_here_is_like_is_named),
		cmocka_unit_test(a_command_line_of_flashrom_is_for_flashrom_beken),
		cmocka_unit_test(all_options_that_are_left_out_are_named),
		cmocka_unit_test(parameters_of_other_programmers_are_named_as_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
