/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hit.h - what a command that went astray looks like in the page that it hit; for mend.h. */
#ifndef HIT_H
#define HIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool hit_blank(const uint8_t *bytes, size_t len);

/*
 * Whether one did it: the page is blank now, or has lost bits. A page that differs from its one
 * reading of before in few bits was not hit: that reading was wrong.
 */
bool hit_was(const uint8_t *before, const uint8_t *now, size_t len);

/*
 * Whether @now, a page that should be blank, holds a piece of @sent, a page that was programmed
 * here, wherever it begins: a byte that came twice moves all behind it. No other content does so,
 * and what would have been there before would show in it.
 */
bool hit_is_of(const uint8_t *now, const uint8_t *sent, size_t len);

#endif
