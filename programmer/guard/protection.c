/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/protection.h"

#include <stdio.h>
#include <string.h>

#include "programmer/guard/protection_words.h"

/*
 * The part's own method, the other one, and its own once more, since a command may be lost; and QE
 * restored after each.
 */
#define METHODS 3
#define ROUNDS 4

/* Bits whose differences matter; reserved ones may change at any time. */
static uint32_t known_bits(const struct chipdb_part *part)
{
	return ~(chipdb_sr_mask(part, CHIPDB_UNKNOWN) | chipdb_sr_mask(part, CHIPDB_WIP) |
		 chipdb_sr_mask(part, CHIPDB_WEL) | chipdb_sr_mask(part, CHIPDB_SUS));
}

/* Raises no trouble. */
static enum trouble_kind read_registers(struct protection *protection, uint32_t *sr)
{
	const struct chipdb_part *part = protection->die->part;
	unsigned count;
	enum trouble_kind kind = die_registers_read(protection->die, sr, &count);

	if (kind)
		return kind;
	if (protection->registers == 0) {
		protection->registers = count;
		if (count < part->sr_count)
			observer_note(protection->observer, NOTE_WARN, TROUBLE_NONE,
				      "%s should have %u status registers, but this flash has %u. "
				      "Please report that with the module's name",
				      part->name, part->sr_count, count);
	}
	/* A register that exists sometimes means a bad contact. */
	return count == protection->registers ? TROUBLE_NONE : TROUBLE_UNSTEADY_READ;
}

/*
 * Changes the registers from *@sr to @wanted, in the bits of @care: with the part's own method, if
 * that fails with the other one, and then with its own again. *@sr becomes their final value.
 */
static enum trouble_kind change(struct protection *protection, uint32_t wanted, uint32_t care,
				uint32_t *sr)
{
	const struct chipdb_part *part = protection->die->part;
	const uint32_t qe = chipdb_sr_mask(part, CHIPDB_QE);
	struct die_registers_write write = {
		.method = part->sr_write, .count = protection->registers, .to = wanted};
	const bool one = write.count == 1; /* there is only one method for it */
	unsigned missed = 0;

	for (unsigned round = 0; round < ROUNDS && (*sr ^ wanted) & care; round++) {
		enum trouble_kind kind;
		bool stumbled;

		write.from = *sr;
		kind = die_registers_write(protection->die, &write);
		stumbled = kind == TROUBLE_ADAPTER_FAULT || kind == TROUBLE_ADAPTER_SILENT;
		if (!kind || stumbled) /* the registers show whether it was accepted */
			kind = read_registers(protection, sr);
		if (kind)
			return kind;
		/* A one-byte 01h may have cleared SR2, and QE with it: the same once more. */
		if (stumbled || !((*sr ^ wanted) & care & ~qe))
			continue;
		if (++missed == (one ? METHODS - 1 : METHODS))
			break;
		if (!one)
			write.method =
				write.method == CHIPDB_SR_JOINT ? CHIPDB_SR_SPLIT : CHIPDB_SR_JOINT;
	}
	return TROUBLE_NONE;
}

/* The same until power is cut, with the part's own method. *@done: the registers accepted it. */
static enum trouble_kind change_volatile(struct protection *protection, uint32_t wanted,
					 uint32_t care, uint32_t *sr, bool *done)
{
	const struct die_registers_write write = {
		.method = protection->die->part->sr_write,
		.volatile_only = true,
		.count = protection->registers,
		.from = *sr,
		.to = wanted,
	};
	enum trouble_kind kind = TROUBLE_NONE;

	if ((*sr ^ wanted) & care)
		kind = die_registers_write(protection->die, &write);
	if (!kind || kind == TROUBLE_ADAPTER_FAULT || kind == TROUBLE_ADAPTER_SILENT)
		kind = read_registers(protection, sr);
	*done = !kind && !((*sr ^ wanted) & care);
	return kind;
}

