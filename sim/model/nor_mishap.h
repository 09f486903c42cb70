/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nor_mishap.h - one accident in one CS window of a die: on its wires, in its cells, or to its
 * supply. Its effect stays; the accident does not happen again.
 *
 * Sources: what a window that ends within a byte does, what FFh and FFFFh end, and what a loss of
 * power resets, is in the datasheets of W25Q16 and GD25Q16; that an erase or a program that was
 * interrupted leaves any content, likewise. How much of it is done then is assumed: half.
 */
#ifndef SIM_NOR_MISHAP_H
#define SIM_NOR_MISHAP_H

#include <stdbool.h>
#include <stdint.h>

/* X(id, name) */
#define NOR_MISHAPS(X)                                                                             \
	X(NONE, "none")                                                                            \
	/* Wires. */                                                                               \
	X(LOST, "lost window")		   /* the die sees nothing of it */                        \
	X(CUT, "cut window")		   /* CS rises within a byte: nothing is carried out */    \
	X(MISSED_BYTE, "missed byte")	   /* the first one; the others take its place */          \
	X(DOUBLED_BYTE, "doubled byte")	   /* the first one */                                     \
	X(FLIP_COMMAND, "flipped command") /* a bit of the first byte to the die */                \
	X(FLIP_ADDRESS, "flipped address") /* of the second one: another 128 KiB */                \
	X(FLIP_DATA, "flipped data")	   /* of the fifth one */                                  \
	X(FLIP_ANSWER, "flipped answer")   /* of the first byte from the die */                    \
	/* Cells, and the operation in progress. */                                                \
	X(HALF_PROGRAM, "half a program")                                                          \
	X(WEAK_BIT, "weak bit") /* one that a program should clear stays */                        \
	X(HALF_ERASE, "half an erase")                                                             \
	X(STAYS_BUSY, "long busy") /* three seconds longer than it should */                       \
	/* The die's state, from the start of the window on. */                                    \
	X(PROTECTED, "protected again") /* the registers are as the firmware leaves them */        \
	X(POWER_DOWN, "asleep")		/* B9h */                                                  \
	X(QPI, "QPI")                                                                              \
	X(CONTINUOUS_READ, "continuous read")                                                      \
	X(FOUR_BYTES, "4-byte mode") /* B7h, if the part knows it */                               \
	X(BROWN_OUT, "brown-out")    /* of the die alone: its volatile state is gone */

enum nor_mishap_kind {
#define X(id, name) NOR_MISHAP_##id,
	NOR_MISHAPS(X)
#undef X
		NOR_MISHAP_KINDS
};

struct nor_mishap {
	enum nor_mishap_kind kind;
	uint64_t at; /* the number of the window, from 1 on; 0: none */
};

const char *nor_mishap_name(enum nor_mishap_kind kind);

/* Whether that happens in window number @window. */
static inline bool nor_mishap_is(const struct nor_mishap *mishap, uint64_t window,
				 enum nor_mishap_kind kind)
{
	return mishap->kind == kind && mishap->at == window;
}

/* What arrives for byte number @index, from 0 on. */
uint8_t nor_mishap_mosi(const struct nor_mishap *mishap, uint64_t window, uint32_t index,
			uint8_t mosi);

#endif
