/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/mend.h"

#include <stdlib.h>
#include <string.h>

#include "programmer/guard/hit.h"
#include "programmer/guard/protection.h"

/* Limit for readings that differ from each other: more than are needed to lower the clock. */
#define ROUNDS 6

enum known {
	UNKNOWN,
	TOLD, /* by a backup, and not read */
	SEEN, /* read once, and not changed since */
	SURE, /* read twice in a row, with the same result */
	OURS, /* erased here, and perhaps programmed */
};

struct mend {
	struct beken_die *die;
	struct protection *protection; /* or NULL */
	const struct observer *observer;
	unsigned revived; /* the die's count when all was well */
	uint32_t page, sector, size;
	uint8_t *content;	/* of what is known */
	uint8_t *known;		/* enum known of each page */
	uint8_t *first, *again; /* readings of a sector */
	bool astray;		/* something was found where it does not belong */
	bool refused;		/* a repair did not help */
	uint32_t unknown; /* bytes that may have been hit; it is not known whether they were */
};

struct mend *mend_new(struct beken_die *die, struct protection *protection,
		      const struct observer *observer)
{
	struct mend *mend = calloc(1, sizeof(*mend));

	if (!mend)
		return NULL;
	mend->die = die;
	mend->protection = protection;
	mend->observer = observer;
	mend->revived = die->revived;
	mend->page = die->part->page;
	mend->sector = die->part->erase[0].size;
	mend->size = die->part->size;
	mend->content = calloc(1, mend->size);
	mend->known = calloc(1, mend->size / mend->page);
	mend->first = malloc(mend->sector);
	mend->again = malloc(mend->sector);
	if (mend->content && mend->known && mend->first && mend->again)
		return mend;
	mend_free(mend);
	return NULL;
}

void mend_free(struct mend *mend)
{
	if (!mend)
		return;
	free(mend->content);
	free(mend->known);
	free(mend->first);
	free(mend->again);
	free(mend);
}

static uint8_t *known_at(const struct mend *mend, uint32_t address)
{
	return &mend->known[address / mend->page];
}

void mend_erased(struct mend *mend, struct range range)
{
	memset(mend->content + range.start, 0xff, range.length);
	memset(known_at(mend, range.start), OURS, range.length / mend->page);
}

void mend_programmed(struct mend *mend, uint32_t address, const uint8_t *data, size_t len)
{
	uint8_t *known = known_at(mend, address);

	/* The rest of the page was read only once, unless it is blank. */
	if (*known != OURS)
		*known = *known >= SEEN && hit_blank(mend->content +
							     address / mend->page * mend->page,
						     mend->page)
				 ? OURS
				 : UNKNOWN;
	for (size_t i = 0; i < len; i++)
		mend->content[address + i] &= data[i];
}

void mend_expect(struct mend *mend, struct range range, const uint8_t *data)
{
	uint32_t end = range.start + range.length;
	uint32_t first = (range.start + mend->page - 1) / mend->page * mend->page;

	for (uint32_t at = first; at + mend->page <= end; at += mend->page) {
		if (*known_at(mend, at) != UNKNOWN)
			continue;
		*known_at(mend, at) = TOLD;
		memcpy(mend->content + at, data + (at - range.start), mend->page);
	}
}

const uint8_t *mend_told(const struct mend *mend, uint32_t address, size_t len)
{
	while (len > 0 && *known_at(mend, address + (uint32_t)len - 1) == TOLD)
		len--;
	return len == 0 ? mend->content + address : NULL;
}

bool mend_is_blank(const struct mend *mend, struct range range)
{
	for (uint32_t at = range.start; at < range.start + range.length; at += mend->page) {
		enum known known = *known_at(mend, at);

		if ((known != SEEN && known != SURE) || !hit_blank(mend->content + at, mend->page))
			return false;
	}
	return true;
}

static enum trouble_kind read_sector(const struct mend *mend, uint32_t start, uint8_t *rx)
{
	return die_read(mend->die, start, rx, mend->sector);
}

/* Whether a page of the sector at @start, known as well as @least, is not as it must be. */
static bool differs(const struct mend *mend, uint32_t start, const uint8_t *read, enum known least)
{
	for (uint32_t at = 0; at < mend->sector; at += mend->page)
		if (*known_at(mend, start + at) >= least &&
		    memcmp(read + at, mend->content + start + at, mend->page) != 0)
			return true;
	return false;
}

