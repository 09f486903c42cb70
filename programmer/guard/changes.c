/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/changes.h"

#include <string.h>

#define READINGS_MORE 3 /* until two agree */

enum die_state changes_state(const struct changes *changes)
{
	return changes->sent ? DIE_HALF : DIE_UNTOUCHED;
}

/* The bytes from the first change of the queue to the end of the last. */
static struct range range_of_queue(const struct changes *changes)
{
	uint32_t start = UINT32_MAX, end = 0;

	for (size_t i = 0; i < changes->queued; i++) {
		struct range range = changes->queue[i].range;

		if (range.start < start)
			start = range.start;
		if (range.start + range.length > end)
			end = range.start + range.length;
	}
	return (struct range){start, end - start};
}

static enum trouble_kind raise_failure(const struct changes *changes, enum trouble_kind kind,
				       struct range range)
{
	struct trouble trouble = trouble_seen(kind, "%s the flash failed at 0x%x: %s",
					      changes->queued ? "changing" : "reading",
					      (unsigned)range.start, trouble_text(kind));

	trouble.range = range;
	trouble.die = changes_state(changes);
	return observer_tell(changes->observer, &trouble);
}

static struct die_op op_of(const struct change *change)
{
	if (change->activity == ACTIVITY_ERASE)
		return (struct die_op){
			.kind = DIE_ERASE, .address = change->range.start, .erase = change->erase};
	return (struct die_op){.kind = DIE_PROGRAM,
			       .address = change->range.start,
			       .data = change->data,
			       .len = change->range.length};
}

static void note_changes(const struct changes *changes)
{
	for (size_t i = 0; changes->mend && i < changes->queued; i++) {
		const struct change *change = &changes->queue[i];

		if (change->activity == ACTIVITY_ERASE)
			mend_erased(changes->mend, change->range);
		else
			mend_programmed(changes->mend, change->range.start, change->data,
					change->range.length);
	}
}

static struct range range_of_read(const struct die_op *read)
{
	return (struct range){read->address, (uint32_t)read->len};
}

static bool is_own_id(const struct changes *changes, const uint8_t *id)
{
	return memcmp(id, changes->die->part->id, 3) == 0;
}

/* The result of @reads, which mend.h may correct. */
static enum trouble_kind look_at_reads(const struct changes *changes, const struct die_op *reads,
				       size_t count)
{
	enum trouble_kind kind = TROUBLE_NONE;

	for (size_t i = 0; !kind && changes->mend && i < count; i++)
		kind = mend_look(changes->mend, reads[i].address, reads[i].rx, reads[i].len);
	return kind;
}

static void tell_changes(struct changes *changes, size_t queued)
{
	const struct range under_way = changes->die->under_way;

	for (size_t i = 0; i < changes->late_count; i++)
		observer_progress(changes->observer, ACTIVITY_PROGRAM, changes->late[i]);
	changes->late_count = 0;
	for (size_t i = 0; i < queued; i++) {
		const struct change *change = &changes->queue[i];

		if (range_touches(under_way, change->range))
			changes->late[changes->late_count++] = change->range;
		else
			observer_progress(changes->observer, change->activity, change->range);
	}
}

/*
 * Sends the queue, then @reads if there are any, in one run; finally reads @id, unless that is
 * NULL.
 */
static enum trouble_kind send(struct changes *changes, const struct die_op *reads,
			      size_t read_count, uint8_t *id)
{
	struct die_op ops[DIE_RUN_MOST];
	size_t queued = changes->queued, count = 0;
	enum trouble_kind kind;
	unsigned repeated;

	for (size_t i = 0; i < queued; i++)
		ops[count++] = op_of(&changes->queue[i]);
	for (size_t i = 0; i < read_count; i++)
		ops[count++] = reads[i];
	if (id)
		ops[count++] = (struct die_op){.kind = DIE_ID, .rx = id};
	if (count == 0)
		return TROUBLE_NONE;
	for (size_t i = 0; i < read_count; i++)
		changes->known[i] = die_known(changes->die, range_of_read(&reads[i]));
	changes->sent |= queued > 0;
	changes->read |= read_count > 0;
	changes->unchecked |= read_count > 0;
	note_changes(changes);
	repeated = changes->die->repeated;
	kind = die_run(changes->die, ops, count);
	if (changes->die->repeated != repeated)
		observer_note(
			changes->observer, NOTE_WARN, TROUBLE_NOT_WRITTEN,
			"0x%x: a command got lost on the way to the flash, and was sent again",
			(unsigned)range_of_queue(changes).start);
	if (!kind && (!id || is_own_id(changes, id)))
		kind = look_at_reads(changes, reads, read_count);
	if (kind)
		raise_failure(changes, kind,
			      queued ? range_of_queue(changes) : range_of_read(&reads[0]));
	changes->queued = 0;
	if (!kind)
		tell_changes(changes, queued);
	return kind;
}

/* A place in the queue, which is sent when it is full. */
static enum trouble_kind enqueue(struct changes *changes, struct change **change)
{
	if (changes->queued == CHANGES_MOST) {
		enum trouble_kind kind = send(changes, NULL, 0, NULL);

		if (kind)
			return kind;
	}
	*change = &changes->queue[changes->queued++];
	return TROUBLE_NONE;
}

/* The queued program that these bytes continue, or NULL. */
static struct change *continued(struct changes *changes, uint32_t address, size_t len)
{
	struct change *last;

	if (changes->queued == 0)
		return NULL;
	last = &changes->queue[changes->queued - 1];
	if (last->activity != ACTIVITY_PROGRAM ||
	    last->range.start + last->range.length != address ||
	    address % changes->die->part->page == 0)
		return NULL;
	return last->range.length + len <= DIE_PROGRAM_MOST ? last : NULL;
}

