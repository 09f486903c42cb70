/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/looks.h"

#include <string.h>

bool looks_end(struct looks *looks)
{
	struct session *session = looks->session;
	size_t count = looks->count;

	looks->count = looks->used = 0;
	if (count == 0)
		return true;
	if (session_interrupted(session) || !flash_peek_all(session->flash, looks->pieces, count))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct proxy_piece *piece = &looks->pieces[i];
		const struct range range = {piece->address, (uint32_t)piece->len};

		if (memcmp(piece->data, looks->die + range.start, range.length) != 0 &&
		    !looks->differs(looks->data, range, piece->data))
			return false;
	}
	return true;
}

bool looks_add(struct looks *looks, struct range range)
{
	for (uint32_t done = 0, piece; done < range.length; done += piece) {
		piece = range.length - done < COMPARE_PIECE ? range.length - done : COMPARE_PIECE;
		if ((looks->count == LOOKS_MOST || looks->used + piece > LOOKS_BYTES) &&
		    !looks_end(looks))
			return false;
		looks->pieces[looks->count++] =
			(struct proxy_piece){.address = range.start + done,
					     .data = looks->seen + looks->used,
					     .len = piece};
		looks->used += piece;
	}
	return true;
}
