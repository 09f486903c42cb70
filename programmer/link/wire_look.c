/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/link/wire_look.h"

#include <string.h>

#include "base/opcodes.h"
#include "programmer/link/wire_search.h"

#define BEKEN_COMMAND 0xd2

/* If the supply breaks down when the radio starts, the chip starts again within 150 ms. */
#define LISTEN_US 250000
#define LISTEN_BYTES 31
#define LISTEN_PAUSE_US 2000

/* The window after a reset is over by then: the longest that is assumed is 300 ms. */
#define WINDOW_US 400000

#define LOOKS 14
#define LOOK_ROUNDS 12
#define LOOK_PAUSE_US 1700
#define LOOK_US 17
#define START_ROUNDS 4

/* From one level of the clock to the other, by hand. */
#define REST_US 400000

#define CLOCKS 64
#define CLOCK_US 2

#define ENTRIES 4
#define READINGS 64
#define READ_BYTES 128
#define SLOW_READINGS 8
#define SLOW_BYTES 16
#define SLOW_US 10

static const uint8_t others[] = {SPI_LINE_CLOCK, SPI_LINE_SELECT, SPI_LINE_OUT,
				 SPI_LINE_BESIDE_CEN};

/* Zeros go out: no chip takes them for D2, and no die for a command. */
static enum trouble_kind listen(struct spi_bus *bus, unsigned *echo)
{
	static const uint8_t zeros[LISTEN_BYTES];
	uint64_t start = spi_now_us(bus);
	enum trouble_kind kind = TROUBLE_NONE;

	*echo = 0;
	while (!kind && spi_now_us(bus) - start < LISTEN_US) {
		uint8_t rx[LISTEN_BYTES];
		struct spi_op ops[] = {
			{.kind = SPI_DUPLEX, .tx = zeros, .tx_len = LISTEN_BYTES, .rx = rx},
			{.kind = SPI_DELAY, .expect_us = LISTEN_PAUSE_US}};
		unsigned seen = 0;

		kind = spi_transfer(bus, ops, 2);
		for (size_t i = 0; !kind && i < LISTEN_BYTES; i++)
			seen += rx[i] == BEKEN_COMMAND;
		/* A few may be noise of a running firmware. */
		*echo += seen > LISTEN_BYTES / 2 ? seen : 0;
		if (!kind && spi_cancelled(bus))
			kind = TROUBLE_INTERRUPTED;
	}
	return kind;
}

/* A program that ended just now has reset the chip, too, and its window may still be open. */
static enum trouble_kind listen_unasked(struct spi_bus *bus, unsigned *echo)
{
	enum trouble_kind kind = listen(bus, echo);

	if (kind || !*echo)
		return kind;
	spi_sleep_us(bus, WINDOW_US);
	return listen(bus, echo);
}

static void add_levels(const struct spi_step *steps, size_t count, struct wire_levels *levels)
{
	for (size_t i = 0; i < count; i++) {
		levels->low &= (uint8_t)~steps[i].seen;
		levels->high &= steps[i].seen;
	}
}

/* The levels on the lines for @rounds times 2 ms, while @drive are driven to @level. */
static enum trouble_kind look(struct spi_bus *bus, uint8_t drive, uint8_t level, unsigned rounds,
			      struct wire_levels *levels)
{
	*levels = (struct wire_levels){SPI_LINES_ALL, SPI_LINES_ALL};
	for (unsigned round = 0; round < rounds; round++) {
		struct spi_step steps[LOOKS];
		enum trouble_kind kind;

		for (unsigned i = 0; i < LOOKS; i++)
			steps[i] = (struct spi_step){
				.drive = drive, .level = level, .hold_us = LOOK_US};
		kind = spi_steps(bus, steps, LOOKS);
		if (kind)
			return kind;
		add_levels(steps, LOOKS, levels);
		spi_sleep_us(bus, LOOK_PAUSE_US);
		if (spi_cancelled(bus))
			return TROUBLE_INTERRUPTED;
	}
	return TROUBLE_NONE;
}

static enum trouble_kind look_at_rest(struct spi_bus *bus, struct wire_seen *seen)
{
	struct wire_levels alone;
	enum trouble_kind kind = look(bus, SPI_LINE_CEN, SPI_LINE_CEN, LOOK_ROUNDS, &seen->rest);

