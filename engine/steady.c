/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/steady.h"

#include <string.h>

bool steady_read(struct session *session, uint32_t at, uint8_t *bytes, size_t count)
{
	uint8_t again[STEADY_PIECE];

	if (!flash_peek(session->flash, at, bytes, count))
		return false;
	for (size_t done = 0, piece; done < count; done += piece) {
		piece = count - done < STEADY_PIECE ? count - done : STEADY_PIECE;
		if (!flash_peek(session->flash, at + (uint32_t)done, again, piece))
			return false;
		if (memcmp(bytes + done, again, piece) != 0) {
			observer_raise(session->observer, TROUBLE_UNSTEADY_READ,
				       (struct range){at + (uint32_t)done, (uint32_t)piece},
				       "two readings differ: a bad contact. Shorten the wires, "
				       "check the supply and GND; nothing was changed");
			return false;
		}
	}
	return true;
}

bool steady_settle(struct session *session, uint8_t *die, struct range piece)
{
	uint8_t read[STEADY_READINGS][STEADY_PIECE];

	memcpy(read[0], die + piece.start, piece.length);
	for (unsigned count = 1; count < STEADY_READINGS; count++) {
		if (session_interrupted(session) ||
		    !flash_peek(session->flash, piece.start, read[count], piece.length))
			return false;
		for (unsigned i = 0; i < count; i++) {
			if (memcmp(read[i], read[count], piece.length) != 0)
				continue;
			memcpy(die + piece.start, read[count], piece.length);
			if (count > 1)
				observer_note(session->observer, NOTE_WARN, TROUBLE_NONE,
					      "0x%x: two readings differ, and two of %u agree: a "
					      "bad contact",
					      (unsigned)piece.start, count + 1);
			return true;
		}
	}
	observer_raise(session->observer, TROUBLE_UNSTEADY_READ, piece,
		       "no two of %u readings agree: a bad contact. Shorten the wires, check the "
		       "supply and GND",
		       STEADY_READINGS);
	return false;
}
