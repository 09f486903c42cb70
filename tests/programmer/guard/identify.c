/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "tests/programmer/fake_bus.h"
#include "programmer/die/spi_die.h"
#include "programmer/guard/identify.h"
#include "programmer/guard/protection.h"
#include "programmer/guard/sfdp.h"
#include "tests/programmer/guard/sfdp_table.h"

static const uint8_t known_id[3] = {0xc8, 0x40, 0x15}; /* GD25Q16B */
static const uint8_t unknown_id[3] = {0x99, 0x40, 0x15};
static const uint8_t sizeless_id[3] = {0x99, 0x40, 0x32};

static struct notes notes;
static struct fake_bus fake;
static struct part_identity identity;

/* The tables that the die returns for 5Ah; FF elsewhere. */
static uint8_t space[1024];
static bool flickers;

static void answer_sfdp(struct fake_bus *bus, const struct spi_op *op)
{
	uint32_t address;

	memset(op->rx, 0xff, op->rx_len);
	if (op->kind != SPI_XFER || op->tx[0] != 0x5a)
		return;
	assert_int_equal(op->tx_len, 5);
	address = (uint32_t)op->tx[1] << 16 | (uint32_t)op->tx[2] << 8 | op->tx[3];
	for (size_t i = 0; i < op->rx_len; i++)
		op->rx[i] = address + i < sizeof(space) ? space[address + i] : 0xff;
	if (flickers)
		op->rx[op->rx_len - 1] ^= (uint8_t)(bus->asked++ & 1);
}

static void no_table(void)
{
	memset(space, 0xff, sizeof(space));
	flickers = false;
}

/* A table for a die of this size, as this project makes it. */
static void table_of(uint32_t size)
{
	struct chipdb_part part = *chipdb_part_by_id(known_id);

	no_table();
	part.size = size;
	sfdp_make(&part, space);
}

/* The kind and the ID of the last refusal. */
static void check_kind(enum trouble_kind kind, const char *id)
{
	bool there = false;

	assert_int_equal(notes.trouble.kind, kind);
	assert_int_equal(notes.trouble.die, DIE_UNTOUCHED);
	for (size_t i = 0; i < notes.trouble.value_count; i++)
		there |= strcmp(notes.trouble.values[i].name, "id") == 0 &&
			 strcmp(notes.trouble.values[i].text, id) == 0;
	assert_true(there);
}

static bool identified(const uint8_t id[3], const char *chip)
{
	struct beken_die *die;
	bool good;

	fake_bus_begin(&fake);
	fake.answer = answer_sfdp;
	notes_begin(&notes);
	memset(&identity, 0x5a, sizeof(identity));
	die = spi_die_new(&fake.bus);
	assert_non_null(die);
	good = identify(die, id, chip, NULL, &notes.observer, &identity) == TROUBLE_NONE;
	spi_die_free(die);
	assert_int_equal(notes.errors, good ? 0 : 1);
	if (good)
		assert_memory_equal(identity.part.id, id, 3);
	/* In any case nothing but 5Ah was sent. */
	for (size_t i = 0; i < fake.count; i++)
		assert_int_equal(fake.ops[i].tx[0], 0x5a);
	return good;
}

static void a_known_id_is_the_part_of_the_database(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		if (chipdb_parts[i].refuse)
			continue;
		no_table();
		assert_true(identified(chipdb_parts[i].id, ""));
		assert_string_equal(identity.part.name, chipdb_parts[i].name);
		assert_int_equal(identity.source, IDENTITY_DATABASE);
		assert_false(identity.size_told);
		assert_string_equal(notes.text, "");
	}
}

/* Neither by its ID nor because the user names it as a similar part. */
static void a_part_that_is_not_driven_is_refused_with_the_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		const struct chipdb_part *part = &chipdb_parts[i];

		if (!part->refuse)
			continue;
		no_table();
		assert_false(identified(part->id, ""));
		assert_int_equal(fake.count, 0);
		assert_mentions(&notes, part->refuse);
		assert_int_equal(notes.trouble.kind, TROUBLE_PART_REFUSED);
		assert_false(identified(unknown_id, part->name));
		check_kind(TROUBLE_PART_REFUSED, "994015");
		assert_mentions(&notes, part->refuse);
	}
}

static void a_table_that_agrees_changes_nothing(void **state)
{
	(void)state;
	table_of(0x200000);
	assert_true(identified(known_id, ""));
	assert_string_equal(identity.part.name, "GD25Q16B");
	assert_string_equal(notes.text, "");
}

