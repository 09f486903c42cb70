/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The meaning of opcodes on a small part and on a large one. */
#include "tests/unit.h"

#include "programmer/guard/flash_command.h"

static const struct chipdb_part small = {.size = 2 << 20,
					 .address_bytes = 3,
					 .erase = {{.opcode = 0x20, .size = 4096},
						   {.opcode = 0x52, .size = 32768},
						   {.opcode = 0xc7, .size = 2 << 20}}},
				large = {.size = 32 << 20,
					 .address_bytes = 4,
					 .erase = {{.opcode = 0x21, .size = 4096},
						   {.opcode = 0xdc, .size = 65536},
						   {.opcode = 0xc7, .size = 32 << 20}}};

static void a_parts_own_erases_come_first_by_their_opcodes(void **state)
{
	(void)state;
	assert_int_equal(command_of(&small, 0x20).kind, COMMAND_ERASE);
	assert_int_equal(command_of(&small, 0x20).erase, 0);
	assert_int_equal(command_of(&small, 0x52).erase, 1);
	assert_int_equal(command_of(&small, 0xc7).erase, 2);
	assert_int_equal(command_of(&large, 0xdc).erase, 1);
	assert_int_equal(command_of(&large, 0xdc).address_bytes, 4);
}

static void an_erase_that_the_part_lacks_is_carried_out_by_others(void **state)
{
	struct command erase = command_of(&small, 0xd8);

	(void)state;
	assert_int_equal(erase.kind, COMMAND_ERASE);
	assert_int_equal(erase.erase, NO_ERASE);
	assert_int_equal(erase.size, 65536);
	assert_int_equal(command_of(&small, 0x81).kind, COMMAND_ERASE_PAGE);
}

/*
 * By size: the part's own opcode has four address bytes in either mode; flashrom's follows the
 * mode.
 */
static void a_large_part_has_the_small_ones_erases_by_the_mode(void **state)
{
	struct command sector = command_of(&large, 0x20);

	(void)state;
	assert_int_equal(sector.kind, COMMAND_ERASE);
	assert_int_equal(sector.address_bytes, 0);
	assert_int_equal(sector.erase, 0);
}

static void four_byte_commands_are_a_large_parts_alone(void **state)
{
	static const uint8_t opcodes[] = {0x13, 0x0c, 0x12};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(opcodes); i++) {
		assert_int_equal(command_of(&small, opcodes[i]).kind, COMMAND_OTHER);
		assert_int_equal(command_of(&large, opcodes[i]).address_bytes, 4);
	}
	assert_int_equal(command_of(&large, 0x0c).dummies, 1);
	assert_int_equal(command_of(&large, 0x13).dummies, 0);
	assert_int_equal(command_of(&large, 0x9f).kind, COMMAND_OTHER);
}

static void a_header_has_as_many_bytes_as_the_mode_and_the_command_say(void **state)
{
	static const uint8_t tx[] = {0, 0x01, 0x02, 0x03, 0x04, 0x05};
	const struct command read = command_of(&large, 0x03), fast = command_of(&large, 0x0b),
			     always = command_of(&large, 0x0c);
	uint32_t address;
	size_t header;

	(void)state;
	assert_true(command_header(&read, &large, false, tx, 4, &address, &header));
	assert_int_equal(header, 4);
	assert_int_equal(address, 0x010203);
	assert_false(command_header(&read, &large, false, tx, 3, &address, &header));
	assert_true(command_header(&fast, &large, false, tx, 5, &address, &header));
	assert_int_equal(header, 5);
	assert_int_equal(address, 0x010203);
	assert_false(command_header(&fast, &large, false, tx, 4, &address, &header));
	assert_true(command_header(&read, &large, true, tx, 5, &address, &header));
	assert_int_equal(address, 0x01020304);
	assert_false(command_header(&read, &large, true, tx, 4, &address, &header));
	assert_true(command_header(&always, &large, false, tx, 6, &address, &header));
	assert_int_equal(header, 6);
	assert_int_equal(address, 0x01020304);
}

static void an_address_behind_the_part_is_none(void **state)
{
	static const uint8_t last[] = {0, 0x1f, 0xff, 0xff}, behind[] = {0, 0x20, 0, 0};
	const struct command read = command_of(&small, 0x03);
	uint32_t address;
	size_t header;

	(void)state;
	assert_true(command_header(&read, &small, false, last, 4, &address, &header));
	assert_false(command_header(&read, &small, false, behind, 4, &address, &header));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_parts_own_erases_come_first_by_their_opcodes),
		cmocka_unit_test(an_erase_that_the_part_lacks_is_carried_out_by_others),
		cmocka_unit_test(a_large_part_has_the_small_ones_erases_by_the_mode),
		cmocka_unit_test(four_byte_commands_are_a_large_parts_alone),
		cmocka_unit_test(a_header_has_as_many_bytes_as_the_mode_and_the_command_say),
		cmocka_unit_test(an_address_behind_the_part_is_none),
	};

	return cmocka_run_group_tests_name("flash_command", tests, NULL, NULL);
}
