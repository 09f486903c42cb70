/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening a session, closing it, and asking the user. */
#include "engine/session.h"

#include "tests/engine/place.h"

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

static void what_is_nearly_a_soc_is_said_to_be_that(void **state)
{
	static const char *const rows[][2] = {
		{"BK7231", "the start of several names: BK7231"},
		{"CB3S", "the name of a module, which is sold with BK7231N"},
		{"BK9", "there is no SoC called BK9"}};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct session_options options = {.soc = rows[i][0]};

		assert_false(open_with(place, &options));
		assert_int_equal(session_trouble(&place->session)->kind, TROUBLE_USAGE);
		assert_non_null(strstr(session_trouble(&place->session)->seen, rows[i][1]));
		for (size_t k = 0; i == 0 && k < chipdb_soc_count; k++)
			if (strncmp(chipdb_socs[k].name, rows[i][0], strlen(rows[i][0])) == 0)
				assert_non_null(strstr(session_trouble(&place->session)->seen,
						       chipdb_socs[k].name));
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

static void a_failure_after_an_interrupt_is_that(void **state)
{
	struct place *place = *state;

	place_open(place, false);
	place->fake.signal = 2;
	assert_int_equal(session_failure(&place->session)->kind, TROUBLE_INTERRUPTED);
	assert_int_equal(place->notes.errors, 0);
	/* An earlier trouble takes precedence. */
	place_open(place, false);
	session_no_memory(&place->session);
	place->fake.signal = 2;
	assert_int_equal(session_failure(&place->session)->kind, TROUBLE_NO_MEMORY);
}

static struct work told;

static void on_phase(void *data, const char *name, const struct work *work)
{
	(void)data, (void)name;
	told = *work;
}

/* Content that is known already can be compared faster, by checksums. */
static void a_phase_that_compares_is_told_as_long_as_that_takes(void **state)
{
	struct place *place = *state;

	place_open(place, false);
	place->notes.observer.phase = on_phase;
	place->session.cost.ns_per_byte = 5000;
	place->session.cost.ns_per_known_byte = 100;
	session_phase_read(&place->session, "read", &(struct range){0, 20000}, 1);
	assert_int_equal(told.kind[0].bytes, 20000);
	assert_int_equal(told.kind[0].us, 100000);
	place->fake.known = 5000;
	session_phase_read(&place->session, "read", &(struct range){0, 20000}, 1);
	assert_int_equal(told.count, 2);
	assert_int_equal(told.kind[0].bytes, 15000);
	assert_int_equal(told.kind[0].us, 75000);
	assert_int_equal(told.kind[1].bytes, 5000);
	assert_int_equal(told.kind[1].us, 500);
	session_phase_compare(&place->session, "compare", 20000);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.kind[0].bytes, 20000);
	assert_int_equal(told.kind[0].us, 2000);
}

static void only_a_search_that_takes_long_is_told(void **state)
{
	struct place *place = *state;

	place_open(place, false);
	place->notes.observer.phase = on_phase;
	place->session.cost.ns_per_byte = 5000;
	place->session.cost.us_per_read = 1000;
	told.count = 0;
	assert_false(session_phase_search(&place->session, "look", 100, 300, 0, 2));
	assert_int_equal(told.count, 0);
	assert_true(session_phase_search(&place->session, "look", 100, 1000, 0, 2));
	assert_int_equal(told.count, 1);
	/* What is known is looked at, too. */
	assert_true(session_phase_search(&place->session, "look", 100, 1000, 1000, 2));
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
	assert_int_equal(place->session.unknown_bytes, 4096);
	session_set_die(&place->session, DIE_CHANGED);
	assert_int_equal(session_trouble(&place->session)->die, DIE_CHANGED);
}

/* A bootloader may not show them, and the backup's manifest holds what is returned. */
static void registers_that_are_out_of_reach_are_zero(void **state)
{
	struct place *place = *state;
	uint32_t registers = 1;

	assert_true(session_registers(&place->session, &registers));
	assert_int_equal(registers, place->fake.registers);
	place->fake.only_size = true;
	assert_true(session_registers(&place->session, &registers));
	assert_int_equal(registers, 0);
	place->fake.only_size = false;
	place->fake.registers_unread = true;
	assert_false(session_registers(&place->session, &registers));
}

/* What the registers of a part mean that is not in the database, flashrom tells, if it can. */
static void what_is_protected_of_a_part_that_flashrom_knows_is_what_it_says(void **state)
{
	struct place *place = *state;
	const struct protection_state *seen = &place->session.protection;

	assert_true(session_look_at_protection(&place->session));
	assert_true(seen->active);
	place->fake.by_flashrom = true;
	place->fake.guarded = (struct range){0x1000, 0x2000};
	assert_true(session_look_at_protection(&place->session));
	assert_true(seen->known);
	assert_true(seen->active);
	assert_int_equal(seen->ranges.count, 1);
	assert_int_equal(seen->ranges.range[0].start, 0x1000);
	assert_int_equal(seen->ranges.range[0].length, 0x2000);
	place->fake.guarded.length = 0;
	assert_true(session_look_at_protection(&place->session));
	assert_true(seen->known);
	assert_false(seen->active);
	assert_int_equal(seen->ranges.count, 0);
	/* Else what is protected stays as the registers show it. */
	place->fake.guarded_unknown = true;
	assert_true(session_look_at_protection(&place->session));
	assert_true(seen->active);
	/* Asking it may be stopped. */
	place->fake.signal = 2;
	assert_false(session_look_at_protection(&place->session));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(parameters_reach_the_programmer_behind_the_jobs_own),
		CASE(wrong_wishes_open_nothing),
		CASE(what_is_nearly_a_soc_is_said_to_be_that),
		CASE(the_first_trouble_is_the_sessions),
		CASE(a_failure_without_a_kind_is_a_bug),
		CASE(a_failure_after_an_interrupt_is_that),
		CASE(a_phase_that_compares_is_told_as_long_as_that_takes),
		CASE(only_a_search_that_takes_long_is_told),
		CASE(without_anybody_to_ask_nothing_is_agreed_to),
		CASE(who_is_asked_hears_the_kind_and_the_question),
		CASE(registers_that_are_out_of_reach_are_zero),
		CASE(what_is_protected_of_a_part_that_flashrom_knows_is_what_it_says),
		CASE(a_die_to_which_changes_were_sent_counts_as_half_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
