/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every wire in every wrong state, and what can be concluded from the adapter's end. */
#include "tests/unit.h"

#include <stdlib.h>

#include "chipdb/chipdb.h"
#include "programmer/bus/adapter.h"
#include "programmer/link/wire_look.h"
#include "programmer/link/wire_verdict.h"
#include "tests/programmer/bus/simulated_ch341a.h"

#define P20 SPI_LINE_CLOCK
#define P21 SPI_LINE_SELECT
#define P22 SPI_LINE_OUT
#define P23 SPI_LINE_IN
#define CEN SPI_LINE_CEN

struct fault {
	const char *wiring;
	struct wire_suspect is;
};

static const struct fault faults[] = {
	{"P20=open", {WIRE_OPEN, P20, 0}},
	{"P21=open", {WIRE_OPEN, P21, 0}},
	{"P22=open", {WIRE_OPEN, P22, 0}},
	{"P23=open", {WIRE_OPEN, P23, 0}},
	{"CEN=open", {WIRE_OPEN, CEN, 0}},
	{"GND=open", {WIRE_NO_GROUND, 0, 0}},
	{"swap=P20/P21", {WIRE_SWAPPED, P20, P21}},
	{"swap=P20/P22", {WIRE_SWAPPED, P20, P22}},
	{"swap=P20/P23", {WIRE_SWAPPED, P20, P23}},
	{"swap=P20/CEN", {WIRE_SWAPPED, P20, CEN}},
	{"swap=P21/P22", {WIRE_SWAPPED, P21, P22}},
	{"swap=P21/P23", {WIRE_SWAPPED, P21, P23}},
	{"swap=P21/CEN", {WIRE_SWAPPED, P21, CEN}},
	{"swap=P22/P23", {WIRE_SWAPPED, P22, P23}},
	{"swap=P22/CEN", {WIRE_SWAPPED, P22, CEN}},
	{"swap=P23/CEN", {WIRE_SWAPPED, P23, CEN}},
	{"swap=P20/GND", {WIRE_GROUND_SWAPPED, P20, 0}},
	{"swap=P21/GND", {WIRE_GROUND_SWAPPED, P21, 0}},
	{"swap=P22/GND", {WIRE_GROUND_SWAPPED, P22, 0}},
	{"swap=P23/GND", {WIRE_GROUND_SWAPPED, P23, 0}},
	{"swap=CEN/GND", {WIRE_GROUND_SWAPPED, CEN, 0}},
	{"CEN=D1", {WIRE_CEN_BESIDE, CEN, 0}},
	{"CEN=D3", {WIRE_CEN_AT_CLOCK, CEN, 0}},
	{"P20:low", {WIRE_HELD_LOW, P20, 0}},
	{"P21:low", {WIRE_HELD_LOW, P21, 0}},
	{"P22:low", {WIRE_HELD_LOW, P22, 0}},
	{"P23:low", {WIRE_HELD_LOW, P23, 0}},
	{"CEN:low", {WIRE_HELD_LOW, CEN, 0}},
	{"P20:high", {WIRE_HELD_HIGH, P20, 0}},
	{"P21:high", {WIRE_HELD_HIGH, P21, 0}},
	{"P22:high", {WIRE_HELD_HIGH, P22, 0}},
	{"P23:high", {WIRE_HELD_HIGH, P23, 0}},
	{"CEN:high", {WIRE_HELD_HIGH, CEN, 0}},
	{"P20:moving", {WIRE_OTHER_DRIVER, P20, 0}},
	{"P21:moving", {WIRE_OTHER_DRIVER, P21, 0}},
	{"P22:moving", {WIRE_OTHER_DRIVER, P22, 0}},
	{"P23:moving", {WIRE_OTHER_DRIVER, P23, 0}},
	{"CEN=open,CEN:low", {WIRE_IN_RESET, CEN, 0}},
	{"bridge", {WIRE_BRIDGED, P22, P23}},
	{"supply=none", {WIRE_NO_POWER, 0, 0}},
	{"supply=weak", {WIRE_WEAK_SUPPLY, 0, 0}},
	{"noise=20000", {WIRE_NOISE, 0, 0}},
	{"noise=2000", {WIRE_NOISE, 0, 0}},
	{"noise=200", {WIRE_NOISE, 0, 0}},
	{"noise=30", {WIRE_NOISE, 0, 0}},
	{"slow", {WIRE_SLOW_WIRE, P23, 0}},
};

