/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/link/spi_handshake.h"

#include <string.h>

#include "base/opcodes.h"
#include "programmer/bus/cen.h"

#define BEKEN_COMMAND 0xd2

/* A person needs a while to read what to do, and to do it. */
#define STREAM_BY_HAND_US 15000000

/*
 * The listening window was measured as 53 ms on one board, and is "a few hundred
 * ms" in the BK7252 datasheet; it opens up to some tens of ms after CEN rises.
 * Streaming goes on until D2 was taken, at most this long; every second try
 * longer.
 */
#define STREAM_US 120000
#define STREAM_LONG_US 320000

/* Shapes of CS windows that tools use: one byte each, a packet, hundreds of bytes. */
#define SHORT_WINDOW 1
#define SHORT_WINDOWS 60
#define PACKET_WINDOW 31
#define LONG_WINDOW 250
#define BURST_BYTES 750

/* A burst of this many bytes takes 4 ms at 1.5 Mbit/s; on a slower bus it has fewer. */
#define BURST_US 4000

/*
 * A chip that takes D2 does so at once, or when the shape of the windows suits it:
 * all shapes have their turn within 20 ms. When D2 is offered longer than that and
 * then stops, the window has closed. On a slow bus a turn is five bursts.
 */
#define TAKEN_WITHIN_US 30000

/*
 * From D2 to an answering flash: 40 ms measured, 1 s allowed for by other tools.
 * Zeros go between the questions for a chip that counts clocks or CS edges; one
 * tool sends 25 000 of them before it asks.
 */
#define READY_US 1800000
#define READY_ZEROS 30000
#define READY_DOUBTFUL_US 150000
#define ASK_WINDOWS 10
#define ASK_PAUSE_US 2000

struct attempt {
	bool echo;	  /* D2 came back */
	uint64_t echo_us; /* when that was seen first */
	bool stopped;	  /* and then no more */
	bool taken;	  /* and that soon enough to be our doing, not the window's end */
	bool unsteady;	  /* and then IDs came that differ */
	bool all_00, all_ff;
};

static const uint8_t rdid = OPCODE_RDID;

static uint64_t bytes_us(const struct spi_bus *bus, uint64_t bytes)
{
	return bus->caps.clock_hz ? bytes * 8000000 / bus->caps.clock_hz : 0;
}

static size_t burst_bytes(const struct spi_bus *bus)
{
	uint64_t bytes = (uint64_t)bus->caps.clock_hz * BURST_US / 8000000;

	if (bytes < PACKET_WINDOW)
		return PACKET_WINDOW;
	return bytes < BURST_BYTES ? (size_t)bytes : BURST_BYTES;
}

static bool plausible(const uint8_t id[3])
{
	if (id[0] == 0x00 || id[0] == 0xff || id[0] == BEKEN_COMMAND)
		return false;
	/* One byte after the other the same, or a residue in front of an idle line. */
	if (id[1] == id[2] && (id[0] == id[1] || id[1] == 0x00 || id[1] == 0xff))
		return false;
	return id[1] != BEKEN_COMMAND && id[2] != BEKEN_COMMAND;
}

static struct spi_op op_rdid(uint8_t id[3])
{
	return (struct spi_op){.kind = SPI_XFER, .tx = &rdid, .tx_len = 1, .rx = id, .rx_len = 3};
}

static struct spi_op op_duplex(const uint8_t *tx, uint8_t *rx, size_t len)
{
	return (struct spi_op){.kind = SPI_DUPLEX, .tx = tx, .tx_len = len, .rx = rx};
}

/* Two IDs that are almost equal: noise is never that similar. */
static bool nearly_same(const uint8_t a[3], const uint8_t b[3])
{
	return (a[0] != b[0]) + (a[1] != b[1]) + (a[2] != b[2]) == 1 && plausible(a) &&
	       plausible(b);
}

struct answers {
	bool linked;   /* all agree */
	bool unsteady; /* they disagree, but come from a flash */
};

/* Asks three times, with an unrelated window between. @id: the last answer. */
static enum trouble_kind ask(struct spi_bus *bus, uint8_t id[3], struct answers *answers)
{
	static const uint8_t zeros[4];
	uint8_t answer[3][3];
	struct spi_op ops[] = {
		op_rdid(answer[0]), {.kind = SPI_XFER, .tx = zeros, .tx_len = sizeof(zeros)},
		op_rdid(answer[1]), {.kind = SPI_DELAY, .expect_us = 500},
		op_rdid(answer[2]),
	};
	enum trouble_kind kind = spi_transfer(bus, ops, sizeof(ops) / sizeof(ops[0]));

