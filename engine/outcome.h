/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outcome.h - what will be in the whole flash, and whether the module can start it. */
#ifndef ENGINE_OUTCOME_H
#define ENGINE_OUTCOME_H

#include "engine/session.h"

#define OUTCOME_WHY 700

/*
 * @wanted: the content of the die afterwards. Whether a bootloader and an application are in it, of
 * which every checksum and header is right, and nothing known prevents them from running on
 * @module. If not, @why says what is wrong, as "the application ends ...", without a full stop.
 * False also if memory runs out; then @why says that.
 */
bool outcome_starts(const uint8_t *wanted, uint32_t size, const struct target *module,
		    char why[OUTCOME_WHY]);

#endif
