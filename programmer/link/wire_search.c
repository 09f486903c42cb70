/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/link/wire_search.h"

#include <string.h>

#include "base/opcodes.h"

#define BEKEN_COMMAND 0xd2
#define BYTE_BITS 8

/* As long as the window may take to open, and to close again; see spi_handshake.c. */
#define WINDOW_US 110000

/* Some chips need CEN low for a second. */
#define LONG_RESET_MS 1000

/* Of 40 bits of noise 34 are like those of D2 once in 30 000 times, and never twice running. */
#define ECHO_BITS 40
#define ECHO_ALIKE 34

/* Lines that can be driven, in the order in which they are likely. */
static const uint8_t cen_lines[] = {SPI_LINE_CEN, SPI_LINE_BESIDE_CEN, SPI_LINE_CLOCK,
				    SPI_LINE_SELECT, SPI_LINE_OUT};
static const uint8_t clock_lines[] = {SPI_LINE_CLOCK, SPI_LINE_SELECT, SPI_LINE_OUT, SPI_LINE_CEN};

#define CEN_LINES (sizeof(cen_lines))
#define CLOCK_LINES (sizeof(clock_lines))
#define ROUND_STEPS (CLOCK_LINES * ECHO_BITS * 2)

/* The number of bits on @line that equal those of D2, at the best of the possible starts. */
static unsigned alike(const struct spi_step *steps, uint8_t line)
{
	unsigned best = 0;

	for (unsigned shift = 0; shift < BYTE_BITS; shift++) {
		unsigned same = 0;

		for (unsigned i = 0; i < ECHO_BITS; i++) {
			bool bit = BEKEN_COMMAND >> (7 - (i + shift) % BYTE_BITS) & 1;

			/* The level before the clock rises is the one that counts. */
			same += bit == !!(steps[2 * i].seen & line);
		}
		best = same > best ? same : best;
	}
	return best;
}

/* Pulses CEN on the line @cen, with all others released. Ends with CEN high. */
static enum trouble_kind pulse(struct spi_bus *bus, uint8_t cen, unsigned ms)
{
	struct spi_step low = {.drive = cen}, high = {.drive = cen, .level = cen};
	enum trouble_kind kind = spi_steps(bus, &low, 1);

	if (kind)
		return kind;
	spi_sleep_us(bus, ms * UINT64_C(1000));
	kind = spi_steps(bus, &high, 1);
	return !kind && spi_cancelled(bus) ? TROUBLE_INTERRUPTED : kind;
}

static size_t clock_by_hand(uint8_t cen, uint8_t clock, struct spi_step *steps)
{
	for (unsigned i = 0; i < ECHO_BITS; i++) {
		steps[2 * i] = (struct spi_step){.drive = cen | clock, .level = cen};
		steps[2 * i + 1] = (struct spi_step){.drive = cen | clock, .level = cen | clock};
	}
	return 2 * ECHO_BITS;
}

static bool is_alike(const struct spi_step *steps, uint8_t line, unsigned *most)
{
	unsigned same = alike(steps, line);

	*most = same > *most ? same : *most;
	return same >= ECHO_ALIKE;
}

/* The clock that brought D2 in this round, and the lines on which D2 came. */
static struct wire_echo look_for_echo(const struct spi_step *steps, uint8_t cen)
{
	struct wire_echo now = {.cen = cen};

	for (size_t k = 0; k < CLOCK_LINES && !now.found; k++) {
		uint8_t lines = 0;
		unsigned most = 0;

		if (clock_lines[k] == cen)
			continue;
		for (unsigned i = 0; i < SPI_LINE_COUNT; i++)
			if (!((cen | clock_lines[k]) >> i & 1) &&
			    is_alike(steps + k * 2 * ECHO_BITS, (uint8_t)(1U << i), &most))
				lines |= (uint8_t)(1U << i);
		if (!lines)
			continue;
		now.found = true;
		now.clock = clock_lines[k];
		now.in = lines & SPI_LINE_IN ? SPI_LINE_IN : (uint8_t)(lines & -lines);
		now.also = lines & (uint8_t)~now.in;
		now.bits = ECHO_BITS;
		now.wrong = ECHO_BITS - most;
	}
	return now;
}

