/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A die alone, with a clock of its own, for tests. */
#ifndef TESTS_SIM_DIE_H
#define TESTS_SIM_DIE_H

#include "tests/sim/model/bench.h"
#include "sim/model/nor.h"

struct die {
	struct nor nor;
	struct board_stats stats;
	uint64_t ns;
};

struct die *die_of(const char *part);

/* @part NULL: the one in @options. */
struct die *die_with(struct board_options options, const char *part);
void die_free(struct die *die);

/* One CS window: bytes out, then bytes in. It takes no time on the die's clock. */
void die_op(struct die *die, const uint8_t *out, size_t out_length, uint8_t *in, size_t in_length);

#define DIE_SEND(die, ...)                                                                         \
	do {                                                                                       \
		const uint8_t bytes_[] = {__VA_ARGS__};                                            \
		die_op(die, bytes_, sizeof(bytes_), NULL, 0);                                      \
	} while (0)

/* Reads one status register. */
uint8_t die_status(struct die *die, uint8_t opcode);

/* Lets time pass until WIP is clear. */
void die_wait_ready(struct die *die);

void die_enable(struct die *die);

#endif