#define FAULTS (sizeof(faults) / sizeof(faults[0]))

static bool same(const struct wire_suspect *one, const struct wire_suspect *other)
{
	return one->cause == other->cause && ((one->a == other->a && one->b == other->b) ||
					      (one->a == other->b && one->b == other->a));
}

/* With a sanitizer each takes four times as long, and finds the same. */
#ifdef TEST_SANITIZED
#define STEP 9
#else
#define STEP 1
#endif

static const struct link_options usual = {.reset_ms = 100, .tries = 4, .timeout_ms = 30000};
static struct spi_caps caps;

static void judge_board(const struct board_options *options, struct wire_seen *seen,
			struct wire_verdict *verdict)
{
	static const struct observer observer;
	struct spi_bus *bus = simulated_ch341a_open_on(options, &observer);

	assert_non_null(bus);
	caps = bus->caps;
	assert_int_equal(wire_look(bus, &usual, &observer, seen), TROUBLE_NONE);
	wire_judge(seen, verdict);
	adapter_close(bus);
}

static bool names(const struct wire_verdict *verdict, const struct wire_suspect *fault)
{
	for (size_t i = 0; i < verdict->count; i++)
		if (same(&verdict->suspects[i], fault))
			return true;
	return false;
}

static void print_missed(const struct fault *fault, const char *entry,
			 const struct wire_verdict *verdict)
{
	char text[WIRE_TEXT_ROOM];

	print_message("# %s, %s: not named, but", fault->wiring, entry);
	for (size_t i = 0; i < verdict->count; i++)
		print_message(" [%s]", wire_suspect_text(&verdict->suspects[i], &caps, text));
	print_message("\n");
}

static void assert_die_untouched(void)
{
	const struct board_stats *stats = simulated_ch341a_stats();

	assert_int_equal(stats->page_programs + stats->erase_4k + stats->erase_32k +
				 stats->erase_64k + stats->erase_chip + stats->sr_writes,
			 0);
}

/* How many of the faults are named on a chip that enters like @entry. */
static size_t count_named(const char *entry)
{
	size_t named = 0;

	for (size_t i = 0; i < FAULTS; i += STEP) {
		struct board_options options = {.part = chipdb_part_by_name("GD25Q16B"),
						.entry = entry,
						.seed = 1 + i,
						.wiring = wiring_right};
		struct wire_verdict verdict;
		struct wire_seen seen;

		assert_true(wiring_parse(&options.wiring, faults[i].wiring));
		judge_board(&options, &seen, &verdict);
		assert_die_untouched();
		if (names(&verdict, &faults[i].is)) {
			named++;
			continue;
		}
		print_missed(&faults[i], entry, &verdict);
		assert_false(verdict.certain);
	}
	return named;
}

static void test_every_fault_is_named_and_none_wrongly_with_certainty(void **state)
{
	/* The other ways to enter differ only in times; tools/torture tries all of them. */
	static const char *const entries[] = {"measured",    "python",	    "csharp",
					      "long-window", "late-window", "short-window",
					      "lag"};
	const size_t count = getenv("TORTURE") ? sizeof(entries) / sizeof(entries[0]) : 1;
	size_t named = 0, tried;

	(void)state;
	for (size_t e = 0; e < count; e++)
		named += count_named(entries[e]);
	tried = count * ((FAULTS + STEP - 1) / STEP);
	print_message("# %zu of %zu are named\n", named, tried);
	assert_true(named * 100 >= tried * 98);
}

