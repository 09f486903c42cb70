/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "image/whole.h"

#include <stdlib.h>

enum { SIZE = 0x100000, HALF = SIZE / 2 };

/* Like a flash: bytes that do not repeat, and a blank end. */
static uint8_t *content(void)
{
	uint8_t *die = malloc(SIZE);
	uint32_t state = 1;

	assert_non_null(die);
	memset(die, 0xff, SIZE);
	for (size_t i = 0; i < SIZE / 8; i++) {
		state = state * 1664525u + 1013904223u;
		die[i] = (uint8_t)(state >> 24);
	}
	return die;
}

static void expect(uint8_t *die, enum whole seen, const char *why)
{
	char text[WHOLE_WHY];

	assert_int_equal(whole_judge(die, SIZE, text), seen);
	assert_string_equal(text, why);
	free(die);
}

static void content_with_a_blank_upper_half_is_good(void **state)
{
	(void)state;
	expect(content(), WHOLE_GOOD, "");
}

static void a_blank_lower_half_is_good(void **state)
{
	uint8_t *die = content();

	(void)state;
	memcpy(die + HALF, die, SIZE / 8);
	memset(die, 0xff, HALF);
	expect(die, WHOLE_GOOD, "");
}

static void one_byte_all_over_is_doubtful(void **state)
{
	static const struct {
		int byte;
		const char *why;
	} cases[] = {
		{0, "every byte is 00"}, {0xff, "every byte is ff"}, {0x7f, "every byte is 7f"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(memset(content(), cases[i].byte, SIZE), WHOLE_CONSTANT, cases[i].why);
}

static void a_pattern_of_any_length_is_doubtful(void **state)
{
	static const size_t periods[] = {2, 3, 34, 256, 4096};
	char why[WHOLE_WHY];

	(void)state;
	for (size_t p = 0; p < sizeof(periods) / sizeof(periods[0]); p++) {
		uint8_t *die = content();

		for (size_t i = periods[p]; i < SIZE; i++)
			die[i] = die[i - periods[p]];
		snprintf(why, sizeof(why), "the same %zu bytes repeat throughout", periods[p]);
		expect(die, WHOLE_PATTERN, why);
	}
}

static void a_repeated_half_is_doubtful(void **state)
{
	uint8_t *die = content();

	(void)state;
	memcpy(die + HALF, die, HALF);
	expect(die, WHOLE_TWICE, "its second half, from 0x80000 on, repeats the first");
}

static void a_half_of_zeros_is_doubtful_and_one_other_byte_in_it_is_not(void **state)
{
	uint8_t *die = content();

	(void)state;
	memset(die + HALF, 0, HALF);
	expect(die, WHOLE_HALF, "from 0x80000 to 0x100000 every byte is 00");
	die = content();
	memset(die + HALF, 0, HALF);
	die[SIZE - 7] = 1;
	expect(die, WHOLE_GOOD, "");
	die = content();
	memcpy(die + HALF, die, SIZE / 8);
	memset(die, 0, HALF);
	expect(die, WHOLE_HALF, "from 0x0 to 0x80000 every byte is 00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_with_a_blank_upper_half_is_good),
		cmocka_unit_test(a_blank_lower_half_is_good),
		cmocka_unit_test(one_byte_all_over_is_doubtful),
		cmocka_unit_test(a_pattern_of_any_length_is_doubtful),
		cmocka_unit_test(a_repeated_half_is_doubtful),
		cmocka_unit_test(a_half_of_zeros_is_doubtful_and_one_other_byte_in_it_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