static const char *cure(const struct chipdb_part *part, uint32_t sr)
{
	bool srp0 = sr & chipdb_sr_mask(part, CHIPDB_SRP0);
	bool srp1 = sr & chipdb_sr_mask(part, CHIPDB_SRP1);

	if (srp0 && srp1)
		return "SRP0 and SRP1 are set: on most parts that locks the registers for good; on "
		       "some, cutting the module's power for a second helps";
	if (srp1)
		return "SRP1 is set: the registers are locked until the module's power is cut for "
		       "a second (or, on some parts, for good)";
	if (srp0)
		return "SRP0 is set: the die's WP# pin (which most modules do not bring out) must "
		       "be high while the registers are written";
	return "Cut the module's power for a second and try again; if that does not help, the "
	       "registers may be locked for good";
}

/* With the old registers as a value, since a program may need them. */
static enum trouble_kind tell_registers(const struct protection *protection,
					struct trouble *trouble, uint32_t registers)
{
	trouble->die = protection->content;
	trouble_add_number(trouble, "registers", registers);
	return observer_tell(protection->observer, trouble);
}

/* The registers are @sr, which is wrong: @trouble reports it. */
static enum trouble_kind tell_stays(const struct protection *protection, struct trouble *trouble,
				    uint32_t sr)
{
	trouble_set_next(trouble, "%s", cure(protection->die->part, sr));
	return tell_registers(protection, trouble, sr);
}

static bool is_out_of_reach(enum trouble_kind kind)
{
	return kind == TROUBLE_INTERRUPTED || kind == TROUBLE_ADAPTER_GONE ||
	       kind == TROUBLE_NET_CLOSED || kind == TROUBLE_NO_MEMORY ||
	       kind == TROUBLE_NO_REGISTERS || kind == TROUBLE_BUG;
}

/* Reading or writing them failed. */
static struct trouble not_reached(enum trouble_kind kind)
{
	bool out_of_reach = is_out_of_reach(kind);
	struct trouble trouble =
		trouble_seen(kind, "the status registers %s%s%s",
			     out_of_reach ? "were not reached: " : "cannot be read reliably (",
			     trouble_text(kind), out_of_reach ? "" : ")");

	if (!out_of_reach)
		trouble_set_next(&trouble, "Check the wires");
	return trouble;
}

static enum trouble_kind raise_not_reached(const struct protection *protection,
					   enum trouble_kind kind)
{
	struct trouble trouble = not_reached(kind);

	trouble.die = protection->content;
	return observer_tell(protection->observer, &trouble);
}

/* The same in the middle of a change from @before; @consequence: its possible effect. */
static enum trouble_kind raise_halfway(const struct protection *protection, enum trouble_kind kind,
				       const char *consequence, uint32_t before)
{
	struct trouble trouble = not_reached(kind);
	size_t len = strlen(trouble.seen);

	snprintf(trouble.seen + len, sizeof(trouble.seen) - len, ". %s: they were 0x%04x",
		 consequence, (unsigned)before);
	return tell_registers(protection, &trouble, before);
}

enum trouble_kind protection_read(struct protection *protection, uint32_t *sr)
{
	enum trouble_kind kind = read_registers(protection, sr);

	return kind ? raise_not_reached(protection, kind) : kind;
}

/* The protected ranges, or that they are not known. Returns @text. */
static const char *ranges_of(const struct protection *protection, uint32_t sr,
			     char text[PROTECTION_TEXT])
{
	struct protection_state state;

	protection_state_of(protection->die->part, sr, &state);
	return protection_say_ranges(&state, text);
}

static enum trouble_kind stays(const struct protection *protection, uint32_t before, uint32_t sr)
{
	char ranges[PROTECTION_TEXT];
	uint32_t protecting = sr & protection_mask(protection->die->part);
	struct trouble trouble =
		trouble_seen(TROUBLE_STAYS_PROTECTED,
			     "the flash stays write-protected: status registers 0x%04x (they were "
			     "0x%04x), of which 0x%04x protect %s. Nothing was erased or written",
			     (unsigned)sr, (unsigned)before, (unsigned)protecting,
			     ranges_of(protection, sr, ranges));

