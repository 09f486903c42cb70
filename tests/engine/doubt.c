/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Content that a flash can hardly hold is believed only with the user's consent. */
#include "engine/doubt.h"

#include <stdlib.h>

#include "tests/engine/place.h"

static char question[1024];
static unsigned questions;
static bool agrees;
static uint8_t samples[DOUBT_BYTES];

static bool ask(void *data, enum trouble_kind kind, const char *text)
{
	(void)data;
	assert_int_equal(kind, TROUBLE_DOUBTFUL_CONTENT);
	snprintf(question, sizeof(question), "%s", text);
	questions++;
	return agrees;
}

static int begin(void **state)
{
	int status = place_set_up(state);
	struct place *place = *state;

	place->session.ask = ask;
	questions = 0;
	agrees = true;
	return status;
}

/* What may be read instead of the module's content, and a word from the message about it. */
static void make_blank(uint8_t *die)
{
	memset(die, 0xff, PLACE_SIZE);
}

static void make_pattern(uint8_t *die)
{
	for (uint32_t i = 0; i < PLACE_SIZE; i++)
		die[i] = i % 2 ? 0x5a : 0xa5;
}

static void make_twice(uint8_t *die)
{
	memcpy(die + PLACE_SIZE / 2, die, PLACE_SIZE / 2);
}

static void make_half(uint8_t *die)
{
	memset(die + PLACE_SIZE / 2, 0, PLACE_SIZE / 2);
}

static const struct {
	void (*make)(uint8_t *die);
	const char *words;
} kinds[] = {
	{make_blank, "really blank"},
	{make_pattern, "really holds that"},
	{make_twice, "smaller than its ID says"},
	{make_half, "came loose"},
};

static void a_module_is_not_doubted(void **state)
{
	struct place *place = *state;

	assert_true(doubt_reading(&place->session, place->fake.die));
	assert_true(doubt_file(&place->session, "a file", place->fake.die));
	assert_true(doubt_samples(&place->session, samples));
	assert_int_equal(questions, 0);
	/* A few bytes from all over the flash. */
	assert_int_equal(place->fake.calls, 1);
	assert_in_range(place->fake.bytes[FAKE_PEEK], 512, 4096);
	assert_int_equal(place->fake.bytes[FAKE_READ], 0);
	assert_true(fake_was_read(&place->fake, PLACE_SIZE / 2));
	assert_true(fake_was_read(&place->fake, PLACE_SIZE - PLACE_SIZE / 64));
	for (uint32_t i = 0; i < DOUBT_SAMPLES; i++)
		assert_memory_equal(samples + i * DOUBT_SAMPLE,
				    place->fake.die + i * (PLACE_SIZE / DOUBT_SAMPLES),
				    DOUBT_SAMPLE);
}

static void what_is_doubtful_is_asked_and_said(void **state)
{
	struct place *place = *state;

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		place_module(place->fake.die, 1);
		kinds[i].make(place->fake.die);
		for (unsigned yes = 0; yes < 2; yes++) {
			agrees = yes;
			questions = 0;
			place_open(place, true);
			place->session.ask = ask;
			assert_int_equal(doubt_reading(&place->session, place->fake.die), yes);
			assert_non_null(strstr(question, kinds[i].words));
			assert_int_equal(doubt_samples(&place->session, samples), yes);
			assert_int_equal(place->fake.bytes[FAKE_READ], PLACE_SIZE);
			assert_int_equal(doubt_file(&place->session, "old.bin", place->fake.die),
					 yes);
			assert_non_null(strstr(question, "old.bin may not be"));
			assert_int_equal(questions, 3);
			assert_int_equal(place->notes.errors, yes ? 0 : 3);
		}
	}
}

/* The samples are alike by accident: then the whole flash is read to decide. */
static void samples_alone_do_not_decide(void **state)
{
	struct place *place = *state;

	make_blank(place->fake.die);
	memset(place->fake.die + 100, 0, 1000);
	place->fake.die[PLACE_SIZE - 100] = 7;
	assert_true(doubt_samples(&place->session, samples));
	assert_int_equal(place->fake.bytes[FAKE_READ], PLACE_SIZE);
	assert_int_equal(questions, 0);
}

static void what_cannot_be_read_is_not_believed(void **state)
{
	struct place *place = *state;

	place->fake.unreadable = PLACE_SIZE / 2;
	assert_false(doubt_samples(&place->session, samples));
	place_open(place, true);
	make_blank(place->fake.die);
	place->fake.unreadable = 100;
	assert_false(doubt_samples(&place->session, samples));
	assert_int_equal(place->notes.trouble.kind, TROUBLE_ADAPTER_GONE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_module_is_not_doubted),
		CASE(what_is_doubtful_is_asked_and_said),
		CASE(samples_alone_do_not_decide),
		CASE(what_cannot_be_read_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
