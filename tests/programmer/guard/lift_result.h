/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lift_result.h - the four possible results of protection_lift() that tests distinguish. */
#ifndef TESTS_LIFT_RESULT_H
#define TESTS_LIFT_RESULT_H

#include "programmer/guard/protection.h"

enum lift_result {
	LIFT_OPEN,  /* nothing was protected, and nothing was written */
	LIFT_DONE,  /* a register had to be written */
	LIFT_STAYS, /* the die is still protected */
	LIFT_ERROR, /* the result is not known */
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
