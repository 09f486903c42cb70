/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each way to a bootloader, step by step. After a failure, or if the user cancels, no line holds
 * the chip in reset.
 */
#include "tests/unit.h"
#include "programmer/link/uart_enter.h"
#include "tests/programmer/sim_wire.h"

#define MS UINT64_C(1000)
#define S UINT64_C(1000000)
#define CHANGES_MOST 32

static struct notes notes;
static struct sim_wire *sim;
static struct uart_talk talk;
static struct uart_entered entered;

/* What was done with the wire, and when; and what the test does at that time. */
static const struct wire_ops *real;
static struct wire_ops spy;
static struct {
	bool asserted;
	uint64_t us;
} changes[CHANGES_MOST];
static size_t change_count;
static bool reboots_by_word, reboots_by_frame, person_resets;
static unsigned words, frames, probes, probes_lost;
static unsigned cancelled_from; /* from this call of the wire on; 0: never */
static uint64_t cancelled_at;
static size_t loses_at, came; /* this byte of what comes behind a probe is lost; 0: none */

static void reset_chip(void)
{
	uart_wire_set_lines(sim->line, true, true, sim->ns);
	uart_wire_set_lines(sim->line, false, false, sim->ns + 50 * MS * 1000);
	sim->ns += 50 * MS * 1000;
}

static bool is_frame(const struct uart_request *request, const uint8_t *bytes, size_t count)
{
	uint8_t frame[UART_REQUEST_MOST];
	size_t length = uart_encode(request, frame);

	return count == length && memcmp(bytes, frame, length) == 0;
}

static enum trouble_kind spy_write(struct wire *wire, const uint8_t *bytes, size_t count)
{
	const struct uart_request reboot = uart_reboot_firmware(),
				  probe = uart_read_sector(0x11000);
	bool is_word = count == 8 && memcmp(bytes, "reboot\r\n", 8) == 0;
	bool is_reboot = is_frame(&reboot, bytes, count);
	enum trouble_kind kind;

	words += is_word;
	frames += is_reboot;
	if (is_frame(&probe, bytes, count)) {
		came = 0;
		if (probes++ < probes_lost)
			return TROUBLE_NONE;
	}
	kind = real->write(wire, bytes, count);
	if ((is_word && reboots_by_word) || (is_reboot && reboots_by_frame))
		reset_chip();
	return kind;
}

static enum trouble_kind spy_read(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
				  size_t *got)
{
	enum trouble_kind kind = real->read(wire, bytes, most, wait_us, got);
	size_t before = came;

	if (kind)
		return kind;
	came += *got;
	if (probes && before < loses_at && loses_at <= came) {
		size_t at = loses_at - 1 - before;

		memmove(bytes + at, bytes + at + 1, --*got - at);
	}
	return TROUBLE_NONE;
}

static enum trouble_kind spy_set_lines(struct wire *wire, bool asserted)
{
	if (change_count < CHANGES_MOST) {
		changes[change_count].asserted = asserted;
		changes[change_count++].us = wire_now_us(wire);
	}
	return real->set_lines(wire, asserted);
}

static void note(void *data, enum note_level level, enum trouble_kind kind, const char *text)
{
	notes_note(&notes, level, kind, text);
	(void)data;
	if (level == NOTE_WARN && person_resets)
		reset_chip();
}

static bool cancelled(void *data)
{
	(void)data;
	if (!cancelled_from || sim->calls < cancelled_from)
		return false;
	if (!cancelled_at)
		cancelled_at = sim_wire_us(sim);
	return true;
}

static int begin(void **state)
{
	(void)state;
	notes_begin(&notes);
	change_count = 0;
	reboots_by_word = reboots_by_frame = person_resets = false;
	words = frames = probes = probes_lost = 0;
	cancelled_from = 0;
	cancelled_at = 0;
	loses_at = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	sim_wire_free(sim);
	sim = NULL;
	return 0;
}

/* @lines: the adapter has them. Whether one is connected to CEN is a different question. */
static void prepare(struct sim_wire_options options, bool lines)
{
	if (!options.loader)
		options.loader = "t";
	sim_wire_free(sim);
	sim = sim_wire_new(&options);
	sim->observer = (struct observer){.note = note, .cancelled = cancelled};
	sim->wire.caps.lines = lines;
	real = sim->wire.ops;
	spy = *real;
	spy.write = spy_write;
	spy.read = spy_read;
	spy.set_lines = spy_set_lines;
	sim->wire.ops = &spy;
	talk = (struct uart_talk){.wire = &sim->wire};
}

static enum trouble_kind enter(enum uart_reset reset, uint32_t wait_s)
{
	const struct uart_enter_options how = {.reset = reset, .wait_s = wait_s};

	return uart_enter(&talk, &how, &sim->observer, &entered);
}