	if (kind)
		return kind;
	memcpy(id, answer[2], 3);
	answers->linked = plausible(id) && !memcmp(answer[0], id, 3) && !memcmp(answer[1], id, 3);
	answers->unsteady = nearly_same(answer[0], answer[1]) ||
			    nearly_same(answer[0], answer[2]) || nearly_same(answer[1], answer[2]);
	return TROUBLE_NONE;
}

static void look_at(struct attempt *attempt, const uint8_t *rx, size_t len, size_t window,
		    uint64_t now_us, uint64_t within_us)
{
	size_t echoes = 0, idle = 0;

	for (size_t i = 0; i < len; i++) {
		attempt->all_00 &= rx[i] == 0x00;
		attempt->all_ff &= rx[i] == 0xff;
		echoes += rx[i] == BEKEN_COMMAND;
		idle += rx[i] == 0x00 || rx[i] == 0xff;
	}
	/*
	 * D2 among other bytes is noise, except for a few bytes that are cut when the window
	 * begins.
	 */
	if (!attempt->echo && echoes > 0 && echoes + idle + len / 64 + 2 >= len) {
		attempt->echo = true;
		attempt->echo_us = now_us;
	}
	/*
	 * While the chip listens, D2 comes without a pause. After the chip has taken one, the first
	 * byte of a window may still be D2, but not its last; a window of one byte shows nothing.
	 */
	if (attempt->echo && !attempt->stopped && window > SHORT_WINDOW &&
	    rx[len - 1] != BEKEN_COMMAND && rx[len - 2] != BEKEN_COMMAND) {
		attempt->stopped = true;
		attempt->taken = now_us - attempt->echo_us < within_us;
	}
}

/*
 * One burst of D2 in windows of @window bytes; the first burst follows the rise
 * of CEN within the same transfer, so that no host can be late.
 */
static enum trouble_kind burst(struct spi_bus *bus, bool raise_cen, size_t window,
			       struct attempt *attempt)
{
	uint8_t tx[LONG_WINDOW], rx[BURST_BYTES] = {0};
	struct spi_op ops[1 + BURST_BYTES / SHORT_WINDOW];
	size_t count = 0, bytes = burst_bytes(bus);
	uint64_t within_us = 5 * bytes_us(bus, bytes);
	enum trouble_kind kind;

	window = window < bytes ? window : bytes;
	if (window == SHORT_WINDOW && bytes > SHORT_WINDOWS)
		bytes = SHORT_WINDOWS;
	bytes -= bytes % window;
	memset(tx, BEKEN_COMMAND, sizeof(tx));
	if (raise_cen)
		ops[count++] = (struct spi_op){.kind = SPI_CEN, .level = true};
	for (size_t at = 0; at < bytes; at += window)
		ops[count++] = op_duplex(tx, rx + at, window);
	kind = spi_transfer(bus, ops, count);
	if (kind)
		return kind;
	look_at(attempt, rx, bytes, window, spi_now_us(bus),
		within_us > TAKEN_WITHIN_US ? within_us : TAKEN_WITHIN_US);
	return TROUBLE_NONE;
}

static enum trouble_kind send_d2(struct spi_bus *bus, uint64_t limit_us, struct attempt *attempt)
{
	static const size_t windows[] = {PACKET_WINDOW, SHORT_WINDOW, LONG_WINDOW, PACKET_WINDOW};
	uint64_t start = spi_now_us(bus);

	*attempt = (struct attempt){.all_00 = true, .all_ff = true};
	for (unsigned i = 0; !attempt->stopped && spi_now_us(bus) - start < limit_us; i++) {
		enum trouble_kind kind = burst(bus, i == 0, windows[i % 4], attempt);

		if (kind)
			return kind;
		if (spi_cancelled(bus))
			return TROUBLE_INTERRUPTED;
	}
	return TROUBLE_NONE;
}

/* The time that a chip which has taken D2 may need; if it counts zeros, it has to get them. */
static uint64_t ready_time(const struct spi_bus *bus)
{
	uint64_t zeros_us = bytes_us(bus, READY_ZEROS);

	return zeros_us > READY_US ? zeros_us : READY_US;
}

/* Asks for the ID, with zeros in between, until it is there or @limit_us is over. */
static enum trouble_kind wait_for_id(struct spi_bus *bus, uint64_t limit_us, uint8_t id[3],
				     struct answers *answers)
{
	static const uint8_t zeros[PACKET_WINDOW];
	struct spi_op ops[ASK_WINDOWS + 2];
	uint64_t start = spi_now_us(bus);