/* An echo is repeated in the same place. The first round may start before the window. */
static void add_round(const struct wire_echo *now, struct wire_echo *echo)
{
	if (now->found && now->clock == echo->clock && now->in == echo->in) {
		echo->found = true;
		echo->also = now->also;
		echo->bits += now->bits;
		echo->wrong += now->wrong;
	} else if (!echo->found) {
		*echo = *now;
		echo->found = false;
		echo->bits = echo->wrong = 0;
	}
}

static enum trouble_kind search_echo(struct spi_bus *bus, uint8_t cen, unsigned ms,
				     struct wire_echo *echo)
{
	struct spi_step steps[ROUND_STEPS];
	enum trouble_kind kind = pulse(bus, cen, ms);
	uint64_t start = spi_now_us(bus);

	*echo = (struct wire_echo){.found = false};
	while (!kind && spi_now_us(bus) - start < WINDOW_US) {
		struct wire_echo now;
		size_t count = 0;

		for (size_t k = 0; k < CLOCK_LINES; k++)
			count += clock_by_hand(cen, clock_lines[k], steps + count);
		kind = spi_steps(bus, steps, count);
		if (kind)
			return kind;
		now = look_for_echo(steps, cen);
		if (echo->found && !now.found)
			break;
		add_round(&now, echo);
	}
	return kind;
}

/* The lines of a transfer by hand. */
struct hands {
	uint8_t cen, clock, in, select, out;
};

/* One CS window of @count bytes by hand, at most BYTES_MOST. @rx may be NULL. */
#define BYTES_MOST 5

static enum trouble_kind talk(struct spi_bus *bus, const struct hands *hands, const uint8_t *tx,
			      uint8_t *rx, size_t count)
{
	struct spi_step steps[2 + BYTES_MOST * BYTE_BITS * 2], *step = steps;
	const uint8_t drive = hands->cen | hands->clock | hands->select | hands->out;
	enum trouble_kind kind;

	*step++ = (struct spi_step){.drive = drive, .level = hands->cen};
	for (size_t i = 0; i < count * BYTE_BITS; i++) {
		bool bit = tx[i / BYTE_BITS] >> (7 - i % BYTE_BITS) & 1;
		uint8_t level = (uint8_t)(hands->cen | (bit ? hands->out : 0));

		*step++ = (struct spi_step){.drive = drive, .level = level};
		*step++ = (struct spi_step){.drive = drive, .level = level | hands->clock};
	}
	*step++ = (struct spi_step){.drive = drive, .level = hands->cen | hands->select};
	kind = spi_steps(bus, steps, (size_t)(step - steps));
	for (size_t i = 0; rx && !kind && i < count * BYTE_BITS; i++) {
		uint8_t *byte = &rx[i / BYTE_BITS];

		*byte = (uint8_t)(*byte << 1 | (steps[1 + 2 * i].seen & hands->in ? 1 : 0));
	}
	return kind;
}

static unsigned count_d2(const uint8_t *bytes, size_t count)
{
	unsigned seen = 0;

	for (size_t i = 0; i < count; i++)
		seen += bytes[i] == BEKEN_COMMAND;
	return seen;
}

/* *@taken: D2 stopped earlier than the window closes. */
static enum trouble_kind offer(struct spi_bus *bus, const struct hands *hands, unsigned ms,
			       bool *taken)
{
	static const uint8_t d2[BYTES_MOST] = {BEKEN_COMMAND, BEKEN_COMMAND, BEKEN_COMMAND,
					       BEKEN_COMMAND, BEKEN_COMMAND};
	enum trouble_kind kind = pulse(bus, hands->cen, ms);
	uint64_t start = spi_now_us(bus), first = 0;
	uint8_t rx[BYTES_MOST];

	while (!kind && !*taken && spi_now_us(bus) - start < WINDOW_US) {
		kind = talk(bus, hands, d2, rx, BYTES_MOST);
		if (kind || count_d2(rx, BYTES_MOST) + 1 >= BYTES_MOST) {
			first = first ? first : spi_now_us(bus);
			continue;
		}
		/* The very first D2 may be taken: then no complete echo is ever seen. */
		if (first || rx[0] == BEKEN_COMMAND)
			*taken = !first || spi_now_us(bus) - first < 30000;
		if (first && !*taken)
			break;
	}
	return kind;
}

