/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which adapter is chosen, from a table of adapters that do not exist. */
#include "tests/unit.h"
#include "programmer/bus/adapter.h"

static struct notes notes;
static const struct adapter *opened;
static const char *there; /* first letters of those present; capital: in another mode */

static bool present(const struct adapter *adapter, const struct adapter_wish *wish)
{
	return strchr(there, adapter->name[0]) && (!wish->value || strcmp(wish->value, "1-1") == 0);
}

static size_t list(const struct adapter *adapter, struct adapter_place *places, size_t room)
{
	bool in_mode = strchr(there, adapter->name[0] - 'a' + 'A');

	if (!room || (!in_mode && !strchr(there, adapter->name[0])))
		return 0;
	places[0] = (struct adapter_place){
		.adapter = adapter, .value = "1-1", .mode = in_mode ? "deep sleep" : NULL};
	return 1;
}

static struct spi_bus *open_it(const struct adapter *adapter, const struct adapter_wish *wish,
			       const struct observer *observer)
{
	(void)wish;
	(void)observer;
	opened = adapter;
	return NULL;
}

#define ROW(title, by)                                                                             \
	.name = title, .parameter = by, .present = present, .list = list, .open = open_it

static const struct adapter first = {ROW("first", "usb")};
static const struct adapter second = {ROW("second", "usb")};
static const struct adapter third = {ROW("third", "spidev")};
static const struct adapter debugger = {ROW("debugger", "usb"), .only_named = true};
static const struct adapter *const table[] = {&first, &second, &third, &debugger, NULL};

static const struct adapter *choose_of(const struct adapter *const *rows, const char *parameter,
				       const char *value, const char *those)
{
	const struct adapter_wish wish = {.parameter = parameter, .value = value};

	notes_begin(&notes);
	opened = NULL;
	there = those;
	adapter_open_of(rows, &wish, &notes.observer);
	return opened;
}

static const struct adapter *choose(const char *parameter, const char *value, const char *those)
{
	return choose_of(table, parameter, value, those);
}

static void the_one_that_is_there_is_opened(void **state)
{
	(void)state;
	assert_ptr_equal(choose(NULL, NULL, "f"), &first);
	assert_ptr_equal(choose(NULL, NULL, "s"), &second);
	assert_ptr_equal(choose(NULL, NULL, "t"), &third);
	assert_ptr_equal(choose("usb", "1-1", "st"), &second);
	assert_ptr_equal(choose("usb", "1-1", "d"), &debugger);
	assert_int_equal(notes.errors, 0);
}

static void what_has_to_be_named_and_what_is_in_another_mode_are_in_nobodys_way(void **state)
{
	(void)state;
	assert_ptr_equal(choose(NULL, NULL, "fd"), &first);
	assert_ptr_equal(choose(NULL, NULL, "Fs"), &second);
	assert_int_equal(notes.errors, 0);
}

static void two_kinds_at_once_are_ambiguous(void **state)
{
	(void)state;
	assert_null(choose(NULL, NULL, "ftd"));
	assert_int_equal(notes.trouble.kind, TROUBLE_MANY_ADAPTERS);
	assert_mentions(&notes, "present: first at usb=1-1, third at spidev=1-1\n");
}

static void if_no_adapter_is_meant_those_present_are_named(void **state)
{
	(void)state;
	assert_null(choose(NULL, NULL, "d"));
	assert_int_equal(notes.trouble.kind, TROUBLE_NO_ADAPTER);
	assert_mentions(&notes, "there is debugger at usb=1-1");
	assert_mentions(&notes, "name it: usb=1-1");
	assert_null(choose("usb", "1-7", "std"));
	assert_int_equal(notes.trouble.kind, TROUBLE_NO_ADAPTER);
	assert_mentions(&notes,
			"no adapter at usb=1-7, but second at usb=1-1, debugger at usb=1-1\n");
	assert_string_equal(trouble_value(&notes.trouble, "usb")->text, "1-7");
}

/* The adapter itself knows best why it cannot be opened. */
static void one_in_another_mode_says_so_itself(void **state)
{
	(void)state;
	assert_ptr_equal(choose(NULL, NULL, "S"), &second);
	assert_ptr_equal(choose("usb", "1-1", "S"), &second);
	assert_ptr_equal(choose(NULL, NULL, "Sd"), &second);
	assert_null(choose("usb", "1-7", "Sd"));
	assert_int_equal(notes.trouble.kind, TROUBLE_NO_ADAPTER);
}

static void without_an_adapter_the_first_in_the_table_reports_it(void **state)
{
	const struct adapter *const only[] = {&second, NULL};

	(void)state;
	assert_ptr_equal(choose_of(only, NULL, NULL, ""), &second);
	assert_ptr_equal(choose(NULL, NULL, ""), &first);
	assert_ptr_equal(choose("usb", "1-1", ""), &first);
	assert_ptr_equal(choose("spidev", "1-1", "fs"), &third);
}

static void every_adapter_has_a_complete_row(void **state)
{
	(void)state;
	for (size_t i = 0; adapters[i]; i++) {
		assert_non_null(adapters[i]->name);
		assert_non_null(adapters[i]->parameter);
		assert_non_null(strstr(adapters[i]->value_help, adapters[i]->parameter));
		assert_true(adapters[i]->is_value && adapters[i]->present && adapters[i]->list &&
			    adapters[i]->open);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_one_that_is_there_is_opened),
		cmocka_unit_test(
			what_has_to_be_named_and_what_is_in_another_mode_are_in_nobodys_way),
		cmocka_unit_test(two_kinds_at_once_are_ambiguous),
		cmocka_unit_test(if_no_adapter_is_meant_those_present_are_named),
		cmocka_unit_test(one_in_another_mode_says_so_itself),
		cmocka_unit_test(without_an_adapter_the_first_in_the_table_reports_it),
		cmocka_unit_test(every_adapter_has_a_complete_row),
	};

	return cmocka_run_group_tests_name("adapters", tests, NULL, NULL);
}
