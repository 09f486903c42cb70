/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks before the first change: is the contact good, and is the die as large as it says? */
#include "tests/unit.h"
#include "tests/programmer/fake_bus.h"
#include "programmer/guard/identify.h"
#include "tests/programmer/sim_bus.h"

static struct notes notes;

/* Only reading, and nothing that could change a die. */
static void check_only_reads(const struct sim_bus *sim)
{
	for (unsigned opcode = 0; opcode < 256; opcode++)
		if (opcode != 0x03 && opcode != 0x13 && opcode != 0x9f)
			assert_int_equal(sim->sent[opcode], 0);
}

static bool checked(struct sim_bus *sim, const struct chipdb_part *told, bool size_told)
{
	bool good;

	notes_begin(&notes);
	die_take_part(sim->die, told);
	good = identify_check(sim->die, size_told, &notes.observer) == TROUBLE_NONE;
	assert_int_equal(notes.errors, good ? 0 : 1);
	check_only_reads(sim);
	return good;
}

/* A die of @real bytes with the ID of @told. */
static struct sim_bus *die_of(struct chipdb_part *part, const struct chipdb_part *told,
			      uint32_t real)
{
	struct board_options options = {.part = part};

	*part = *told;
	part->size = real;
	for (size_t i = 0; i < CHIPDB_ERASES; i++)
		if (part->erase[i].size == told->size)
			part->erase[i].size = real;
	return sim_bus_new(&options);
}

/* Content that does not repeat itself. */
static void fill(struct sim_bus *sim, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		sim->nor.memory[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24);
}

static void a_full_die_of_its_size_passes_with_one_batch_of_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i++) {
		struct chipdb_part part;
		struct sim_bus *sim;
		unsigned long windows = 0;

		/* The simulated die may have no 4-byte addresses. */
		if (chipdb_parts[i].refuse || chipdb_parts[i].address_bytes > 3)
			continue;
		sim = die_of(&part, &chipdb_parts[i], chipdb_parts[i].size);
		fill(sim, 0, part.size);
		assert_true(checked(sim, &chipdb_parts[i], false));
		assert_int_equal(sim->transfers, 1);
		for (unsigned opcode = 0; opcode < 256; opcode++)
			windows += sim->sent[opcode];
		/* 20 bytes for each window: less than 4 KiB. */
		assert_in_range(windows, 20, 200);
		sim_bus_free(sim);
	}
}

static void a_smaller_die_is_found_out_and_its_size_is_named(void **state)
{
	static const struct {
		uint32_t size;
		const char *words;
	} smaller[] = {
		{0x200000, "after 2048 KiB"},
		{0x100000, "after 1024 KiB"},
		{0x80000, "after 512 KiB"},
	};
	const struct chipdb_part *told = chipdb_part_by_name("W25Q32");

	(void)state;
	for (size_t i = 0; i < COUNT_OF(smaller); i++) {
		struct chipdb_part part;
		struct sim_bus *sim = die_of(&part, told, smaller[i].size);

		fill(sim, 0, smaller[i].size);
		assert_false(checked(sim, told, false));
		assert_int_equal(notes.trouble.kind, TROUBLE_PART_SMALLER);
		assert_int_equal(notes_number(&notes, "size_by_id"), told->size);
		assert_int_equal(notes_number(&notes, "size_seen"), smaller[i].size);
		assert_mentions(&notes, smaller[i].words);
		assert_mentions(&notes, "4096 KiB");
		assert_mentions(&notes, "chip=W25Q32");
		assert_true(checked(sim, told, true));
		sim_bus_free(sim);
	}
}

static void content_at_the_start_alone_shows_a_smaller_die(void **state)
{
	const struct chipdb_part *told = chipdb_part_by_name("W25Q32");
	struct chipdb_part part;
	struct sim_bus *sim = die_of(&part, told, 0x200000);

	(void)state;
	fill(sim, 0, 0x4000);
	assert_false(checked(sim, told, false));
	/* Also if a single byte differs, or two values alternate. */
	memset(sim->nor.memory, 0xff, 0x4000);
	sim->nor.memory[15] = 0;
	assert_false(checked(sim, told, false));
	for (uint32_t i = 0; i < 0x4000; i++)
		sim->nor.memory[i] = i & 1 ? 0xaa : 0x55;
	assert_false(checked(sim, told, false));
	for (uint32_t i = 0x4000; i < 0x200000; i++)
		sim->nor.memory[i] = i & 1 ? 0xaa : 0x55;
	assert_false(checked(sim, told, false));
	sim_bus_free(sim);
}

