/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables from a die, which may hold anything. */
#include "tests/unit.h"
#include "programmer/guard/sfdp.h"
#include "tests/programmer/guard/sfdp_table.h"

static uint8_t space[512];
static struct sfdp sfdp;

static bool parsed(void)
{
	uint32_t address;
	size_t len;

	memset(&sfdp, 0x5a, sizeof(sfdp));
	if (!sfdp_find(space, &address, &len))
		return false;
	assert_true(address + len <= sizeof(space));
	return sfdp_parse(space + address, len, &sfdp);
}

static void what_is_made_for_flashrom_reads_as_the_part(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		const struct chipdb_part *part = &chipdb_parts[i];
		size_t at = 0;

		if (part->refuse || part->address_bytes > 3)
			continue;
		memset(space, 0xff, sizeof(space));
		sfdp_make(part, space);
		assert_true(parsed());
		assert_int_equal(sfdp.size, part->size);
		assert_int_equal(sfdp.page, 256);
		assert_int_equal(sfdp.program_typ_us + sfdp.chip_erase_typ_us, 0);
		for (size_t e = 0; part->erase[e].opcode && part->erase[e].size < part->size; e++) {
			if (part->erase[e].size > 65536 || part->erase[e].size < 4096)
				continue;
			assert_int_equal(sfdp.erase[at].opcode, part->erase[e].opcode);
			assert_int_equal(sfdp.erase[at++].size, part->erase[e].size);
		}
		assert_int_equal(sfdp.erase[at].opcode, 0);
	}
}

static void times_are_read_as_jesd216a_says(void **state)
{
	static const uint32_t typ[] = {48000, 128000, 160000};

	(void)state;
	sfdp_table_jesd216a(space, 0x400000);
	assert_true(parsed());
	assert_int_equal(sfdp.size, 0x400000);
	assert_int_equal(sfdp.page, 256);
	assert_int_equal(sfdp.program_typ_us, 384);
	assert_int_equal(sfdp.program_max_us, 384 * 6);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(sfdp.erase[i].typ_us, typ[i]);
		assert_int_equal(sfdp.erase[i].max_us, typ[i] * 10);
	}
	assert_int_equal(sfdp.chip_erase_typ_us, 7680000);
	assert_int_equal(sfdp.chip_erase_max_us, 76800000);
}

static void pages_are_of_64_to_256_bytes(void **state)
{
	static const struct {
		unsigned power;
		uint32_t page;
	} rows[] = {{6, 64}, {7, 128}, {8, 256}, {9, 256}, {15, 256}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		sfdp_table_jesd216a(space, 0x200000);
		sfdp_table_put(space, 11, 2 | rows[i].power << 4);
		assert_true(parsed());
		assert_int_equal(sfdp.page, rows[i].page);
	}
	sfdp_table_put(space, 11, 2 | 5u << 4);
	assert_false(parsed());
}

static void headers_that_are_none_are_refused(void **state)
{
	static const struct {
		unsigned at;
		uint8_t value;
	} wrong[] = {
		{0, 's'},   {3, 0xff},	{5, 0},	 {5, 2},  {8, 0x84}, /* not the basic table */
		{10, 0},    {10, 2},	{11, 0}, {11, 8},	     /* too few dwords */
		{12, 0x21}, {12, 0x22},				     /* not a multiple of 4 */
	};
	uint32_t address;
	size_t len;

	(void)state;
	sfdp_table_jesd216a(space, 0x200000);
	assert_true(parsed());
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		sfdp_table_jesd216a(space, 0x200000);
		space[wrong[i].at] = wrong[i].value;
		if (sfdp_find(space, &address, &len))
			fail_msg("byte %u was taken as %02x", wrong[i].at, wrong[i].value);
	}
}

static void a_pointer_out_of_the_space_or_into_the_headers_is_refused(void **state)
{
	static const struct {
		uint8_t pointer[3], dwords;
		bool good;
	} pointers[] = {
		{{0x10, 0x00, 0x00}, 16, true},	 {{0x0c, 0x00, 0x00}, 16, false},
		{{0x00, 0x00, 0x00}, 16, false}, {{0xc0, 0xff, 0xff}, 16, true},
		{{0xc4, 0xff, 0xff}, 16, false}, {{0xfc, 0xff, 0xff}, 9, false},
		{{0x04, 0xfc, 0xff}, 255, true}, {{0x08, 0xfc, 0xff}, 255, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pointers); i++) {
		uint32_t address;
		size_t len;

		sfdp_table_jesd216a(space, 0x200000);
		memcpy(space + 12, pointers[i].pointer, 3);
		space[11] = pointers[i].dwords;
		assert_int_equal(sfdp_find(space, &address, &len), pointers[i].good);
		if (pointers[i].good)
			assert_true(len >= 36 && len <= SFDP_BASIC_MOST &&
				    address + len <= 0x1000000);
	}
}