	trouble_add_number(&trouble, "registers_before", before);
	trouble_add_number(&trouble, "protecting", protecting);
	return tell_stays(protection, &trouble, sr);
}

/* @ranges: what is protected, or NULL. */
static enum trouble_kind forbidden(const struct protection *protection, uint32_t sr,
				   const char *ranges)
{
	struct trouble trouble =
		trouble_seen(TROUBLE_PROTECTED,
			     "the flash is write-protected (status registers 0x%04x%s%s), and "
			     "unprotect=no forbids lifting that. Nothing was erased or written",
			     (unsigned)sr, ranges ? ": " : "", ranges ? ranges : "");

	trouble_set_next(&trouble, "Omit unprotect=no, or use unprotect=restore to have the "
				   "protection put back afterwards");
	return tell_registers(protection, &trouble, sr);
}

static enum trouble_kind lift(struct protection *protection, uint32_t *sr)
{
	const struct chipdb_part *part = protection->die->part;
	const uint32_t before = *sr, wanted = before & ~protection_mask(part);
	/* TB and SEC may stay set: they do no harm while BP is clear. */
	const uint32_t care = protection_size_bits(part) | chipdb_sr_mask(part, CHIPDB_CMP) |
			      chipdb_sr_mask(part, CHIPDB_QE);
	enum trouble_kind kind;

	if (!protection->lifted)
		protection->before = before;
	protection->lifted = true;
	protection->lifted_volatile = false;
	if (protection->policy == UNPROTECT_RESTORE && part->sr_volatile) {
		kind = change_volatile(protection, wanted, care, sr, &protection->lifted_volatile);
		if (kind || protection->lifted_volatile)
			return kind;
	}
	kind = change(protection, wanted, care, sr);
	if (!kind && !protection_active(part, *sr) && (*sr ^ wanted) & known_bits(part))
		observer_note(
			protection->observer, NOTE_WARN, TROUBLE_NONE,
			"the status registers became 0x%04x instead of 0x%04x. They were 0x%04x",
			(unsigned)*sr, (unsigned)wanted, (unsigned)before);
	return kind;
}

enum trouble_kind protection_look(struct protection *protection, struct protection_state *state)
{
	const struct chipdb_part *part = protection->die->part;
	struct block_locks locks;
	enum trouble_kind kind;
	uint32_t sr;

	kind = protection_read(protection, &sr);
	if (kind)
		return kind;
	protection_state_of(part, sr, state);
	if (!state->by_blocks)
		return kind;
	kind = block_locks_read(protection->die, &locks);
	if (kind)
		return raise_not_reached(protection, kind);
	state->active = block_locks_any(&locks);
	state->known = block_locks_ranges(part, &locks, &state->ranges);
	return kind;
}

/* WPS is set: the locks of single blocks. */
static enum trouble_kind open_blocks(struct protection *protection, uint32_t sr)
{
	struct block_locks before, now;
	enum trouble_kind kind = block_locks_read(protection->die, &before);

	if (kind)
		return raise_not_reached(protection, kind);
	if (!block_locks_any(&before))
		return TROUBLE_NONE;
	if (protection->policy == UNPROTECT_NO)
		return forbidden(protection, sr, NULL);
	if (!protection->opened)
		protection->locks_before = before;
	protection->opened = true;
	now = before;
	kind = block_locks_open(protection->die, &now);
	if (kind)
		return raise_not_reached(protection, kind);
	if (block_locks_any(&now)) {
		struct trouble trouble = trouble_seen(
			TROUBLE_STAYS_PROTECTED,
			"the flash locks single blocks (WPS is set, status registers 0x%04x), and "
			"they stay locked. Nothing was erased or written",
			(unsigned)sr);

		return tell_registers(protection, &trouble, sr);
	}
	observer_note(protection->observer, NOTE_INFO, TROUBLE_NONE,
		      "the locks of single blocks (WPS) were opened, until power is cut");
	return TROUBLE_NONE;
}

