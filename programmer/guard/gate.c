/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/gate.h"
#include "programmer/guard/identify.h"
#include "programmer/guard/writeback.h"

#include <string.h>

#define LINK_LOOKS 3
#define READ_TRIES 3 /* of a reading that its samples contradict */

/*
 * The time that a die which was left in the middle of an erase gets to finish: longer than any
 * block takes.
 */
#define LAST_WAIT_US 3000000

bool gate_init(struct gate *gate, struct beken_die *die, const struct gate_options *options)
{
	*gate = (struct gate){
		.die = die,
		.options = *options,
		.protection = {.die = die,
			       .observer = options->observer,
			       .policy = options->unprotect},
		.changes = {.die = die, .observer = options->observer},
		.revived = die->revived,
	};
	if (!options->read_only) {
		gate->changes.mend = mend_new(die, &gate->protection, options->observer);
		if (!gate->changes.mend)
			return false;
	}
	gate->writeback = writeback_new(&gate->changes, !options->read_only);
	if (!gate->writeback)
		mend_free(gate->changes.mend);
	return gate->writeback;
}

enum trouble_kind gate_keep(struct gate *gate, enum trouble_kind kind)
{
	if (kind && !gate->error)
		gate->error = kind;
	return kind;
}

enum trouble_kind gate_refuse_change(struct gate *gate)
{
	if (!gate->told_read_only)
		observer_raise(
			gate->options.observer, TROUBLE_READ_ONLY, NO_RANGE,
			"refused a command that would change the flash: this run only reads");
	gate->told_read_only = true;
	return TROUBLE_READ_ONLY;
}

/* @id is its present answer. */
static struct trouble lost_link(const struct gate *gate, const uint8_t *id)
{
	const uint8_t *wanted = gate->die->part->id;
	struct trouble trouble = trouble_seen(
		TROUBLE_LINK_LOST,
		"the chip is no longer in its flash mode (its ID is %02X %02X %02X and was "
		"%02X %02X %02X): do not trust what was read",
		id[0], id[1], id[2], wanted[0], wanted[1], wanted[2]);

	trouble_add_text(&trouble, "id", "%02x%02x%02x", id[0], id[1], id[2]);
	return trouble;
}

static enum trouble_kind raise_unasked(const struct gate *gate, enum trouble_kind kind)
{
	struct trouble trouble = trouble_seen(kind, "what was read could not be checked again: %s",
					      trouble_text(kind));

	trouble.die = changes_state(&gate->changes);
	return observer_tell(gate->options.observer, &trouble);
}

/* The die answers again, but some of what was read since it failed has not been checked. */
static enum trouble_kind check_revival(struct gate *gate)
{
	bool doubtful = gate->revived != gate->die->revived && gate->unsampled;
	struct trouble trouble;

	gate->revived = gate->die->revived;
	gate->unsampled = false;
	if (!doubtful)
		return TROUBLE_NONE;
	trouble = trouble_seen(TROUBLE_LINK_LOST, "the chip was out of its flash mode for a while: "
						  "do not trust what was read");
	trouble.die = changes_state(&gate->changes);
	return observer_tell(gate->options.observer, &trouble);
}

/* A chip that was lost in the middle answers reads with whatever is on its pins. */
static enum trouble_kind check_link(struct gate *gate)
{
	struct die_op ops[LINK_LOOKS];
	uint8_t id[LINK_LOOKS][3];
	struct trouble trouble;
	enum trouble_kind kind;

	for (size_t i = 0; i < LINK_LOOKS; i++)
		ops[i] = (struct die_op){.kind = DIE_ID, .rx = id[i]};
	kind = die_run(gate->die, ops, LINK_LOOKS);
	for (size_t i = 0; !kind && i < LINK_LOOKS; i++)
		if (memcmp(id[i], gate->die->part->id, 3) == 0)
			return check_revival(gate);
	if (kind)
		return raise_unasked(gate, kind);
	trouble = lost_link(gate, id[0]);
	trouble.die = changes_state(&gate->changes);
	return observer_tell(gate->options.observer, &trouble);
}