static bool plausible(const uint8_t id[3])
{
	return id[0] != 0x00 && id[0] != 0xff && id[0] != BEKEN_COMMAND &&
	       !(id[1] == id[2] && (id[1] == id[0] || id[1] == 0x00 || id[1] == 0xff)) &&
	       !count_d2(id, 3);
}

static enum trouble_kind ask_id(struct spi_bus *bus, const struct hands *hands, uint8_t id[3])
{
	static const uint8_t rdid[4] = {OPCODE_RDID};
	uint64_t end = spi_now_us(bus) + 1300000;
	uint8_t before[4] = {0}, rx[4] = {0};
	enum trouble_kind kind = TROUBLE_NONE;

	while (!kind && spi_now_us(bus) < end) {
		kind = talk(bus, hands, rdid, rx, sizeof(rx));
		if (!kind && plausible(rx + 1) && memcmp(rx + 1, before + 1, 3) == 0) {
			memcpy(id, rx + 1, 3);
			return TROUBLE_NONE;
		}
		memcpy(before, rx, sizeof(rx));
		spi_sleep_us(bus, 5000);
		if (spi_cancelled(bus))
			return TROUBLE_INTERRUPTED;
	}
	return kind;
}

static enum trouble_kind try_hands(struct spi_bus *bus, const struct hands *hands, unsigned ms,
				   struct wire_taken *result)
{
	enum trouble_kind kind = TROUBLE_NONE;
	bool taken = false;

	for (unsigned tries = 0; !kind && !taken && tries < 3; tries++)
		kind = offer(bus, hands, ms, &taken);
	if (kind || !taken)
		return kind;
	*result = (struct wire_taken){true, hands->select, hands->out, {0, 0, 0}};
	return ask_id(bus, hands, result->id);
}

/* Tries chip select and data in on the remaining lines, in both orders. */
static enum trouble_kind search_taken(struct spi_bus *bus, unsigned ms, struct wire_seen *seen)
{
	const uint8_t used = seen->echo.cen | seen->echo.clock | seen->echo.in;
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t s = 0; s < CLOCK_LINES; s++)
		for (size_t o = 0; o < CLOCK_LINES; o++) {
			struct hands hands = {seen->echo.cen, seen->echo.clock, seen->echo.in,
					      clock_lines[s], clock_lines[o]};
			struct wire_taken now = {.found = false};

			if (s == o || (hands.select | hands.out) & used)
				continue;
			kind = try_hands(bus, &hands, ms, &now);
			if (kind)
				return kind;
			/*
			 * With chip select low at rest a chip may take D2 for a while: an ID proves
			 * more.
			 */
			if (now.found && (!seen->taken.found || plausible(now.id)))
				seen->taken = now;
			if (plausible(seen->taken.id))
				return TROUBLE_NONE;
		}
	return kind;
}

enum trouble_kind wire_search(struct spi_bus *bus, unsigned reset_ms, struct wire_seen *seen)
{
	const unsigned times[] = {reset_ms, reset_ms < LONG_RESET_MS ? LONG_RESET_MS : 0};
	enum trouble_kind kind = TROUBLE_NONE;

	for (unsigned i = 0; i < 2 && times[i]; i++)
		for (size_t c = 0; c < CEN_LINES; c++) {
			kind = search_echo(bus, cen_lines[c], times[i], &seen->echo);
			if (kind)
				return kind;
			if (seen->echo.found)
				return search_taken(bus, times[i], seen);
		}
	return kind;
}

enum trouble_kind wire_listen(struct spi_bus *bus, unsigned reset_ms, struct wire_seen *seen)
{
	return search_echo(bus, SPI_LINE_CEN, reset_ms, &seen->echo);
}
