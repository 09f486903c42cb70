/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which wires are suspected for each set of observations: all possible ones, the likelier first.
 * Faults that cannot be told apart from the adapter's end are named together.
 */
#include "tests/unit.h"
#include "programmer/link/wire_verdict.h"

#define CLOCK SPI_LINE_CLOCK
#define SELECT SPI_LINE_SELECT
#define OUT SPI_LINE_OUT
#define IN SPI_LINE_IN
#define CEN SPI_LINE_CEN
#define BESIDE SPI_LINE_BESIDE_CEN
#define EVERY SPI_LINES_ALL

/* CEN, P20 and P23 are where they should be, and bits that were clocked by hand were right. */
#define GOOD_ECHO .echo = {true, CEN, CLOCK, IN, 0, 80, 0}

/* The data line is always high. */
#define ALWAYS_HIGH                                                                                \
	.rest.high = IN, .off.high = EVERY, .start.high = IN, .clock_high.high = IN,               \
	.clock_low.high = IN, .off_clocked.high = IN

#define NO_HANDS .by_hand = false
#define LINKED .by_hand = true, .link.kind = TROUBLE_NONE
#define HANDS(name) .by_hand = true, .link.kind = TROUBLE_##name

/* "!": only this fault looks like that. */
static const struct {
	struct wire_seen seen;
	const char *suspects;
} rows[] = {
	{{NO_HANDS, .link.kind = TROUBLE_LINE_LOW}, "no-power, open CEN, held-low P23"},
	{{NO_HANDS, .link.kind = TROUBLE_LINE_HIGH},
	 "open P23, swapped P22/P23, open CEN, no-power, mode-closed"},
	{{NO_HANDS, .link.kind = TROUBLE_NO_ECHO}, "open CEN, open P20, no-ground"},
	{{NO_HANDS, .link.kind = TROUBLE_NOT_TAKEN}, "open P21, open P22, enters-rarely"},
	{{NO_HANDS, .link.kind = TROUBLE_NO_FLASH}, "no-flash, noise, no-ground"},
	{{NO_HANDS, .link.kind = TROUBLE_UNSTEADY}, "noise, no-ground"},
	{{NO_HANDS, .link.kind = TROUBLE_CEN_UNWIRED}, "open CEN, bare-die"},
	{{NO_HANDS, .link.kind = TROUBLE_CEN_UNWIRED, .cen_undriven = true}, "cen-undriven!"},
	{{NO_HANDS, .answers_off = true, .cen_undriven = true}, "cen-undriven!"},
	{{NO_HANDS, .link.kind = TROUBLE_NONE, .bits = 1000, .wrong = 20}, "noise, no-ground"},
	{{NO_HANDS, .link.kind = TROUBLE_NONE, .bits = 1000, .wrong = 21}, "no-ground, noise"},
	{{NO_HANDS, .link.kind = TROUBLE_NONE, .bits = 1000, .link.tries = 1}, ""},
	{{NO_HANDS, .link.kind = TROUBLE_NONE, .bits = 1000, .link.tries = 2}, "enters-rarely"},
	{{NO_HANDS, .link.kind = TROUBLE_NONE, .bits = 1000, .entries = 5, .entered = 5}, ""},
	{{NO_HANDS, .link.kind = TROUBLE_NONE, .bits = 1000, .entries = 5, .entered = 4},
	 "enters-rarely"},
	{{NO_HANDS, .link.kind = TROUBLE_NONE, .answers_off = true, .wrong = 5, .bits = 100},
	 "open CEN, bare-die"},
	{{LINKED, .off.high = EVERY, .bits = 1000, .unasked_echo = 15}, ""},
	{{LINKED, .off.high = EVERY, .bits = 1000, .unasked_echo = 16}, "weak-supply!"},
	{{LINKED, .off.high = EVERY, .bits = 1000, .wrong = 8, .slow_bits = 1000},
	 "slow-wire P23!"},
	{{LINKED, .off.high = EVERY, .bits = 1000, .wrong = 7, .slow_bits = 1000},
	 "noise, no-ground"},
	{{LINKED, .off.high = EVERY, .bits = 1000, .wrong = 30, .slow_bits = 1000, .slow_wrong = 1},
	 "no-ground, noise"},
	{{LINKED, .off.high = EVERY & ~OUT, .bits = 1000}, "other-driver P22"},
	{{LINKED, .off.high = EVERY & ~CEN, .bits = 1000}, ""},
	{{LINKED, .off.high = EVERY & ~CLOCK, .off.low = CLOCK, .bits = 1000},
	 "held-low P20, ground-swapped P20, swapped P20/P23, open CEN"},
	{{LINKED, .off.high = EVERY, .pulled_by[3] = OUT, .bits = 1000}, "bridged P22/P23!"},
	{{LINKED, .off.high = EVERY, .cen_low = true, .bits = 1000},
	 "in-reset CEN, held-low CEN, ground-swapped CEN, swapped CEN/P23"},
	{{LINKED, .off.high = EVERY & ~IN, .bits = 1000}, "other-driver P23, no-ground, noise"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .unasked_echo = 16}, "weak-supply!"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .unasked_echo = 15, GOOD_ECHO},
	 "open P21, open P22, enters-rarely, held-high P21, held-high P22"},
	{{HANDS(NO_ECHO), .off.low = IN | OUT, .lifted = IN | OUT,
	  .off.high = CLOCK | SELECT | CEN | BESIDE},
	 "no-power!"},
	{{HANDS(NO_ECHO), .off.low = IN, .lifted = IN, .off.high = EVERY & ~IN},
	 "open CEN, held-high CEN, other-driver P23"},
	{{HANDS(NO_ECHO), .off.low = IN | OUT, .lifted = IN, .off.high = EVERY & ~(IN | OUT)},
	 "held-low P22, ground-swapped P22, swapped P22/P23, open CEN"},
	{{HANDS(NO_ECHO), .off.low = SELECT | OUT, .lifted = SELECT | OUT,
	  .off.high = EVERY & ~(SELECT | OUT)},
	 "held-low P21, ground-swapped P21, swapped P21/P23, open CEN"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .echo = {true, BESIDE, CLOCK, IN, 0, 80, 0}},
	 "cen-beside CEN"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .echo = {true, CEN, CLOCK, SELECT, 0, 80, 0}},
	 "swapped P23/P21"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .echo = {true, CEN, SELECT, IN, 0, 80, 0},
	  .taken = {true, CLOCK, OUT, {0xc8, 0x40, 0x15}}},
	 "swapped P20/P21!"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .echo = {true, CEN, SELECT, IN, 0, 80, 0},
	  .taken = {true, CLOCK, OUT, {0, 0, 0}}},
	 "swapped P20/P21"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .echo = {true, CEN, CLOCK, IN, 0, 80, 0},
	  .taken = {true, OUT, SELECT, {0xc8, 0x40, 0x15}}},
	 "swapped P21/P22!"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .echo = {true, SELECT, OUT, CLOCK, 0, 80, 0}},
	 "misplaced CEN/P21, misplaced P20/P22, misplaced P23/P20"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .echo = {true, CEN, CLOCK, IN, OUT, 80, 0}},
	 "bridged P22/P23!"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .cen_low = true},
	 "in-reset CEN, held-low CEN, ground-swapped CEN, swapped CEN/P23"},
	{{HANDS(NO_ECHO), .off.high = EVERY & ~OUT, GOOD_ECHO}, "other-driver P22"},
	{{HANDS(NO_ECHO), .off.high = EVERY & ~IN, .echo = {true, CEN, CLOCK, IN, 0, 100, 2}},
	 "noise, no-ground, other-driver P23"},
	{{HANDS(NO_ECHO), .off.high = EVERY & ~IN, .echo = {true, CEN, CLOCK, IN, 0, 100, 3}},
	 "no-ground, noise, other-driver P23"},
	{{HANDS(NO_ECHO), .off.high = EVERY & ~IN}, "open CEN, other-driver P23, no-ground, noise"},
	{{HANDS(NO_ECHO), .off.high = EVERY & ~CEN}, "open CEN, held-high CEN, other-driver P23"},
	{{HANDS(NO_ECHO), .off = {IN, EVERY & ~IN}}, "open CEN, held-high CEN, other-driver P23"},
	{{HANDS(NO_ECHO), .off = {IN, EVERY & ~IN}, .rest.low = IN, .start.low = IN,
	  .clock_low.low = IN, .clock_high.low = IN},
	 "open CEN, held-low P23, ground-swapped P23, held-high CEN, cen-at-clock CEN, in-reset "
	 "CEN"},
	{{HANDS(NO_ECHO), .off = {OUT, EVERY & ~OUT}},
	 "held-low P22, ground-swapped P22, swapped P22/P23, open CEN"},
	{{HANDS(NO_ECHO), .off = {OUT, EVERY & ~OUT}, .start.low = OUT},
	 "held-low P22, ground-swapped P22, open CEN"},
	{{HANDS(NO_ECHO), .off = {OUT, EVERY & ~OUT}, GOOD_ECHO},
	 "held-low P22, ground-swapped P22"},
	{{HANDS(NO_ECHO), .off.high = EVERY, GOOD_ECHO},
	 "open P21, open P22, enters-rarely, held-high P21, held-high P22"},
	{{HANDS(NO_ECHO), .off.high = EVERY, GOOD_ECHO,
	  .taken = {true, SELECT, OUT, {0xc8, 0x40, 0x15}}},
	 "slow-wire P23, noise, no-ground, enters-rarely"},
	{{HANDS(NO_ECHO), .off.high = EVERY, GOOD_ECHO, .taken = {true, SELECT, OUT, {0, 0, 0}}},
	 "slow-wire P23, enters-rarely, no-flash, weak-supply, noise, no-ground"},
	{{HANDS(NO_FLASH), .off.high = EVERY, GOOD_ECHO},
	 "slow-wire P23, enters-rarely, no-flash, weak-supply, noise, no-ground"},
	{{HANDS(UNSTEADY), .off.high = EVERY, GOOD_ECHO}, "noise, no-ground, slow-wire P23"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .echo = {true, CEN, CLOCK, IN, 0, 400, 2}},
	 "open P21, open P22, enters-rarely, held-high P21, held-high P22"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .echo = {true, CEN, CLOCK, IN, 0, 400, 3}},
	 "noise, no-ground, slow-wire P23"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .echo = {true, CEN, CLOCK, IN, 0, 400, 8}},
	 "noise, no-ground, slow-wire P23"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .echo = {true, CEN, CLOCK, IN, 0, 400, 9}},
	 "no-ground, noise, slow-wire P23"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .echo = {true, CEN, CLOCK, IN, 0, 400, 9},
	  .taken = {true, SELECT, OUT, {0xc8, 0x40, 0x15}}},
	 "no-ground, noise, slow-wire P23"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .off_clocked.high = EVERY, .start.high = 0},
	 "no-ground, noise, open P20, held-high P20, open CEN, mode-closed"},
	{{HANDS(NO_ECHO), .off.high = EVERY & ~IN, .off.low = 0, .clock_low.high = IN,
	  .off_clocked.high = IN},
	 "open CEN, other-driver P23, no-ground, noise"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .rest.low = CLOCK | OUT, .off_clocked.high = IN,
	  .start.high = IN},
	 "open P20, held-high P20, open CEN, mode-closed, no-ground, noise"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .off_clocked.high = IN, .start = {IN, 0}},
	 "open P20, held-high P20, open CEN, mode-closed, no-ground, noise"},
	{{HANDS(NO_ECHO), .off.high = EVERY, .start.low = IN},
	 "open CEN, held-high CEN, other-driver P23"},
	{{HANDS(NO_ECHO), .off = {IN, EVERY & ~IN}, .clock_low.high = IN, .off_clocked.high = IN},
	 "cen-at-clock CEN, swapped P20/CEN, no-ground, noise, open P20, held-high P20, open CEN, "
	 "mode-closed"},
	{{HANDS(NO_ECHO), .off = {IN, EVERY & ~IN}, .clock_low.high = IN, .clock_high.high = IN,
	  .off_clocked.high = IN},
	 "no-ground, noise, open P20, held-high P20, open CEN, mode-closed"},
	{{HANDS(LINE_HIGH), ALWAYS_HIGH},
	 "open P23, no-wires, open CEN, held-high P23, swapped P20/P23, swapped CEN/P23, in-reset "
	 "CEN, mode-closed"},
	{{HANDS(LINE_HIGH), ALWAYS_HIGH, .rest.low = SELECT},
	 "swapped P21/P23, open P23, no-wires, open CEN, held-high P23, swapped CEN/P23, in-reset "
	 "CEN, mode-closed"},
	{{HANDS(NO_ECHO), ALWAYS_HIGH},
	 "open P20, held-high P20, open CEN, mode-closed, no-ground, noise"},
};

static const char *pads(const struct wire_suspect *suspect, char text[32])
{
	snprintf(text, 32, "%s%s%s%s", suspect->a ? " " : "",
		 suspect->a ? wire_pad(suspect->a) : "", suspect->b ? "/" : "",
		 suspect->b ? wire_pad(suspect->b) : "");
	return text;
}

static void each_picture_has_its_suspects_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[400] = "", one[32];
		struct wire_verdict verdict;

		wire_judge(&rows[i].seen, &verdict);
		for (size_t k = 0; k < verdict.count; k++) {
			const struct wire_suspect *suspect = &verdict.suspects[k];
			size_t len = strlen(text);

			snprintf(text + len, sizeof(text) - len, "%s%s%s%s", k ? ", " : "",
				 wire_cause_name(suspect->cause), pads(suspect, one),
				 verdict.certain ? "!" : "");
		}
		if (strcmp(text, rows[i].suspects) != 0)
			fail_msg("row %zu: \"%s\", and not \"%s\"", i, text, rows[i].suspects);
		assert_int_equal(verdict.linked, rows[i].seen.link.kind == TROUBLE_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_picture_has_its_suspects_in_order),
	};

	return cmocka_run_group_tests_name("wire_suspects", tests, NULL, NULL);
}
