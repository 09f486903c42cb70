/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decodes the table field by field, as JESD216 numbers them; bit 0 is the lowest. */
#include "tests/unit.h"
#include "programmer/guard/sfdp.h"

/* A die that flashrom accepts from a table, of at most 16 MiB. */
static bool described(const struct chipdb_part *part)
{
	return !part->refuse && part->address_bytes == 3;
}

static uint32_t field(const uint8_t *at, unsigned high, unsigned low)
{
	uint32_t dword = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
			 (uint32_t)at[3] << 24;

	return dword >> low & (uint32_t)((UINT64_C(2) << (high - low)) - 1);
}

/* The basic table of @part, at the address in its header. */
static const uint8_t *basic_table(const struct chipdb_part *part, uint8_t table[SFDP_SIZE])
{
	uint32_t pointer, dwords;

	memset(table, 0x5a, SFDP_SIZE);
	sfdp_make(part, table);
	pointer = field(table + 12, 23, 0);
	dwords = field(table + 8, 31, 24);
	assert_int_equal(pointer % 4, 0);
	assert_true(pointer >= 16 && pointer + 4 * dwords <= SFDP_SIZE);
	return table + pointer;
}

static void the_headers_are_those_of_jesd216(void **state)
{
	uint8_t table[SFDP_SIZE];

	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		if (!described(&chipdb_parts[i]))
			continue;
		sfdp_make(&chipdb_parts[i], table);
		assert_memory_equal(table, "SFDP", 4);
		assert_int_equal(table[5], 1); /* major revision; minor in [4] */
		assert_int_equal(table[6], 0); /* one parameter header, counted from 0 */
		assert_int_equal(table[7], 0xff);
		assert_int_equal(table[8], 0x00); /* the JEDEC basic table, */
		assert_int_equal(table[10], 1);	  /* its major revision */
		assert_int_equal(table[11], 9);
		assert_int_equal(table[15], 0xff);
	}
}

static void the_density_is_the_parts(void **state)
{
	uint8_t table[SFDP_SIZE];

	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		const uint8_t *basic = basic_table(&chipdb_parts[i], table);

		if (!described(&chipdb_parts[i]))
			continue;
		assert_int_equal(field(basic + 4, 31, 31), 0); /* in bits, not as a power of two */
		assert_int_equal(field(basic + 4, 30, 0) + 1, chipdb_parts[i].size * 8);
	}
}

static void pages_addresses_and_lines_are_the_plain_ones(void **state)
{
	uint8_t table[SFDP_SIZE];

	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		const uint8_t *basic = basic_table(&chipdb_parts[i], table);

		if (!described(&chipdb_parts[i]))
			continue;
		assert_int_equal(field(basic, 2, 2), 1);   /* writes 64 bytes or more */
		assert_int_equal(field(basic, 18, 17), 0); /* 3 address bytes only */
		assert_int_equal(field(basic, 16, 16), 0); /* no 1-1-2 reads, */
		assert_int_equal(field(basic, 19, 19), 0); /* no DTR, */
		assert_int_equal(field(basic, 20, 20), 0); /* no 1-2-2, */
		assert_int_equal(field(basic, 21, 21), 0); /* no 1-4-4, */
		assert_int_equal(field(basic, 22, 22), 0); /* no 1-1-4 */
		assert_int_equal(field(basic, 7, 5), 7);   /* unused: ones */
		assert_int_equal(field(basic, 31, 23), 0x1ff);
		assert_int_equal(field(basic + 16, 31, 0), 0xffffffee); /* no 2-2-2, no 4-4-4 */
		assert_int_equal(field(basic + 20, 15, 0), 0xffff);
		assert_int_equal(field(basic + 24, 15, 0), 0xffff);
	}
}

/*
 * 06h before a write of the status register, since not all parts know 50h. flashrom uses it only if
 * "volatile" is set as well.
 */
static void the_status_register_is_enabled_by_wren(void **state)
{
	uint8_t table[SFDP_SIZE];

	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++)
		if (described(&chipdb_parts[i]))
			assert_int_equal(field(basic_table(&chipdb_parts[i], table), 4, 3), 3);
}