	if (!kind)
		kind = look(bus, 0, 0, 1, &alone);
	if (!kind)
		seen->cen_low = alone.low & SPI_LINE_CEN;
	return kind;
}

/* Noise may look like a bridge once, but never this many times. */
#define PUSHES 8
#define PUSH_US 30

/* Drives @line low, then all others high; the clock does not move. Which lines always follow? */
static enum trouble_kind push_line(struct spi_bus *bus, uint8_t line, uint8_t *pulled,
				   uint8_t *lifted)
{
	const uint8_t rest = (uint8_t)(SPI_LINES_ALL & ~(line | SPI_LINE_IN));

	*pulled = *lifted = SPI_LINES_ALL;
	for (unsigned i = 0; i < PUSHES; i++) {
		struct spi_step steps[] = {
			{.drive = SPI_LINE_CEN, .hold_us = PUSH_US},
			{.drive = SPI_LINE_CEN | line, .hold_us = PUSH_US},
			{.drive = SPI_LINE_CEN, .hold_us = PUSH_US},
			{.drive = rest, .level = rest & (uint8_t)~SPI_LINE_CEN, .hold_us = PUSH_US},
		};
		enum trouble_kind kind = spi_steps(bus, steps, 4);

		if (kind)
			return kind;
		*pulled &= steps[0].seen & (uint8_t)~steps[1].seen;
		*lifted &= steps[3].seen;
	}
	return TROUBLE_NONE;
}

static enum trouble_kind push_lines(struct spi_bus *bus, struct wire_seen *seen)
{
	for (size_t i = 0; i < sizeof(others); i++) {
		uint8_t pulled, lifted;
		enum trouble_kind kind = push_line(bus, others[i], &pulled, &lifted);

		if (kind)
			return kind;
		for (unsigned line = 0; line < SPI_LINE_COUNT; line++)
			if (1U << line != others[i] && pulled >> line & 1)
				seen->pulled_by[line] |= others[i];
		seen->lifted |= lifted & (others[i] | SPI_LINE_IN);
	}
	seen->lifted &= seen->off.low;
	return TROUBLE_NONE;
}

static enum trouble_kind clock_while_off(struct spi_bus *bus, struct wire_levels *levels)
{
	struct spi_step steps[2 * CLOCKS];
	enum trouble_kind kind;

	for (unsigned i = 0; i < 2 * CLOCKS; i++)
		steps[i] = (struct spi_step){.drive = SPI_LINE_CEN | SPI_LINE_CLOCK,
					     .level = i % 2 ? SPI_LINE_CLOCK : 0,
					     .hold_us = CLOCK_US};
	*levels = (struct wire_levels){SPI_LINES_ALL, SPI_LINES_ALL};
	kind = spi_steps(bus, steps, 2 * CLOCKS);
	add_levels(steps, 2 * CLOCKS, levels);
	return kind;
}

static enum trouble_kind look_while_off(struct spi_bus *bus, unsigned reset_ms,
					struct wire_seen *seen)
{
	struct spi_step low = {.drive = SPI_LINE_CEN};
	enum trouble_kind kind = spi_steps(bus, &low, 1);

	spi_sleep_us(bus, reset_ms * UINT64_C(1000));
	if (!kind)
		kind = look(bus, SPI_LINE_CEN, 0, LOOK_ROUNDS, &seen->off);
	if (!kind)
		kind = push_lines(bus, seen);
	if (!kind)
		kind = clock_while_off(bus, &seen->off_clocked);
	return kind;
}

static enum trouble_kind look_at_levels(struct spi_bus *bus, unsigned reset_ms,
					struct wire_seen *seen)
{
	const uint8_t both = SPI_LINE_CEN | SPI_LINE_CLOCK;
	enum trouble_kind kind = look_while_off(bus, reset_ms, seen);

