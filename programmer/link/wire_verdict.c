/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/link/wire_verdict.h"

/* If more bits than one in this many are wrong, the length of the wires is not the only cause. */
#define WRONG_MUCH 50

/* Wrong bits in an echo by hand count from one in this many on. */
#define WRONG_ECHO 200

/* This many errors must be expected by hand before their absence means anything. */
#define SLOW_EXPECTED 8

/* Echoes without being asked: a window gives dozens. */
#define UNASKED_LEAST 16

static void suspect_two(struct wire_verdict *verdict, enum wire_cause cause, uint8_t a, uint8_t b)
{
	if (verdict->count < WIRE_SUSPECTS)
		verdict->suspects[verdict->count++] = (struct wire_suspect){cause, a, b};
}

static void suspect(struct wire_verdict *verdict, enum wire_cause cause, uint8_t a)
{
	suspect_two(verdict, cause, a, 0);
}

static void suspect_certainly(struct wire_verdict *verdict, enum wire_cause cause, uint8_t a,
			      uint8_t b)
{
	verdict->certain = true;
	suspect_two(verdict, cause, a, b);
}

static bool moves(const struct wire_levels *levels, uint8_t line)
{
	return !((levels->low | levels->high) & line);
}

static void suspect_noise(struct wire_verdict *verdict, bool much)
{
	suspect(verdict, much ? WIRE_NO_GROUND : WIRE_NOISE, 0);
	suspect(verdict, much ? WIRE_NOISE : WIRE_NO_GROUND, 0);
}

/* Compares the places of the wires that were found with where they should be. */
static void judge_places(const struct wire_seen *seen, struct wire_verdict *verdict)
{
	const uint8_t should[] = {SPI_LINE_CEN, SPI_LINE_CLOCK, SPI_LINE_IN, SPI_LINE_SELECT,
				  SPI_LINE_OUT};
	const uint8_t is[] = {seen->echo.cen, seen->echo.clock, seen->echo.in, seen->taken.select,
			      seen->taken.out};
	const unsigned known = seen->taken.found ? 5 : 3;
	unsigned wrong = 0, first = 0, last = 0;

	for (unsigned i = 0; i < known; i++) {
		if (is[i] == should[i])
			continue;
		first = wrong++ ? first : i;
		last = i;
	}
	if (wrong == 1 && is[first] == SPI_LINE_BESIDE_CEN && seen->taken.found)
		suspect_certainly(verdict, WIRE_CEN_BESIDE, SPI_LINE_CEN, 0);
	else if (wrong == 1 && is[first] == SPI_LINE_BESIDE_CEN)
		suspect(verdict, WIRE_CEN_BESIDE, SPI_LINE_CEN);
	else if (wrong == 1 || (wrong == 2 && is[first] == should[last]))
		suspect_two(verdict, WIRE_SWAPPED, should[first], is[first]);
	else
		for (unsigned i = 0; i < known; i++)
			if (is[i] != should[i])
				suspect_two(verdict, WIRE_MISPLACED, should[i], is[i]);
	/* All five are known and were tried. */
	if (wrong == 2 && verdict->count == 1 && seen->taken.found && seen->taken.id[0])
		verdict->certain = true;
}

static bool places_right(const struct wire_seen *seen)
{
	return seen->echo.cen == SPI_LINE_CEN && seen->echo.clock == SPI_LINE_CLOCK &&
	       seen->echo.in == SPI_LINE_IN &&
	       (!seen->taken.found ||
		(seen->taken.select == SPI_LINE_SELECT && seen->taken.out == SPI_LINE_OUT));
}

