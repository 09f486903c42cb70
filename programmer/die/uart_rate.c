/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/uart_rate.h"

#define CHIP_CLOCK 26000000u

/* The time that the chip waits before it answers at the new rate, plus one tick; 2 ms each. */
#define TICKS 20
#define TICK_US 2000

/* An adapter that was at a rate before needs no time to set it. */
#define TICKS_AGAIN 3

#define PROOFS 8
#define MEETINGS 3

static const uint32_t rates[] = {2000000, 1000000, 921600, 460800, 230400, 115200};

uint32_t uart_rate_below(uint32_t rate)
{
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		if (rates[i] < rate)
			return rates[i];
	return 0;
}

static uint32_t divider_of(uint32_t rate)
{
	return (CHIP_CLOCK + rate / 2) / rate;
}

/* What an old bootloader has to be asked for to get @rate: it adds one to the rounded divider. */
static uint32_t wish_of_old(uint32_t rate)
{
	uint32_t divider = divider_of(rate) - 1;

	return (CHIP_CLOCK + divider - 1) / divider;
}

/* And the rate that it gets if it is asked for @rate itself. */
static uint32_t rate_of_old(uint32_t rate)
{
	return CHIP_CLOCK / ((CHIP_CLOCK + rate - 1) / rate + 1);
}

/* Some LinkChecks have to be answered, all of them, and nothing else may arrive. */
static enum trouble_kind prove(struct uart_talk *talk, bool *proved)
{
	const struct uart_request link = uart_link_check();
	enum trouble_kind kind = TROUBLE_NONE;
	size_t strange = talk->strange_count;
	unsigned heard_count = 0;

	for (unsigned i = 0; !kind && i < PROOFS; i++)
		kind = talk_send(talk, &link);
	for (unsigned i = 0; !kind && i < PROOFS; i++) {
		enum uart_heard heard = UART_HEARD_NOTHING;
		struct uart_answer answer;

		kind = talk_hear(talk, &link, 0, &answer, &heard);
		if (heard != UART_HEARD)
			break;
		heard_count++;
	}
	*proved = !kind && heard_count == PROOFS && talk->strange_count == strange;
	return kind;
}

/* Whether the chip is at @rate; if not, this side goes to @otherwise. */
static enum trouble_kind meet(struct uart_talk *talk, uint32_t rate, bool *met)
{
	enum trouble_kind kind = wire_set_rate(talk->wire, rate);

	*met = false;
	for (unsigned i = 0; !kind && !*met && i < MEETINGS; i++) {
		kind = talk_hush(talk, talk->wire->caps.latency_us);
		if (!kind)
			kind = prove(talk, met);
	}
	return kind;
}

/* Asks the chip for @wish and goes to @rate. */
static enum trouble_kind move(struct uart_talk *talk, uint32_t wish, uint32_t rate, bool *moved)
{
	const uint8_t ticks = talk->relinking ? TICKS_AGAIN : TICKS;
	const struct uart_request set = uart_set_rate(wish, ticks);
	enum uart_heard heard = UART_HEARD_NOTHING;
	struct uart_answer answer;
	enum trouble_kind kind = talk_send(talk, &set);

	*moved = false;
	if (!kind)
		kind = wire_drain(talk->wire);
	if (!kind) {
		wire_sleep_us(talk->wire, ticks * TICK_US / 2);
		kind = wire_set_rate(talk->wire, rate);
	}
	if (!kind)
		kind = talk_hear(talk, &set, ticks * TICK_US, &answer, &heard);
	if (kind || heard != UART_HEARD)
		return kind;
	return prove(talk, moved);
}

/* An adapter that does not have the rate says so before the chip is asked. */
static bool adapter_has(struct uart_talk *talk, uint32_t rate)
{
	uint32_t before = talk->wire->rate;
	bool has = rate <= talk->wire->caps.rate_most &&
		   wire_set_rate(talk->wire, rate) == TROUBLE_NONE;

	return wire_set_rate(talk->wire, before) == TROUBLE_NONE && has;
}

/* An answer was damaged, or the request was not understood, or the chip is at another rate. */
static enum trouble_kind find_again(struct uart_talk *talk, uint32_t before, uint32_t rate,
				    bool *changed)
{
	uint32_t old = rate_of_old(rate);
	enum trouble_kind kind;
	bool met;

	kind = meet(talk, rate, changed);
	if (kind || *changed)
		return kind;
	kind = meet(talk, before, &met);
	if (kind || met)
		return kind;
	if (!talk->old_divider && adapter_has(talk, old)) {
		kind = meet(talk, old, &met);
		talk->old_divider = met;
		if (!kind && met)
			kind = move(talk, wish_of_old(rate), rate, changed);
		if (kind || *changed)
			return kind;
	}
	kind = wire_set_rate(talk->wire, before);
	return kind ? kind : talk_lost(talk);
}

enum trouble_kind uart_change_rate(struct uart_talk *talk, uint32_t rate, bool *changed)
{
	uint32_t before = talk->wire->rate;
	enum trouble_kind kind;

	*changed = false;
	if (!adapter_has(talk, rate))
		return TROUBLE_NONE;
	talk->changes_rate = true;
	kind = move(talk, talk->old_divider ? wish_of_old(rate) : rate, rate, changed);
	if (!kind && !*changed)
		kind = find_again(talk, before, rate, changed);
	talk->changes_rate = false;
	return kind;
}