/*
 * Two readings of three that are right are enough, and so are two that are wrong. *@unlike: the
 * first two differ from each other, so the wires are bad, whatever the die holds.
 */
static enum trouble_kind read_thrice(struct mend *mend, uint32_t start, enum known least,
				     bool *wrong, bool *unlike)
{
	enum trouble_kind kind = read_sector(mend, start, mend->first);
	bool one;

	if (!kind)
		kind = read_sector(mend, start, mend->again);
	if (kind)
		return kind;
	*unlike = memcmp(mend->first, mend->again, mend->sector) != 0;
	if (*unlike)
		die_differed(mend->die);
	one = differs(mend, start, mend->first, least);
	*wrong = differs(mend, start, mend->again, least);
	if (one == *wrong)
		return TROUBLE_NONE;
	kind = read_sector(mend, start, mend->first);
	*wrong = differs(mend, start, mend->first, least);
	return kind;
}

/*
 * The same, after checking that the die is there: if it is away, it answers anything. *@there:
 * false if it does not come back; then nothing must be sent to it.
 */
static enum trouble_kind read_majority(struct mend *mend, uint32_t start, enum known least,
				       bool *wrong, bool *there)
{
	enum trouble_kind kind;
	unsigned revived, rounds = 0;
	uint8_t id[3];
	bool unlike;

	*there = true;
	do {
		kind = read_thrice(mend, start, least, wrong, &unlike);
		if (kind || !*wrong)
			return kind;
		revived = mend->die->revived;
		kind = die_id(mend->die, id);
		*there = !kind && memcmp(id, mend->die->part->id, sizeof(id)) == 0;
	} while (*there && ((unlike && ++rounds < ROUNDS) || mend->die->revived != revived));
	return kind == TROUBLE_LINK_LOST ? TROUBLE_NONE : kind;
}

/* Whether all differences are bits that still have to be cleared, in the previous reading. */
static bool can_be_programmed(const struct mend *mend, uint32_t start, enum known least)
{
	for (uint32_t at = 0; at < mend->sector; at++)
		if (*known_at(mend, start + at) >= least &&
		    (mend->first[at] & mend->content[start + at]) != mend->content[start + at])
			return false;
	return true;
}

static bool all_known(const struct mend *mend, uint32_t start, enum known least)
{
	for (uint32_t at = 0; at < mend->sector; at += mend->page)
		if (*known_at(mend, start + at) < least)
			return false;
	return true;
}

/* The pages of the sector that are not as they must be; with @all, those that are not blank. */
static enum trouble_kind program_pages(const struct mend *mend, uint32_t start, enum known least,
				       bool all)
{
	struct die_op ops[16];
	enum trouble_kind kind = TROUBLE_NONE;
	size_t count = 0;

	for (uint32_t at = 0; !kind && at < mend->sector; at += mend->page) {
		const uint8_t *page = mend->content + start + at;

		if (*known_at(mend, start + at) < least ||
		    (all ? hit_blank(page, mend->page)
			 : memcmp(page, mend->first + at, mend->page) == 0))
			continue;
		ops[count++] = (struct die_op){.kind = DIE_PROGRAM,
					       .address = start + at,
					       .data = page,
					       .len = mend->page};
		if (count == sizeof(ops) / sizeof(ops[0])) {
			kind = die_run(mend->die, ops, count);
			count = 0;
		}
	}
	return kind || !count ? kind : die_run(mend->die, ops, count);
}

/* One attempt. *@possible is false if every repair would touch something else. */
static enum trouble_kind repair(const struct mend *mend, uint32_t start, enum known least,
				bool *possible)
{
	struct die_op erase = {.kind = DIE_ERASE, .address = start};
	enum trouble_kind kind;

	*possible = true;
	if (can_be_programmed(mend, start, least))
		return program_pages(mend, start, least, false);
	*possible = all_known(mend, start, least);
	if (!*possible)
		return TROUBLE_NONE;
	kind = die_run(mend->die, &erase, 1);
	return kind ? kind : program_pages(mend, start, least, true);
}

/*
 * *@good: the sector is now as it must be, as far as it is known at least as well as @least. For a
 * die that is there.
 */
static enum trouble_kind put_right(struct mend *mend, uint32_t start, enum known least, bool *good)
{
	bool there = true, possible = true, wrong = true;
	enum trouble_kind kind = TROUBLE_NONE;

