/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/work.h"

static size_t find(const struct work *work, enum activity activity, uint32_t piece)
{
	size_t found = work->count;

	for (size_t i = 0; i < work->count; i++) {
		const struct work_kind *kind = &work->kind[i];

		if (kind->activity != activity)
			continue;
		if (kind->piece == piece)
			return i;
		if (found == work->count || kind->piece == 0)
			found = i;
	}
	return found;
}

size_t work_find(const struct work *work, enum activity activity, uint32_t piece)
{
	size_t found = find(work, activity, piece);

	if (found == work->count && activity == ACTIVITY_READ)
		return find(work, ACTIVITY_COMPARE, piece);
	if (found == work->count && activity == ACTIVITY_COMPARE)
		return find(work, ACTIVITY_READ, piece);
	return found;
}

void work_add(struct work *work, enum activity activity, uint32_t piece, uint64_t bytes,
	      uint64_t us)
{
	size_t i = find(work, activity, piece);

	if (bytes == 0)
		return;
	if ((i == work->count || work->kind[i].piece != piece) && work->count < WORK_KINDS) {
		i = work->count++;
		work->kind[i] = (struct work_kind){.activity = activity, .piece = piece};
	}
	if (i == work->count)
		return;
	work->kind[i].bytes += bytes;
	work->kind[i].us += us;
}
