/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each adapter that is plugged in, and the module on it. */
#include "engine/job_list.h"

#include "tests/engine/place.h"

#define USB(value)                                                                                 \
	{                                                                                          \
		"CH341A", "usb", value, NULL, false                                                \
	}

static const struct beken_place *plugged_in;
static size_t plugged_count;

/* What the listener was told about them. */
static struct heard {
	struct place *place;
	unsigned count;
	char values[4][48], params[4][512];
	enum trouble_kind kinds[4];
	bool known[4];
	bool unplug, interrupt; /* after the first adapter */
} heard;

/* Replaces programmer/places.c. */
size_t beken_places(struct beken_place *places, size_t room)
{
	assert_true(plugged_count <= room);
	for (size_t i = 0; i < plugged_count; i++)
		places[i] = plugged_in[i];
	return plugged_count;
}

static void entry(void *data, const struct list_entry *one)
{
	struct heard *to = data;
	unsigned i = to->count++;

	assert_true(i < COUNT_OF(to->values));
	strcpy(to->values[i], one->place->value);
	strcpy(to->params[i], to->place->fake.params);
	to->kinds[i] = session_trouble(one->session)->kind;
	to->known[i] = session_soc(one->session) != NULL;
	assert_int_equal(to->place->fake.closed, to->place->fake.opened);
	to->place->fake.missing = to->unplug;
	to->place->fake.signal = to->interrupt;
}

static bool list(struct place *place, const struct beken_place *places, size_t count,
		 const char *parameters)
{
	const struct session_options options = {.parameters = parameters};

	plugged_in = places;
	plugged_count = count;
	heard.place = place;
	return list_do_job(&options, &place->notes.observer, entry, &heard);
}

static int set_up(void **state)
{
	int status = place_set_up(state);

	place_close(*state);
	memset(&heard, 0, sizeof(heard));
	return status;
}

static void each_adapter_is_opened_by_its_place_and_closed_before_it_is_told(void **state)
{
	static const struct beken_place places[] = {USB("1-4"), USB("1-5")};
	struct place *place = *state;

	assert_true(list(place, places, 2, "unprotect=no"));
	assert_int_equal(heard.count, 2);
	assert_string_equal(heard.values[0], "1-4");
	assert_string_equal(heard.values[1], "1-5");
	assert_non_null(strstr(heard.params[0], "unprotect=no,usb=1-4"));
	assert_non_null(strstr(heard.params[1], "unprotect=no,usb=1-5"));
	assert_true(heard.known[0] && heard.known[1]);
	assert_int_equal(place->notes.errors, 0);
	place_expect_untouched(place, place_new_module(1));
}

static void what_goes_wrong_with_one_of_them_is_told_of_it_alone(void **state)
{
	static const struct beken_place places[] = {USB("1-4"), USB("1-5")};
	struct place *place = *state;

	heard.unplug = true;
	assert_true(list(place, places, 2, NULL));
	assert_int_equal(heard.count, 2);
	assert_int_equal(heard.kinds[0], TROUBLE_NONE);
	assert_int_equal(heard.kinds[1], TROUBLE_NO_ADAPTER);
	assert_int_equal(place->notes.errors, 0);
}

static void an_adapter_in_another_mode_is_told_and_not_opened(void **state)
{
	static const struct beken_place places[] = {{"CH341A", "usb", "1-4", "serial mode", false}};
	struct place *place = *state;
	unsigned opened = place->fake.opened;

	assert_true(list(place, places, 1, NULL));
	assert_int_equal(heard.kinds[0], TROUBLE_ADAPTER_MODE);
	assert_int_equal(place->fake.opened, opened);
}

static void what_may_be_something_else_is_named_and_left_alone(void **state)
{
	static const struct beken_place places[] = {{"FT232H", "usb", "1-6", NULL, true}};
	struct place *place = *state;
	unsigned opened = place->fake.opened;

	assert_true(list(place, places, 1, NULL));
	assert_int_equal(heard.count, 1);
	assert_string_equal(heard.values[0], "1-6");
	assert_int_equal(heard.kinds[0], TROUBLE_NO_ADAPTER);
	assert_int_equal(place->fake.opened, opened);
	assert_int_equal(place->notes.trouble.kind, TROUBLE_NONE);
}

static void without_an_adapter_there_is_a_trouble(void **state)
{
	struct place *place = *state;

	assert_false(list(place, NULL, 0, NULL));
	assert_int_equal(heard.count, 0);
	assert_int_equal(place->notes.trouble.kind, TROUBLE_NO_ADAPTER);
}

static void who_is_interrupted_opens_no_other_one(void **state)
{
	static const struct beken_place places[] = {USB("1-4"), USB("1-5")};
	struct place *place = *state;
	unsigned opened = place->fake.opened;

	heard.interrupt = true;
	assert_false(list(place, places, 2, NULL));
	assert_int_equal(heard.count, 1);
	assert_int_equal(place->fake.opened, opened + 1);
	assert_int_equal(place->notes.errors, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_adapter_is_opened_by_its_place_and_closed_before_it_is_told),
		CASE(what_goes_wrong_with_one_of_them_is_told_of_it_alone),
		CASE(an_adapter_in_another_mode_is_told_and_not_opened),
		CASE(what_may_be_something_else_is_named_and_left_alone),
		CASE(without_an_adapter_there_is_a_trouble),
		CASE(who_is_interrupted_opens_no_other_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
