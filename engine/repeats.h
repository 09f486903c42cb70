/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repeats.h - whether a flash repeats itself, as one does that is smaller than its ID says: its
 * addresses wrap around.
 */
#ifndef ENGINE_REPEATS_H
#define ENGINE_REPEATS_H

#include "engine/session.h"

/*
 * By a few samples. *@after: after how many bytes; 0: it does not, or it is blank where it was
 * looked at. False after a trouble, which was raised.
 */
bool repeats_look(struct session *session, uint32_t *after);

#endif
