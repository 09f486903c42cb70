/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a part can be driven, and the checks before the first change; see identify.h. */
#include "programmer/guard/identify.h"

#include <stdio.h>
#include <string.h>

#define IDS 4
#define WINDOWS 32     /* in each half, where small reads are cheap */
#define WINDOWS_DEAR 4 /* where each costs as much as a sector: 3 s at 115200 baud */
#define WINDOW_BYTES 16
#define LOOKS 3 /* before a die is called unsteady, or smaller than its ID says */
#define SMALLEST 0x10000u

/* Windows spread over the start of the die, and what is @distance after each. */
struct windows {
	uint8_t low[WINDOWS][WINDOW_BYTES], high[WINDOWS][WINDOW_BYTES];
};

static uint32_t window_count(const struct beken_die *die)
{
	return die->caps.cost.read_unit > WINDOW_BYTES ? WINDOWS_DEAR : WINDOWS;
}

static struct die_op op_read(uint8_t rx[WINDOW_BYTES], uint32_t address)
{
	return (struct die_op){.kind = DIE_READ, .address = address, .rx = rx, .len = WINDOW_BYTES};
}

/* The first look begins at 0, where there is nearly always something; the others between. */
static struct die_op *add_reads(struct die_op *op, const struct beken_die *die,
				struct windows *windows, uint32_t distance, unsigned look)
{
	uint32_t count = window_count(die), step = distance / count;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t address = i * step + look * (step / LOOKS / WINDOW_BYTES * WINDOW_BYTES);

		*op++ = op_read(windows->low[i], address);
		*op++ = op_read(windows->high[i], address + distance);
	}
	return op;
}

static bool blank(const uint8_t bytes[WINDOW_BYTES])
{
	return memcmp(bytes, bytes + 1, WINDOW_BYTES - 1) == 0;
}

/* Windows that were not read count as equal and blank. */
static bool alike(const struct windows *windows)
{
	return memcmp(windows->low, windows->high, sizeof(windows->low)) == 0;
}

/* Blank places are alike on any die, and tell nothing. */
static bool all_blank(const struct windows *windows)
{
	for (size_t i = 0; i < WINDOWS; i++)
		if (!blank(windows->low[i]))
			return false;
	return true;
}

/*
 * Whether all content is repeated @distance later, as when addresses wrap around there. Halves that
 * agree only in some places differ in one of the looks.
 */
static enum trouble_kind wraps_at(struct beken_die *die, uint32_t distance, bool *wraps)
{
	bool something = false;

	*wraps = true;
	for (unsigned look = 0; look < LOOKS && *wraps; look++) {
		struct die_op ops[2 * WINDOWS], *end;
		struct windows windows = {0};
		enum trouble_kind kind;

		end = add_reads(ops, die, &windows, distance, look);
		kind = die_run(die, ops, (size_t)(end - ops));
		if (kind)
			return kind;
		something |= !all_blank(&windows);
		*wraps = alike(&windows);
	}
	*wraps &= something;
	return TROUBLE_NONE;
}

static enum trouble_kind failed(const struct observer *observer, enum trouble_kind kind)
{
	return observer_raise(observer, kind, NO_RANGE,
			      "the flash could not be checked before the first change: %s",
			      trouble_text(kind));
}

/* The apparent size of the die, given that it repeats its content at half of its own size. */
static enum trouble_kind find_size(struct beken_die *die, uint32_t *size)
{
	bool wraps = true;

	*size = die->part->size;
	for (uint32_t half = die->part->size / 2; wraps && half >= SMALLEST; half /= 2) {
		enum trouble_kind kind = wraps_at(die, half, &wraps);

		if (kind)
			return kind;
		if (wraps)
			*size = half;
	}
	return TROUBLE_NONE;
}

static enum trouble_kind too_small(const struct chipdb_part *part, uint32_t size,
				   const struct observer *observer)
{
	struct trouble trouble =
		trouble_seen(TROUBLE_PART_SMALLER,
			     "the flash should have %u KiB (%s), but its content repeats itself "
			     "after %u KiB: it seems to be a smaller one. Nothing was erased or "
			     "written",
			     (unsigned)(part->size / 1024), part->name, (unsigned)(size / 1024));
	char told[24];

	/* chip= does not know names that were made up. */
	snprintf(told, sizeof(told), "size:%uK", (unsigned)(part->size / 1024));
	trouble_set_next(&trouble, "If you are sure of the size, say chip=%s",
			 chipdb_part_by_id(part->id) ? part->name : told);
	trouble_add_number(&trouble, "size_by_id", part->size);
	trouble_add_number(&trouble, "size_seen", size);
	return observer_tell(observer, &trouble);
}