static void judge_echo(const struct wire_seen *seen, struct wire_verdict *verdict)
{
	if (seen->taken.id[0] && !seen->echo.wrong) {
		/* By hand, and so slowly, everything works. */
		suspect(verdict, WIRE_SLOW_WIRE, SPI_LINE_IN);
		suspect_noise(verdict, false);
		suspect(verdict, WIRE_ENTERS_RARELY, 0);
	} else if (seen->echo.wrong > seen->echo.bits / WRONG_ECHO ||
		   seen->link.kind == TROUBLE_UNSTEADY) {
		suspect_noise(verdict, seen->echo.wrong > seen->echo.bits / WRONG_MUCH);
		suspect(verdict, WIRE_SLOW_WIRE, SPI_LINE_IN);
	} else if (seen->taken.found || seen->link.kind == TROUBLE_NO_FLASH) {
		suspect(verdict, WIRE_SLOW_WIRE, SPI_LINE_IN);
		suspect(verdict, WIRE_ENTERS_RARELY, 0);
		suspect(verdict, WIRE_NO_FLASH, 0);
		suspect(verdict, WIRE_WEAK_SUPPLY, 0);
		suspect_noise(verdict, false);
	} else {
		suspect(verdict, WIRE_OPEN, SPI_LINE_SELECT);
		suspect(verdict, WIRE_OPEN, SPI_LINE_OUT);
		suspect(verdict, WIRE_ENTERS_RARELY, 0);
		suspect(verdict, WIRE_HELD_HIGH, SPI_LINE_SELECT);
		suspect(verdict, WIRE_HELD_HIGH, SPI_LINE_OUT);
	}
}

/* A line that is low although neither the adapter nor a chip in reset does that. */
static void judge_low(const struct wire_seen *seen, uint8_t line, struct wire_verdict *verdict)
{
	if (line == SPI_LINE_IN)
		suspect(verdict, WIRE_OPEN, SPI_LINE_CEN);
	suspect(verdict, WIRE_HELD_LOW, line);
	suspect(verdict, WIRE_GROUND_SWAPPED, line);
	if (line == SPI_LINE_IN) {
		suspect(verdict, WIRE_HELD_HIGH, SPI_LINE_CEN);
		suspect(verdict, WIRE_CEN_AT_CLOCK, SPI_LINE_CEN);
		suspect(verdict, WIRE_IN_RESET, SPI_LINE_CEN);
	} else if (!seen->echo.found && !(seen->start.low & line)) {
		suspect_two(verdict, WIRE_SWAPPED, line, SPI_LINE_IN);
	}
	/* If CEN is not connected the firmware runs all the time, and may drive any pin. */
	if (line != SPI_LINE_IN && !seen->echo.found)
		suspect(verdict, WIRE_OPEN, SPI_LINE_CEN);
}

static bool in_is_low_throughout(const struct wire_seen *seen)
{
	return seen->rest.low & seen->off.low & seen->start.low & seen->clock_high.low &
	       seen->clock_low.low & SPI_LINE_IN;
}

/* True if there is nothing else to find. */
static bool judge_lines(const struct wire_seen *seen, struct wire_verdict *verdict)
{
	const uint8_t still = in_is_low_throughout(seen) ? 0 : SPI_LINE_IN;
	const uint8_t low = seen->off.low & (uint8_t)~SPI_LINE_CEN;

	if (low & SPI_LINE_IN && (low & (low - 1)) && seen->lifted == low) {
		suspect_certainly(verdict, WIRE_NO_POWER, 0, 0);
		return true;
	}
	if (seen->echo.found && !places_right(seen)) {
		judge_places(seen, verdict);
		return true;
	}
	if (seen->pulled_by[3] & SPI_LINE_OUT || seen->echo.also & SPI_LINE_OUT) {
		suspect_certainly(verdict, WIRE_BRIDGED, SPI_LINE_OUT, SPI_LINE_IN);
		return true;
	}
	if (seen->cen_low) {
		suspect(verdict, WIRE_IN_RESET, SPI_LINE_CEN);
		suspect(verdict, WIRE_HELD_LOW, SPI_LINE_CEN);
		suspect(verdict, WIRE_GROUND_SWAPPED, SPI_LINE_CEN);
		suspect_two(verdict, WIRE_SWAPPED, SPI_LINE_CEN, SPI_LINE_IN);
		return true;
	}
	for (unsigned i = 0; i < SPI_LINE_COUNT; i++) {
		const uint8_t line = (uint8_t)(1U << i);

		if (line == SPI_LINE_CEN || !moves(&seen->off, line))
			continue;
		if (seen->echo.found && line == SPI_LINE_IN)
			suspect_noise(verdict, seen->echo.wrong > seen->echo.bits / WRONG_MUCH);
		else if (!seen->echo.found && !verdict->linked)
			suspect(verdict, WIRE_OPEN, SPI_LINE_CEN);
		suspect(verdict, WIRE_OTHER_DRIVER, line);
		if (!seen->echo.found && line == SPI_LINE_IN)
			suspect_noise(verdict, true);
	}
	for (unsigned i = 0; i < SPI_LINE_COUNT && !verdict->count; i++)
		if ((low & ~still) >> i & 1)
			judge_low(seen, (uint8_t)(1U << i), verdict);
	return verdict->count > 0;
}