static void sizes_are_powers_of_two(void **state)
{
	static const struct {
		uint32_t dword2, size; /* 0: refused */
	} sizes[] = {
		{0x00ffffff, 0x200000},	  {0x0007ffff, 0x10000},    {0x7fffffff, 0x10000000},
		{0x80000020, 0x20000000}, {0x80000022, 0x80000000}, {0x80000023, 0},
		{0x8000001f, 0},	  {0xffffffff, 0},	    {0x00000000, 0},
		{0x0003ffff, 0},	  {0x00fffffe, 0},	    {0x017fffff, 0},
		{0x80000000, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		sfdp_table_jesd216a(space, 0x200000);
		sfdp_table_put(space, 2, sizes[i].dword2);
		assert_int_equal(parsed(), sizes[i].size != 0);
		if (sizes[i].size)
			assert_int_equal(sfdp.size, sizes[i].size);
	}
}

static void only_opcodes_that_erase_are_believed(void **state)
{
	static const uint8_t harmful[] = {0x00, 0x01, 0x02, 0x06, 0x11, 0x31,
					  0x42, 0xb1, 0xb9, 0xc7, 0xff};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(harmful); i++) {
		sfdp_table_jesd216a(space, 0x200000);
		sfdp_table_put(space, 1, 0xfff100e5 | (uint32_t)harmful[i] << 8);
		sfdp_table_put(space, 8, 0x5200000c | 0x000f0000 | (uint32_t)harmful[i] << 8);
		assert_true(parsed());
		assert_int_equal(sfdp.erase[0].opcode, 0x52);
		assert_int_equal(sfdp.erase[1].opcode, 0xd8);
		assert_int_equal(sfdp.erase[2].opcode, 0);
	}
}

static void erases_are_sorted_and_none_comes_twice(void **state)
{
	(void)state;
	sfdp_table_jesd216a(space, 0x200000);
	/* 64 KiB before 4 KiB, 4 KiB again, and D8h again with another size. */
	sfdp_table_put(space, 8, 0x200cd810);
	sfdp_table_put(space, 9, 0xd80fd70c);
	assert_true(parsed());
	assert_int_equal(sfdp.erase[0].opcode, 0x20);
	assert_int_equal(sfdp.erase[1].opcode, 0xd8);
	assert_int_equal(sfdp.erase[1].size, 65536);
	assert_int_equal(sfdp.erase[2].opcode, 0);
}

static void the_4_kib_erase_of_the_first_dword_counts_as_well(void **state)
{
	(void)state;
	sfdp_table_jesd216a(space, 0x200000);
	sfdp_table_put(space, 8, 0);
	assert_true(parsed());
	assert_int_equal(sfdp.erase[0].opcode, 0x20);
	assert_int_equal(sfdp.erase[0].size, 4096);
	assert_int_equal(sfdp.erase[0].typ_us, 0);
	assert_int_equal(sfdp.erase[1].opcode, 0xd8);
}

static void an_erase_as_large_as_the_die_is_no_sector_erase(void **state)
{
	(void)state;
	sfdp_table_jesd216a(space, 0x10000);
	assert_true(parsed());
	assert_int_equal(sfdp.erase[1].opcode, 0x52);
	assert_int_equal(sfdp.erase[2].opcode, 0);
}

static void a_die_that_can_not_be_driven_is_refused(void **state)
{
	(void)state;
	/* No erase command. */
	sfdp_table_jesd216a(space, 0x200000);
	sfdp_table_put(space, 1, 0xfff1ffe7);
	sfdp_table_put(space, 8, 0);
	sfdp_table_put(space, 9, 0);
	assert_false(parsed());
	/* Only single bytes can be programmed. */
	sfdp_table_jesd216a(space, 0x200000);
	sfdp_table_put(space, 1, 0xfff120e1);
	assert_false(parsed());
	/* Pages of 32 bytes. */
	sfdp_table_jesd216a(space, 0x200000);
	sfdp_table_put(space, 11, 0x7d002552);
	assert_false(parsed());
	/* Only four address bytes. */
	sfdp_table_jesd216a(space, 0x200000);
	sfdp_table_put(space, 1, 0xfff520e5);
	assert_false(parsed());
	/* Too short. */
	assert_false(sfdp_parse(space + 0x20, 35, &sfdp));
	assert_false(sfdp_parse(space + 0x20, 0, &sfdp));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_made_for_flashrom_reads_as_the_part),
		cmocka_unit_test(times_are_read_as_jesd216a_says),
		cmocka_unit_test(pages_are_of_64_to_256_bytes),
		cmocka_unit_test(headers_that_are_none_are_refused),
		cmocka_unit_test(a_pointer_out_of_the_space_or_into_the_headers_is_refused),
		cmocka_unit_test(sizes_are_powers_of_two),
		cmocka_unit_test(only_opcodes_that_erase_are_believed),
		cmocka_unit_test(erases_are_sorted_and_none_comes_twice),
		cmocka_unit_test(the_4_kib_erase_of_the_first_dword_counts_as_well),
		cmocka_unit_test(an_erase_as_large_as_the_die_is_no_sector_erase),
		cmocka_unit_test(a_die_that_can_not_be_driven_is_refused),
	};

	return cmocka_run_group_tests_name("sfdp_parse", tests, NULL, NULL);
}