	*good = false;
	if (mend->refused)
		return TROUBLE_NONE;
	if (mend->protection)
		kind = protection_lift_again(mend->protection);
	for (unsigned i = 0; !kind && wrong && there && i < MEND_TRIES; i++) {
		kind = repair(mend, start, least, &possible);
		if (!possible)
			break;
		if (!kind)
			kind = read_majority(mend, start, least, &wrong, &there);
	}
	*good = !kind && !wrong;
	return kind;
}

/* A sector in which a page that was written here does not read as it must; *@good: now it does. */
static enum trouble_kind mend_sector(struct mend *mend, uint32_t start, bool *good)
{
	bool wrong, there;
	enum trouble_kind kind = read_majority(mend, start, OURS, &wrong, &there);

	*good = !kind && !wrong;
	if (*good)
		observer_note(mend->observer, NOTE_INFO, TROUBLE_NONE,
			      "0x%x: one reading was wrong, the next were right", (unsigned)start);
	if (kind || *good)
		return kind;
	if (there)
		kind = put_right(mend, start, OURS, good);
	if (kind)
		return kind;
	if (*good) {
		mend->astray = true;
		observer_note(mend->observer, NOTE_WARN, TROUBLE_NOT_WRITTEN,
			      "0x%x: the flash did not take what was written; it was written again",
			      (unsigned)start);
	} else {
		mend->refused = true;
	}
	return TROUBLE_NONE;
}

/* The piece of [address, address + len) that lies in the page at @page. */
static struct range piece_in(const struct mend *mend, uint32_t page, uint32_t address, size_t len)
{
	uint32_t start = page > address ? page : address, end = address + (uint32_t)len;

	return (struct range){start, (end < page + mend->page ? end : page + mend->page) - start};
}

/* A reading of a sector that was repaired since shows its old content. */
static void renew(struct mend *mend, uint32_t sector, uint32_t address, uint8_t *rx, size_t len)
{
	for (uint32_t at = sector; at < sector + mend->sector; at += mend->page) {
		struct range piece = piece_in(mend, at, address, len);

		if (at + mend->page <= address || at >= address + len ||
		    *known_at(mend, at) != OURS)
			continue;
		memcpy(rx + (piece.start - address), mend->content + piece.start, piece.length);
	}
}

enum trouble_kind mend_look(struct mend *mend, uint32_t address, uint8_t *rx, size_t len)
{
	uint32_t page = address / mend->page * mend->page;

	for (; page < address + len; page += mend->page) {
		struct range piece = piece_in(mend, page, address, len);
		uint8_t *known = known_at(mend, page), *read = rx + (piece.start - address);
		uint32_t sector = page / mend->sector * mend->sector;
		const uint8_t *wanted = mend->content + piece.start;
		enum trouble_kind kind;
		bool good;

		if (*known != OURS) {
			if (piece.length < mend->page)
				continue;
			*known = *known != UNKNOWN && memcmp(wanted, read, mend->page) == 0 ? SURE
											    : SEEN;
			memcpy(mend->content + page, read, mend->page);
			continue;
		}
		if (memcmp(read, wanted, piece.length) == 0)
			continue;
		kind = mend_sector(mend, sector, &good);
		if (kind)
			return kind;
		if (good)
			renew(mend, sector, address, rx, len);
	}
	return TROUBLE_NONE;
}

/* Whether it equals what was to be programmed elsewhere. */
static bool is_of_ours(const struct mend *mend, const uint8_t *now)
{
	for (uint32_t at = 0; at < mend->size; at += mend->page)
		if (*known_at(mend, at) == OURS && hit_is_of(now, mend->content + at, mend->page))
			return true;
	return false;
}

/*
 * Whether the right content of a page is known. A single reading may be wrong as a whole, even one
 * of blank bytes, except if the page now holds a piece of what was sent: without a second reading
 * such a page is left as it is.
 */
static bool knows_page(struct mend *mend, uint32_t address, const uint8_t *now)
{
	uint8_t *before = mend->content + address;
	enum known known = *known_at(mend, address);
	bool hit = hit_was(before, now, mend->page);

	if (known == UNKNOWN || known == OURS || memcmp(before, now, mend->page) == 0)
		return true;
	if (hit && hit_blank(before, mend->page) && is_of_ours(mend, now))
		return true;
	if (known == SURE ? !hit || hit_blank(before, mend->page) : hit)
		return false;
	if (known != SURE)
		memcpy(before, now, mend->page);
	return true;
}

