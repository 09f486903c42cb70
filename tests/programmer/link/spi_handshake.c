/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link to every SoC that the simulator knows. */
#include "tests/unit.h"
#include "programmer/bus/cen.h"
#include "programmer/link/spi_handshake.h"
#include "tests/programmer/sim_bus.h"

/* A sanitizer makes this slower, and random numbers are the same with it. */
#ifdef TEST_SANITIZED
#define SEEDS 4
#else
#define SEEDS 20
#endif

static const struct link_options defaults = {
	.enter = LINK_AUTO, .reset_ms = 100, .tries = 25, .timeout_ms = 100000};

static struct sim_bus *soc_new(const char *entry, uint64_t seed)
{
	const struct board_options options = {
		.part = chipdb_part_by_name("GD25Q16B"), .entry = entry, .seed = seed};

	return sim_bus_new(&options);
}

/* Tries to link, and checks what is true of every outcome. */
static struct link_report enter(struct sim_bus *sim, const struct link_options *options)
{
	static const uint8_t id[3] = {0xc8, 0x40, 0x15};
	uint64_t begin = sim->ns;
	struct link_report report;
	enum trouble_kind kind = spi_handshake(&sim->bus, options, NULL, &report);

	assert_int_equal(kind, report.kind);
	assert_true(sim->soc.cen);
	assert_true((sim->ns - begin) / 1000 <= (options->timeout_ms + UINT64_C(4000)) * 1000);
	assert_true(report.tries <= options->tries);
	if (kind == TROUBLE_NONE) {
		assert_memory_equal(report.id, id, 3);
		assert_int_equal(sim->soc.state, SOC_FLASH);
	}
	/* None of this may change the die. */
	assert_int_equal(sim->stats.sr_writes + sim->stats.page_programs, 0);
	return report;
}

static const struct {
	const char *entry;
	enum trouble_kind kind;
	unsigned tries; /* number of tries that are enough in any case */
} outcomes[] = {
	{"python", TROUBLE_NONE, 1},
	{"csharp", TROUBLE_NONE, 1},
	{"instant", TROUBLE_NONE, 1},
	{"clocked", TROUBLE_NONE, 1},
	{"clocked-long", TROUBLE_NONE, 1},
	{"measured", TROUBLE_NONE, 1},
	{"late-window", TROUBLE_NONE, 1},
	{"short-window", TROUBLE_NONE, 1},
	{"long-window", TROUBLE_NONE, 1},
	{"lag", TROUBLE_NONE, 1},
	{"per-byte-cs", TROUBLE_NONE, 1},
	{"per-byte-cs-long", TROUBLE_NONE, 1},
	{"flaky", TROUBLE_NONE, 25},
	{"flaky-50", TROUBLE_NONE, 500},
	{"slow-cen", TROUBLE_NONE, 5},
	{"reprotect", TROUBLE_NONE, 2},
	{"sticky", TROUBLE_NONE, 1},
	{"linked", TROUBLE_NONE, 1},
	{"no-cen", TROUBLE_NO_ECHO, 25},
	{"dead-00", TROUBLE_LINE_LOW, 25},
	{"dead-FF", TROUBLE_LINE_HIGH, 25},
	{"swapped", TROUBLE_LINE_HIGH, 25}, /* the adapter's own pull-up */
	{"no-cs", TROUBLE_NOT_TAKEN, 25},
	{"closed", TROUBLE_LINE_HIGH, 25}, /* its firmware keeps the line high */
};

static void every_soc_links_or_gets_the_right_diagnosis(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
		for (uint64_t seed = 0; seed < SEEDS; seed++) {
			struct sim_bus *sim = soc_new(outcomes[i].entry, seed);
			struct link_options options = defaults;
			struct link_report report;

			options.tries = outcomes[i].tries;
			options.timeout_ms = options.tries * 4000;
			report = enter(sim, &options);
			if (report.kind != outcomes[i].kind)
				fail_msg("%s, seed %u: %d after %u tries", outcomes[i].entry,
					 (unsigned)seed, report.kind, report.tries);
			sim_bus_free(sim);
		}
	}
}

/* At any place in a burst the window may close. */
static void a_window_that_closes_by_itself_is_no_d2_that_was_taken(void **state)
{
	struct link_options options = defaults;

	(void)state;
	options.tries = 2;
	for (uint64_t us = 40000; us < 60000; us += 37) {
		struct sim_bus *sim = soc_new("no-cs", 1);

		sim->soc.window_ns = us * 1000;
		if (enter(sim, &options).kind != TROUBLE_NOT_TAKEN)
			fail_msg("a window of %u us", (unsigned)us);
		sim_bus_free(sim);
	}
}

static struct sim_bus *left_in(enum die_start start, const char *entry)
{
	const struct board_options options = {
		.part = chipdb_part_by_name("GD25Q16B"), .entry = entry, .start = start};

