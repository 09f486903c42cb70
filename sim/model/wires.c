/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/wires.h"

#include <string.h>

#define PINS 8
#define OUTPUTS 6 /* D0 to D5 can be outputs */
#define PIN_CLOCK 3
#define PIN_OUT 5
#define PIN_IN 7

#define BITS 8
#define MISREAD_WITHOUT_GROUND 8
#define MOVING_NS 104000 /* 9600 baud */
#define BROWN_OUT_NS UINT64_C(60000000)

/* Everything that is connected to a node. */
struct node {
	bool held_low, held_high, low, high, pull_up, clamped, weak_pull_up;
};

static bool powered(const struct wires *wires)
{
	return wires->wiring.supply != SUPPLY_NONE;
}

static bool ground_open(const struct wires *wires)
{
	return wires->wiring.goes[PAD_GND] == PIN_OPEN;
}

static bool misread(struct wires *wires, uint32_t one_in)
{
	return one_in && prng_between(&wires->prng, 1, one_in) == 1;
}

static void add_held(const struct wires *wires, enum pad pad, uint64_t ns, struct node *node)
{
	enum held held = wires->wiring.held[pad];
	bool mark = held == HELD_MOVING && prng_mix(ns / MOVING_NS) & 1;

	node->held_low |= held == HELD_LOW || (held == HELD_MOVING && !mark);
	node->held_high |= held == HELD_HIGH || (held == HELD_MOVING && mark);
}

/* Adds what the module has at a pad to a node. */
static void add_pad(const struct wires *wires, enum pad pad, uint64_t ns, struct node *node)
{
	add_held(wires, pad, ns, node);
	if (!powered(wires)) {
		node->clamped = true;
		return;
	}
	node->pull_up |= pad == PAD_CEN;
	/* The module's ground is on an adapter pin: the diodes of the other pad hold it low. */
	node->held_low |= pad == PAD_GND;
	if (pad != PAD_P23 || !soc_drives_miso(wires->soc))
		return;
	if (soc_miso(wires->soc, ns))
		node->high = true;
	else
		node->low = true;
}

static void add_pin(const struct wires *wires, unsigned pin, struct node *node)
{
	if (pin == PIN_GROUND) {
		node->held_low = true;
	} else if (pin < OUTPUTS && wires->direction >> pin & 1) {
		node->high |= wires->latch >> pin & 1;
		node->low |= !(wires->latch >> pin & 1);
	} else if (pin < PINS) {
		node->weak_pull_up = true;
	}
}

static bool pads_touch(const struct wires *wires, enum pad one, enum pad other)
{
	if (one == other)
		return true;
	if (wires->wiring.bridged && (one == PAD_P22 || one == PAD_P23) &&
	    (other == PAD_P22 || other == PAD_P23))
		return true;
	return wires->wiring.goes[one] == wires->wiring.goes[other] &&
	       wires->wiring.goes[one] != PIN_OPEN;
}

void wires_init(struct wires *wires, const struct wiring *wiring, struct soc *soc, uint64_t seed)
{
	*wires = (struct wires){
		.wiring = *wiring,
		.soc = soc,
		.prng.state = seed ^ 0x77697265,
		.settled_in = true,
	};
	wires->constant = wiring->goes[PAD_GND] != PIN_OPEN;
	for (enum pad pad = 0; pad < PADS; pad++) {
		wires->constant &= wiring->held[pad] != HELD_MOVING;
		if (wiring->goes[pad] < PIN_OPEN)
			wires->pads_on[wiring->goes[pad]] |= (uint8_t)(1U << pad);
		for (enum pad other = 0; other < PADS; other++)
			if (pads_touch(wires, pad, other))
				wires->touching[pad] |= (uint8_t)(1U << other);
	}
	wires->constant &= wires->touching[PAD_P23] == 1U << PAD_P23;
}

static void add_node_of(const struct wires *wires, enum pad pad, uint64_t ns, struct node *node)
{
	for (enum pad other = 0; wires->touching[pad] >> other; other++) {
		if (!(wires->touching[pad] >> other & 1))
			continue;
		add_pad(wires, other, ns, node);
		add_pin(wires, wires->wiring.goes[other], node);
	}
}

/* Whether a wire feeds the rail of a module without power. */
static bool rail_is_fed(const struct wires *wires)
{
	for (enum pad pad = 0; pad < PAD_GND; pad++) {
		unsigned pin = wires->wiring.goes[pad];

		if (wires->wiring.held[pad] == HELD_HIGH)
			return true;
		if (pin < OUTPUTS && wires->direction >> pin & wires->latch >> pin & 1)
			return true;
	}
	return false;
}

/* @floating: the level if nothing drives it. */
static bool level_of(const struct wires *wires, const struct node *node, bool floating)
{
	if (node->held_low || node->held_high)
		return !node->held_low;
	if (node->low || node->high)
		return !node->low;
	if (node->pull_up)
		return true;
	if (node->clamped)
		return rail_is_fed(wires);
	return node->weak_pull_up || floating;
}

