/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps from the adapter to the content: what each one reports, and where it stops. */
#include "engine/doctor.h"

#include <ctype.h>

#include "tests/engine/place.h"

#define STEPS 16

static struct heard {
	char steps[STEPS][DOCTOR_ROOM + 40]; /* "cen bad: ..." */
	size_t step_count;
	char causes[WIRE_SUSPECTS][32];
	size_t cause_count;
} heard;

static void hear_step(void *data, const struct doctor_step *step)
{
	static const char *const states[] = {"good", "bad", "unsure"};
	struct heard *to = data;

	assert_true(to->step_count < STEPS);
	snprintf(to->steps[to->step_count++], sizeof(to->steps[0]), "%s %s: %s", step->name,
		 states[step->state], step->seen);
}

static void hear_suspect(void *data, const struct doctor_suspect *suspect)
{
	struct heard *to = data;

	assert_true(suspect->seen[0] && suspect->next[0]);
	snprintf(to->causes[to->cause_count++], sizeof(to->causes[0]), "%s", suspect->cause);
}

static const struct doctor_listener listener = {
	.step = hear_step, .suspect = hear_suspect, .data = &heard};

static bool was_heard(const char *begin)
{
	for (size_t i = 0; i < heard.step_count; i++)
		if (strncmp(heard.steps[i], begin, strlen(begin)) == 0)
			return true;
	return false;
}

#define assert_heard(begin)                                                                        \
	do {                                                                                       \
		if (!was_heard(begin))                                                             \
			fail_msg("no step \"%s\"; the last: %s", begin,                            \
				 heard.step_count ? heard.steps[heard.step_count - 1] : "none");   \
	} while (0)

/* A chip that links, on an adapter with modes. */
static void begin(struct place *place)
{
	struct examined *examined = &place->fake.examined;

	place_close(place);
	fake_again(&place->fake);
	notes_begin(&place->notes);
	memset(&heard, 0, sizeof(heard));
	session_begin(&place->session, &place->notes.observer);
	*examined = (struct examined){.opened = true,
				      .has_modes = true,
				      .port = "1-4.2",
				      .caps = {.kind = "CH341A",
					       .place = "usb",
					       .pins = {.clock = "D3",
							.select = "D0",
							.out = "D5",
							.in = "D7",
							.cen = "D2"}},
				      .seen = {.link = {.id = {0xeb, 0x60, 0x15}},
					       .entries = 4,
					       .entered = 4,
					       .bits = 96},
				      .verdict = {.linked = true}};
}

static bool examine(struct place *place)
{
	const struct session_options options = {.parameters = NULL};

	return doctor_examine(&place->session, &options, &listener);
}

static void suspect(struct place *place, enum wire_cause cause, uint8_t a, uint8_t b)
{
	struct wire_verdict *verdict = &place->fake.examined.verdict;

	verdict->suspects[verdict->count++] = (struct wire_suspect){cause, a, b};
}

static void what_is_well_is_told_from_the_adapter_to_the_content(void **state)
{
	struct place *place = *state;

	begin(place);
	assert_true(examine(place));
	assert_heard("adapter good: CH341A at usb=1-4.2");
	assert_heard("permission good");
	assert_heard("mode good");
	assert_heard("driver good");
	assert_heard("cen good: D2 resets the chip");
	assert_heard("link good: EB 60 15; entered 4 of 4 times; 0 of 96 bits differed");
	assert_heard("id good: Tsingteng TH25Q16HB, 2048 KiB, ID EB 60 15");
	assert_heard("status good");
	assert_heard("content good: the firmware of a BK7231N");
	assert_int_equal(heard.cause_count, 0);
	place_expect_untouched(place, place_new_module(1));
}