	return sim_bus_new(&options);
}

/* What ends each state, and which commands are not tried any more after that. */
static const struct {
	enum die_start start;
	enum spi_wake woken;
	unsigned sent_ab, sent_ff;
} asleep[] = {
	{DIE_READY, SPI_WAKE_NONE, 0, 0},
	{DIE_POWER_DOWN, SPI_WAKE_RELEASE, 1, 0},
	{DIE_QPI, SPI_WAKE_MODES, 1, 1},
	{DIE_CONTINUOUS_READ, SPI_WAKE_MODES, 1, 1},
};

static void a_die_that_was_left_asleep_is_woken_in_the_first_try(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(asleep); i++) {
		struct sim_bus *sim = left_in(asleep[i].start, "measured");
		struct link_report report = enter(sim, &defaults);

		assert_int_equal(report.kind, TROUBLE_NONE);
		assert_int_equal(report.tries, 1);
		assert_int_equal(report.woken, asleep[i].woken);
		assert_int_equal(sim->sent[0xab], asleep[i].sent_ab);
		assert_int_equal(sim->sent[0xff], asleep[i].sent_ff);
		assert_int_equal(sim->sent[0x99], 0);
		sim_bus_free(sim);
	}
}

static void a_sleeping_die_is_woken_where_a_reset_is_forbidden(void **state)
{
	struct link_options options = defaults;

	(void)state;
	options.enter = LINK_NEVER;
	for (size_t i = 0; i < COUNT_OF(asleep); i++) {
		struct sim_bus *sim = left_in(asleep[i].start, "linked");

		assert_int_equal(enter(sim, &options).woken, asleep[i].woken);
		assert_int_equal(sim->cen_ops, 0);
		sim_bus_free(sim);
	}
}

/* Its firmware runs and ignores what is sent; but what else is connected is not known. */
static void a_chip_that_never_took_d2_gets_none_of_it(void **state)
{
	struct sim_bus *sim = left_in(DIE_POWER_DOWN, "closed");
	struct link_options options = defaults;

	(void)state;
	options.tries = 2;
	assert_int_not_equal(enter(sim, &options).kind, TROUBLE_NONE);
	assert_int_equal(sim->sent[0xab] + sim->sent[0x66] + sim->sent[0x99], 0);
	sim_bus_free(sim);
}

/* A reset would leave an erase half done. */
static void a_die_that_is_busy_is_not_reset(void **state)
{
	struct sim_bus *sim = left_in(DIE_READY, "linked");

	(void)state;
	sim->nor.busy = true;
	sim->nor.busy_until_ns = UINT64_MAX;
	assert_int_equal(spi_wake_send(&sim->bus, SPI_WAKE_RESET), TROUBLE_NONE);
	assert_int_equal(sim->sent[0x99], 0);
	sim->nor.busy_until_ns = 0;
	assert_int_equal(spi_wake_send(&sim->bus, SPI_WAKE_RESET), TROUBLE_NONE);
	assert_int_equal(sim->sent[0x66], 1);
	assert_int_equal(sim->sent[0x99], 1);
	sim_bus_free(sim);
}

static void no_soc_of_the_simulator_is_left_out(void **state)
{
	(void)state;
	for (unsigned i = 0; soc_variant_at(i); i++) {
		bool there = false;

		for (size_t o = 0; o < COUNT_OF(outcomes); o++)
			there |= strcmp(outcomes[o].entry, soc_variant_at(i)->name) == 0;
		if (!there)
			fail_msg("\"%s\" is not tested", soc_variant_at(i)->name);
	}
}

static void a_bus_that_is_linked_is_used_as_it_is(void **state)
{
	static const char *const entries[] = {"linked", "sticky"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(entries); i++) {
		struct sim_bus *sim = soc_new(entries[i], 1);
		struct link_report report = enter(sim, &defaults);

		assert_int_equal(report.kind, TROUBLE_NONE);
		assert_true(report.was_linked);
		assert_int_equal(report.tries, 0);
		assert_int_equal(sim->cen_ops, 0);
		sim_bus_free(sim);
	}
}

static void always_means_a_reset_in_any_case(void **state)
{
	struct link_options options = defaults;
	struct sim_bus *sim = soc_new("linked", 1);
	struct link_report report;

	(void)state;
	options.enter = LINK_ALWAYS;
	report = enter(sim, &options);
	assert_int_equal(report.kind, TROUBLE_NONE);
	assert_false(report.was_linked);
	assert_int_equal(report.tries, 1);
	assert_true(sim->cen_ops >= 2);
	sim_bus_free(sim);
}