	/*
	 * One question for each transfer, so that the chip does not wait for questions that come
	 * too late.
	 */
	for (unsigned i = 0; i < ASK_WINDOWS; i++)
		ops[i] = (struct spi_op){.kind = SPI_XFER, .tx = zeros, .tx_len = sizeof(zeros)};
	ops[ASK_WINDOWS] = (struct spi_op){.kind = SPI_DELAY, .expect_us = ASK_PAUSE_US};
	ops[ASK_WINDOWS + 1] = op_rdid(id);
	*answers = (struct answers){false, false};
	do {
		enum trouble_kind kind = spi_transfer(bus, ops, sizeof(ops) / sizeof(ops[0]));

		if (kind)
			return kind;
		if (plausible(id)) {
			struct answers now;

			kind = ask(bus, id, &now);
			if (kind)
				return kind;
			answers->linked = now.linked;
			answers->unsteady |= now.unsteady;
			if (now.linked)
				return TROUBLE_NONE;
		}
		if (spi_cancelled(bus))
			return TROUBLE_INTERRUPTED;
	} while (spi_now_us(bus) - start < limit_us);
	return TROUBLE_NONE;
}

/* No flash answers, although one should. */
static enum trouble_kind wake(struct spi_bus *bus, struct link_report *report,
			      struct answers *answers)
{
	enum trouble_kind kind = TROUBLE_NONE;

	for (enum spi_wake how = SPI_WAKE_NONE + 1; !kind && !answers->linked && how < SPI_WAKES;
	     how++) {
		kind = spi_wake_send(bus, how);
		if (!kind)
			kind = ask(bus, report->last_id, answers);
		report->woken = answers->linked ? how : SPI_WAKE_NONE;
	}
	return kind;
}

static enum trouble_kind set_cen(struct spi_bus *bus, bool level)
{
	struct spi_op op = {.kind = SPI_CEN, .level = level};

	return spi_transfer(bus, &op, 1);
}

static bool by_hand(const struct spi_bus *bus)
{
	return bus->cen && bus->cen->by_hand;
}

/* CEN low; *answering: a flash answers even now, which it cannot if its SoC is in reset. */
static enum trouble_kind hold_reset(struct spi_bus *bus, unsigned ms, bool *answering)
{
	struct answers answers;
	uint8_t id[3];
	enum trouble_kind kind = set_cen(bus, false);

	/* Whether the person has done it shows when the chip offers D2. */
	if (kind || by_hand(bus))
		return kind;
	spi_sleep_us(bus, ms * UINT64_C(1000));
	if (spi_cancelled(bus))
		return TROUBLE_INTERRUPTED;
	/* If no ID comes once, three equal ones cannot come. */
	if (!bus->caps.may_be_own) {
		struct spi_op once = op_rdid(id);

		kind = spi_transfer(bus, &once, 1);
		if (kind || !plausible(id))
			return kind;
	}
	kind = ask(bus, id, &answers);
	if (!kind)
		*answering = answers.linked || (answers.unsteady && bus->caps.may_be_own);
	return kind;
}

static uint64_t stream_time(const struct spi_bus *bus, unsigned attempt)
{
	if (by_hand(bus))
		return STREAM_BY_HAND_US;
	return attempt % 2 ? STREAM_LONG_US : STREAM_US;
}

/* Most chips need 100 ms; some boards have a slow CEN, so sometimes it is held longer. */
static unsigned reset_time(unsigned reset_ms, unsigned attempt)
{
	static const unsigned factor[] = {1, 1, 3, 1, 10};
	unsigned ms = reset_ms * factor[attempt % 5];

	return ms < 1500 || ms == reset_ms ? ms : 1500;
}

/* Identifies a flash that answers although CEN is low. */
static enum trouble_kind answers_always(const struct spi_bus *bus)
{
	return bus->caps.may_be_own ? TROUBLE_OWN_FLASH : TROUBLE_CEN_UNWIRED;
}

static enum trouble_kind symptom(const struct attempt *all)
{
	if (all->taken)
		return all->unsteady ? TROUBLE_UNSTEADY : TROUBLE_NO_FLASH;
	if (all->echo)
		return TROUBLE_NOT_TAKEN;
	if (all->all_00)
		return TROUBLE_LINE_LOW;
	return all->all_ff ? TROUBLE_LINE_HIGH : TROUBLE_NO_ECHO;
}

static enum trouble_kind try_to_link(struct spi_bus *bus, const struct link_options *options,
				     struct link_report *report, struct attempt *all)
{
	unsigned number = report->tries++;
	uint64_t ready_us = 0;
	struct answers answers;
	struct attempt attempt;
	bool answering = false;
	enum trouble_kind kind;