	if (!kind)
		kind = look(bus, SPI_LINE_CEN, SPI_LINE_CEN, START_ROUNDS, &seen->start);
	spi_sleep_us(bus, REST_US);
	if (!kind)
		kind = look(bus, both, SPI_LINE_CEN, LOOK_ROUNDS, &seen->clock_low);
	if (!kind)
		kind = spi_steps(bus, &(struct spi_step){.drive = both, .level = both}, 1);
	spi_sleep_us(bus, REST_US);
	return kind ? kind : look(bus, both, both, LOOK_ROUNDS, &seen->clock_high);
}

/* The number of bits that differ from the majority of the @count readings of @bytes. */
static uint32_t count_wrong(const uint8_t *readings, unsigned count, size_t bytes)
{
	uint32_t wrong = 0;

	for (size_t bit = 0; bit < bytes * 8; bit++) {
		unsigned ones = 0;

		for (unsigned i = 0; i < count; i++)
			ones += readings[i * bytes + bit / 8] >> bit % 8 & 1;
		wrong += ones < count - ones ? ones : count - ones;
	}
	return wrong;
}

static enum trouble_kind read_often(struct spi_bus *bus, struct wire_seen *seen)
{
	static const uint8_t read[4] = {OPCODE_READ}, rdsr = OPCODE_RDSR;
	uint8_t readings[READINGS][READ_BYTES];
	struct spi_op ops[READINGS + 1];
	enum trouble_kind kind;

	for (unsigned i = 0; i < READINGS; i++)
		ops[i] = (struct spi_op){.kind = SPI_XFER,
					 .tx = read,
					 .tx_len = sizeof(read),
					 .rx = readings[i],
					 .rx_len = READ_BYTES};
	ops[READINGS] = (struct spi_op){
		.kind = SPI_XFER, .tx = &rdsr, .tx_len = 1, .rx = &seen->status, .rx_len = 1};
	kind = spi_transfer(bus, ops, READINGS + 1);
	if (kind)
		return kind;
	seen->bits = READINGS * READ_BYTES * 8;
	seen->wrong = count_wrong(readings[0], READINGS, READ_BYTES);
	return TROUBLE_NONE;
}

/* READ at 0 by hand, in one piece; a bit takes two steps of 20 us. */
static enum trouble_kind read_slowly(struct spi_bus *bus, struct wire_seen *seen)
{
	struct spi_step steps[1 + (4 + SLOW_BYTES) * 16];
	const size_t count = sizeof(steps) / sizeof(steps[0]);
	uint8_t readings[SLOW_READINGS][SLOW_BYTES] = {{0}};
	const uint8_t drive = SPI_LINES_ALL & ~SPI_LINE_IN,
		      idle = SPI_LINE_CEN | SPI_LINE_BESIDE_CEN;

	for (unsigned i = 0; i < SLOW_READINGS; i++) {
		struct spi_step *step = steps;
		enum trouble_kind kind;

		for (unsigned bit = 0; bit < (4 + SLOW_BYTES) * 8; bit++) {
			bool one = bit < 8 && OPCODE_READ >> (7 - bit) & 1;
			uint8_t level = (uint8_t)(idle | (one ? SPI_LINE_OUT : 0));

			*step++ = (struct spi_step){
				.drive = drive, .level = level, .hold_us = SLOW_US};
			*step++ = (struct spi_step){.drive = drive,
						    .level = level | SPI_LINE_CLOCK,
						    .hold_us = SLOW_US};
		}
		*step = (struct spi_step){.drive = drive, .level = idle | SPI_LINE_SELECT};
		kind = spi_steps(bus, steps, count);
		if (kind)
			return kind;
		for (unsigned bit = 0; bit < SLOW_BYTES * 8; bit++)
			if (steps[(32 + bit) * 2].seen & SPI_LINE_IN)
				readings[i][bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	}
	seen->slow_bits = SLOW_READINGS * SLOW_BYTES * 8;
	seen->slow_wrong = count_wrong(readings[0], SLOW_READINGS, SLOW_BYTES);
	return spi_steps_end(bus);
}

static enum trouble_kind enter_again(struct spi_bus *bus, const struct link_options *options,
				     struct wire_seen *seen)
{
	struct link_options once = *options;