/* The chip was away at each attempt. */
static enum trouble_kind raise_away(struct gate *gate)
{
	enum trouble_kind kind = check_link(gate);

	return kind ? kind
		    : observer_raise(gate->options.observer, TROUBLE_UNSTEADY_READ, NO_RANGE,
				     "the chip answers only now and then");
}

static enum trouble_kind raise_otherwise(const struct gate *gate, uint32_t where)
{
	struct trouble trouble = trouble_seen(
		TROUBLE_UNSTEADY_READ,
		"what was read at 0x%x reads differently now: do not trust what was read",
		(unsigned)where);

	trouble.range = (struct range){where, SAMPLE_BYTES};
	trouble.die = changes_state(&gate->changes);
	return observer_tell(gate->options.observer, &trouble);
}

/* If what was read so far is no longer there, it must not be believed. */
static enum trouble_kind check_samples(struct gate *gate)
{
	enum samples_seen seen = SAMPLES_AWAY;
	enum trouble_kind kind = TROUBLE_NONE;
	uint32_t where;

	for (unsigned i = 0; !kind && seen == SAMPLES_AWAY && i < LINK_LOOKS; i++)
		kind = samples_look(&gate->samples, 0, gate->die, &seen, &where);
	if (kind)
		raise_unasked(gate, kind);
	else if (seen == SAMPLES_AWAY)
		kind = raise_away(gate);
	else if (seen == SAMPLES_DIFFER)
		kind = raise_otherwise(gate, where);
	else
		kind = check_revival(gate);
	gate->samples.count = 0;
	gate->changes.unchecked = false;
	return kind;
}

/* Before the first change of the session: the die has to be ready for it. */
static enum trouble_kind make_writable(struct gate *gate)
{
	enum trouble_kind kind;

	if (gate->writable)
		return TROUBLE_NONE;
	kind = gate->samples.count ? check_samples(gate) : TROUBLE_NONE;
	if (!kind && !told_is_so(&gate->told, gate->die))
		kind = identify_check(gate->die, gate->options.size_told, gate->options.observer);
	if (!kind)
		kind = protection_lift(&gate->protection);
	/* Readings of a die that was away must not decide what is erased. */
	if (!kind)
		kind = check_revival(gate);
	gate->writable = !kind;
	return kind;
}

/* The closed range that @range touches first, or one of length 0. */
static struct range closed_in(const struct gate *gate, struct range range)
{
	struct range first = NO_RANGE;

	for (size_t i = 0; i < DIE_CLOSED; i++) {
		struct range closed = gate->die->caps.closed[i];

		if (range_touches(closed, range) && (!first.length || closed.start < first.start))
			first = closed;
	}
	return first;
}

static enum trouble_kind refuse_closed(struct gate *gate, struct range range, struct range closed)
{
	char wish[RANGE_TEXT], there[RANGE_TEXT];
	struct trouble trouble =
		trouble_seen(TROUBLE_CLOSED_RANGE,
			     "refused to change %s: %s of the flash cannot be changed this way",
			     range_text(range, wish), range_text(closed, there));

	trouble.range = range;
	trouble.die = changes_state(&gate->changes);
	trouble_add_number(&trouble, "closed_start", closed.start);
	trouble_add_number(&trouble, "closed_length", closed.length);
	return observer_tell(gate->options.observer, &trouble);
}

enum trouble_kind gate_check_open(struct gate *gate, struct range range)
{
	struct range closed = closed_in(gate, range);

	return closed.length ? refuse_closed(gate, range, closed) : TROUBLE_NONE;
}

/* Checks whether @range may be changed, and prepares the die for the first change. */
static enum trouble_kind begin_change(struct gate *gate, struct range range)
{
	enum trouble_kind kind;

