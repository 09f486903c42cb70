/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/die.h"

#include <stdlib.h>

struct die *die_with(struct board_options options, const char *part)
{
	struct die *die = calloc(1, sizeof(*die));

	assert_non_null(die);
	if (part)
		options.part = chipdb_part_by_name(part);
	assert_non_null(options.part);
	assert_true(nor_init(&die->nor, &options, &die->stats));
	return die;
}

struct die *die_of(const char *part)
{
	return die_with((struct board_options){0}, part);
}

void die_free(struct die *die)
{
	nor_fini(&die->nor);
	free(die);
}

void die_op(struct die *die, const uint8_t *out, size_t out_length, uint8_t *in, size_t in_length)
{
	uint8_t zero[600] = {0}, ignored[600];

	nor_select(&die->nor);
	nor_shift(&die->nor, out, ignored, out_length, 0xFF, die->ns, 1000);
	if (in_length)
		nor_shift(&die->nor, zero, in, in_length, 0xFF, die->ns, 1000);
	nor_deselect(&die->nor, true, die->ns);
}

uint8_t die_status(struct die *die, uint8_t opcode)
{
	uint8_t value;

	die_op(die, &opcode, 1, &value, 1);
	return value;
}

void die_wait_ready(struct die *die)
{
	while (die_status(die, 0x05) & 1)
		die->ns += BENCH_US;
}

void die_enable(struct die *die)
{
	DIE_SEND(die, 0x06);
}