static void judge_linked(const struct wire_seen *seen, struct wire_verdict *verdict)
{
	verdict->linked = true;
	if (seen->answers_off && seen->cen_undriven) {
		suspect_certainly(verdict, WIRE_CEN_UNDRIVEN, 0, 0);
		return;
	}
	if (seen->answers_off) {
		suspect(verdict, WIRE_OPEN, SPI_LINE_CEN);
		suspect(verdict, WIRE_BARE_DIE, 0);
		return;
	}
	if (seen->by_hand && judge_lines(seen, verdict))
		return;
	if (seen->unasked_echo >= UNASKED_LEAST) {
		suspect_certainly(verdict, WIRE_WEAK_SUPPLY, 0, 0);
	} else if (seen->wrong) {
		uint64_t expected = (uint64_t)seen->wrong * seen->slow_bits / seen->bits;

		if (seen->slow_bits && !seen->slow_wrong && expected >= SLOW_EXPECTED)
			suspect_certainly(verdict, WIRE_SLOW_WIRE, SPI_LINE_IN, 0);
		else
			suspect_noise(verdict, seen->wrong > seen->bits / WRONG_MUCH);
	} else if (seen->link.tries > 1 || seen->entries > seen->entered) {
		suspect(verdict, WIRE_ENTERS_RARELY, 0);
	}
}

static bool in_is_high_throughout(const struct wire_seen *seen)
{
	return seen->rest.high & seen->off.high & seen->start.high & seen->clock_high.high &
		       seen->clock_low.high & SPI_LINE_IN &&
	       seen->link.kind == TROUBLE_LINE_HIGH;
}

static void judge_silence(const struct wire_seen *seen, struct wire_verdict *verdict)
{
	/*
	 * A wire that is high while the chip is off, and low while it runs, is connected to an
	 * output.
	 */
	const uint8_t outputs = seen->off.high & seen->rest.low;

	/* The clock line resets the chip, and the CEN line does not. */
	if (seen->clock_low.high & ~(seen->clock_high.high | seen->off.high) & SPI_LINE_IN) {
		suspect(verdict, WIRE_CEN_AT_CLOCK, SPI_LINE_CEN);
		suspect_two(verdict, WIRE_SWAPPED, SPI_LINE_CLOCK, SPI_LINE_CEN);
	}
	if (in_is_high_throughout(seen)) {
		for (uint8_t line = SPI_LINE_CLOCK; line <= SPI_LINE_OUT; line <<= 1)
			if (outputs & line)
				suspect_two(verdict, WIRE_SWAPPED, line, SPI_LINE_IN);
		suspect(verdict, WIRE_OPEN, SPI_LINE_IN);
		suspect(verdict, WIRE_NO_WIRES, 0);
		suspect(verdict, WIRE_OPEN, SPI_LINE_CEN);
		suspect(verdict, WIRE_HELD_HIGH, SPI_LINE_IN);
		if (!outputs)
			suspect_two(verdict, WIRE_SWAPPED, SPI_LINE_CLOCK, SPI_LINE_IN);
		suspect_two(verdict, WIRE_SWAPPED, SPI_LINE_CEN, SPI_LINE_IN);
		suspect(verdict, WIRE_IN_RESET, SPI_LINE_CEN);
		suspect(verdict, WIRE_MODE_CLOSED, 0);
		return;
	}
	if (!(seen->off_clocked.high & SPI_LINE_IN) && !(seen->start.high & SPI_LINE_IN)) {
		suspect(verdict, WIRE_OPEN, SPI_LINE_CEN);
		suspect(verdict, WIRE_HELD_HIGH, SPI_LINE_CEN);
		suspect(verdict, WIRE_OTHER_DRIVER, SPI_LINE_IN);
		return;
	}
	if (moves(&seen->start, SPI_LINE_IN))
		suspect_noise(verdict, true);
	suspect(verdict, WIRE_OPEN, SPI_LINE_CLOCK);
	suspect(verdict, WIRE_HELD_HIGH, SPI_LINE_CLOCK);
	suspect(verdict, WIRE_OPEN, SPI_LINE_CEN);
	suspect(verdict, WIRE_MODE_CLOSED, 0);
	if (!moves(&seen->start, SPI_LINE_IN))
		suspect_noise(verdict, true);
}