	if (gate->error)
		return gate->error;
	if (gate->options.read_only)
		return gate_refuse_change(gate);
	kind = gate_check_open(gate, range);
	return kind ? kind : make_writable(gate);
}

enum trouble_kind gate_program(struct gate *gate, uint32_t address, const uint8_t *data, size_t len)
{
	uint32_t page = gate->die->part->page;
	enum trouble_kind kind = begin_change(gate, (struct range){address, (uint32_t)len});

	if (kind == TROUBLE_READ_ONLY)
		return kind;
	for (size_t done = 0, piece; !kind && done < len; done += piece) {
		piece = page - (address + done) % page;
		if (piece > len - done)
			piece = len - done;
		kind = writeback_program(gate->writeback, address + (uint32_t)done, data + done,
					 piece);
	}
	return gate_keep(gate, kind);
}

/* The largest erase, except that of the chip, that starts at @address and ends within @end. */
static unsigned largest_erase(const struct chipdb_part *part, uint32_t address, uint32_t end)
{
	unsigned largest = 0;

	for (unsigned i = 1; i < CHIPDB_ERASES && part->erase[i].opcode; i++)
		if (!chipdb_erases_chip(&part->erase[i]) && address % part->erase[i].size == 0 &&
		    part->erase[i].size <= end - address)
			largest = i;
	return largest;
}

static enum trouble_kind erase_sectors(struct gate *gate, uint32_t address, uint32_t end)
{
	const struct chipdb_part *part = gate->die->part;
	enum trouble_kind kind = TROUBLE_NONE;

	while (!kind && address < end) {
		unsigned erase = largest_erase(part, address, end);

		kind = writeback_erase(gate->writeback, erase, address);
		address += part->erase[erase].size;
	}
	return kind;
}

enum trouble_kind gate_erase(struct gate *gate, unsigned erase, uint32_t address)
{
	const struct chipdb_part *part = gate->die->part;
	uint32_t size = part->erase[erase].size;
	/*
	 * Releases of flashrom from 1.4 on begin a write with a chip erase: it is refused like any
	 * other change.
	 */
	struct range range = chipdb_erases_chip(&part->erase[erase])
				     ? (struct range){0, part->size}
				     : (struct range){address & ~(size - 1), size};
	enum trouble_kind kind = begin_change(gate, range);

	if (kind == TROUBLE_READ_ONLY)
		return kind;
	if (!kind)
		kind = writeback_erase(gate->writeback, erase, address);
	return gate_keep(gate, kind);
}

enum trouble_kind gate_erase_page(struct gate *gate, uint32_t address)
{
	uint32_t sector = gate->die->part->erase[0].size;
	enum trouble_kind kind =
		begin_change(gate, (struct range){address & ~(sector - 1), sector});

	if (kind == TROUBLE_READ_ONLY)
		return kind;
	if (!kind)
		kind = writeback_erase_page(gate->writeback, address);
	return kind == TROUBLE_REFUSED_COMMAND ? kind : gate_keep(gate, kind);
}

enum trouble_kind gate_erase_range(struct gate *gate, struct range range)
{
	enum trouble_kind kind = begin_change(gate, range);

	if (kind == TROUBLE_READ_ONLY)
		return kind;
	if (!kind)
		kind = erase_sectors(gate, range.start, range.start + range.length);
	return gate_keep(gate, kind);
}

static bool is_constant(const uint8_t *data, size_t len)
{
	return (data[0] == 0x00 || data[0] == 0xff) && memcmp(data, data + 1, len - 1) == 0;
}