static enum trouble_kind unsteady(const struct observer *observer)
{
	struct trouble trouble =
		trouble_seen(TROUBLE_UNSTEADY_READ,
			     "the flash does not answer the same twice: a bad contact. Nothing "
			     "was erased or written");

	trouble_set_next(&trouble, "Check the wires (shorter ones help), ground and the supply; "
				   "then read twice and compare");
	return observer_tell(observer, &trouble);
}

/* The ID several times and all windows twice, in one run; *@steady: they agree. */
static enum trouble_kind look(struct beken_die *die, struct windows *windows, bool *steady)
{
	const struct chipdb_part *part = die->part;
	struct die_op ops[IDS + 4 * WINDOWS], *op = ops;
	struct windows again = {0};
	enum trouble_kind kind;
	uint8_t id[IDS][3];

	*windows = again;
	for (size_t i = 0; i < IDS; i++)
		*op++ = (struct die_op){.kind = DIE_ID, .rx = id[i]};
	op = add_reads(op, die, windows, part->size / 2, 0);
	if (!die->caps.checked)
		op = add_reads(op, die, &again, part->size / 2, 0);
	kind = die_run(die, ops, (size_t)(op - ops));
	*steady = !kind;
	for (size_t i = 0; *steady && i < IDS; i++)
		*steady = memcmp(id[i], part->id, 3) == 0;
	if (*steady && !die->caps.checked)
		*steady = memcmp(windows, &again, sizeof(again)) == 0;
	return kind;
}

/* One flipped bit in some megabytes is no reason to give up; bits that flip every time are. */
static enum trouble_kind look_until_steady(struct beken_die *die, struct windows *windows,
					   const struct observer *observer)
{
	bool steady = false;

	for (unsigned i = 0; !steady && i < LOOKS; i++) {
		enum trouble_kind kind = look(die, windows, &steady);

		if (kind)
			return failed(observer, kind);
	}
	return steady ? TROUBLE_NONE : unsteady(observer);
}

enum trouble_kind identify_check(struct beken_die *die, bool size_told,
				 const struct observer *observer)
{
	const struct chipdb_part *part = die->part;
	struct windows windows;
	enum trouble_kind kind = look_until_steady(die, &windows, observer);
	uint32_t size;

	if (kind || size_told || !alike(&windows))
		return kind;
	kind = find_size(die, &size);
	if (kind)
		return failed(observer, kind);
	return size == part->size ? TROUBLE_NONE : too_small(part, size, observer);
}

uint32_t identify_size(const uint8_t id[3])
{
	return id[2] >= 0x10 && id[2] <= 0x1a ? UINT32_C(1) << id[2] : 0;
}

enum trouble_kind identify_fits(const struct beken_die *die, const uint8_t id[3], uint32_t size,
				const struct observer *observer)
{
	const struct die_caps *caps = &die->caps;
	struct trouble trouble;

	if (caps->size_most && size > caps->size_most) {
		trouble = trouble_seen(TROUBLE_PART_REFUSED,
				       "the flash has %u KiB, and more than %u KiB are out of "
				       "reach this way. Nothing was changed",
				       (unsigned)(size / 1024), (unsigned)(caps->size_most / 1024));
		trouble_set_next(&trouble, "Use SPI");
		return observer_tell(observer, &trouble);
	}
	if (!caps->no_id || caps->size_assumed || size == identify_size(id))
		return TROUBLE_NONE;
	trouble = trouble_seen(TROUBLE_PART_DOUBTFUL,
			       "chip= means %u KiB, but the flash begins again after %u KiB. "
			       "Nothing was changed",
			       (unsigned)(size / 1024), (unsigned)(identify_size(id) / 1024));
	trouble_set_next(&trouble, "Omit chip=; if its halves hold the same, and so it only looks "
				   "smaller, use SPI");
	trouble_add_number(&trouble, "size_seen", identify_size(id));
	return observer_tell(observer, &trouble);
}
