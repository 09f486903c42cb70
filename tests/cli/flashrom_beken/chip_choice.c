/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "cli/flashrom_beken/chip_choice.h"

/* A flashrom whose knowledge is a table. */
struct entry {
	uint8_t id[3];
	const char *name;
	uint32_t kib;
};

struct database {
	const struct entry *entries;
	size_t count;
	bool dumb; /* cannot be asked */
	unsigned asked;
};

static bool ask(void *data, const uint8_t id[3], struct flashrom_names *names)
{
	struct database *database = data;

	*names = (struct flashrom_names){0};
	database->asked++;
	if (database->dumb)
		return false;
	for (size_t i = 0; i < database->count; i++) {
		const struct entry *entry = &database->entries[i];

		if (memcmp(entry->id, id, 3) == 0)
			flashrom_names_add(names, entry->name, strlen(entry->name), entry->kib);
	}
	return true;
}

static struct chip_choice choose(const uint8_t id[3], uint32_t size, struct database *database)
{
	struct chipdb_part part = {.name = "SOMETHING", .maker = "Someone", .size = size};
	struct chip_choice choice;

	memcpy(part.id, id, sizeof(part.id));
	chip_choose(&part, &(struct chip_choice_ask){.ask = ask, .data = database}, &choice);
	return choice;
}

static const uint8_t small[3] = {0x01, 0x02, 0x15}, large[3] = {0x01, 0x02, 0x19};
#define MIB (1u << 20)

static void one_name_of_the_right_size_is_taken(void **state)
{
	static const struct entry entries[] = {
		{{0x01, 0x02, 0x15}, "HALF", 1024},
		{{0x01, 0x02, 0x15}, "RIGHT", 2048},
		{{0x01, 0x02, 0x16}, "OTHER", 2048},
	};
	struct database database = {.entries = entries, .count = COUNT_OF(entries)};
	struct chip_choice choice = choose(small, 2 * MIB, &database);

	(void)state;
	assert_int_equal(choice.kind, CHIP_KNOWN);
	assert_string_equal(choice.name, "RIGHT");
	assert_int_equal(choice.possible.count, 1);
	assert_memory_equal(choice.id, small, 3);
	assert_int_equal(database.asked, 1);
}

static void of_several_names_the_first_is_taken_and_all_are_told(void **state)
{
	static const struct entry entries[] = {
		{{0x01, 0x02, 0x15}, "FIRST", 2048},
		{{0x01, 0x02, 0x15}, "SECOND", 2048},
	};
	struct database database = {.entries = entries, .count = COUNT_OF(entries)};
	struct chip_choice choice = choose(small, 2 * MIB, &database);

	(void)state;
	assert_int_equal(choice.kind, CHIP_KNOWN);
	assert_string_equal(choice.name, "FIRST");
	assert_int_equal(choice.possible.count, 2);
	assert_string_equal(choice.possible.names[1].name, "SECOND");
}

static void of_several_names_one_that_is_the_parts_is_taken(void **state)
{
	static const struct entry entries[] = {
		{{0x01, 0x02, 0x15}, "FIRST", 2048},
		{{0x01, 0x02, 0x15}, "SECOND/SOMETHING", 1024},
		{{0x01, 0x02, 0x15}, "THIRD/SOMETHING", 2048},
	};
	struct database database = {.entries = entries, .count = COUNT_OF(entries)};
	struct chip_choice choice = choose(small, 2 * MIB, &database);

	(void)state;
	assert_string_equal(choice.name, "THIRD/SOMETHING");
	assert_int_equal(choice.possible.count, 2);
}

static void an_unknown_part_describes_itself_up_to_16_mib(void **state)
{
	static const struct entry entries[] = {{{0x01, 0x02, 0x15}, "HALF", 1024}};
	struct database database = {.entries = entries, .count = COUNT_OF(entries)};

	(void)state;
	for (uint32_t size = MIB / 2; size <= 16 * MIB; size *= 2) {
		struct chip_choice choice = choose(small, size, &database);

		if (size == MIB)
			continue;
		assert_int_equal(choice.kind, CHIP_BY_SFDP);
		assert_string_equal(choice.name, "SFDP-capable chip");
	}
}