/* *@doubtful: the die does not hold it, so it is forgotten. */
static enum trouble_kind take_samples(struct gate *gate, uint32_t address, const uint8_t *rx,
				      size_t len, bool *doubtful)
{
	struct samples *samples = &gate->samples;
	enum samples_seen seen = SAMPLES_SAME;
	size_t before = samples->count;
	enum trouble_kind kind = TROUBLE_NONE;
	uint32_t where;

	*doubtful = false;
	if (!samples_take(samples, address, rx, len)) {
		kind = check_samples(gate);
		if (kind)
			return kind;
		before = 0;
		samples_take(samples, address, rx, len);
	}
	if (samples->count > before && is_constant(rx, len))
		kind = samples_look(samples, before, gate->die, &seen, &where);
	if (kind)
		raise_unasked(gate, kind);
	*doubtful = !kind && seen != SAMPLES_SAME;
	if (*doubtful || gate->options.compared)
		samples->count = before;
	return kind;
}

enum trouble_kind gate_read(struct gate *gate, uint32_t address, uint8_t *rx, size_t len)
{
	enum trouble_kind kind = gate->error;
	bool doubtful = !kind;

	for (unsigned i = 0; !kind && doubtful && i < READ_TRIES; i++) {
		kind = writeback_read(gate->writeback, address, rx, len);
		/* After the first change mend.h checks what is read. */
		doubtful = !kind && !gate->writable && !gate->die->caps.checked;
		gate->unsampled |= doubtful && len < SAMPLES_LEAST && !gate->options.compared;
		if (doubtful)
			kind = take_samples(gate, address, rx, len, &doubtful);
	}
	if (!kind && doubtful)
		kind = raise_otherwise(gate, address);
	return gate_keep(gate, kind);
}

enum trouble_kind gate_read_all(struct gate *gate, const struct die_op *reads, size_t count)
{
	enum trouble_kind kind = gate->error;
	bool there = false;

	for (unsigned i = 0; !kind && !there && i < LINK_LOOKS; i++)
		kind = writeback_read_all(gate->writeback, reads, count, &there);
	if (!kind && !there)
		kind = raise_away(gate);
	if (!kind && gate->changes.mend && !gate->writable)
		told_see(&gate->told, gate->changes.mend, gate->die, reads, count);
	return gate_keep(gate, kind);
}

enum trouble_kind gate_finish(struct gate *gate)
{
	if (!gate->error)
		gate_keep(gate, writeback_finish(gate->writeback));
	if (!gate->error && gate->samples.count)
		gate_keep(gate, check_samples(gate));
	if (!gate->error && gate->changes.unchecked) {
		gate->changes.unchecked = false;
		gate_keep(gate, check_link(gate));
	}
	/* At the end: what the die missed while it was away is checked, too. */
	if (!gate->error && gate->changes.sent && gate->changes.mend)
		gate_keep(gate, mend_finish(gate->changes.mend));
	return gate->error;
}

/* A command that was given up may still be running, and a reset could spoil it. */
static void let_die_finish(struct gate *gate)
{
	if (die_wait_ready(gate->die, LAST_WAIT_US) == TROUBLE_STAYS_BUSY)
		observer_note(gate->options.observer, NOTE_WARN, TROUBLE_STAYS_BUSY,
			      "the flash is still busy");
}

enum trouble_kind gate_close(struct gate *gate, bool interrupted)
{
	enum trouble_kind kind, restored;

	if (interrupted || gate->error)
		let_die_finish(gate);
	/* An interrupted job was not reported as done, so nothing has to be checked. */
	if (!interrupted)
		gate_finish(gate);
	else if (!gate->error || gate->error == TROUBLE_INTERRUPTED)
		gate_keep(gate, writeback_flush(gate->writeback));
	kind = gate->error;
	if (kind)
		let_die_finish(gate);
	if (gate->changes.sent)
		gate->protection.content = kind ? DIE_HALF : DIE_UNSURE;
	restored = protection_restore(&gate->protection);
	writeback_free(gate->writeback);
	mend_free(gate->changes.mend);
	return kind ? kind : restored;
}

bool gate_changes(const struct gate *gate)
{
	/* What is pending is sent at the end, also after an interrupt. */
	return gate->changes.sent || ((!gate->error || gate->error == TROUBLE_INTERRUPTED) &&
				      writeback_is_pending(gate->writeback));
}