static void a_flash_that_answers_in_reset_shows_that_cen_is_not_wired(void **state)
{
	struct link_options options = defaults;
	struct sim_bus *sim = soc_new("sticky", 1);

	(void)state;
	options.enter = LINK_ALWAYS;
	assert_int_equal(enter(sim, &options).kind, TROUBLE_CEN_UNWIRED);
	assert_true(sim->ns / 1000000 < 1000);
	sim_bus_free(sim);
}

/* A person who needs four seconds to read what to do and to do it. */
struct hand {
	struct cen cen;
	struct sim_bus *sim;
	unsigned asked;
};

static enum trouble_kind ask_hand(struct cen *cen, bool level)
{
	struct hand *hand = (struct hand *)cen;

	if (!level) {
		hand->asked++;
		soc_set_cen(&hand->sim->soc, false, hand->sim->ns);
		hand->sim->cen_rises_ns = hand->sim->ns + UINT64_C(4000000000);
	}
	return TROUBLE_NONE;
}

static void a_person_may_take_seconds_to_move_cen(void **state)
{
	static const char *const entries[] = {"measured", "csharp", "instant", "clocked"};
	static const struct cen_ops ops = {.set = ask_hand};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(entries); i++) {
		struct sim_bus *sim = soc_new(entries[i], 1);
		struct hand hand = {.cen = {.ops = &ops, .by_hand = true}, .sim = sim};
		struct link_report report;

		sim->bus.cen = &hand.cen;
		sim->bus.caps.cen = SPI_CEN_APART;
		report = enter(sim, &defaults);
		assert_int_equal(report.kind, TROUBLE_NONE);
		assert_int_equal(hand.asked, 1);
		sim_bus_free(sim);
	}
}

static void never_means_that_cen_is_not_touched(void **state)
{
	struct link_options options = defaults;

	(void)state;
	options.enter = LINK_NEVER;
	for (unsigned i = 0; soc_variant_at(i); i++) {
		const struct soc_variant *variant = soc_variant_at(i);
		struct sim_bus *sim = soc_new(variant->name, 1);
		struct link_report report = enter(sim, &options);

		assert_int_equal(report.kind, variant->linked ? TROUBLE_NONE : TROUBLE_NO_ANSWER);
		assert_int_equal(report.was_linked, variant->linked);
		assert_int_equal(sim->cen_ops, 0);
		sim_bus_free(sim);
	}
}

static void a_cancel_at_any_point_leaves_cen_high(void **state)
{
	static const char *const entries[] = {"csharp", "flaky", "dead-00", "no-cs", "measured"};
	struct link_options options = defaults;

	(void)state;
	options.tries = 2;
	options.timeout_ms = 8000;
	for (size_t i = 0; i < COUNT_OF(entries); i++) {
		bool cancelled = true;

		for (unsigned at = 1; cancelled; at++) {
			struct sim_bus *sim = soc_new(entries[i], 3);
			struct link_report report;

			sim->cancel_at = at;
			report = enter(sim, &options);
			cancelled = sim->cancel_asked >= at;
			/* It takes effect at once: only a few more questions follow. */
			if (cancelled && report.kind != TROUBLE_NONE)
				assert_int_equal(report.kind, TROUBLE_INTERRUPTED);
			assert_true(sim->cancel_asked <= at + 3);
			sim_bus_free(sim);
		}
	}
}

static void a_bus_that_fails_at_any_point_is_told_and_leaves_cen_high(void **state)
{
	struct link_options options = defaults;
	bool failed = true;

	(void)state;
	options.tries = 2;
	for (unsigned at = 1; failed; at++) {
		struct sim_bus *sim = soc_new("csharp", 3);
		struct link_report report;

		sim->fail_at = at;
		sim->fail_error = TROUBLE_ADAPTER_SILENT;
		report = enter(sim, &options);
		failed = sim->transfers >= at;
		assert_int_equal(report.kind, failed ? TROUBLE_ADAPTER_SILENT : TROUBLE_NONE);
		sim_bus_free(sim);
	}
}

static void no_try_begins_after_the_timeout(void **state)
{
	struct link_options options = defaults;
	struct sim_bus *sim = soc_new("no-cs", 1);

	(void)state;
	options.tries = 1000;
	options.timeout_ms = 5000;
	assert_int_equal(enter(sim, &options).kind, TROUBLE_NOT_TAKEN);
	assert_in_range(sim->ns / 1000000, 5000, 9000);
	sim_bus_free(sim);
}

static void each_try_is_a_reset_and_they_are_counted(void **state)
{
	struct link_options options = defaults;
	struct sim_bus *sim = soc_new("dead-00", 1);

	(void)state;
	options.tries = 3;
	assert_int_equal(enter(sim, &options).tries, 3);
	/* Low and high for each try, and once more at the end to be sure. */
	assert_in_range(sim->cen_ops, 6, 7);
	sim_bus_free(sim);
}