	kind = hold_reset(bus, reset_time(options->reset_ms, number), &answering);
	if (kind)
		return kind;
	if (answering) {
		report->kind = answers_always(bus);
		return TROUBLE_NONE;
	}
	kind = send_d2(bus, stream_time(bus, number), &attempt);
	if (kind)
		return kind;
	all->echo |= attempt.echo;
	all->taken |= attempt.taken;
	all->all_00 &= attempt.all_00;
	all->all_ff &= attempt.all_ff;
	/* A module was seen to listen: nothing else repeats D2. */
	if (bus->caps.may_be_own && by_hand(bus) && !attempt.echo) {
		report->kind = symptom(all);
		return TROUBLE_NONE;
	}
	/* Without duplex, the end of the echo is not heard, so D2 may have been taken. */
	if (attempt.taken || !bus->caps.duplex)
		ready_us = ready_time(bus);
	else if (attempt.stopped)
		ready_us = READY_DOUBTFUL_US;
	kind = wait_for_id(bus, ready_us, report->last_id, &answers);
	if (kind)
		return kind;
	all->unsteady |= attempt.taken && answers.unsteady;
	if (ready_us >= READY_US && !answers.linked && !answers.unsteady)
		kind = wake(bus, report, &answers);
	if (kind)
		return kind;
	if (answers.linked) {
		memcpy(report->id, report->last_id, 3);
		report->kind = TROUBLE_NONE;
	} else {
		report->kind = symptom(all);
	}
	return TROUBLE_NONE;
}

/* With fewer it is not worth a message. */
#define MANY_MORE 5

static enum trouble_kind reset_and_link(struct spi_bus *bus, const struct link_options *options,
					const struct observer *observer, struct link_report *report)
{
	struct attempt all = {.all_00 = true, .all_ff = true};
	uint64_t end = spi_now_us(bus) + options->timeout_ms * UINT64_C(1000);

	do {
		enum trouble_kind kind = try_to_link(bus, options, report, &all);

		if (kind) {
			/* In any case, the SoC must not stay in reset. */
			set_cen(bus, true);
			return kind;
		}
		if (report->kind == TROUBLE_NONE)
			return TROUBLE_NONE;
		if (report->kind == answers_always(bus))
			break;
		if ((report->tries == 5 || report->tries % 10 == 0) &&
		    report->tries + MANY_MORE <= options->tries)
			observer_note(observer, NOTE_INFO, TROUBLE_NONE,
				      "no link after %u of %u tries; going on", report->tries,
				      options->tries);
	} while (report->tries < options->tries && spi_now_us(bus) < end);
	return set_cen(bus, true);
}

/* Whether a flash answers as the bus was found; *@usable: it may be used like that. */
static enum trouble_kind look_first(struct spi_bus *bus, const struct link_options *options,
				    struct link_report *report, bool *usable)
{
	bool trusted = !bus->caps.may_be_own || options->not_own;
	struct answers answers = {false, false};
	enum trouble_kind kind = ask(bus, report->last_id, &answers);

	if (!kind && options->enter == LINK_NEVER && !answers.linked && !answers.unsteady &&
	    trusted)
		kind = wake(bus, report, &answers);
	if (!kind && answers.unsteady)
		report->kind = TROUBLE_UNSTEADY;
	if (!kind && answers.linked && !trusted)
		report->kind = TROUBLE_OWN_FLASH;
	*usable = !kind && answers.linked && trusted;
	return kind;
}

enum trouble_kind spi_handshake(struct spi_bus *bus, const struct link_options *options,
				const struct observer *observer, struct link_report *report)
{
	enum trouble_kind kind = TROUBLE_NONE;
	bool usable = false;

	*report = (struct link_report){.kind = TROUBLE_NO_ANSWER};
	if (options->enter != LINK_ALWAYS)
		kind = look_first(bus, options, report, &usable);
	if (usable) {
		memcpy(report->id, report->last_id, 3);
		report->was_linked = true;
		report->kind = TROUBLE_NONE;
	} else if (!kind && options->enter != LINK_NEVER) {
		kind = reset_and_link(bus, options, observer, report);
	}
	if (kind)
		report->kind = kind;
	return report->kind;
}

bool spi_handshake_failed(enum trouble_kind kind)
{
	switch (kind) {
	case TROUBLE_NO_ANSWER:
	case TROUBLE_LINE_LOW:
	case TROUBLE_LINE_HIGH:
	case TROUBLE_NO_ECHO:
	case TROUBLE_NOT_TAKEN:
	case TROUBLE_NO_FLASH:
	case TROUBLE_UNSTEADY:
	case TROUBLE_CEN_UNWIRED:
		return true;
	default:
		return false;
	}
}

enum trouble_kind spi_release(struct spi_bus *bus, unsigned reset_ms, bool *ignored)
{
	enum trouble_kind kind, up;

	*ignored = false;
	kind = hold_reset(bus, reset_ms, ignored);
	up = set_cen(bus, true);
	return kind ? kind : up;
}