static void a_part_that_is_not_in_the_database_is_named_by_its_size(void **state)
{
	struct chipdb_part told = *chipdb_part_by_name("W25Q32"), part;
	struct sim_bus *sim;

	(void)state;
	told.id[0] = 0x99;
	told.name = "SFDP part 994016";
	sim = die_of(&part, &told, 0x200000);
	fill(sim, 0, 0x200000);
	assert_false(checked(sim, &told, false));
	assert_mentions(&notes, "chip=size:4096K");
	sim_bus_free(sim);
}

static void a_blank_die_tells_nothing_and_passes(void **state)
{
	const struct chipdb_part *told = chipdb_part_by_name("W25Q32");
	struct chipdb_part part;
	struct sim_bus *sim = die_of(&part, told, told->size);

	(void)state;
	assert_true(checked(sim, told, false));
	memset(sim->nor.memory, 0x00, told->size);
	assert_true(checked(sim, told, false));
	sim_bus_free(sim);
}

/* Nothing at the places of the first look, but something at those of the second or third. */
static void a_small_die_that_seems_blank_at_first_is_looked_at_in_other_places(void **state)
{
	const struct chipdb_part *told = chipdb_part_by_name("W25Q32");
	struct chipdb_part part;

	(void)state;
	for (uint32_t look = 1; look < 3; look++) {
		struct sim_bus *sim = die_of(&part, told, 0x200000);
		uint32_t step = told->size / 2 / 32;
		uint32_t at = 5 * step + look * (step / 3);

		fill(sim, at - 256, at + 256);
		assert_false(checked(sim, told, false));
		assert_mentions(&notes, "2048 KiB");
		sim_bus_free(sim);
	}
}

/* The firmware is there twice, but the bootloader or the calibration only once, at any place. */
static void halves_that_are_partly_alike_pass(void **state)
{
	const struct chipdb_part *told = chipdb_part_by_name("W25Q32");
	struct chipdb_part part;

	(void)state;
	for (uint32_t at = 0; at < 0x200000; at += 0x33000) {
		struct sim_bus *sim = die_of(&part, told, told->size);

		fill(sim, 0, 0x200000);
		memcpy(sim->nor.memory + 0x200000, sim->nor.memory, 0x200000);
		memset(sim->nor.memory + at, 0xff, 0x6000);
		assert_true(checked(sim, told, false));
		sim_bus_free(sim);
	}
}

static void a_half_that_is_blank_passes(void **state)
{
	const struct chipdb_part *told = chipdb_part_by_name("W25Q32");
	struct chipdb_part part;

	(void)state;
	for (int upper = 0; upper < 2; upper++) {
		struct sim_bus *sim = die_of(&part, told, told->size);

		fill(sim, upper ? 0x200000 : 0, upper ? 0x400000 : 0x200000);
		assert_true(checked(sim, told, false));
		sim_bus_free(sim);
	}
}

static void a_bus_that_fails_is_no_good_die(void **state)
{
	const struct chipdb_part *told = chipdb_part_by_name("W25Q32");
	struct chipdb_part part;

	(void)state;
	for (unsigned at = 1; at < 5; at++) {
		struct sim_bus *sim = die_of(&part, told, 0x200000);

		fill(sim, 0, 0x200000);
		sim->fail_at = at;
		sim->fail_error = TROUBLE_ADAPTER_SILENT;
		assert_false(checked(sim, told, false));
		assert_mentions(&notes, "silent");
		sim_bus_free(sim);
	}
}

static struct fake_bus fake;
static unsigned bad_one_in;

/* The ID from values[], and the address as content; now and then a bit flips. */
static void answer_shaky(struct fake_bus *bus, const struct spi_op *op)
{
	if (op->tx[0] == 0x9f) {
		memcpy(op->rx, bus->values, op->rx_len);
	} else {
		uint32_t address = 0;

		for (size_t i = 1; i < op->tx_len; i++)
			address = address << 8 | op->tx[i];
		for (size_t i = 0; i < op->rx_len; i++)
			op->rx[i] = (uint8_t)(((address + i) * UINT32_C(2654435761)) >> 24);
	}
	if (bad_one_in && ++bus->asked % bad_one_in == 0)
		op->rx[op->rx_len - 1] ^= 0x04;
}

static bool shaky(const struct chipdb_part *part, unsigned one_in)
{
	struct beken_die *die;
	bool good;

	fake_bus_begin(&fake);
	fake.answer = answer_shaky;
	memcpy(fake.values, part->id, 3);
	bad_one_in = one_in;
	notes_begin(&notes);
	die = spi_die_new(&fake.bus);
	assert_non_null(die);
	die_take_part(die, part);
	good = identify_check(die, true, &notes.observer) == TROUBLE_NONE;
	spi_die_free(die);
	return good;
}

