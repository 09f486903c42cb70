/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The meaning of register values, compared with datasheets, Beken's SDK and logs. */
#include "tests/unit.h"
#include "programmer/guard/protection_json.h"
#include "programmer/guard/protection_words.h"

static struct protection_state state_of(const char *name, uint32_t sr)
{
	const struct chipdb_part *part = chipdb_part_by_name(name);
	struct protection_state state;

	assert_non_null(part);
	protection_state_of(part, sr, &state);
	return state;
}

static void the_range_is_what_datasheets_and_tools_say(void **state)
{
	static const struct {
		const char *part;
		uint32_t sr, start, length;
	} rows[] = {
		{"GD25Q16B", 0x0004, 0x1f0000, 0x10000},
		{"GD25Q16B", 0x0024, 0x000000, 0x10000},
		{"GD25Q16B", 0x0034, 0x000000, 0x100000}, /* half of it; 0x0D in the SDK */
		{"GD25Q16B", 0x001c, 0x000000, 0x200000},
		{"GD25Q16B", 0x003c, 0x000000, 0x200000},
		{"GD25Q16B", 0x0044, 0x1ff000, 0x1000},
		{"GD25Q16B", 0x0064, 0x000000, 0x1000},
		{"GD25Q16B", 0x0054, 0x1f8000, 0x8000},
		{"GD25Q16B", 0x4004, 0x000000, 0x1f0000}, /* all but the last block, in the SDK */
		{"GD25Q16B", 0x4000, 0x000000, 0x200000},
		{"TH25Q16HB", 0x4004, 0x000000, 0x1f0000},
		{"P25Q16HBK", 0x4024, 0x010000, 0x1f0000},
		{"W25Q32", 0x0004, 0x3f0000, 0x10000},
		{"W25Q128JV", 0x0004, 0xfc0000, 0x40000},
		{"GD25Q64C", 0x0024, 0x000000, 0x20000},
		{"EN25QH16B", 0x007c, 0x000000, 0x8000}, /* measured on a camera */
		{"GD25Q256C", 0x0004, 0x1ff0000, 0x10000},
		{"GD25Q256C", 0x0028, 0x0000000, 0x2000000},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct protection_state found = state_of(rows[i].part, rows[i].sr);

		assert_true(found.active);
		assert_true(found.known);
		assert_int_equal(found.ranges.count, 1);
		assert_int_equal(found.ranges.range[0].start, rows[i].start);
		assert_int_equal(found.ranges.range[0].length, rows[i].length);
	}
}

static void nothing_is_known_to_be_protected_where_bp_selects_nothing(void **state)
{
	static const uint32_t open[] = {0x0000, 0x0020, 0x0060, 0x401c, 0x0200};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(open); i++) {
		struct protection_state found = state_of("GD25Q16B", open[i]);

		assert_false(found.active);
		assert_true(found.known);
		assert_int_equal(found.ranges.count, 0);
	}
}

static void a_part_whose_ranges_nobody_knows_says_so(void **state)
{
	char text[PROTECTION_TEXT];
	struct protection_state found = state_of("MX25V1635F", 0x0038);

	(void)state;
	assert_true(found.active);
	assert_false(found.known);
	assert_non_null(strstr(protection_say_ranges(&found, text), "not known"));
	/* It has an unknown bit, which is set. */
	assert_true(state_of("GD25Q40B", 0x0004).known);
	assert_false(state_of("GD25Q40B", 0x0024).known);
	assert_true(state_of("MX25V1635F", 0).known);
}

static void locked_registers_are_called_locked_whatever_they_protect(void **state)
{
	char text[PROTECTION_TEXT];
	struct protection_state found;

	(void)state;
	assert_int_equal(state_of("GD25Q16B", 0x4004).lock, LOCK_NONE);
	assert_int_equal(state_of("GD25Q16B", 0x4084).lock, LOCK_PIN);
	/* WP# is a data line. */
	assert_int_equal(state_of("GD25Q16B", 0x4284).lock, LOCK_NONE);
	assert_int_equal(state_of("GD25Q16B", 0x4104).lock, LOCK_POWER);
	found = state_of("P25Q16HBK", 0x7bfc);
	assert_int_equal(found.lock, LOCK_GOOD);
	assert_false(found.active);
	protection_say(&found, text);
	assert_non_null(strstr(text, "off, and locked: SRP0 and SRP1"));
}

