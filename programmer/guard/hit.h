/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hit.h - what a misdirected command looks like in the page that it hit; for mend.h. */
#ifndef HIT_H
#define HIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool hit_blank(const uint8_t *bytes, size_t len);

/*
 * Whether a command hit it: the page is blank now, or has lost bits. A page that differs in a few
 * bits from its only earlier reading was not hit: that reading was wrong.
 */
bool hit_was(const uint8_t *before, const uint8_t *now, size_t len);

/*
 * Whether @now, a page that should be blank, holds a piece of @sent, a page that was programmed
 * here, at any offset: a byte that came twice shifts all that follow. No other content looks like
 * this, and old content of the page would show in it.
 */
bool hit_is_of(const uint8_t *now, const uint8_t *sent, size_t len);

#endif
