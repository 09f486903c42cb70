/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the begin of a flash and the user say of the SoC. */
#include "engine/session.h"

#include "tests/engine/place.h"

/* Looks at a flash that begins so. */
static struct session *look(struct place *place, const char *begin, size_t length, const char *told)
{
	struct session *session = &place->session;

	memset(place->fake.die, 0xff, 64);
	memcpy(place->fake.die, begin, length);
	session->soc_count = 0;
	session->told = told ? chipdb_soc_by_name(told) : NULL;
	notes_begin(&place->notes);
	assert_true(session_look(session));
	return session;
}

#define BK7231N_BEGIN "\x69\x0c\xb5\x96\x35\xff\x2a\x99", 8

static void a_known_bootloader_tells_the_soc(void **state)
{
	struct session *session = look(*state, BK7231N_BEGIN, NULL);

	assert_ptr_equal(session_soc(session), chipdb_soc_by_name("BK7231N"));
	assert_true(session_agrees(session));
}

static void only_a_few_bytes_are_looked_at(void **state)
{
	struct place *place = *state;

	look(place, BK7231N_BEGIN, NULL);
	assert_int_equal(place->fake.event_count, 1);
	assert_true(place->fake.bytes[FAKE_PEEK] <= 64);
}

static void an_unknown_begin_tells_nothing(void **state)
{
	struct session *session = look(*state, "what?", 5, NULL);

	assert_int_equal(session->soc_count, 0);
	assert_null(session_soc(session));
	assert_true(session_agrees(session));
}

static void what_the_user_says_goes_before_it(void **state)
{
	struct place *place = *state;
	struct session *session = look(place, "what?", 5, "BK7231U");

	assert_ptr_equal(session_soc(session), chipdb_soc_by_name("BK7231U"));
	assert_true(session_agrees(session));
	session = look(place, BK7231N_BEGIN, "BK7231N");
	assert_true(session_agrees(session));
	assert_int_equal(place->notes.warnings, 0);
}

static void what_the_flash_contradicts_is_told(void **state)
{
	struct place *place = *state;
	struct session *session = look(place, BK7231N_BEGIN, "BK7231U");

	assert_ptr_equal(session_soc(session), chipdb_soc_by_name("BK7231U"));
	assert_int_equal(place->notes.warnings, 1);
	assert_false(session_agrees(session));
	assert_int_equal(place->notes.errors, 1);
}

static void a_flash_that_cannot_be_read_is_an_error(void **state)
{
	struct place *place = *state;

	place->fake.unreadable = 0;
	place->session.soc_count = 0;
	assert_false(session_look(&place->session));
}

static bool open_with(struct place *place, const struct session_options *options)
{
	place_close(place);
	fake_again(&place->fake);
	notes_begin(&place->notes);
	session_begin(&place->session, &place->notes.observer);
	place->is_open = session_open(&place->session, options);
	return place->is_open;
}

static void parameters_reach_the_programmer_behind_the_jobs_own(void **state)
{
	struct place *place = *state;

	assert_true(open_with(place, &(struct session_options){.parameters = "usb=1-4.2"}));
	assert_string_equal(place->fake.params, "usb=1-4.2");
	assert_true(open_with(
		place, &(struct session_options){.parameters = "unprotect=no", .restores = true}));
	assert_string_equal(place->fake.params, "unprotect=restore,unprotect=no");
	assert_false(place->session.stays);
	assert_true(open_with(place, &(struct session_options){.holds = true}));
	assert_true(place->session.stays);
}

static void wrong_wishes_open_nothing(void **state)
{
	struct place *place = *state;
	char parameters[600];
	const struct session_options wrong[] = {
		{.parameters = parameters}, {.parameters = "warp=9"}, {.soc = "Z80"}};

	memset(parameters, 'a', sizeof(parameters));
	parameters[sizeof(parameters) - 1] = '\0';
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		assert_false(open_with(place, &wrong[i]));
		assert_int_equal(session_trouble(&place->session)->kind, TROUBLE_USAGE);
		assert_int_equal(place->fake.opened, 0);
	}
}

static void the_first_trouble_is_the_sessions(void **state)
{
	struct place *place = *state;
	struct session *session = &place->session;

	observer_raise(session->observer, TROUBLE_FILE, NO_RANGE, "one");
	observer_raise(session->observer, TROUBLE_BUG, NO_RANGE, "two");
	assert_int_equal(session_trouble(session)->kind, TROUBLE_FILE);
	assert_string_equal(session_trouble(session)->seen, "one");
	assert_int_equal(place->notes.errors, 2);
}

static void a_failure_without_a_kind_is_a_bug(void **state)
{
	struct place *place = *state;

	assert_int_equal(session_trouble(&place->session)->kind, TROUBLE_NONE);
	assert_int_equal(session_failure(&place->session)->kind, TROUBLE_BUG);
}

static void without_anybody_to_ask_nothing_is_agreed_to(void **state)
{
	struct place *place = *state;

	assert_false(session_ask(&place->session, TROUBLE_IDENTITY_LOST, "Lose %s?", "it"));
	assert_int_equal(session_trouble(&place->session)->kind, TROUBLE_IDENTITY_LOST);
}

static bool agree(void *data, enum trouble_kind kind, const char *question)
{
	assert_int_equal(kind, TROUBLE_OTHER_MODULE);
	assert_string_equal(question, "Is it 1?");
	*(bool *)data = true;
	return true;
}

static void who_is_asked_hears_the_kind_and_the_question(void **state)
{
	struct place *place = *state;
	bool asked = false;

	place->session.ask = agree;
	place->session.ask_data = &asked;
	assert_true(session_ask(&place->session, TROUBLE_OTHER_MODULE, "Is it %u?", 1u));
	assert_true(asked);
	assert_int_equal(place->notes.errors, 0);
}

static void a_die_to_which_changes_were_sent_counts_as_half_written(void **state)
{
	const struct range range = {0x140000, 0x1000};
	struct place *place = *state;

	assert_int_equal(session_trouble(&place->session)->die, DIE_UNTOUCHED);
	assert_true(flash_erase(place->session.flash, &range, 1));
	place_close(place);
	assert_int_equal(session_trouble(&place->session)->die, DIE_HALF);
	session_set_die(&place->session, DIE_CHANGED);
	assert_int_equal(session_trouble(&place->session)->die, DIE_CHANGED);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_known_bootloader_tells_the_soc),
		CASE(only_a_few_bytes_are_looked_at),
		CASE(an_unknown_begin_tells_nothing),
		CASE(what_the_user_says_goes_before_it),
		CASE(what_the_flash_contradicts_is_told),
		CASE(a_flash_that_cannot_be_read_is_an_error),
		CASE(parameters_reach_the_programmer_behind_the_jobs_own),
		CASE(wrong_wishes_open_nothing),
		CASE(the_first_trouble_is_the_sessions),
		CASE(a_failure_without_a_kind_is_a_bug),
		CASE(without_anybody_to_ask_nothing_is_agreed_to),
		CASE(who_is_asked_hears_the_kind_and_the_question),
		CASE(a_die_to_which_changes_were_sent_counts_as_half_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
