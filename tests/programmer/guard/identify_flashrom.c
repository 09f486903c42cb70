/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What identify() does with an ID that flashrom knows and the database does not know. */
#include "tests/unit.h"
#include "tests/programmer/fake_bus.h"
#include "programmer/die/spi_die.h"
#include "programmer/guard/identify.h"
#include "programmer/guard/sfdp.h"
#include "tests/programmer/guard/sfdp_table.h"

static const uint8_t unknown_id[3] = {0x99, 0x40, 0x15};

static struct notes notes;
static struct part_identity identity;

/* The tables that the die returns for 5Ah; FF elsewhere. */
static uint8_t space[1024];

/* What flashrom knows, and how often it was asked. */
static struct identify_known elsewhere;
static unsigned times_asked;

static bool answer_ask(void *data, const uint8_t id[3], struct identify_known *known)
{
	(void)data;
	assert_memory_equal(id, unknown_id, 3);
	times_asked++;
	*known = elsewhere;
	return elsewhere.size > 0;
}

static void answer_sfdp(struct fake_bus *bus, const struct spi_op *op)
{
	size_t address = (size_t)op->tx[2] << 8 | op->tx[3];

	(void)bus;
	for (size_t i = 0; i < op->rx_len; i++)
		op->rx[i] = address + i < sizeof(space) ? space[address + i] : 0xff;
}

static bool identified(const char *name, uint32_t size, const char *chip)
{
	static const struct identify_ask ask = {.ask = answer_ask};
	struct fake_bus fake;
	struct beken_die *die;
	bool good;

	elsewhere = (struct identify_known){.maker = "Winbond", .size = size};
	strcpy(elsewhere.name, name);
	times_asked = 0;
	fake_bus_begin(&fake);
	fake.answer = answer_sfdp;
	notes_begin(&notes);
	die = spi_die_new(&fake.bus);
	assert_non_null(die);
	good = identify(die, unknown_id, chip, &ask, &notes.observer, &identity) == TROUBLE_NONE;
	spi_die_free(die);
	assert_int_equal(notes.errors, good ? 0 : 1);
	return good;
}

static int no_table(void **state)
{
	(void)state;
	memset(space, 0xff, sizeof(space));
	return 0;
}

static void its_name_and_size_are_taken_and_the_user_is_told(void **state)
{
	(void)state;
	assert_true(identified("W25Q16.V", 0x200000, ""));
	assert_int_equal(identity.source, IDENTITY_FLASHROM);
	assert_string_equal(identity.part.name, "W25Q16.V");
	assert_string_equal(identity.part.maker, "Winbond");
	assert_memory_equal(identity.part.id, unknown_id, 3);
	assert_int_equal(identity.part.size, 0x200000);
	assert_false(identity.size_told);
	assert_int_equal(notes.warnings, 1);
	assert_mentions(&notes, "99 40 15");
	assert_mentions(&notes, "not in this program's database");
	assert_mentions(&notes, "going on with what flashrom knows: W25Q16.V, 2048 KiB");
	assert_mentions(&notes, "assumed");
}

static void what_the_dies_own_table_says_of_times_is_used_with_its_name(void **state)
{
	(void)state;
	sfdp_table_jesd216a(space, 0x200000);
	assert_true(identified("W25Q16.V", 0x200000, ""));
	assert_string_equal(identity.part.name, "W25Q16.V");
	assert_int_equal(identity.part.program_typ_us, 384);
}

static void a_table_that_tells_another_size_is_a_doubt(void **state)
{
	(void)state;
	sfdp_table_jesd216a(space, 0x100000);
	assert_false(identified("W25Q16.V", 0x200000, ""));
	assert_int_equal(notes.trouble.kind, TROUBLE_PART_DOUBTFUL);
}

static void it_is_asked_only_of_what_the_user_did_not_say(void **state)
{
	(void)state;
	assert_true(identified("W25Q16.V", 0x200000, "size:1M"));
	assert_int_equal(identity.part.size, 0x100000);
	assert_int_equal(times_asked, 0);
}

static void what_it_does_not_know_either_is_refused_as_before(void **state)
{
	(void)state;
	assert_false(identified("", 0, ""));
	assert_int_equal(times_asked, 1);
	assert_int_equal(notes.trouble.kind, TROUBLE_PART_UNKNOWN);
	assert_mentions(&notes, "chip=NAME");
}

static void what_cannot_be_driven_is_refused(void **state)
{
	(void)state;
	assert_false(identified("W25Q256", 0x2000000, ""));
	assert_int_equal(notes.trouble.kind, TROUBLE_PART_UNKNOWN);
	assert_mentions(&notes, "16 MiB");
	/* It has pages of 528 bytes. */
	assert_false(identified("AT45DB161", 0x210000, ""));
	assert_int_equal(notes.trouble.kind, TROUBLE_PART_UNKNOWN);
}

#define CASE(name) cmocka_unit_test_setup(name, no_table)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(its_name_and_size_are_taken_and_the_user_is_told),
		CASE(what_the_dies_own_table_says_of_times_is_used_with_its_name),
		CASE(a_table_that_tells_another_size_is_a_doubt),
		CASE(it_is_asked_only_of_what_the_user_did_not_say),
		CASE(what_it_does_not_know_either_is_refused_as_before),
		CASE(what_cannot_be_driven_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