/* Whether a unit begins at @address that would be cut by the end of the queue. */
static bool would_be_cut(const struct changes *changes, uint32_t address)
{
	uint32_t unit = changes->die->caps.cost.program_unit, page = changes->die->part->page;

	return unit && address % unit == 0 && unit / page <= CHANGES_MOST &&
	       changes->queued + unit / page > CHANGES_MOST;
}

enum trouble_kind changes_program(struct changes *changes, uint32_t address, const uint8_t *data,
				  size_t len)
{
	uint32_t page = changes->die->part->page;
	struct change *change;
	enum trouble_kind kind;

	if (len == 0 || len > DIE_PROGRAM_MOST || address % page + len > page)
		return observer_raise(changes->observer, TROUBLE_BUG, NO_RANGE,
				      "%zu bytes at 0x%x do not fit into one page program", len,
				      (unsigned)address);
	change = continued(changes, address, len);
	if (!change) {
		kind = would_be_cut(changes, address) ? send(changes, NULL, 0, NULL) : TROUBLE_NONE;
		if (!kind)
			kind = enqueue(changes, &change);
		if (kind)
			return kind;
		change->activity = ACTIVITY_PROGRAM;
		change->range = (struct range){address, 0};
	}
	memcpy(change->data + change->range.length, data, len);
	change->range.length += (uint32_t)len;
	/* A full page at the end of a full queue need not wait for anything. */
	if (changes->queued == CHANGES_MOST && (address + len) % page == 0)
		return send(changes, NULL, 0, NULL);
	return TROUBLE_NONE;
}

static bool is_queued(const struct changes *changes, struct range range)
{
	for (size_t i = 0; i < changes->queued; i++)
		if (range_touches(changes->queue[i].range, range))
			return true;
	return false;
}

/*
 * A misdirected erase is found because what it should have erased is still there; if that is blank
 * already, the error would go unnoticed. A sector that was wrongly read as blank is found by
 * verifying.
 */
static bool needs_no_erase(const struct changes *changes, struct range range)
{
	return changes->mend && !is_queued(changes, range) && mend_is_blank(changes->mend, range);
}

enum trouble_kind changes_erase(struct changes *changes, unsigned erase, uint32_t address)
{
	const struct range range = {address, changes->die->part->erase[erase].size};
	struct change *change;
	enum trouble_kind kind;

	if (needs_no_erase(changes, range)) {
		mend_erased(changes->mend, range);
		return TROUBLE_NONE;
	}
	kind = enqueue(changes, &change);
	if (kind)
		return kind;
	change->activity = ACTIVITY_ERASE;
	change->erase = erase;
	change->range = range;
	return TROUBLE_NONE;
}

enum trouble_kind changes_flush(struct changes *changes)
{
	return send(changes, NULL, 0, NULL);
}

static void tell_reads(const struct changes *changes, const struct die_op *reads, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct range range = range_of_read(&reads[i]);
		uint32_t known = changes->known[i];

		range.length -= known;
		if (range.length)
			observer_progress(changes->observer, ACTIVITY_READ, range);
		range.start += range.length;
		range.length = known;
		if (range.length)
			observer_progress(changes->observer, ACTIVITY_COMPARE, range);
	}
}

enum trouble_kind changes_read_all(struct changes *changes, const struct die_op *reads,
				   size_t count, bool *there)
{
	uint8_t id[3];
	enum trouble_kind kind = send(changes, reads, count, id);

	*there = !kind && is_own_id(changes, id);
	if (*there)
		tell_reads(changes, reads, count);
	return kind;
}

enum trouble_kind changes_read(struct changes *changes, uint32_t address, uint8_t *rx, size_t len)
{
	const struct die_op read = {.kind = DIE_READ, .address = address, .rx = rx, .len = len};
	enum trouble_kind kind = send(changes, &read, 1, NULL);

	if (!kind)
		tell_reads(changes, &read, 1);
	return kind;
}

/*
 * After a reading of nothing but one value the die is asked for its ID, since a die that is away
 * reads like that every time.
 */
static enum trouble_kind read_once_more(struct changes *changes, uint32_t address, uint8_t *again,
					size_t len, bool *there)
{
	const struct die_op read = {.kind = DIE_READ, .address = address, .rx = again, .len = len};
	enum trouble_kind ret = changes_read(changes, address, again, len);

	*there = true;
	if (ret || memcmp(again, again + 1, len - 1) != 0)
		return ret;
	return changes_read_all(changes, &read, 1, there);
}

enum trouble_kind changes_read_again(struct changes *changes, uint32_t address, uint8_t *rx,
				     uint8_t *again, size_t len)
{
	enum trouble_kind ret = TROUBLE_NONE;
	struct trouble trouble;

	if (changes->die->caps.checked)
		return TROUBLE_NONE;
	for (unsigned i = 0; i < READINGS_MORE; i++) {
		bool there;

		ret = read_once_more(changes, address, again, len, &there);
		if (ret || (there && memcmp(again, rx, len) == 0))
			return ret;
		if (there)
			die_differed(changes->die);
		memcpy(rx, again, len);
	}
	trouble = trouble_seen(TROUBLE_UNSTEADY_READ,
			       "the flash does not read the same twice at 0x%x: a bad contact",
			       (unsigned)address);
	trouble.range = (struct range){address, (uint32_t)len};
	trouble.die = changes_state(changes);
	trouble_set_next(&trouble, "Check the wires (shorter ones help), ground and the supply");
	return observer_tell(changes->observer, &trouble);
}