static void an_adapter_that_fails_is_told_with_what_must_have_been_good_before(void **state)
{
	static const struct {
		enum trouble_kind kind;
		const char *good, *bad;
	} rows[] = {
		{TROUBLE_ADAPTER_MODE, "adapter good", "mode bad"},
		{TROUBLE_ADAPTER_FORBIDDEN, "adapter good", "permission bad"},
		{TROUBLE_ADAPTER_IN_USE, "permission good", "driver bad"},
		{TROUBLE_NO_ADAPTER, "", "adapter bad"},
		{TROUBLE_ADAPTER_GONE, "", "adapter bad"},
	};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin(place);
		place->fake.examined = (struct examined){.opened = false};
		place->fake.adapter = rows[i].kind;
		assert_false(examine(place));
		assert_heard(rows[i].good);
		assert_heard(rows[i].bad);
		assert_int_equal(session_trouble(&place->session)->kind, rows[i].kind);
		assert_int_equal(place->fake.opened, 0);
		assert_int_equal(place->fake.resets, 0);
	}
}

static void wires_that_keep_the_flash_away_are_one_trouble_with_all_that_it_may_be(void **state)
{
	struct place *place = *state;

	begin(place);
	place->fake.examined.verdict.linked = false;
	place->fake.examined.seen = (struct wire_seen){.link = {.kind = TROUBLE_NO_ANSWER}};
	suspect(place, WIRE_SWAPPED, SPI_LINE_OUT, SPI_LINE_IN);
	suspect(place, WIRE_NO_POWER, 0, 0);
	assert_false(examine(place));
	assert_heard("cen unsure: no effect of D2 was seen");
	assert_heard("link bad");
	assert_int_equal(heard.cause_count, 2);
	assert_string_equal(heard.causes[0], "swapped");
	assert_int_equal(place->notes.errors, 1);
	assert_int_equal(place->notes.trouble.kind, TROUBLE_NO_ANSWER);
	assert_mentions(&place->notes, "maybe P22 and P23");
	assert_mentions(&place->notes, ", or ");
	assert_true(isupper((unsigned char)place->notes.trouble.next[0]));
	assert_int_equal(place->fake.opened, 0);
	/* Nothing linked, so no chip was left in SPI mode. */
	assert_int_equal(place->fake.resets, 0);
}

static void cen_is_told_by_what_it_did(void **state)
{
	static const struct {
		struct wire_seen seen;
		const char *said;
	} rows[] = {
		{{.answers_off = true}, "cen bad: the flash answers even while D2 is low"},
		{{.echo = {.found = true, .cen = SPI_LINE_CEN}}, "cen good"},
		{{.echo = {.found = true, .cen = SPI_LINE_OUT}}, "cen bad: a pin other than D2"},
		{{.cen_low = true}, "cen bad: D2 is low, though it was released"},
	};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin(place);
		place->fake.examined.seen = rows[i].seen;
		place->fake.examined.seen.by_hand = true;
		place->fake.examined.verdict.linked = false;
		suspect(place, WIRE_NO_WIRES, 0, 0);
		assert_false(examine(place));
		assert_heard(rows[i].said);
		assert_heard("pins unsure: let go: D3 moving");
	}
}

static void
a_flash_that_answers_in_spite_of_faults_is_looked_at_only_if_they_do_no_harm(void **state)
{
	struct place *place = *state;

	begin(place);
	suspect(place, WIRE_ENTERS_RARELY, 0, 0);
	assert_true(examine(place));
	assert_string_equal(heard.causes[0], "enters-rarely");
	assert_heard("content good");
	begin(place);
	place->fake.examined.seen.wrong = 9;
	suspect(place, WIRE_NOISE, 0, 0);
	assert_false(examine(place));
	assert_heard("link bad: EB 60 15");
	assert_int_equal(place->notes.trouble.kind, TROUBLE_UNSTEADY);
	assert_int_equal(place->fake.opened, 0);
	/* It linked, so it must be reset to run again. */
	assert_int_equal(place->fake.resets, 1);
}