static void another_part_of_the_same_size_stands_in_for_a_larger_one(void **state)
{
	static const struct entry entries[] = {
		{{0xc8, 0x40, 0x19}, "WRONG SIZE", 16384},
		{{0xef, 0x40, 0x19}, "W25Q256FV", 32768},
		{{0xef, 0x40, 0x19}, "W25Q256JV_Q", 32768},
		{{0xc2, 0x20, 0x1a}, "MX66L51235F/MX25L51245G", 65536},
	};
	struct database database = {.entries = entries, .count = COUNT_OF(entries)};
	struct chip_choice choice = choose(large, 32 * MIB, &database);

	(void)state;
	assert_int_equal(choice.kind, CHIP_STAND_IN);
	assert_string_equal(choice.name, "W25Q256FV");
	assert_memory_equal(choice.id, ((uint8_t[]){0xef, 0x40, 0x19}), 3);
	choice = choose(large, 64 * MIB, &database);
	assert_int_equal(choice.kind, CHIP_STAND_IN);
	assert_memory_equal(choice.id, ((uint8_t[]){0xc2, 0x20, 0x1a}), 3);
}

static void a_large_part_that_is_known_needs_no_stand_in(void **state)
{
	static const struct entry entries[] = {
		{{0xc8, 0x40, 0x19}, "GD25Q256D/GD25Q256E", 32768},
		{{0x01, 0x02, 0x19}, "ITSELF", 32768},
	};
	struct database database = {.entries = entries, .count = COUNT_OF(entries)};
	struct chip_choice choice = choose(large, 32 * MIB, &database);

	(void)state;
	assert_int_equal(choice.kind, CHIP_KNOWN);
	assert_string_equal(choice.name, "ITSELF");
}

static void without_anything_of_the_size_there_is_no_choice(void **state)
{
	struct database database = {0};
	struct chip_choice choice = choose(large, 32 * MIB, &database);

	(void)state;
	assert_int_equal(choice.kind, CHIP_NONE);
	assert_string_equal(choice.name, "");
}

static void a_flashrom_that_can_not_be_asked_is_left_alone(void **state)
{
	struct database database = {.dumb = true};
	struct chip_choice choice = choose(small, 2 * MIB, &database);

	(void)state;
	assert_int_equal(choice.kind, CHIP_UNASKED);
	assert_string_equal(choice.name, "");
	choice = choose(large, 32 * MIB, &database);
	assert_int_equal(choice.kind, CHIP_UNASKED);
	assert_int_equal(database.asked, 2);
}

static void a_name_that_a_user_recognizes_is_not_another_one(void **state)
{
	static const struct chipdb_part part = {.name = "GD25Q16B", .also = "ZZ25Q16, GD25Q256D"};
	static const char *const same[] = {
		"GD25Q16B",
		"gd25q16b",
		"GD25Q16(B)",
		"GD25Q16.V",
		"AT25X16/GD25Q16B/OTHER",
		"GD25Q256D/GD25Q256E",
		"ZZ25Q16.W",
	};
	static const char *const others[] = {
		"SFDP-capable chip", "GD25Q32(B)", "GD25", "", "/", "(B)",
		"OTHER/SFDP",	     "B.25Q16AS"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(same); i++)
		if (!chip_is_called(&part, same[i]))
			fail_msg("not recognized: %s", same[i]);
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (chip_is_called(&part, others[i]))
			fail_msg("recognized: %s", others[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_name_of_the_right_size_is_taken),
		cmocka_unit_test(of_several_names_the_first_is_taken_and_all_are_told),
		cmocka_unit_test(of_several_names_one_that_is_the_parts_is_taken),
		cmocka_unit_test(an_unknown_part_describes_itself_up_to_16_mib),
		cmocka_unit_test(another_part_of_the_same_size_stands_in_for_a_larger_one),
		cmocka_unit_test(a_large_part_that_is_known_needs_no_stand_in),
		cmocka_unit_test(without_anything_of_the_size_there_is_no_choice),
		cmocka_unit_test(a_flashrom_that_can_not_be_asked_is_left_alone),
		cmocka_unit_test(a_name_that_a_user_recognizes_is_not_another_one),
	};

	return cmocka_run_group_tests_name("chip_choice", tests, NULL, NULL);
}
