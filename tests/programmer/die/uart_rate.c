/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A change of the rate: both sides have the new one, or both the old one; or the failure is
 * reported.
 */
#include "tests/unit.h"
#include "programmer/die/uart_rate.h"
#include "tests/programmer/sim_wire.h"

static struct sim_wire *sim;
static struct uart_talk talk;
static unsigned relinks, calls_before; /* the first one */

/* The number of readings whose first byte the wire damages; empty ones do not count. */
static const struct wire_ops *real;
static struct wire_ops spy;
static unsigned damaged, readings;

static enum trouble_kind spy_read(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
				  size_t *got)
{
	enum trouble_kind kind = real->read(wire, bytes, most, wait_us, got);

	if (*got && damaged) {
		damaged--;
		readings++;
		bytes[0] ^= 0x40;
	}
	return kind;
}

static enum trouble_kind relink(void *data)
{
	if (!relinks++)
		calls_before = sim->calls;
	return sim_wire_relink(data);
}

static void prepare(const char *loader)
{
	sim_wire_free(sim);
	sim = sim_wire_new(&(struct sim_wire_options){.loader = loader});
	real = sim->wire.ops;
	spy = *real;
	spy.read = spy_read;
	sim->wire.ops = &spy;
	talk = (struct uart_talk){
		.wire = &sim->wire, .relink = relink, .data = &talk, .relinks_soon = true};
	damaged = 0;
	assert_int_equal(sim_wire_relink(&talk), TROUBLE_NONE);
	relinks = 0;
}

static int end(void **state)
{
	(void)state;
	sim_wire_free(sim);
	sim = NULL;
	return 0;
}

static uint32_t chip_rate(void)
{
	return uart_bootloader_rate(uart_wire_chip(sim->line));
}

/* A request now is answered, without a repair. */
static void assert_in_touch(void)
{
	const struct uart_request link = uart_link_check();
	struct uart_answer answer;
	unsigned again = talk.counts.again;

	assert_int_equal(talk_ask(&talk, &link, 0, &answer, NULL), TROUBLE_NONE);
	assert_int_equal(talk.counts.again, again);
}

static const char *const loaders[] = {"u", "7251", "t", "s", "q", "a9", "ottime", "n", "7238"};

static void both_sides_have_each_rate_from_each_other(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(loaders); i++) {
		prepare(loaders[i]);
		for (uint32_t rate = UART_RATE_BEST; rate; rate = uart_rate_below(rate)) {
			bool changed = false;

			assert_int_equal(uart_change_rate(&talk, rate, &changed), TROUBLE_NONE);
			assert_true(changed);
			assert_int_equal(sim->wire.rate, rate);
			assert_in_range(chip_rate(), rate - rate / 25, rate + rate / 25);
			assert_in_touch();
		}
		assert_int_equal(relinks, 0);
		assert_int_equal(talk.old_divider,
				 !strcmp(loaders[i], "q") || !strcmp(loaders[i], "ottime"));
	}
}

static void a_rate_between_others_has_the_next_one_below(void **state)
{
	(void)state;
	assert_int_equal(uart_rate_below(UINT32_MAX), UART_RATE_BEST);
	assert_int_equal(uart_rate_below(1000001), 1000000);
	assert_int_equal(uart_rate_below(1000000), 921600);
	assert_int_equal(uart_rate_below(115200), 0);
}

/*
 * The answer to the request, or one of the first LinkChecks is damaged: the chip did change its
 * rate.
 */
static void damaged_answers_cost_no_reset(void **state)
{
	(void)state;
	for (unsigned count = 1; count <= 2; count++) {
		bool changed = false;

		prepare("n");
		damaged = count;
		readings = 0;
		assert_int_equal(uart_change_rate(&talk, 921600, &changed), TROUBLE_NONE);
		assert_int_equal(readings, count);
		assert_true(changed);
		assert_int_equal(sim->wire.rate, 921600);
		assert_int_equal(relinks, 0);
		assert_in_touch();
	}
}

