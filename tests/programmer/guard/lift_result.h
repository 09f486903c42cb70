/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lift_result.h - what became of a protection_lift(), in the four ways that tests tell apart. */
#ifndef TESTS_LIFT_RESULT_H
#define TESTS_LIFT_RESULT_H

#include "programmer/guard/protection.h"

enum lift_result {
	LIFT_OPEN,  /* nothing was protected, and nothing was written */
	LIFT_DONE,  /* a register had to be written */
	LIFT_STAYS, /* it is protected still */
	LIFT_ERROR, /* nobody knows */
};

static inline enum lift_result lift_result(struct protection *protection)
{
	switch (protection_lift(protection)) {
	case TROUBLE_NONE:
		return protection->lifted ? LIFT_DONE : LIFT_OPEN;
	case TROUBLE_PROTECTED:
	case TROUBLE_STAYS_PROTECTED:
		return LIFT_STAYS;
	default:
		return LIFT_ERROR;
	}
}

#endif