	once.enter = LINK_ALWAYS;
	for (unsigned i = 0; i < ENTRIES; i++) {
		struct link_report report;
		enum trouble_kind kind;

		kind = spi_handshake(bus, &once, NULL, &report);
		seen->entries += report.tries;
		seen->entered += !kind;
		seen->answers_off |= kind == TROUBLE_CEN_UNWIRED;
		if (kind && !spi_handshake_failed(kind))
			return kind;
	}
	return TROUBLE_NONE;
}

static enum trouble_kind look_and_enter_again(struct spi_bus *bus,
					      const struct link_options *options,
					      struct wire_seen *seen)
{
	enum trouble_kind kind = TROUBLE_NONE, end;

	if (seen->by_hand) {
		kind = look_while_off(bus, options->reset_ms, seen);
		end = spi_steps_end(bus);
		kind = kind ? kind : end;
	}
	return kind ? kind : enter_again(bus, options, seen);
}

static enum trouble_kind hand_shake(struct spi_bus *bus, const struct link_options *options,
				    const struct observer *observer, struct wire_seen *seen)
{
	enum trouble_kind kind = spi_handshake(bus, options, observer, &seen->link);

	return spi_handshake_failed(kind) ? TROUBLE_NONE : kind;
}

static bool is_linked(const struct wire_seen *seen)
{
	return seen->link.kind == TROUBLE_NONE;
}

/* A chip that receives so badly must not be sent anything: it might understand another command. */
static bool hears_badly(const struct wire_seen *seen)
{
	return seen->echo.found && seen->echo.wrong > seen->echo.bits / 50;
}

static enum trouble_kind link_with_care(struct spi_bus *bus, const struct link_options *options,
					const struct observer *observer, struct wire_seen *seen)
{
	struct link_options now = *options;
	enum trouble_kind kind, end;

	if (options->enter != LINK_ALWAYS) {
		now.enter = LINK_NEVER;
		kind = hand_shake(bus, &now, NULL, seen);
		if (kind || is_linked(seen) || options->enter == LINK_NEVER)
			return kind;
	}
	if (seen->by_hand) {
		kind = wire_listen(bus, options->reset_ms, seen);
		end = spi_steps_end(bus);
		if (kind || end)
			return kind ? kind : end;
	}
	if (hears_badly(seen)) {
		seen->link.kind = TROUBLE_UNSTEADY;
		return TROUBLE_NONE;
	}
	now.enter = LINK_ALWAYS;
	return hand_shake(bus, &now, observer, seen);
}

enum trouble_kind wire_look_quickly(struct spi_bus *bus, const struct link_options *options,
				    const struct observer *observer, struct wire_seen *seen)
{
	enum trouble_kind kind = TROUBLE_NONE, end;

	*seen = (struct wire_seen){.by_hand = bus->caps.beside_cen != NULL,
				   .cen_undriven = bus->caps.cen == SPI_CEN_NONE};
	if (seen->by_hand) {
		kind = look_at_rest(bus, seen);
		end = spi_steps_end(bus);
		kind = kind ? kind : end;
	}
	if (!kind)
		kind = link_with_care(bus, options, observer, seen);
	if (!kind && seen->by_hand && !is_linked(seen) && options->enter != LINK_NEVER) {
		kind = look_at_levels(bus, options->reset_ms, seen);
		end = spi_steps_end(bus);
		kind = kind ? kind : end;
	}
	return kind;
}

enum trouble_kind wire_look(struct spi_bus *bus, const struct link_options *options,
			    const struct observer *observer, struct wire_seen *seen)
{
	unsigned echo;
	enum trouble_kind kind = listen_unasked(bus, &echo), end;

	if (!kind)
		kind = wire_look_quickly(bus, options, observer, seen);
	if (kind)
		return kind;
	seen->unasked_echo = echo;
	if (is_linked(seen)) {
		kind = read_often(bus, seen);
		if (!kind && seen->wrong && seen->by_hand)
			kind = read_slowly(bus, seen);
		if (!kind && options->enter != LINK_NEVER)
			kind = look_and_enter_again(bus, options, seen);
		return kind;
	}
	if (!seen->by_hand || seen->link.kind == TROUBLE_CEN_UNWIRED ||
	    options->enter == LINK_NEVER || hears_badly(seen))
		return TROUBLE_NONE;
	kind = wire_search(bus, options->reset_ms, seen);
	end = spi_steps_end(bus);
	return kind ? kind : end;
}