/* For an adapter without steps by hand: only the end of the handshake is known. */
static void judge_link_alone(const struct wire_seen *seen, struct wire_verdict *verdict)
{
	switch (seen->link.kind) {
	case TROUBLE_LINE_LOW:
		suspect(verdict, WIRE_NO_POWER, 0);
		suspect(verdict, WIRE_OPEN, SPI_LINE_CEN);
		suspect(verdict, WIRE_HELD_LOW, SPI_LINE_IN);
		break;
	case TROUBLE_LINE_HIGH:
		suspect(verdict, WIRE_OPEN, SPI_LINE_IN);
		suspect_two(verdict, WIRE_SWAPPED, SPI_LINE_OUT, SPI_LINE_IN);
		suspect(verdict, WIRE_OPEN, SPI_LINE_CEN);
		suspect(verdict, WIRE_NO_POWER, 0);
		suspect(verdict, WIRE_MODE_CLOSED, 0);
		break;
	case TROUBLE_NO_ECHO:
		suspect(verdict, WIRE_OPEN, SPI_LINE_CEN);
		suspect(verdict, WIRE_OPEN, SPI_LINE_CLOCK);
		suspect(verdict, WIRE_NO_GROUND, 0);
		break;
	case TROUBLE_NOT_TAKEN:
		suspect(verdict, WIRE_OPEN, SPI_LINE_SELECT);
		suspect(verdict, WIRE_OPEN, SPI_LINE_OUT);
		suspect(verdict, WIRE_ENTERS_RARELY, 0);
		break;
	case TROUBLE_NO_FLASH:
		suspect(verdict, WIRE_NO_FLASH, 0);
		suspect_noise(verdict, false);
		break;
	default:
		suspect_noise(verdict, false);
	}
}

void wire_judge(const struct wire_seen *seen, struct wire_verdict *verdict)
{
	*verdict = (struct wire_verdict){.linked = false};
	if (seen->link.kind == TROUBLE_NONE) {
		judge_linked(seen, verdict);
	} else if (seen->link.kind == TROUBLE_CEN_UNWIRED && seen->cen_undriven) {
		suspect_certainly(verdict, WIRE_CEN_UNDRIVEN, 0, 0);
	} else if (seen->link.kind == TROUBLE_CEN_UNWIRED) {
		suspect(verdict, WIRE_OPEN, SPI_LINE_CEN);
		suspect(verdict, WIRE_BARE_DIE, 0);
	} else if (seen->link.kind == TROUBLE_NO_ANSWER) {
		suspect_certainly(verdict, WIRE_NOT_RESET, 0, 0);
	} else if (!seen->by_hand) {
		judge_link_alone(seen, verdict);
	} else if (seen->unasked_echo >= UNASKED_LEAST) {
		suspect_certainly(verdict, WIRE_WEAK_SUPPLY, 0, 0);
	} else if (!judge_lines(seen, verdict)) {
		if (seen->echo.found)
			judge_echo(seen, verdict);
		else
			judge_silence(seen, verdict);
	}
}