static const struct sim_wire_options reachable = {.cen = UART_CEN_RTS},
				     unreachable = {.cen = UART_CEN_NONE};

static void firmware_reboots_by_a_word_or_by_a_frame(void **state)
{
	for (unsigned i = 0; i < 2; i++) {
		begin(state);
		reboots_by_word = i == 0;
		reboots_by_frame = i == 1;
		prepare(reachable, false);
		assert_int_equal(enter(UART_RESET_AUTO, 2), TROUBLE_NONE);
		assert_false(entered.by_lines);
		assert_int_equal(entered.resets, 0);
		assert_int_equal(words, 1);
		assert_int_equal(frames, 1);
		assert_int_equal(notes.warnings, 0);
	}
}

static void a_person_who_resets_the_chip_while_it_is_waited_for_is_enough(void **state)
{
	(void)state;
	person_resets = true;
	prepare(reachable, false);
	assert_int_equal(enter(UART_RESET_HAND, 30), TROUBLE_NONE);
	assert_false(entered.by_lines);
	assert_int_equal(notes.warnings, 1);
	assert_mentions(&notes, "switch its power off and on now");
	assert_mentions(&notes, "(within 30 s)");
	assert_int_equal(notes.infos, 0);
}

/* The remaining time is reported every five seconds. */
static void a_person_has_as_much_time_as_was_said_and_hears_of_what_is_left(void **state)
{
	uint64_t start;

	(void)state;
	prepare(unreachable, false);
	start = sim_wire_us(sim);
	assert_int_equal(enter(UART_RESET_HAND, 12), TROUBLE_UART_SILENT);
	assert_in_range(sim_wire_us(sim) - start, 12 * S, 12 * S + 500 * MS);
	assert_int_equal(notes.warnings, 1);
	assert_int_equal(notes.infos, 2);
	assert_mentions(&notes, "waiting for the chip's reset: 7 s");
	assert_mentions(&notes, "waiting for the chip's reset: 2 s");
}

static void a_requested_way_of_reset_is_the_only_one_tried(void **state)
{
	(void)state;
	prepare(unreachable, true);
	assert_int_equal(enter(UART_RESET_LINES, 2), TROUBLE_UART_SILENT);
	assert_int_equal(notes.warnings, 0);
	assert_int_equal(words + frames, 0);
	assert_true(entered.resets > 0);

	begin(state);
	prepare(unreachable, true);
	assert_int_equal(enter(UART_RESET_HAND, 2), TROUBLE_UART_SILENT);
	assert_int_equal(notes.warnings, 1);
	assert_int_equal(words + frames, 0);
	assert_int_equal(entered.resets, 0);
	for (size_t i = 0; i < change_count; i++)
		assert_false(changes[i].asserted);
}

/* For a reset by hand 250 ms at ground are recommended, and a chip takes a while to start. */
static void lines_go_to_and_fro_until_even_a_large_capacitor_is_empty(void **state)
{
	uint64_t longest = 0;

	(void)state;
	prepare(unreachable, true);
	assert_int_equal(enter(UART_RESET_LINES, 2), TROUBLE_UART_SILENT);
	assert_int_equal(entered.resets, 6);
	assert_false(entered.by_lines);
	/* The first change is no reset, and the last one releases the line. */
	assert_int_equal(change_count, 8);
	assert_true(changes[0].asserted);
	assert_in_range(changes[1].us - changes[0].us, 50 * MS, 60 * MS);
	for (size_t i = 1; i + 1 < change_count; i++) {
		uint64_t rest = changes[i + 1].us - changes[i].us;

		assert_int_equal(changes[i].asserted, i % 2 == 0);
		assert_true(rest >= 300 * MS);
		if (i + 2 < change_count)
			assert_true(rest > longest);
		longest = rest;
	}
	assert_false(sim->asserted);
}

static void a_chip_that_was_reset_before_is_held_for_a_shorter_time_and_not_probed(void **state)
{
	const struct uart_enter_options how = {.reset = UART_RESET_LINES, .known = true};
	uint8_t bytes[64];
	size_t got;

	for (uint32_t latency = 0; latency <= 1000; latency += 1000) {
		begin(state);
		prepare(reachable, true);
		talk.latency_us = latency; /* 0: not measured yet */
		assert_int_equal(uart_enter(&talk, &how, &sim->observer, &entered), TROUBLE_NONE);
		assert_int_equal(entered.resets, 1);
		assert_true(entered.by_lines);
		assert_in_range(changes[1].us - changes[0].us, 20 * MS, 30 * MS);
		assert_true(sim_wire_us(sim) - changes[1].us < 200 * MS);
		assert_int_equal(probes, 0);
		/* And no answer to a LinkCheck is still arriving. */
		assert_int_equal(wire_read(&sim->wire, bytes, sizeof(bytes), 100000, &got),
				 TROUBLE_NONE);
		assert_int_equal(got, 0);
	}
}