enum trouble_kind protection_lift(struct protection *protection)
{
	const struct chipdb_part *part = protection->die->part;
	char ranges[PROTECTION_TEXT];
	enum trouble_kind kind;
	uint32_t before = 0, sr;

	if (!protection->die->caps.registers)
		return TROUBLE_NONE;
	kind = protection_read(protection, &before);
	protection->open = before;
	if (!kind && before & chipdb_sr_mask(part, CHIPDB_WPS))
		return open_blocks(protection, before);
	if (kind || !protection_active(part, before))
		return kind;
	if (protection->policy == UNPROTECT_NO)
		return forbidden(protection, before, ranges_of(protection, before, ranges));
	sr = before;
	kind = lift(protection, &sr);
	protection->open = sr;
	/* What a link does not reach was not even tried. */
	if (kind == TROUBLE_NO_REGISTERS && sr == before)
		return raise_halfway(protection, kind, "The write protection is as it was", before);
	if (kind)
		return raise_halfway(protection, kind, "The write protection may be half lifted",
				     before);
	if (protection_active(part, sr))
		return stays(protection, before, sr);
	observer_note(
		protection->observer, NOTE_INFO, TROUBLE_NONE,
		"write protection lifted%s: status registers 0x%04x -> 0x%04x (it covered %s)",
		protection->lifted_volatile ? " until power is cut" : "", (unsigned)before,
		(unsigned)sr, ranges_of(protection, before, ranges));
	return TROUBLE_NONE;
}

static enum trouble_kind open_blocks_again(struct protection *protection)
{
	struct block_locks now;
	enum trouble_kind kind = block_locks_read(protection->die, &now);

	if (kind || !block_locks_any(&now))
		return kind;
	kind = block_locks_open(protection->die, &now);
	if (!kind)
		observer_note(protection->observer, NOTE_WARN, TROUBLE_STAYS_PROTECTED,
			      "the locks of single blocks had come back, and %s",
			      block_locks_any(&now) ? "stay" : "were opened again");
	return kind;
}

enum trouble_kind protection_lift_again(struct protection *protection)
{
	const struct chipdb_part *part = protection->die->part;
	const uint32_t open = protection->open, known = known_bits(part);
	enum trouble_kind kind;
	uint32_t before, sr;

	if (!protection->die->caps.registers || protection->policy == UNPROTECT_NO)
		return TROUBLE_NONE;
	kind = read_registers(protection, &before);
	if (!kind && before & open & chipdb_sr_mask(part, CHIPDB_WPS))
		return open_blocks_again(protection);
	sr = before;
	if (kind || !((sr ^ open) & known))
		return kind;
	kind = change(protection, open, known, &sr);
	if (!kind)
		observer_note(protection->observer, NOTE_WARN, TROUBLE_STAYS_PROTECTED,
			      "the status registers had become 0x%04x, by the firmware or by a "
			      "command with a wrong bit. They were put back: 0x%04x%s",
			      (unsigned)before, (unsigned)sr,
			      protection_active(part, sr) ? ", which still protects" : "");
	return kind;
}

/* Locks what open_blocks() has opened. */
static enum trouble_kind close_blocks(struct protection *protection)
{
	struct block_locks now;
	enum trouble_kind kind;

	protection->opened = false;
	kind = block_locks_read(protection->die, &now);
	if (!kind)
		kind = block_locks_close(protection->die, &protection->locks_before, &now);
	if (kind)
		return raise_not_reached(protection, kind);
	if (block_locks_same(&protection->locks_before, &now))
		return kind;
	return observer_raise(
		protection->observer, TROUBLE_STAYS_PROTECTED, NO_RANGE,
		"the locks of single blocks could not be set again; they are set at power-up");
}

