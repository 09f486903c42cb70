/* SPDX-License-Identifier: GPL-2.0-or-later */
/* find_rf.h - calibration data by its content, wherever in the die it is. */
#ifndef ENGINE_FIND_RF_H
#define ENGINE_FIND_RF_H

#include "engine/session.h"
#include "image/findings.h"

/*
 * Reads the start of every sector of the die, and reads twice what it finds. @found: offsets in the
 * die. False after a trouble.
 */
bool find_rf(struct session *session, struct rf found[IMAGE_RFS], size_t *count);

/* The same at one address. */
bool find_rf_at(struct session *session, uint32_t at, struct rf *rf, bool *found);

/* "0x1d0000 and 0x1e0000"; "" for none. Returns @text. */
#define FIND_RF_TEXT 80
const char *find_rf_text(const struct rf *found, size_t count, char text[FIND_RF_TEXT]);

#endif
