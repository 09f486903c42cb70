/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables that a die returns for 5Ah: nothing in them makes the driver send what it must not. */
#include "tests/fuzz/fuzz.h"

#include "programmer/die/spi_die.h"
#include "programmer/guard/identify.h"
#include "programmer/guard/sfdp.h"
#include "tests/programmer/fake_bus.h"
#include "tests/programmer/guard/sfdp_table.h"

static const uint8_t unknown_id[3] = {0x99, 0x40, 0x15};

static const uint8_t *space;
static size_t space_size;

static void answer_sfdp(struct fake_bus *fake, const struct spi_op *op)
{
	uint32_t address;

	(void)fake;
	memset(op->rx, 0xff, op->rx_len);
	if (op->kind != SPI_XFER || op->tx[0] != 0x5a)
		return;
	address = (uint32_t)op->tx[1] << 16 | (uint32_t)op->tx[2] << 8 | op->tx[3];
	for (size_t i = 0; i < op->rx_len; i++)
		op->rx[i] = address + i < space_size ? space[address + i] : 0xff;
}

void fuzz_seeds(void)
{
	struct chipdb_part part = *chipdb_part_by_name("GD25Q16B");
	uint8_t table[512];

	sfdp_table_jesd216a(table, 0x200000);
	fuzz_seed(table, SFDP_TABLE_SIZE);
	sfdp_table_jesd216a(table, 0x10000);
	fuzz_seed(table, SFDP_TABLE_SIZE);
	sfdp_make(&part, table);
	fuzz_seed(table, SFDP_SIZE);
}

static bool is_power_of_two(uint32_t number)
{
	return number && !(number & (number - 1));
}

static void check_erases(const struct chipdb_erase *erase, size_t count, uint32_t size)
{
	uint32_t before = 0;

	for (size_t i = 0; i < count && erase[i].opcode; i++) {
		if (chipdb_erases_chip(&erase[i]))
			continue;
		assert_true(erase[i].opcode == 0x20 || erase[i].opcode == 0x52 ||
			    erase[i].opcode == 0xd7 || erase[i].opcode == 0xd8);
		assert_true(is_power_of_two(erase[i].size));
		assert_in_range(erase[i].size, 4096, 65536);
		assert_true(erase[i].size > before && erase[i].size < size);
		before = erase[i].size;
	}
}

static void parse(const uint8_t *data, size_t size)
{
	uint8_t headers[SFDP_HEADERS] = {0};
	struct sfdp sfdp;
	uint32_t address;
	size_t len;

	memcpy(headers, data, size < sizeof(headers) ? size : sizeof(headers));
	if (sfdp_find(headers, &address, &len)) {
		assert_true(len <= SFDP_BASIC_MOST && address >= SFDP_HEADERS);
		assert_true(address + len <= 0x1000000);
	}
	if (size < sizeof(headers) ||
	    !sfdp_parse(data + sizeof(headers), size - sizeof(headers), &sfdp))
		return;
	assert_true(is_power_of_two(sfdp.size) && sfdp.size >= 65536);
	assert_true(is_power_of_two(sfdp.page) && sfdp.page >= 64 && sfdp.page <= 256);
	assert_true(sfdp.program_typ_us <= sfdp.program_max_us);
	assert_true(sfdp.chip_erase_typ_us <= sfdp.chip_erase_max_us);
	assert_true(sfdp.erase[0].opcode);
	check_erases(sfdp.erase, SFDP_ERASES, sfdp.size);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	static struct part_identity identity;
	static struct fake_bus fake;
	static struct notes notes;
	struct beken_die *die;
	enum trouble_kind kind;

	if (size)
		parse(data, size);
	space = data;
	space_size = size;
	fake_bus_begin(&fake);
	fake.answer = answer_sfdp;
	notes_begin(&notes);
	die = spi_die_new(&fake.bus);
	assert_non_null(die);
	kind = identify(die, unknown_id, "", NULL, &notes.observer, &identity);
	spi_die_free(die);
	assert_int_equal(notes.errors, kind != TROUBLE_NONE);
	for (size_t i = 0; i < fake.count; i++)
		assert_int_equal(fake.ops[i].tx[0], 0x5a);
	if (kind)
		return;
	assert_true(is_power_of_two(identity.part.size));
	check_erases(identity.part.erase, CHIPDB_ERASES, identity.part.size);
}