static void a_table_of_another_size_is_a_contradiction(void **state)
{
	(void)state;
	table_of(0x100000);
	assert_false(identified(known_id, ""));
	assert_mentions(&notes, "2048 KiB");
	assert_mentions(&notes, "1024 KiB");
	assert_mentions(&notes, "chip=GD25Q16B");
	check_kind(TROUBLE_PART_DOUBTFUL, "c84015");
	assert_int_equal(notes_number(&notes, "size_by_id"), 0x200000);
	assert_int_equal(notes_number(&notes, "size_by_sfdp"), 0x100000);
	assert_true(identified(known_id, "gd25q16b"));
	assert_true(identity.size_told);
	assert_int_equal(identity.source, IDENTITY_DATABASE);
	assert_int_equal(identity.part.size, 0x200000);
}

static void an_invalid_or_unsteady_table_does_not_matter_for_a_known_id(void **state)
{
	(void)state;
	table_of(0x100000);
	space[0] = 'T';
	assert_true(identified(known_id, ""));
	table_of(0x100000);
	flickers = true;
	assert_true(identified(known_id, ""));
	table_of(0x100000);
	space[16 + 4] ^= 0x10; /* a number of bits that is not a size */
	assert_true(identified(known_id, ""));
}

static void chip_may_only_name_the_part_that_a_known_id_is(void **state)
{
	static const char *const others[] = {"W25Q32", "size:2M", "size:4M"};

	(void)state;
	no_table();
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		assert_false(identified(known_id, others[i]));
		assert_mentions(&notes, "the flash is a GD25Q16B");
		assert_mentions(&notes, "Omit chip=");
		check_kind(TROUBLE_PART_DOUBTFUL, "c84015");
	}
	assert_true(identified(known_id, "GD25Q16B"));
}

static void an_unknown_id_without_a_table_is_refused_with_what_to_do(void **state)
{
	(void)state;
	no_table();
	assert_false(identified(unknown_id, ""));
	assert_mentions(&notes, "99 40 15");
	assert_mentions(&notes, "not in the database");
	assert_mentions(&notes, "report the ID");
	assert_mentions(&notes, "chip=NAME");
	assert_mentions(&notes, "chip=size:SIZE");
	check_kind(TROUBLE_PART_UNKNOWN, "994015");
}

static void an_unknown_id_with_a_table_is_what_the_table_says(void **state)
{
	(void)state;
	table_of(0x200000);
	assert_true(identified(unknown_id, ""));
	assert_int_equal(identity.source, IDENTITY_SFDP);
	assert_false(identity.size_told);
	assert_string_equal(identity.part.name, "SFDP part 994015");
	assert_string_equal(identity.part.maker, "unknown");
	assert_int_equal(identity.part.size, 0x200000);
	assert_int_equal(identity.part.page, 256);
	assert_int_equal(identity.part.address_bytes, 3);
	assert_int_equal(identity.part.erase[0].opcode, 0x20);
	assert_int_equal(identity.part.erase[0].size, 4096);
	assert_int_equal(identity.part.erase[1].opcode, 0x52);
	assert_int_equal(identity.part.erase[2].opcode, 0xd8);
	assert_int_equal(identity.part.erase[3].opcode, 0xc7);
	assert_int_equal(identity.part.erase[3].size, 0x200000);
	assert_int_equal(identity.part.erase[4].opcode, 0);
	assert_int_equal(notes.warnings, 1);
	assert_mentions(&notes, "99 40 15");
	assert_mentions(&notes, "assumed");
	assert_mentions(&notes, "report");
}

static void assumed_protection_is_what_nearly_all_parts_share(void **state)
{
	const struct chipdb_part *part = &identity.part;

	(void)state;
	table_of(0x200000);
	assert_true(identified(unknown_id, ""));
	assert_int_equal(protection_mask(part), 0x403c);
	assert_int_equal(chipdb_sr_mask(part, CHIPDB_QE), 0x0200);
	assert_int_equal(chipdb_sr_mask(part, CHIPDB_SRP0), 0x0080);
	assert_int_equal(chipdb_sr_mask(part, CHIPDB_SRP1), 0x0100);
	assert_true(protection_active(part, 0x4004));
	assert_true(protection_active(part, 0x4000));
	assert_true(protection_active(part, 0x0020));
	assert_false(protection_active(part, 0x0240));
	assert_int_equal(part->sr_write, CHIPDB_SR_JOINT);
	assert_false(part->sr_volatile);
}