static const struct chipdb_erase *erase_of(const struct chipdb_part *part, uint32_t size)
{
	for (size_t i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++)
		if (part->erase[i].size == size)
			return &part->erase[i];
	return NULL;
}

static void the_erase_types_are_the_parts_without_chip_erase(void **state)
{
	uint8_t table[SFDP_SIZE];

	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		const struct chipdb_part *part = &chipdb_parts[i];
		const uint8_t *basic = basic_table(part, table);
		size_t wanted = 0, found = 0;

		if (!described(part))
			continue;
		for (size_t e = 0; e < CHIPDB_ERASES && part->erase[e].opcode; e++)
			wanted += !chipdb_erases_chip(&part->erase[e]);
		for (unsigned type = 0; type < 4; type++) {
			uint32_t power = field(basic + 28 + 2 * (type & 2), 7 + 16 * (type & 1),
					       16 * (type & 1));
			uint32_t opcode = field(basic + 28 + 2 * (type & 2), 15 + 16 * (type & 1),
						8 + 16 * (type & 1));
			const struct chipdb_erase *erase;

			if (power == 0)
				continue;
			found++;
			erase = erase_of(part, UINT32_C(1) << power);
			assert_non_null(erase);
			assert_int_equal(opcode, erase->opcode);
		}
		assert_int_equal(found, wanted < 4 ? wanted : 4);
	}
}

static void the_4_kib_erase_is_in_the_first_dword(void **state)
{
	uint8_t table[SFDP_SIZE];

	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		const uint8_t *basic = basic_table(&chipdb_parts[i], table);

		if (!described(&chipdb_parts[i]))
			continue;
		assert_int_equal(field(basic, 1, 0), 1);
		assert_int_equal(field(basic, 15, 8), 0x20);
	}
}

static void a_part_without_4_kib_erase_says_so(void **state)
{
	struct chipdb_part part = chipdb_parts[0];
	uint8_t table[SFDP_SIZE];
	const uint8_t *basic;

	(void)state;
	memset(part.erase, 0, sizeof(part.erase));
	part.erase[0] = (struct chipdb_erase){0xd8, 65536, 400000, 2000000};
	part.erase[1] = (struct chipdb_erase){0xc7, part.size, 12000000, 40000000};
	basic = basic_table(&part, table);
	assert_int_equal(field(basic, 1, 0), 3);
	assert_int_equal(field(basic, 15, 8), 0xff);
	assert_int_equal(field(basic + 28, 15, 0), 0xd810);
	assert_int_equal(field(basic + 28, 31, 16), 0);
	assert_int_equal(field(basic + 32, 31, 0), 0);
}

static void more_erase_sizes_than_four_do_not_run_over_the_table(void **state)
{
	struct chipdb_part part = chipdb_parts[0];
	uint8_t table[SFDP_SIZE + 8];

	(void)state;
	for (unsigned i = 0; i < CHIPDB_ERASES; i++)
		part.erase[i] = (struct chipdb_erase){(uint8_t)(0x20 + i), 4096u << i, 1, 1};
	memset(table, 0x5a, sizeof(table));
	sfdp_make(&part, table);
	for (size_t i = SFDP_SIZE; i < sizeof(table); i++)
		assert_int_equal(table[i], 0x5a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_headers_are_those_of_jesd216),
		cmocka_unit_test(the_density_is_the_parts),
		cmocka_unit_test(pages_addresses_and_lines_are_the_plain_ones),
		cmocka_unit_test(the_status_register_is_enabled_by_wren),
		cmocka_unit_test(the_erase_types_are_the_parts_without_chip_erase),
		cmocka_unit_test(the_4_kib_erase_is_in_the_first_dword),
		cmocka_unit_test(a_part_without_4_kib_erase_says_so),
		cmocka_unit_test(more_erase_sizes_than_four_do_not_run_over_the_table),
	};

	return cmocka_run_group_tests_name("sfdp", tests, NULL, NULL);
}