static void what_fails_behind_the_link_has_its_step(void **state)
{
	struct place *place = *state;

	begin(place);
	place->fake.missing = true;
	assert_false(examine(place));
	assert_heard("id bad");
	begin(place);
	place->fake.registers_unread = true;
	assert_false(examine(place));
	assert_heard("id good");
	assert_false(was_heard("status"));
	assert_int_equal(place->fake.opened, place->fake.closed);
	begin(place);
	place->fake.unreadable = 0x100;
	assert_false(examine(place));
	assert_false(was_heard("content"));
	assert_int_equal(place->fake.opened, place->fake.closed);
}

static void a_flash_without_a_known_firmware_is_no_fault(void **state)
{
	struct place *place = *state;

	begin(place);
	memset(place->fake.die, 0xff, PLACE_SIZE);
	assert_true(examine(place));
	assert_heard("content unsure: no known firmware");
}

static void another_way_than_spi_has_a_link_and_no_wires(void **state)
{
	static const struct session_options uart = {.programmer = "beken_uart",
						    .parameters = "port=/dev/ttyUSB0"};
	struct place *place = *state;
	bool linked;

	begin(place);
	assert_true(doctor_examine(&place->session, &uart, &listener));
	assert_heard("link good: the chip's bootloader answers");
	assert_heard("content good");
	assert_false(was_heard("adapter"));
	begin(place);
	place->fake.missing = true;
	assert_false(doctor_examine(&place->session, &uart, &listener));
	assert_heard("link bad: there is no adapter");
	begin(place);
	assert_true(doctor_glance(&place->session, &uart, &listener, &linked));
	assert_true(linked);
	assert_int_equal(place->fake.opened, place->fake.closed);
}

static void a_glance_ends_at_the_link_and_lets_the_chip_run(void **state)
{
	static const struct session_options options = {.parameters = NULL};
	struct place *place = *state;
	bool linked = false;

	begin(place);
	assert_true(doctor_glance(&place->session, &options, &listener, &linked));
	assert_true(linked);
	assert_false(was_heard("id"));
	assert_int_equal(place->fake.opened, 0);
	assert_int_equal(place->fake.resets, 1);
	begin(place);
	place->fake.examined.verdict.linked = false;
	suspect(place, WIRE_OPEN, SPI_LINE_IN, 0);
	assert_true(doctor_glance(&place->session, &options, &listener, &linked));
	assert_false(linked);
	assert_string_equal(heard.causes[0], "open");
	assert_int_equal(place->notes.errors, 0);
	begin(place);
	place->fake.adapter = TROUBLE_ADAPTER_GONE;
	assert_false(doctor_glance(&place->session, &options, &listener, &linked));
}

static void suspects_behind_a_failure_are_looked_for_in_silence(void **state)
{
	static const struct session_options options = {.parameters = NULL};
	struct place *place = *state;

	begin(place);
	suspect(place, WIRE_OPEN, SPI_LINE_IN, 0);
	doctor_suspects(&options, &place->notes.observer, &listener);
	assert_string_equal(heard.causes[0], "open");
	assert_int_equal(heard.step_count, 0);
	assert_int_equal(place->fake.resets, 1);
	begin(place);
	place->fake.adapter = TROUBLE_ADAPTER_GONE;
	doctor_suspects(&options, &place->notes.observer, &listener);
	assert_int_equal(heard.cause_count, 0);
	assert_int_equal(place->notes.errors, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_well_is_told_from_the_adapter_to_the_content),
		CASE(an_adapter_that_fails_is_told_with_what_must_have_been_good_before),
		CASE(wires_that_keep_the_flash_away_are_one_trouble_with_all_that_it_may_be),
		CASE(cen_is_told_by_what_it_did),
		CASE(a_flash_that_answers_in_spite_of_faults_is_looked_at_only_if_they_do_no_harm),
		CASE(what_fails_behind_the_link_has_its_step),
		CASE(a_flash_without_a_known_firmware_is_no_fault),
		CASE(another_way_than_spi_has_a_link_and_no_wires),
		CASE(a_glance_ends_at_the_link_and_lets_the_chip_run),
		CASE(suspects_behind_a_failure_are_looked_for_in_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
