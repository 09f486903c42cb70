/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as people write them. */
#include "tests/unit.h"

#include "base/number.h"

static void decimal_hexadecimal_and_multiples_are_numbers(void **state)
{
	static const struct {
		const char *text;
		uint32_t number;
	} rows[] = {
		{"0", 0},
		{"69632", 69632},
		{"68K", 69632},
		{"2M", 2097152},
		{"2m", 2097152},
		{"0x11000", 69632},
		{"0X1F", 31},
		{"0x1K", 1024},
		{"4294967295", UINT32_MAX},
		{"4095M", 4095u << 20},
		{"010", 10},
		{"0x2M", 2097152},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t number = 1;

		assert_true(number_bytes(rows[i].text, &number));
		assert_int_equal(number, rows[i].number);
	}
}

static void what_is_no_number_leaves_it_alone(void **state)
{
	static const char *const rows[] = {"",
					   " 1",
					   "+1",
					   "-1",
					   "0x",
					   "x",
					   "1KK",
					   "1 K",
					   "1G",
					   "4294967296",
					   "4096M",
					   "0x-1",
					   "1e3",
					   "11000h",
					   "K",
					   "0x 1",
					   "0x1000000000000000000",
					   "1.5M",
					   "99999999999999999999999"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t number = 77;

		if (number_bytes(rows[i], &number))
			fail_msg("\"%s\" was taken", rows[i]);
		assert_int_equal(number, 77);
	}
}

static void a_plain_number_has_its_bounds(void **state)
{
	unsigned number = 0;

	(void)state;
	assert_true(number_plain("10", 10, 5000, &number));
	assert_int_equal(number, 10);
	assert_true(number_plain("5000", 10, 5000, &number));
	assert_int_equal(number, 5000);
	assert_false(number_plain("9", 10, 5000, &number));
	assert_false(number_plain("5001", 10, 5000, &number));
	assert_false(number_plain("0x20", 10, 5000, &number));
	assert_false(number_plain("20K", 10, 5000, &number));
	assert_false(number_plain("", 0, 5000, &number));
	assert_int_equal(number, 5000);
}

static void a_hexadecimal_number_needs_no_0x_and_has_its_bound(void **state)
{
	static const char *const wrong[] = {"",	  "0x", "-1",	   "+1",   " 1",
					    "1 ", "4g", "1000000", "0x0x1"};
	uint32_t number = 5;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		assert_false(number_hexadecimal(wrong[i], 0xffffff, &number));
	assert_int_equal(number, 5);
	assert_true(number_hexadecimal("4004", 0xffffff, &number));
	assert_int_equal(number, 0x4004);
	assert_true(number_hexadecimal("0xFFFFff", 0xffffff, &number));
	assert_int_equal(number, 0xffffff);
}

static void an_address_without_0x_may_be_meant_as_hexadecimal(void **state)
{
	static const char *const doubtful[] = {"11000", "1d0000", "1ED000", "4097", "fff"};
	static const char *const plain[] = {"69632", "0", "0x11000", "68K",
					    "1M",    "",  "1g",	     "0x11001"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(doubtful); i++)
		assert_true(number_looks_hexadecimal(doubtful[i], 4096));
	for (size_t i = 0; i < COUNT_OF(plain); i++)
		assert_false(number_looks_hexadecimal(plain[i], 4096));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decimal_hexadecimal_and_multiples_are_numbers),
		cmocka_unit_test(what_is_no_number_leaves_it_alone),
		cmocka_unit_test(a_plain_number_has_its_bounds),
		cmocka_unit_test(a_hexadecimal_number_needs_no_0x_and_has_its_bound),
		cmocka_unit_test(an_address_without_0x_may_be_meant_as_hexadecimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