static void a_bad_contact_is_found_out_and_named(void **state)
{
	static const unsigned one_in[] = {1, 2, 3, 7, 20, 131};
	const struct chipdb_part *part = chipdb_part_by_name("GD25Q16B");

	(void)state;
	assert_true(shaky(part, 0));
	for (size_t i = 0; i < COUNT_OF(one_in); i++) {
		assert_false(shaky(part, one_in[i]));
		assert_int_equal(notes.trouble.kind, TROUBLE_UNSTEADY_READ);
		assert_mentions(&notes, "bad contact");
		assert_mentions(&notes, "wires");
	}
}

static void a_large_part_is_read_with_four_address_bytes(void **state)
{
	struct chipdb_part part = *chipdb_part_by_name("W25Q32");
	bool high = false;

	(void)state;
	part.size = 0x2000000;
	part.address_bytes = 4;
	assert_true(shaky(&part, 0));
	for (size_t i = 0; i < fake.count; i++) {
		if (fake.ops[i].tx[0] == 0x9f)
			continue;
		assert_int_equal(fake.ops[i].tx[0], 0x13);
		assert_int_equal(fake.ops[i].tx_len, 5);
		assert_true(fake.ops[i].tx[1] <= 0x01);
		high |= fake.ops[i].tx[1] == 0x01;
	}
	assert_true(high);
}

static enum trouble_kind fits(struct die_caps caps, uint32_t size)
{
	static const uint8_t id[3] = {0xef, 0x40, 0x15};
	const struct beken_die die = {.caps = caps};
	enum trouble_kind kind;

	notes_begin(&notes);
	kind = identify_fits(&die, id, size, &notes.observer);
	assert_int_equal(notes.errors, kind != TROUBLE_NONE);
	assert_true(!kind || notes.trouble.kind == kind);
	return kind;
}

static void a_die_that_the_link_does_not_reach_all_of_is_refused(void **state)
{
	(void)state;
	assert_int_equal(fits((struct die_caps){.size_most = 0}, 0x4000000), TROUBLE_NONE);
	assert_int_equal(fits((struct die_caps){.size_most = 0x1000000}, 0x1000000), TROUBLE_NONE);
	assert_int_equal(fits((struct die_caps){.size_most = 0x1000000}, 0x2000000),
			 TROUBLE_PART_REFUSED);
	assert_mentions(&notes, "32768 KiB");
	assert_mentions(&notes, "Use SPI");
}

static void another_size_than_was_seen_is_refused(void **state)
{
	const struct die_caps seen = {.no_id = true},
			      assumed = {.no_id = true, .size_assumed = true};

	(void)state;
	assert_int_equal(fits(seen, 0x200000), TROUBLE_NONE);
	assert_int_equal(fits(seen, 0x400000), TROUBLE_PART_DOUBTFUL);
	assert_mentions(&notes, "chip= means 4096 KiB, but the flash begins again after 2048 KiB");
	assert_int_equal(fits(seen, 0x100000), TROUBLE_PART_DOUBTFUL);
	assert_int_equal(fits(assumed, 0x400000), TROUBLE_NONE);
	assert_int_equal(fits((struct die_caps){.no_id = false}, 0x400000), TROUBLE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_die_of_its_size_passes_with_one_batch_of_reads),
		cmocka_unit_test(a_smaller_die_is_found_out_and_its_size_is_named),
		cmocka_unit_test(content_at_the_start_alone_shows_a_smaller_die),
		cmocka_unit_test(a_part_that_is_not_in_the_database_is_named_by_its_size),
		cmocka_unit_test(a_blank_die_tells_nothing_and_passes),
		cmocka_unit_test(halves_that_are_partly_alike_pass),
		cmocka_unit_test(
			a_small_die_that_seems_blank_at_first_is_looked_at_in_other_places),
		cmocka_unit_test(a_half_that_is_blank_passes),
		cmocka_unit_test(a_bus_that_fails_is_no_good_die),
		cmocka_unit_test(a_bad_contact_is_found_out_and_named),
		cmocka_unit_test(a_large_part_is_read_with_four_address_bytes),
		cmocka_unit_test(a_die_that_the_link_does_not_reach_all_of_is_refused),
		cmocka_unit_test(another_size_than_was_seen_is_refused),
	};

	return cmocka_run_group_tests_name("identify_check", tests, NULL, NULL);
}
