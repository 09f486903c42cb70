/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * code_key.h - whether ARM code is plain or keyed, and which address it is made for.
 *
 * A SoC with a key in its eFUSE sees each 32-bit word of its flash XORed with a key
 * stream that depends on the word's logical address; other SoCs see the words as they
 * are. All published BK7231T and BK7231N images use one and the same key, that of
 * Tuya's modules. Source of the cipher and of this key: bk7231tools (crypto/code.py).
 *
 * ARM code begins with eight exception vectors: a branch, and loads of the program
 * counter. The sight of them through no key, or through the key at one address or at
 * another, tells plain from keyed code, and a keyed bootloader from a keyed application.
 */
#ifndef IMAGE_CODE_KEY_H
#define IMAGE_CODE_KEY_H

#include <stddef.h>
#include <stdint.h>

#define CODE_VECTORS 32 /* bytes that code_look() needs */

/* Logical addresses of the two pieces of code. */
#define CODE_BOOTLOADER 0x0u
#define CODE_APPLICATION 0x10000u

enum code_look {
	CODE_NONE,		/* no vectors in sight: no code, or another key */
	CODE_PLAIN,		/* vectors as they are; the address cannot be told */
	CODE_KEYED_BOOTLOADER,	/* vectors through the key at CODE_BOOTLOADER */
	CODE_KEYED_APPLICATION, /* vectors through the key at CODE_APPLICATION */
};

/* The word that is XORed with the code at a logical address, a multiple of 4. */
uint32_t code_key_word(uint32_t address);

/* Key or unkey @count bytes, a multiple of 4, that belong at @address. */
void code_key_apply(uint8_t *data, size_t count, uint32_t address);

/* @data: the first CODE_VECTORS logical bytes. Two damaged words are forgiven. */
enum code_look code_look(const uint8_t data[CODE_VECTORS]);

#endif