static void times_of_the_table_are_used_but_never_shorter_waits(void **state)
{
	(void)state;
	table_of(0x200000);
	assert_true(identified(unknown_id, ""));
	/* Without a time in the table, a generous one is assumed. */
	assert_int_equal(identity.part.program_typ_us, 700);
	assert_true(identity.part.program_max_us >= 3000);
	assert_true(identity.part.erase[0].max_us >= 300000);
	assert_true(identity.part.erase[3].max_us >= 40000000);
	sfdp_table_jesd216a(space, 0x200000);
	assert_true(identified(unknown_id, ""));
	assert_int_equal(identity.part.page, 256);
	assert_int_equal(identity.part.program_typ_us, 384);
	assert_int_equal(identity.part.erase[0].typ_us, 48000);
	assert_true(identity.part.erase[0].max_us >= 400000);
	assert_int_equal(identity.part.erase[2].typ_us, 160000);
	assert_int_equal(identity.part.erase[3].typ_us, 7680000);
}

static void an_id_that_tells_another_size_than_the_table_is_refused(void **state)
{
	(void)state;
	table_of(0x400000);
	assert_false(identified(unknown_id, ""));
	assert_mentions(&notes, "2048 KiB");
	assert_mentions(&notes, "4096 KiB");
	assert_mentions(&notes, "as the larger one, with chip=size:4096K");
	assert_mentions(&notes, "the smaller one, chip=size:2048K");
	check_kind(TROUBLE_PART_DOUBTFUL, "994015");
	table_of(0x100000);
	assert_false(identified(unknown_id, ""));
	assert_mentions(&notes, "as the larger one, with chip=size:2048K");
	assert_mentions(&notes, "the smaller one, chip=size:1024K");
	table_of(0x400000);
	/* If the last byte is not the logarithm of a plausible size, it tells nothing. */
	assert_true(identified(sizeless_id, ""));
	assert_int_equal(identity.part.size, 0x400000);
}

static void a_table_of_more_than_three_address_bytes_reach_is_refused(void **state)
{
	(void)state;
	table_of(0x2000000);
	assert_false(identified(sizeless_id, ""));
	check_kind(TROUBLE_PART_UNKNOWN, "994032");
	assert_mentions(&notes, "99 40 32");
	assert_mentions(&notes, "32768 KiB");
	assert_mentions(&notes, "16 MiB");
	assert_mentions(&notes, "report the ID");
}

static void an_unknown_id_can_be_told_to_be_like_a_part(void **state)
{
	(void)state;
	no_table();
	assert_true(identified(unknown_id, "w25q32"));
	assert_string_equal(identity.part.name, "W25Q32");
	assert_int_equal(identity.source, IDENTITY_USER);
	assert_true(identity.size_told);
	assert_int_equal(notes.warnings, 0);
	table_of(0x200000);
	assert_true(identified(unknown_id, "W25Q32"));
	assert_int_equal(identity.part.size, 0x400000);
	assert_int_equal(notes.warnings, 1);
	assert_mentions(&notes, "2048 KiB");
}

static void an_unknown_id_can_be_told_a_size(void **state)
{
	static const struct {
		const char *chip;
		uint32_t size;
		uint8_t erases[4];
	} told[] = {
		{"size:2M", 0x200000, {0x20, 0xd8, 0xc7}},
		{"size:2048K", 0x200000, {0x20, 0xd8, 0xc7}},
		{"size:65536", 0x10000, {0x20, 0xc7}},
		{"size:64K", 0x10000, {0x20, 0xc7}},
		{"size:16M", 0x1000000, {0x20, 0xd8, 0xc7}},
	};

	(void)state;
	no_table();
	for (size_t i = 0; i < COUNT_OF(told); i++) {
		assert_true(identified(unknown_id, told[i].chip));
		assert_string_equal(identity.part.name, "part 994015");
		assert_int_equal(identity.part.size, told[i].size);
		assert_int_equal(identity.source, IDENTITY_USER);
		assert_true(identity.size_told);
		for (size_t e = 0; e < 4; e++)
			assert_int_equal(identity.part.erase[e].opcode, told[i].erases[e]);
		assert_mentions(&notes, "assumed");
	}
}