static void test_what_can_be_told_apart_is_said_with_certainty(void **state)
{
	static const char *const sure[] = {
		"swap=P20/P21", "swap=P20/P22", "swap=P21/P22", "swap=P20/CEN", "swap=P21/CEN",
		"swap=P22/CEN", "CEN=D1",	"bridge",	"supply=none",	"supply=weak"};

	(void)state;
	for (size_t i = 0; i < sizeof(sure) / sizeof(sure[0]); i++) {
		struct board_options options = {.part = chipdb_part_by_name("GD25Q16B"),
						.entry = "measured",
						.seed = 1,
						.wiring = wiring_right};
		struct wire_verdict verdict;
		struct wire_seen seen;

		assert_true(wiring_parse(&options.wiring, sure[i]));
		judge_board(&options, &seen, &verdict);
		assert_true(verdict.certain);
		assert_int_equal(verdict.count, 1);
	}
}

static void assert_good(const struct board_options *options, bool flaky)
{
	struct wire_verdict verdict;
	struct wire_seen seen;

	judge_board(options, &seen, &verdict);
	assert_die_untouched();
	if (flaky) {
		assert_true(names(&verdict, &(struct wire_suspect){WIRE_ENTERS_RARELY, 0, 0}));
		return;
	}
	if (!verdict.linked || verdict.count)
		print_message("# %s %s\n", options->entry, options->part->name);
	assert_true(verdict.linked);
	assert_int_equal(verdict.count, 0);
}

static void test_good_wires_pass_with_every_way_to_enter(void **state)
{
	static const char *const entries[] = {
		"python",   "csharp",	   "instant",	      "clocked",     "clocked-long",
		"measured", "late-window", "short-window",    "long-window", "lag",
		"linked",   "per-byte-cs", "per-byte-cs-long"};
	struct board_options options = {.part = chipdb_part_by_name("GD25Q16B"), .seed = 3};

	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		options.entry = entries[i];
		assert_good(&options, false);
	}
	options.entry = "flaky";
	assert_good(&options, true);
	options.entry = "slow-cen";
	assert_good(&options, true);
}

static void test_good_wires_pass_with_every_part(void **state)
{
	struct board_options options = {.entry = "measured", .seed = 1};

	(void)state;
	for (size_t i = 0; i < chipdb_part_count; i += STEP) {
		if (chipdb_parts[i].refuse)
			continue;
		options.part = &chipdb_parts[i];
		assert_good(&options, false);
	}
}

static void test_a_die_that_answers_while_the_chip_is_off_is_named(void **state)
{
	struct board_options options = {
		.part = chipdb_part_by_name("GD25Q16B"), .entry = "sticky", .seed = 1};
	struct wire_verdict verdict;
	struct wire_seen seen;

	(void)state;
	judge_board(&options, &seen, &verdict);
	assert_true(names(&verdict, &(struct wire_suspect){WIRE_BARE_DIE, 0, 0}));
	assert_true(names(&verdict, &(struct wire_suspect){WIRE_OPEN, CEN, 0}));
}

static void test_a_die_that_sleeps_is_woken(void **state)
{
	static const enum die_start states[] = {DIE_POWER_DOWN, DIE_QPI, DIE_CONTINUOUS_READ};
	struct board_options options = {
		.part = chipdb_part_by_name("GD25Q16B"), .entry = "measured", .seed = 1};

	(void)state;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct wire_verdict verdict;
		struct wire_seen seen;

		options.start = states[i];
		judge_board(&options, &seen, &verdict);
		assert_true(verdict.linked);
		assert_int_not_equal(seen.link.woken, SPI_WAKE_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_fault_is_named_and_none_wrongly_with_certainty),
		cmocka_unit_test(test_what_can_be_told_apart_is_said_with_certainty),
		cmocka_unit_test(test_good_wires_pass_with_every_way_to_enter),
		cmocka_unit_test(test_good_wires_pass_with_every_part),
		cmocka_unit_test(test_a_die_that_answers_while_the_chip_is_off_is_named),
		cmocka_unit_test(test_a_die_that_sleeps_is_woken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