enum trouble_kind protection_restore(struct protection *protection)
{
	uint32_t before = protection->before, care, sr;
	enum trouble_kind kind;
	bool done = false;

	if (protection->policy == UNPROTECT_RESTORE && protection->opened)
		return close_blocks(protection);
	if (protection->policy != UNPROTECT_RESTORE || !protection->lifted)
		return TROUBLE_NONE;
	protection->lifted = false;
	care = known_bits(protection->die->part);
	kind = read_registers(protection, &sr);
	if (!kind && protection->lifted_volatile)
		kind = change_volatile(protection, before, care, &sr, &done);
	if (!kind && !done)
		kind = change(protection, before, care, &sr);
	if (kind)
		return raise_halfway(protection, kind,
				     "The write protection may not have been put back", before);
	if ((sr ^ before) & care) {
		struct trouble trouble =
			trouble_seen(TROUBLE_STAYS_PROTECTED,
				     "the write protection could not be put back: the status "
				     "registers are 0x%04x instead of 0x%04x",
				     (unsigned)sr, (unsigned)before);

		return tell_stays(protection, &trouble, sr);
	}
	observer_note(protection->observer, NOTE_INFO, TROUBLE_NONE,
		      "write protection put back: status registers 0x%04x", (unsigned)sr);
	return TROUBLE_NONE;
}

/* The bits that the user may set: all others cannot be undone, or their meaning is unknown. */
static uint32_t settable_bits(const struct chipdb_part *part)
{
	return protection_mask(part) | chipdb_sr_mask(part, CHIPDB_4KBL) |
	       chipdb_sr_mask(part, CHIPDB_SRP0);
}

static enum trouble_kind refuse_bits(const struct protection *protection, uint32_t now,
				     uint32_t wanted, uint32_t refused)
{
	struct trouble trouble = trouble_seen(
		TROUBLE_REGISTER_REFUSED,
		"the status registers are 0x%04x and should become 0x%04x, but the bits 0x%04x are "
		"left alone: they can never be undone, do not belong to write protection, or are "
		"not there. Nothing was changed",
		(unsigned)now, (unsigned)wanted, (unsigned)refused);

	trouble_add_number(&trouble, "registers_wanted", wanted);
	trouble_add_number(&trouble, "refused", refused);
	return tell_registers(protection, &trouble, now);
}

enum trouble_kind protection_set(struct protection *protection, uint32_t sr)
{
	const struct chipdb_part *part = protection->die->part;
	const uint32_t settable = settable_bits(part);
	uint32_t now, there, refused, wanted;
	enum trouble_kind kind = protection_read(protection, &now);

	if (kind)
		return kind;
	there = UINT32_MAX >> (32 - 8 * protection->registers);
	wanted = (now & ~settable) | (sr & settable & there);
	refused = (sr ^ wanted) & (known_bits(part) | ~there) & 0xffffff;
	if (refused)
		return refuse_bits(protection, now, sr, refused);
	if (wanted == now)
		return TROUBLE_NONE;
	if (protection->policy == UNPROTECT_NO)
		return observer_raise(protection->observer, TROUBLE_PROTECTED, NO_RANGE,
				      "unprotect=no forbids writing the status registers. Nothing "
				      "was changed");
	/* From now on this is the state that the user wants at the end. */
	protection->lifted = false;
	kind = change(protection, wanted, known_bits(part), &now);
	if (kind)
		return raise_not_reached(protection, kind);
	if ((now ^ wanted) & known_bits(part)) {
		struct trouble trouble =
			trouble_seen(TROUBLE_STAYS_PROTECTED,
				     "the status registers are 0x%04x and did not become 0x%04x",
				     (unsigned)now, (unsigned)wanted);

		trouble_add_number(&trouble, "registers_wanted", wanted);
		return tell_stays(protection, &trouble, now);
	}
	return TROUBLE_NONE;
}