static bool pad_level(struct wires *wires, enum pad pad, uint64_t ns)
{
	struct node node = {false};
	bool level;

	add_node_of(wires, pad, ns, &node);
	level = level_of(wires, &node, pad != PAD_P20);
	if (ground_open(wires) && pad == PAD_P22 && misread(wires, MISREAD_WITHOUT_GROUND))
		return !level;
	return level;
}

#define KNOWN 0x80

/* The levels of P20, P21, P22 and CEN, as bits. */
static uint8_t input_levels(struct wires *wires, uint64_t ns)
{
	uint8_t *known = &wires->known[wires->latch * 64 + wires->direction];
	uint8_t levels = 0;

	if (wires->constant && *known)
		return *known;
	for (enum pad pad = 0; pad < PAD_GND; pad++)
		if (pad != PAD_P23)
			levels |= (uint8_t)((pad_level(wires, pad, ns) ? 1 : 0) << pad);
	*known = levels | KNOWN;
	return levels;
}

static bool pin_level(struct wires *wires, unsigned pin, uint64_t ns)
{
	struct node node = {false};
	bool carries_data = false, level;

	add_pin(wires, pin, &node);
	for (enum pad pad = 0; wires->pads_on[pin] >> pad; pad++) {
		if (!(wires->pads_on[pin] >> pad & 1))
			continue;
		add_node_of(wires, pad, ns, &node);
		carries_data |= pad == PAD_P23;
	}
	level = level_of(wires, &node, false);
	if (!carries_data)
		return level;
	/* A line that nothing drives does not take the level of the other ground. */
	if (ground_open(wires) && soc_drives_miso(wires->soc) &&
	    misread(wires, MISREAD_WITHOUT_GROUND))
		return !level;
	return misread(wires, wires->wiring.noise) ? !level : level;
}

/* If the supply is too weak, the chip starts again when its radio starts. */
static void sag(struct wires *wires, uint64_t ns)
{
	if (wires->wiring.supply != SUPPLY_WEAK || wires->soc->state != SOC_BOOT) {
		wires->booted_ns = 0;
		return;
	}
	if (!wires->booted_ns)
		wires->booted_ns = ns;
	if (ns - wires->booted_ns < BROWN_OUT_NS)
		return;
	wires->booted_ns = 0;
	soc_lose_power(wires->soc, ns);
}

/* Shows the SoC the new levels of its pads. */
static void settle(struct wires *wires, uint64_t ns)
{
	struct soc *soc = wires->soc;
	const uint8_t levels = input_levels(wires, ns);
	const bool cs_low = !(levels >> PAD_P21 & 1);

	soc_set_cen(soc, powered(wires) && levels >> PAD_CEN & 1, ns);
	sag(wires, ns);
	/* A clock edge that comes together with the end of a CS window is not part of it. */
	if (!cs_low)
		soc_set_cs(soc, false, ns);
	soc_set_clock(soc, levels >> PAD_P20 & 1, levels >> PAD_P22 & 1, ns);
	if (cs_low)
		soc_set_cs(soc, true, ns);
}

void wires_drive(struct wires *wires, uint8_t latch, uint8_t direction, uint64_t ns)
{
	wires->latch = latch & 0x3F;
	wires->direction = direction & 0x3F;
	settle(wires, ns);
}

uint8_t wires_levels(struct wires *wires, uint64_t ns)
{
	uint8_t levels = 0;

	settle(wires, ns);
	for (unsigned pin = 0; pin < PINS; pin++)
		levels |= (uint8_t)((pin_level(wires, pin, ns) ? 1 : 0) << pin);
	return levels;
}

/* A wire with a large capacitance is late for about every second change. */
static bool sampled(struct wires *wires, uint64_t ns)
{
	bool level = pin_level(wires, PIN_IN, ns), shown = level;

	if (wires->wiring.slow && level != wires->settled_in && misread(wires, 2))
		shown = wires->settled_in;
	wires->settled_in = level;
	return shown;
}

void wires_shift(struct wires *wires, const uint8_t *mosi, uint8_t *miso, size_t count, uint64_t ns,
		 uint64_t step_ns)
{
	const uint8_t clock = 1 << PIN_CLOCK, out = 1 << PIN_OUT;
	uint8_t latch = wires->latch;

	for (size_t i = 0; i < count; i++, ns += step_ns) {
		uint8_t in = 0;

		for (unsigned bit = 0; bit < BITS; bit++) {
			uint64_t at = ns + bit * step_ns / BITS;

			latch = (uint8_t)(latch & ~(clock | out));
			if (mosi[i] >> (BITS - 1 - bit) & 1)
				latch |= out;
			wires_drive(wires, latch, wires->direction, at);
			in = (uint8_t)(in << 1 | (sampled(wires, at) ? 1 : 0));
			wires_drive(wires, latch | clock, wires->direction, at + step_ns / 16);
		}
		wires_drive(wires, (uint8_t)(latch & ~clock), wires->direction, ns + step_ns - 1);
		miso[i] = in;
	}
}
