/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which adapter is meant, with a table of adapters that are not there. */
#include "tests/unit.h"
#include "programmer/bus/adapter.h"

static struct notes notes;
static const struct adapter *opened;
static bool first_there, second_there, third_there;

static bool present(const struct adapter *adapter, const struct adapter_wish *wish)
{
	(void)wish;
	return strcmp(adapter->name, "first") == 0    ? first_there
	       : strcmp(adapter->name, "second") == 0 ? second_there
						      : third_there;
}

static struct spi_bus *open_it(const struct adapter *adapter, const struct adapter_wish *wish,
			       const struct observer *observer)
{
	(void)wish;
	(void)observer;
	opened = adapter;
	return NULL;
}

static const struct adapter first = {
	.name = "first", .parameter = "usb", .present = present, .open = open_it};
static const struct adapter second = {
	.name = "second", .parameter = "usb", .present = present, .open = open_it};
static const struct adapter third = {
	.name = "third", .parameter = "spidev", .present = present, .open = open_it};
static const struct adapter *const table[] = {&first, &second, &third, NULL};

static const struct adapter *choose(const struct adapter *const *rows, const char *parameter,
				    const char *there)
{
	const struct adapter_wish wish = {.parameter = parameter, .value = parameter ? "x" : NULL};

	notes_begin(&notes);
	opened = NULL;
	first_there = strchr(there, '1');
	second_there = strchr(there, '2');
	third_there = strchr(there, '3');
	adapter_open_of(rows, &wish, &notes.observer);
	return opened;
}

static void the_one_that_is_there_is_opened(void **state)
{
	(void)state;
	assert_ptr_equal(choose(table, NULL, "1"), &first);
	assert_ptr_equal(choose(table, NULL, "2"), &second);
	assert_ptr_equal(choose(table, NULL, "3"), &third);
	assert_ptr_equal(choose(table, "usb", "23"), &second);
	assert_int_equal(notes.errors, 0);
}

static void two_kinds_at_once_are_ambiguous(void **state)
{
	(void)state;
	assert_null(choose(table, NULL, "13"));
	assert_int_equal(notes.trouble.kind, TROUBLE_MANY_ADAPTERS);
	assert_mentions(&notes, "first");
	assert_mentions(&notes, "third");
}

/* It knows best what is wrong when it cannot be opened. */
static void of_those_that_are_not_there_the_first_one_says_so(void **state)
{
	const struct adapter *const only[] = {&second, NULL};

	(void)state;
	assert_ptr_equal(choose(only, NULL, ""), &second);
	assert_ptr_equal(choose(table, NULL, ""), &first);
	assert_ptr_equal(choose(table, "usb", ""), &first);
	assert_ptr_equal(choose(table, "spidev", "12"), &third);
}

static void every_adapter_has_a_complete_row(void **state)
{
	(void)state;
	for (size_t i = 0; adapters[i]; i++) {
		assert_non_null(adapters[i]->name);
		assert_non_null(adapters[i]->parameter);
		assert_non_null(strstr(adapters[i]->value_help, adapters[i]->parameter));
		assert_true(adapters[i]->is_value && adapters[i]->present && adapters[i]->open);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_one_that_is_there_is_opened),
		cmocka_unit_test(two_kinds_at_once_are_ambiguous),
		cmocka_unit_test(of_those_that_are_not_there_the_first_one_says_so),
		cmocka_unit_test(every_adapter_has_a_complete_row),
	};

	return cmocka_run_group_tests_name("adapters", tests, NULL, NULL);
}
