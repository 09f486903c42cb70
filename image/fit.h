/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fit.h - whether code runs on a module: two identities and two codings are compared.
 *
 * What cannot be told is not allowed: code that names nothing may be for another SoC. But the user
 * may know, and says so by naming the SoC; and a module without a bootloader starts nothing, so the
 * right image may be tried where the SoC is one of several.
 */
#ifndef IMAGE_FIT_H
#define IMAGE_FIT_H

#include "image/findings.h"

/* What is known of a module. */
struct target {
	struct identity identity;
	struct coding coding; /* of what its CPU runs */
	bool boots;	      /* a bootloader is in it */
	bool app_at_0;	      /* an application is where the bootloader belongs */
};

enum fit {
	FIT_GOOD, /* or, for the coding: nothing known speaks against it */
	FIT_NOT,
	FIT_UNKNOWN, /* it cannot be told: the SoC of one of them, or which of several */
};

#define FIT_WHY 600

/* @why: what is known of both and speaks against it, without a full stop. */
enum fit fit_coding(const struct image *image, const struct target *target, char why[FIT_WHY]);
enum fit fit_soc(const struct image *image, const struct target *target, char why[FIT_WHY]);

#endif
