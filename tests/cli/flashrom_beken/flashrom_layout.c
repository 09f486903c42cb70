/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "cli/flashrom_beken/flashrom_layout.h"

#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/beken-layout-XXXXXX";

static bool find(const char *content, const char *name, struct range *range)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return flashrom_layout_find(path, name, strlen(name), range);
}

static void a_region_is_from_its_first_to_its_last_byte(void **state)
{
	static const char content[] = "000000:010fff boot\n0x11000:0x129f6f  app\n\n"
				      "1D0000:1d0fff\trf\r\n7:7 one";
	struct range range;

	(void)state;
	assert_true(find(content, "boot", &range));
	assert_int_equal(range.start, 0);
	assert_int_equal(range.length, 0x11000);
	assert_true(find(content, "app", &range));
	assert_int_equal(range.start, 0x11000);
	assert_int_equal(range.length, 0x118f70);
	assert_true(find(content, "rf", &range));
	assert_int_equal(range.start, 0x1d0000);
	assert_true(find(content, "one", &range));
	assert_int_equal(range.length, 1);
	/* The name as the user writes it in "app:FILE". */
	assert_true(flashrom_layout_find(path, "app:file", 3, &range));
}

static void what_is_no_region_is_not_found(void **state)
{
	static const char *const contents[] = {
		"",	     "app",	"0:fff",	  "0:fff apple", "0:fff ap",
		"fff:0 app", "x:y app", "0:ffffffff app", "0 fff app",	 "# 0:fff app",
	};
	struct range range;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(contents); i++)
		if (find(contents[i], "app", &range))
			fail_msg("found in: %s", contents[i]);
	assert_false(flashrom_layout_find("/nonexistent/layout", "app", 3, &range));
	assert_false(flashrom_layout_find("/", "app", 3, &range));
}

static void a_line_of_any_length_does_no_harm(void **state)
{
	char content[3000];
	struct range range;

	(void)state;
	memset(content, 'a', sizeof(content));
	memcpy(content, "0:1 ", 4);
	strcpy(content + sizeof(content) - 13, "\n2:3 app\n");
	assert_true(find(content, "app", &range));
	assert_int_equal(range.start, 2);
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_region_is_from_its_first_to_its_last_byte),
		cmocka_unit_test(what_is_no_region_is_not_found),
		cmocka_unit_test(a_line_of_any_length_does_no_harm),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
