/* SPDX-License-Identifier: GPL-2.0-or-later */
/* number.h - numbers that people write: "69632", "68K", "2M", "0x11000". */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Decimal, or hexadecimal with 0x; a suffix K or M multiplies by 1024 or 1048576. False for
 * anything else (signs, blanks, nothing) and for what does not fit; @number is then untouched.
 */
bool number_bytes(const char *text, uint32_t *number);

/*
 * What people write for an address when they mean hexadecimal: digits with letters a to f but
 * without 0x, or a decimal number of bytes that is not a multiple of @step, such as 11000.
 */
bool number_looks_hexadecimal(const char *text, uint32_t step);

/* A hexadecimal number up to @most, with or without 0x; else false, and @number is untouched. */
bool number_hexadecimal(const char *text, uint32_t most, uint32_t *number);

/* Decimal digits only, from @least to @most. */
bool number_plain(const char *text, unsigned least, unsigned most, unsigned *number);

#endif