static void what_the_adapter_lacks_is_not_asked_of_the_chip(void **state)
{
	uint64_t bytes;
	bool changed = true;

	(void)state;
	prepare("n");
	bytes = sim_wire_stats(sim).to_chip;
	sim->rate_has = 460800;
	assert_int_equal(uart_change_rate(&talk, 921600, &changed), TROUBLE_NONE);
	assert_false(changed);
	sim->rate_has = 0;
	sim->wire.caps.rate_most = 921599;
	changed = true;
	assert_int_equal(uart_change_rate(&talk, 921600, &changed), TROUBLE_NONE);
	assert_false(changed);
	assert_int_equal(sim_wire_stats(sim).to_chip, bytes);
	assert_int_equal(sim->wire.rate, 115200);
	assert_in_touch();
	sim->wire.caps.rate_most = 921600;
	assert_int_equal(uart_change_rate(&talk, 921600, &changed), TROUBLE_NONE);
	assert_true(changed);
}

/* The chip has changed, but nothing of it is received: it is reset, and back at the first rate. */
static void after_a_rate_that_the_wires_lack_both_are_at_the_first_rate(void **state)
{
	bool changed = true;

	(void)state;
	prepare("n");
	sim->rate_works = 500000;
	assert_int_equal(uart_change_rate(&talk, 1000000, &changed), TROUBLE_NONE);
	assert_false(changed);
	assert_int_equal(relinks, 1);
	assert_int_equal(sim->wire.rate, 115200);
	assert_false(talk.changes_rate);
	assert_in_touch();
	/* Without a way to reset it, it is lost. */
	prepare("n");
	talk.relink = NULL;
	sim->rate_works = 500000;
	assert_int_equal(uart_change_rate(&talk, 1000000, &changed), TROUBLE_LINK_LOST);
	assert_int_equal(sim->wire.rate, 115200);
}

static unsigned changing; /* how often the rate was being changed when the chip was linked again */

static enum trouble_kind relink_and_look(void *data)
{
	changing += talk.changes_rate;
	return relink(data);
}

static void the_relink_is_told_that_the_rate_is_to_blame(void **state)
{
	bool changed;

	(void)state;
	prepare("n");
	changing = 0;
	talk.relink = relink_and_look;
	sim->rate_works = 500000;
	assert_int_equal(uart_change_rate(&talk, 1000000, &changed), TROUBLE_NONE);
	assert_int_equal(changing, 1);
}

/* A clean change, the change of an old bootloader, and one to a rate that does not work. */
static void a_wire_that_fails_ends_it_with_its_kind(void **state)
{
	static const struct {
		const char *loader;
		uint32_t works;
		unsigned damaged;
	} rows[] = {{"n", 0, 0}, {"q", 0, 0}, {"n", 0, 1}, {"n", 500000, 0}, {"ottime", 500000, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		unsigned first = 0, last = 0;

		/* The first two calls only ask the adapter whether it has the rate. */
		for (unsigned number = 0; !last || number <= last; number += number > 60 ? 7 : 1) {
			bool changed = true;
			enum trouble_kind kind;

			prepare(rows[i].loader);
			sim->rate_works = rows[i].works;
			damaged = rows[i].damaged;
			first = sim->calls;
			if (number)
				sim->fails_at = first + number;
			sim->fails_once = true;
			sim->fails_with = TROUBLE_ADAPTER_GONE;
			kind = uart_change_rate(&talk, 921600, &changed);
			if (number == 0) {
				assert_int_equal(kind, TROUBLE_NONE);
				last = sim->calls - first;
			} else if (number <= 2) {
				assert_int_equal(kind, TROUBLE_NONE);
				assert_false(changed);
				assert_int_equal(sim->calls, first + 2);
			} else {
				assert_int_equal(kind, TROUBLE_ADAPTER_GONE);
				assert_int_equal(sim->calls, first + number);
			}
			assert_false(talk.changes_rate);
			/* Resets are tested elsewhere. */
			if (number == 0 && relinks)
				last = calls_before - first;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(both_sides_have_each_rate_from_each_other, end),
		cmocka_unit_test_teardown(a_rate_between_others_has_the_next_one_below, end),
		cmocka_unit_test_teardown(damaged_answers_cost_no_reset, end),
		cmocka_unit_test_teardown(what_the_adapter_lacks_is_not_asked_of_the_chip, end),
		cmocka_unit_test_teardown(
			after_a_rate_that_the_wires_lack_both_are_at_the_first_rate, end),
		cmocka_unit_test_teardown(the_relink_is_told_that_the_rate_is_to_blame, end),
		cmocka_unit_test_teardown(a_wire_that_fails_ends_it_with_its_kind, end),
	};

	return cmocka_run_group_tests_name("uart_rate", tests, NULL, NULL);
}
