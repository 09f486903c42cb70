/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "programmer/link/wire_verdict.h"

#define CLOCK SPI_LINE_CLOCK
#define SELECT SPI_LINE_SELECT
#define OUT SPI_LINE_OUT
#define IN SPI_LINE_IN
#define CEN SPI_LINE_CEN
#define BESIDE SPI_LINE_BESIDE_CEN
#define EVERY SPI_LINES_ALL

static const struct spi_caps caps = {
	.pins = {.clock = "D3", .select = "D0", .out = "D5", .in = "D7", .cen = "D2"},
	.beside_cen = "D1",
};

/* Each row: what was observed, and the first words of the verdict. */
static const struct {
	struct wire_seen seen;
	const char *says;
	bool certain;
	size_t least; /* number of suspects */
} table[] = {
	{{.link.kind = TROUBLE_NO_ANSWER}, "no flash answers, and a reset was forbidden", true, 1},
	{{.link.kind = TROUBLE_CEN_UNWIRED, .by_hand = true},
	 "CEN is not connected to D2",
	 false,
	 2},
	{{.link.kind = TROUBLE_LINE_LOW}, "the module has no power", false, 3},
	{{.link.kind = TROUBLE_LINE_HIGH}, "P23 is not connected to D7", false, 4},
	{{.link.kind = TROUBLE_NOT_TAKEN}, "P21 is not connected to D0", false, 3},
	{{.link.kind = TROUBLE_LINE_LOW, .by_hand = true, .unasked_echo = 500},
	 "the chip restarts again and again: its supply is too weak",
	 true,
	 1},
	{{.link.kind = TROUBLE_LINE_LOW,
	  .by_hand = true,
	  .off.low = IN | OUT | CLOCK | SELECT,
	  .lifted = IN | OUT | CLOCK | SELECT},
	 "the module has no power",
	 true,
	 1},
	{{.link.kind = TROUBLE_NO_ECHO, .by_hand = true, .off.high = EVERY, .cen_low = true},
	 "the board holds CEN low",
	 false,
	 3},
	{{.link.kind = TROUBLE_NO_ECHO, .by_hand = true, .off.high = EVERY & ~OUT},
	 "CEN is not connected to D2",
	 false,
	 2},
	{{.link.kind = TROUBLE_NO_ECHO,
	  .by_hand = true,
	  .off.high = EVERY,
	  .echo = {true, CEN, CLOCK, IN, 0, 80, 0},
	  .pulled_by[3] = OUT},
	 "P22 and P23 touch",
	 true,
	 1},
	{{.link.kind = TROUBLE_NO_ECHO,
	  .by_hand = true,
	  .off.high = EVERY,
	  .echo = {true, CEN, CLOCK, OUT, 0, 80, 0}},
	 "P23 and P22 are swapped",
	 false,
	 1},
	{{.link.kind = TROUBLE_NO_ECHO,
	  .by_hand = true,
	  .off.high = EVERY,
	  .echo = {true, BESIDE, CLOCK, IN, 0, 80, 0},
	  .taken = {true, SELECT, OUT, {0xC8, 0x40, 0x15}}},
	 "CEN is on D1, the pin next to D2",
	 true,
	 1},
	/* Three wires have changed places: each one is named. */
	{{.link.kind = TROUBLE_NO_ECHO,
	  .by_hand = true,
	  .off.high = EVERY,
	  .echo = {true, CEN, SELECT, IN, 0, 80, 0},
	  .taken = {true, OUT, CLOCK, {0xC8, 0x40, 0x15}}},
	 "P20 is on D0",
	 false,
	 3},
	{{.by_hand = true, .off.high = EVERY, .bits = 10000, .wrong = 1000},
	 "the grounds of adapter and module are not joined",
	 false,
	 2},
	{{.by_hand = true, .off.high = EVERY, .bits = 10000, .wrong = 10},
	 "bits get lost on the way, as on long wires or bad contacts",
	 false,
	 2},
	{{.by_hand = true, .off.high = EVERY, .bits = 10000, .wrong = 1000, .slow_bits = 1000},
	 "P23 is too slow for the adapter's clock, which cannot be changed",
	 true,
	 1},
	{{.by_hand = true, .off.high = EVERY, .bits = 10000, .entries = 40, .entered = 4},
	 "the chip enters SPI mode only sometimes",
	 false,
	 1},
	{{.by_hand = true, .off.high = EVERY & ~SELECT, .bits = 10000},
	 "another chip sends on P21",
	 false,
	 1},
	{{.by_hand = true, .off.high = EVERY, .bits = 10000, .answers_off = true},
	 "CEN is not connected to D2",
	 false,
	 2},
};

static void test_what_is_said_follows_from_what_was_seen(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct wire_verdict verdict;
		char text[WIRE_TEXT_ROOM];

		wire_judge(&table[i].seen, &verdict);
		assert_true(verdict.count >= table[i].least);
		assert_string_equal(wire_suspect_text(&verdict.suspects[0], &caps, text),
				    table[i].says);
		assert_int_equal(verdict.certain, table[i].certain);
		assert_true(!verdict.certain || verdict.count == 1);
	}
}

static void test_nothing_is_said_of_what_is_good(void **state)
{
	const struct wire_seen seen = {
		.by_hand = true, .off.high = EVERY, .bits = 10000, .entries = 4, .entered = 4};
	struct wire_verdict verdict;

	(void)state;
	wire_judge(&seen, &verdict);
	assert_true(verdict.linked);
	assert_int_equal(verdict.count, 0);
}

static void test_every_suspect_has_words_a_name_and_a_next_step(void **state)
{
	(void)state;
	for (enum wire_cause cause = 0; cause < WIRE_CAUSE_COUNT; cause++) {
		const struct wire_suspect suspect = {cause, CLOCK, OUT};
		char text[WIRE_TEXT_ROOM], next[WIRE_TEXT_ROOM];

		wire_suspect_text(&suspect, &caps, text);
		wire_suspect_next(&suspect, &caps, next);
		assert_true(text[0] && next[0] && wire_cause_name(cause)[0]);
		assert_null(strpbrk(text, "{}"));
		assert_null(strpbrk(next, "{}"));
		/* None of the texts is cut off. */
		assert_true(strlen(text) < WIRE_TEXT_ROOM - 1);
		assert_true(strlen(next) < WIRE_TEXT_ROOM - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_said_follows_from_what_was_seen),
		cmocka_unit_test(test_nothing_is_said_of_what_is_good),
		cmocka_unit_test(test_every_suspect_has_words_a_name_and_a_next_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
