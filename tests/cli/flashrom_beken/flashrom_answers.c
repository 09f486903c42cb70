/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the installed flashrom. Releases know different parts, but all of them know these two. */
#include "tests/unit.h"

#include <limits.h>
#include <stdlib.h>

#include "cli/flashrom_beken/flashrom_find.h"
#include "cli/flashrom_beken/flashrom_knows.h"

static char flashrom[PATH_MAX];

static bool never(void *data)
{
	(void)data;
	return false;
}

static void the_real_flashrom_answers(void **state)
{
	static const uint8_t none[3] = {0x01, 0x23, 0x45}, winbond[3] = {0xef, 0x40, 0x18};
	struct flashrom_names names;

	(void)state;
	assert_true(flashrom_knows(flashrom, winbond, never, NULL, &names));
	assert_true(names.count > 0);
	assert_memory_equal(names.names[0].name, "W25Q128", 7);
	assert_int_equal(names.names[0].kib, 16384);
	assert_true(flashrom_knows(flashrom, none, never, NULL, &names));
	assert_int_equal(names.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_real_flashrom_answers)};

	/* A cached answer would not test anything: nothing can be cached there. */
	setenv("XDG_CACHE_HOME", "/nonexistent/cache", 1);
	unsetenv("FLASHROM");
	if (!flashrom_find(flashrom)) {
		puts("1..1\nok 1 - the_real_flashrom_answers # SKIP no flashrom is installed");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