static void words_promise_a_lift_only_where_nothing_locks(void **state)
{
	struct protection_state found = state_of("GD25Q16B", 0x4004);
	char text[PROTECTION_TEXT];

	(void)state;
	assert_string_equal(protection_say(&found, text),
			    "on; it is lifted before a write (status registers 0x4004)");
	assert_string_equal(protection_say_ranges(&found, text), "0x000000-0x1effff (1984 KiB)");
	found = state_of("GD25Q16B", 0x4104);
	assert_null(strstr(protection_say(&found, text), "lifted"));
	found = state_of("GD25Q16B", 0);
	assert_string_equal(protection_say(&found, text), "off (status registers 0x0000)");
	assert_string_equal(protection_say_ranges(&found, text), "nothing");
}

static void of_many_ranges_four_are_said_and_the_rest_is_counted(void **state)
{
	struct protection_state found = {.active = true, .known = true};
	char text[PROTECTION_TEXT];

	(void)state;
	for (uint32_t i = 0; i < 6; i++)
		assert_true(ranges_add(&found.ranges, (struct range){i * 0x10000, 0x1000}));
	assert_string_equal(protection_say_ranges(&found, text),
			    "0x000000-0x000fff (4 KiB), 0x010000-0x010fff (4 KiB), "
			    "0x020000-0x020fff (4 KiB), 0x030000-0x030fff (4 KiB) and 2 more");
	found.ranges.count = 4;
	assert_null(strstr(protection_say_ranges(&found, text), "more"));
}

static void one_line_has_registers_ranges_and_lock(void **state)
{
	struct protection_state found = state_of("GD25Q16B", 0x4104);
	char text[PROTECTION_TEXT];

	(void)state;
	assert_non_null(strstr(protection_say_short(&found, text),
			       "0x4104, protected: 0x000000-0x1effff (1984 KiB); locked: SRP1"));
	found = state_of("GD25Q16B", 0);
	assert_string_equal(protection_say_short(&found, text), "0x0000, not protected");
}

/* What a write would encounter, in order. */
static void a_plan_foresees_locks_and_lifts(void **state)
{
	static const struct {
		uint32_t sr;
		const char *first, *second;
	} rows[] = {
		{0x0000, NULL, NULL},
		{0x4004, "lift the write protection: 0x000000-0x1effff", NULL},
		{0x4084, "find the status registers locked: SRP0",
		 "lift the write protection: 0x000000-0x1effff"},
		{0x4104, "fail before anything is changed, as the registers are locked: SRP1",
		 NULL},
		{0x0100, "find the status registers locked: SRP1", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct protection_state found = state_of("GD25Q16B", rows[i].sr);
		const char *const words[] = {rows[i].first, rows[i].second, NULL};

		for (unsigned k = 0; k < COUNT_OF(words); k++) {
			char text[PROTECTION_TEXT] = "";

			assert_int_equal(protection_foresee(&found, k, text), words[k] != NULL);
			if (words[k] && strncmp(text, words[k], strlen(words[k])) != 0)
				fail_msg("%s", text);
		}
	}
}

static const char *json_of(const char *part, uint32_t sr)
{
	static char text[256];
	struct protection_state found = state_of(part, sr);
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct json json = {out, false};

	assert_non_null(out);
	json_begin(&json, NULL, '{');
	protection_state_json(&json, &found);
	json_end(&json, '}');
	fclose(out);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void json_has_registers_what_they_protect_and_what_locks_them(void **state)
{
	(void)state;
	assert_string_equal(json_of("GD25Q16B", 0x4004),
			    "{\"status_registers\": 16388, \"protected\": true, "
			    "\"protected_ranges\": [{\"start\": 0, \"length\": 2031616}], "
			    "\"registers_locked\": \"none\"}");
	assert_string_equal(json_of("GD25Q16B", 0x0104),
			    "{\"status_registers\": 260, \"protected\": true, "
			    "\"protected_ranges\": [{\"start\": 2031616, \"length\": 65536}], "
			    "\"registers_locked\": \"power-cycle\"}");
	assert_string_equal(json_of("MX25V1635F", 0x0038),
			    "{\"status_registers\": 56, \"protected\": true, "
			    "\"protected_ranges\": null, \"registers_locked\": \"none\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_range_is_what_datasheets_and_tools_say),
		cmocka_unit_test(nothing_is_known_to_be_protected_where_bp_selects_nothing),
		cmocka_unit_test(a_part_whose_ranges_nobody_knows_says_so),
		cmocka_unit_test(locked_registers_are_called_locked_whatever_they_protect),
		cmocka_unit_test(words_promise_a_lift_only_where_nothing_locks),
		cmocka_unit_test(of_many_ranges_four_are_said_and_the_rest_is_counted),
		cmocka_unit_test(one_line_has_registers_ranges_and_lock),
		cmocka_unit_test(a_plan_foresees_locks_and_lifts),
		cmocka_unit_test(json_has_registers_what_they_protect_and_what_locks_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