/* The same for all of a sector whose two readings agree now: that makes it certain. */
static bool knows_better(struct mend *mend, uint32_t start)
{
	for (uint32_t at = 0; at < mend->sector; at += mend->page)
		if (!knows_page(mend, start + at, mend->first + at))
			return false;
	for (uint32_t at = start; at < start + mend->sector; at += mend->page)
		if (*known_at(mend, at) == SEEN || *known_at(mend, at) == TOLD)
			*known_at(mend, at) = SURE;
	return true;
}

/* One sector of all that are known; *@lost: it may have been hit, and was not restored. */
static enum trouble_kind look_whether_hit(struct mend *mend, uint32_t start, bool *lost)
{
	enum trouble_kind kind = read_sector(mend, start, mend->first);
	bool wrong, good, there;

	if (kind || !differs(mend, start, mend->first, TOLD))
		return kind;
	kind = read_majority(mend, start, TOLD, &wrong, &there);
	if (kind || !wrong)
		return kind;
	if (!there)
		return TROUBLE_LINK_LOST;
	*lost = memcmp(mend->first, mend->again, mend->sector) != 0 || !knows_better(mend, start);
	if (*lost || !differs(mend, start, mend->first, SURE))
		return TROUBLE_NONE;
	kind = put_right(mend, start, SURE, &good);
	*lost = !kind && !good;
	if (good)
		observer_note(mend->observer, NOTE_WARN, TROUBLE_NOT_WRITTEN,
			      "0x%x: a change meant for elsewhere hit this sector; it was put back",
			      (unsigned)start);
	return kind;
}

static bool was_only_told(const struct mend *mend, uint32_t start)
{
	for (uint32_t at = 0; at < mend->sector; at += mend->page)
		if (*known_at(mend, start + at) == TOLD &&
		    memcmp(mend->content + start + at, mend->first + at, mend->page) != 0)
			return true;
	return false;
}

static enum trouble_kind raise_lost(const struct mend *mend, uint32_t start)
{
	bool told = was_only_told(mend, start);
	struct trouble trouble = trouble_seen(
		TROUBLE_NOT_WRITTEN,
		"the sector at 0x%x does not read as %s, or a change meant for elsewhere hit "
		"it. It was not put back",
		(unsigned)start,
		told ? "in the backup: it was changed since" : "before: that reading was wrong");

	trouble.range = (struct range){start, mend->sector};
	trouble.die = DIE_HALF;
	trouble_set_next(&trouble, "Compare the flash with %s backup", told ? "the" : "a");
	return observer_tell(mend->observer, &trouble);
}

static bool any_known(const struct mend *mend, uint32_t start)
{
	for (uint32_t at = 0; at < mend->sector; at += mend->page)
		if (*known_at(mend, start + at) != UNKNOWN)
			return true;
	return false;
}

static void say_what_is_looked_at(struct mend *mend)
{
	mend->unknown = 0;
	for (uint32_t at = 0; at < mend->size; at += mend->page)
		mend->unknown += *known_at(mend, at) == UNKNOWN ? mend->page : 0;
	if (mend->unknown)
		observer_note(mend->observer, NOTE_WARN, TROUBLE_NOT_WRITTEN,
			      "another place may have been changed, and of %u KiB of the flash it "
			      "is not known what they held. Compare them with a backup",
			      (unsigned)((mend->unknown + 1023) / 1024));
	observer_note(mend->observer, NOTE_INFO, TROUBLE_NONE,
		      "looking for where a misdirected change went");
}

uint32_t mend_unknown(const struct mend *mend)
{
	return mend->unknown;
}

enum trouble_kind mend_finish(struct mend *mend)
{
	enum trouble_kind kind;
	bool lost = false;

	mend->astray |= mend->die->revived != mend->revived;
	mend->revived = mend->die->revived;
	if (!mend->astray || mend->refused)
		return TROUBLE_NONE;
	say_what_is_looked_at(mend);
	for (uint32_t start = 0; start < mend->size; start += mend->sector) {
		kind = any_known(mend, start) ? look_whether_hit(mend, start, &lost) : TROUBLE_NONE;
		if (kind)
			return observer_raise(mend->observer, kind,
					      (struct range){start, mend->sector},
					      "checking the flash at the end failed at 0x%x: %s",
					      (unsigned)start, trouble_text(kind));
		if (lost)
			return raise_lost(mend, start);
	}
	mend->astray = false;
	return TROUBLE_NONE;
}