static void only_parts_and_sizes_are_values_of_chip(void **state)
{
	static const char *const good[] = {"GD25Q16B",	   "gd25q16b",	    "size:64K", "size:16M",
					   "size:1048576", "size:0x100000", "size:2m"};
	static const char *const bad[] = {
		"",
		"GD25",
		"size:",
		"size:3M",
		"size:32K",
		"size:32M",
		"size:2G",
		"size:2MB",
		"size:-2M",
		"size: 2M",
		"size:0",
		"size:4294967296M",
		"size:18446744073709551617M",
		"2M",
		"size:2M ",
		"SIZE:2M",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		assert_true(identify_is_chip(good[i]));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (identify_is_chip(bad[i]))
			fail_msg("\"%s\" was taken", bad[i]);
}

static void a_bus_that_fails_is_an_error(void **state)
{
	struct beken_die *die;

	(void)state;
	fake_bus_begin(&fake);
	fake.error = TROUBLE_ADAPTER_SILENT;
	notes_begin(&notes);
	die = spi_die_new(&fake.bus);
	assert_non_null(die);
	assert_int_equal(identify(die, known_id, "", NULL, &notes.observer, &identity),
			 TROUBLE_ADAPTER_SILENT);
	spi_die_free(die);
	assert_int_equal(notes.errors, 1);
	assert_mentions(&notes, "silent");
}

/* A part that the driver can handle, wherever its data comes from. */
static void check_part(const struct chipdb_part *part)
{
	uint32_t last = 0;
	size_t i;

	assert_true(part->size >= 0x10000 && part->size <= 0x1000000);
	assert_int_equal(part->size & (part->size - 1), 0);
	assert_true(part->page == 64 || part->page == 128 || part->page == 256);
	assert_true(part->program_typ_us > 0 && part->program_typ_us <= part->program_max_us);
	assert_true(part->program_max_us <= 100000);
	for (i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++) {
		const struct chipdb_erase *erase = &part->erase[i];

		assert_true(erase->size > last && part->size % erase->size == 0);
		assert_true(erase->typ_us > 0 && erase->typ_us <= erase->max_us);
		assert_true(erase->opcode == 0x20 || erase->opcode == 0xd7 ||
			    erase->opcode == 0x52 || erase->opcode == 0xd8 ||
			    (erase->opcode == 0xc7 && erase->size == part->size));
		last = erase->size;
	}
	assert_true(i >= 2);
	assert_int_equal(last, part->size);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Almost correct tables, since nonsense fails at the first check. */
static void no_table_makes_a_part_that_can_not_be(void **state)
{
	unsigned taken = 0;
	uint32_t seed = 1;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		sfdp_table_jesd216a(space, UINT32_C(1) << (14 + next_random(&seed) % 12));
		for (unsigned n = next_random(&seed) % 6; n > 0; n--)
			space[next_random(&seed) % 100] = (uint8_t)next_random(&seed);
		if (identified(i % 2 ? sizeless_id : unknown_id, "")) {
			check_part(&identity.part);
			taken++;
		}
	}
	assert_in_range(taken, 1000, 19000);
	for (unsigned i = 0; i < 5000; i++) {
		for (size_t n = 0; n < sizeof(space); n++)
			space[n] = (uint8_t)next_random(&seed);
		memcpy(space, "SFDP\0\1\0\xff\0\0\1\x10\x10\0\0\xff", 16);
		if (identified(sizeless_id, ""))
			check_part(&identity.part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_known_id_is_the_part_of_the_database),
		cmocka_unit_test(a_part_that_is_not_driven_is_refused_with_the_reason),
		cmocka_unit_test(a_table_that_agrees_changes_nothing),
		cmocka_unit_test(a_table_of_another_size_is_a_contradiction),
		cmocka_unit_test(an_invalid_or_unsteady_table_does_not_matter_for_a_known_id),
		cmocka_unit_test(chip_may_only_name_the_part_that_a_known_id_is),
		cmocka_unit_test(an_unknown_id_without_a_table_is_refused_with_what_to_do),
		cmocka_unit_test(an_unknown_id_with_a_table_is_what_the_table_says),
		cmocka_unit_test(assumed_protection_is_what_nearly_all_parts_share),
		cmocka_unit_test(times_of_the_table_are_used_but_never_shorter_waits),
		cmocka_unit_test(an_id_that_tells_another_size_than_the_table_is_refused),
		cmocka_unit_test(a_table_of_more_than_three_address_bytes_reach_is_refused),
		cmocka_unit_test(an_unknown_id_can_be_told_to_be_like_a_part),
		cmocka_unit_test(an_unknown_id_can_be_told_a_size),
		cmocka_unit_test(only_parts_and_sizes_are_values_of_chip),
		cmocka_unit_test(a_bus_that_fails_is_an_error),
		cmocka_unit_test(no_table_makes_a_part_that_can_not_be),
	};

	return cmocka_run_group_tests_name("identify", tests, NULL, NULL);
}
