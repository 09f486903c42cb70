/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whichever allocation fails, no object is made, and all memory is freed. */
#include "tests/unit.h"

#include <stdlib.h>

#include "programmer/guard/promises.h"
#include "programmer/guard/proxy.h"
#include "tests/failing_memory.h"
#include "tests/programmer/die/memory_die.h"

static struct memory_die *memory;
static struct notes notes;

static int begin(void **state)
{
	(void)state;
	fails = 0;
	notes_begin(&notes);
	memory = memory_die_new(chipdb_part_by_name("GD25Q40B"));
	return memory ? 0 : 1;
}

static int end(void **state)
{
	(void)state;
	fails = 0;
	memory_die_free(memory);
	return 0;
}

static void expect_nothing_without_any(bool read_only)
{
	const struct proxy_options options = {.part = chipdb_part_by_name("GD25Q40B"),
					      .read_only = read_only,
					      .observer = &notes.observer};
	struct proxy *proxy;
	unsigned needed;
	long before = live;

	fails = allocations = 0;
	proxy = proxy_new(&memory->die, &options);
	assert_non_null(proxy);
	needed = allocations;
	proxy_close(proxy, false);
	assert_int_equal(live, before);
	assert_true(needed >= 4);
	for (unsigned missing = 1; missing <= needed; missing++) {
		allocations = 0;
		fails = missing;
		assert_null(proxy_new(&memory->die, &options));
		assert_int_equal(live, before);
	}
}

static void a_proxy_is_there_with_all_that_it_needs_or_not_at_all(void **state)
{
	(void)state;
	expect_nothing_without_any(true);
	expect_nothing_without_any(false);
	assert_int_equal(proxy_close(NULL, false), TROUBLE_NONE);
}

static void promises_are_made_whole_or_not_at_all(void **state)
{
	struct changes changes = {.die = &memory->die, .observer = &notes.observer};
	struct promises promises;
	long before = live;

	(void)state;
	die_take_part(&memory->die, chipdb_part_by_name("GD25Q40B"));
	for (fails = 1; fails <= 2; fails++) {
		allocations = 0;
		assert_false(promises_init(&promises, &changes, 4096));
		assert_int_equal(live, before);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_proxy_is_there_with_all_that_it_needs_or_not_at_all),
		CASE(promises_are_made_whole_or_not_at_all),
	};

	return cmocka_run_group_tests_name("no_memory", tests, NULL, NULL);
}
