/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spare.h - removes what has to stay (keep.h) from what is going to be changed.
 *
 * It is kept where the chip database has it for the SoC; where the SoC is not known, where
 * any has it that it may be. Calibration data that is found anywhere else stays as well, and so do
 * settings of OpenBeken.
 */
#ifndef ENGINE_SPARE_H
#define ENGINE_SPARE_H

#include "engine/area.h"
#include "engine/keep.h"

struct spare {
	struct ranges kept; /* what was taken out */
	bool rf_goes;	    /* calibration may be in what is left, as the user asked */
};

/* Whole sectors are removed from @area. False after a trouble. */
bool spare_find(struct spare *spare, struct session *session, const struct keep_not *without,
		struct ranges *area);

#endif