static void leaving_resets_the_soc_for_the_time_given(void **state)
{
	struct sim_bus *sim = soc_new("linked", 1);
	bool ignored;

	(void)state;
	assert_int_equal(spi_release(&sim->bus, 120, &ignored), 0);
	assert_false(ignored);
	assert_true(sim->soc.cen);
	assert_int_not_equal(sim->soc.state, SOC_FLASH);
	assert_int_equal(sim->cen_ops, 2);
	assert_in_range(sim->ns / 1000, 120000, 125000);
	sim_bus_free(sim);
}

static void leaving_tries_to_raise_cen_even_if_lowering_it_failed(void **state)
{
	(void)state;
	for (unsigned at = 1; at <= 2; at++) {
		struct sim_bus *sim = soc_new("linked", 1);

		bool ignored;

		sim->fail_at = at;
		sim->fail_error = TROUBLE_ADAPTER_FAULT;
		assert_int_equal(spi_release(&sim->bus, 100, &ignored), TROUBLE_ADAPTER_FAULT);
		assert_int_equal(sim->transfers, at + 1);
		sim_bus_free(sim);
	}
}

static void leaving_tells_when_cen_is_not_connected(void **state)
{
	struct sim_bus *sim = soc_new("sticky", 1);
	bool ignored;

	(void)state;
	assert_int_equal(spi_release(&sim->bus, 100, &ignored), 0);
	assert_true(ignored);
	sim_bus_free(sim);
}

/* Each outcome is a kind of its own; this is about what the user can do. */
static void every_outcome_has_a_next_step_of_its_own(void **state)
{
	static const enum trouble_kind kinds[] = {
		TROUBLE_NO_ANSWER, TROUBLE_LINE_LOW, TROUBLE_LINE_HIGH, TROUBLE_NO_ECHO,
		TROUBLE_NOT_TAKEN, TROUBLE_NO_FLASH, TROUBLE_UNSTEADY,	TROUBLE_CEN_UNWIRED};

	(void)state;
	for (size_t a = 0; a < COUNT_OF(kinds); a++) {
		assert_string_not_equal(trouble_next(kinds[a]), "");
		for (size_t b = 0; b < a; b++)
			assert_string_not_equal(trouble_next(kinds[a]), trouble_next(kinds[b]));
	}
}

/* Without duplex the echo cannot be heard, so only what is sent counts. */
static void an_adapter_without_duplex_links_to_what_needs_no_echo(void **state)
{
	static const char *const entries[] = {"python",	      "measured",    "late-window",
					      "short-window", "long-window", "lag",
					      "slow-cen",     "linked"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(entries); i++) {
		struct sim_bus *sim = soc_new(entries[i], 1);

		sim->bus.caps.duplex = false;
		assert_int_equal(enter(sim, &defaults).kind, TROUBLE_NONE);
		sim_bus_free(sim);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_soc_links_or_gets_the_right_diagnosis),
		cmocka_unit_test(a_window_that_closes_by_itself_is_no_d2_that_was_taken),
		cmocka_unit_test(a_die_that_was_left_asleep_is_woken_in_the_first_try),
		cmocka_unit_test(a_sleeping_die_is_woken_where_a_reset_is_forbidden),
		cmocka_unit_test(a_chip_that_never_took_d2_gets_none_of_it),
		cmocka_unit_test(a_die_that_is_busy_is_not_reset),
		cmocka_unit_test(no_soc_of_the_simulator_is_left_out),
		cmocka_unit_test(a_bus_that_is_linked_is_used_as_it_is),
		cmocka_unit_test(always_means_a_reset_in_any_case),
		cmocka_unit_test(a_flash_that_answers_in_reset_shows_that_cen_is_not_wired),
		cmocka_unit_test(a_person_may_take_seconds_to_move_cen),
		cmocka_unit_test(never_means_that_cen_is_not_touched),
		cmocka_unit_test(a_cancel_at_any_point_leaves_cen_high),
		cmocka_unit_test(a_bus_that_fails_at_any_point_is_told_and_leaves_cen_high),
		cmocka_unit_test(no_try_begins_after_the_timeout),
		cmocka_unit_test(each_try_is_a_reset_and_they_are_counted),
		cmocka_unit_test(leaving_resets_the_soc_for_the_time_given),
		cmocka_unit_test(leaving_tries_to_raise_cen_even_if_lowering_it_failed),
		cmocka_unit_test(leaving_tells_when_cen_is_not_connected),
		cmocka_unit_test(every_outcome_has_a_next_step_of_its_own),
		cmocka_unit_test(an_adapter_without_duplex_links_to_what_needs_no_echo),
	};

	return cmocka_run_group_tests_name("spi_handshake", tests, NULL, NULL);
}