/* Test builds of firmware answer LinkCheck, but offer no access to the flash. */
static void what_answers_nothing_but_link_checks_is_a_firmware(void **state)
{
	static const struct {
		unsigned lost, asked;
		enum trouble_kind kind;
	} rows[] = {
		{0, 1, TROUBLE_NONE},
		{2, 3, TROUBLE_NONE},
		{UINT32_MAX, 3, TROUBLE_UART_FIRMWARE},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin(state);
		probes_lost = rows[i].lost;
		prepare(reachable, true);
		assert_int_equal(enter(UART_RESET_LINES, 2), rows[i].kind);
		assert_int_equal(probes, rows[i].asked);
	}
}

/* A bad line lets no sector through: then it is not the firmware that is to blame. */
static void a_bootloader_whose_sectors_never_arrive_whole_is_one(void **state)
{
	(void)state;
	loses_at = 1000;
	prepare(reachable, true);
	assert_int_equal(enter(UART_RESET_LINES, 2), TROUBLE_NONE);
	assert_int_equal(probes, 3);
}

/* All ways, each with the number of calls that it makes without a failure. */
static const struct way {
	const struct sim_wire_options *options;
	enum uart_reset reset;
	bool lines;
} ways[] = {
	{&reachable, UART_RESET_AUTO, true},
	{&unreachable, UART_RESET_LINES, true},
	{&unreachable, UART_RESET_AUTO, false},
	{&unreachable, UART_RESET_HAND, false},
};

static unsigned calls_of(const struct way *way)
{
	prepare(*way->options, way->lines);
	enter(way->reset, 2);
	return sim->calls;
}

/* All of the first calls, and a sample of those that repeat. */
static unsigned next_of(unsigned number, unsigned all)
{
	return number < 12 ? number + 1 : number + 1 + all / 24;
}

static void a_wire_that_fails_ends_it_with_its_kind_and_nothing_more_is_sent(void **state)
{
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		unsigned all;

		begin(state);
		all = calls_of(&ways[i]);
		for (unsigned number = 1; number <= all; number = next_of(number, all)) {
			prepare(*ways[i].options, ways[i].lines);
			sim->fails_at = number;
			sim->fails_once = true;
			sim->fails_with = TROUBLE_ADAPTER_FAULT;
			assert_int_equal(enter(ways[i].reset, 2), TROUBLE_ADAPTER_FAULT);
			/* After a failure only letting the chip run is still tried. */
			assert_in_range(sim->calls, number, number + 1);
			assert_false(sim->asserted);
		}
	}
}

static void who_ends_it_ends_it_soon_and_leaves_no_line_that_holds_the_chip(void **state)
{
	for (size_t i = 1; i < COUNT_OF(ways); i++) {
		unsigned all;

		begin(state);
		all = calls_of(&ways[i]);
		for (unsigned number = 1; number < all; number += 1 + all / 8) {
			begin(state);
			prepare(*ways[i].options, ways[i].lines);
			cancelled_from = number;
			assert_int_equal(enter(ways[i].reset, 2), TROUBLE_INTERRUPTED);
			assert_in_range(sim_wire_us(sim) - cancelled_at, 0, 100 * MS);
			assert_false(sim->asserted);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(firmware_reboots_by_a_word_or_by_a_frame, begin,
						end),
		cmocka_unit_test_setup_teardown(
			a_person_who_resets_the_chip_while_it_is_waited_for_is_enough, begin, end),
		cmocka_unit_test_setup_teardown(
			a_person_has_as_much_time_as_was_said_and_hears_of_what_is_left, begin,
			end),
		cmocka_unit_test_setup_teardown(a_requested_way_of_reset_is_the_only_one_tried,
						begin, end),
		cmocka_unit_test_setup_teardown(
			lines_go_to_and_fro_until_even_a_large_capacitor_is_empty, begin, end),
		cmocka_unit_test_setup_teardown(
			a_chip_that_was_reset_before_is_held_for_a_shorter_time_and_not_probed,
			begin, end),
		cmocka_unit_test_setup_teardown(what_answers_nothing_but_link_checks_is_a_firmware,
						begin, end),
		cmocka_unit_test_setup_teardown(
			a_bootloader_whose_sectors_never_arrive_whole_is_one, begin, end),
		cmocka_unit_test_setup_teardown(
			a_wire_that_fails_ends_it_with_its_kind_and_nothing_more_is_sent, begin,
			end),
		cmocka_unit_test_setup_teardown(
			who_ends_it_ends_it_soon_and_leaves_no_line_that_holds_the_chip, begin,
			end),
	};

	return cmocka_run_group_tests_name("uart_enter_ways", tests, NULL, NULL);
}
