/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge.h - what must be true of any bytes, whatever they are taken for. */
#ifndef TESTS_IMAGE_JUDGE_H
#define TESTS_IMAGE_JUDGE_H

#include "image/placement.h"
#include "tests/image/make.h"

/*
 * Identifies the bytes and looks for a place for them, on a module and with a wish that @random
 * chooses. Asserts that the findings are consistent; @placement is the answer.
 */
void judge(struct bytes bytes, uint32_t *random, struct placement *placement);

#endif
