/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shifting bytes in a run is the same as shifting them one by one. */
#include <string.h>

#include "sim/model/prng.h"
#include "tests/sim/model/die.h"
#include "tests/sim/model/parts.h"

#define LONGEST 3000u
#define UNDRIVEN 0xA5

static uint8_t sent[LONGEST], in_one[LONGEST], one_by_one[LONGEST];

static void fill(struct die *die)
{
	struct prng prng = {.state = 7};

	for (uint32_t i = 0; i < die->nor.part->size; i++)
		die->nor.memory[i] = (uint8_t)prng_next(&prng);
}

/* Sends the same window to both, to one of them in pieces of any length. */
static void shift_both(struct die *run, struct die *single, size_t count, struct prng *prng)
{
	nor_select(&run->nor);
	nor_select(&single->nor);
	for (size_t at = 0, piece; at < count; at += piece) {
		piece = prng_between(prng, 1, count - at);
		nor_shift(&run->nor, sent + at, in_one + at, piece, UNDRIVEN, at * 10, 10);
	}
	for (size_t i = 0; i < count; i++) {
		int byte = nor_output(&single->nor, i * 10);

		one_by_one[i] = byte < 0 ? UNDRIVEN : (uint8_t)byte;
		nor_accept(&single->nor, sent[i], i * 10);
	}
	nor_deselect(&run->nor, true, count * 10);
	nor_deselect(&single->nor, true, count * 10);
	assert_memory_equal(in_one, one_by_one, count);
	assert_int_equal(run->nor.bytes, single->nor.bytes);
	assert_int_equal(run->nor.received, single->nor.received);
	assert_int_equal(run->nor.address, single->nor.address);
}

static void compare(struct board_options options, const char *part)
{
	static const uint8_t opcodes[] = {0x03, 0x0B, 0x13, 0x9F, 0x05, 0x5A, 0xB7, 0xE9, 0xFF};
	struct die *run = die_with(options, part), *single = die_with(options, part);
	struct prng prng = {.state = 1};

	fill(run);
	memcpy(single->nor.memory, run->nor.memory, run->nor.part->size);
	for (int i = 0; i < 300; i++) {
		size_t count = prng_between(&prng, 1, i % 10 ? 40 : LONGEST);

		for (size_t k = 0; k < count; k++)
			sent[k] = (uint8_t)prng_next(&prng);
		sent[0] = opcodes[prng_between(&prng, 0, sizeof(opcodes) - 1)];
		/* Often close to the place where addresses wrap around. */
		if (i % 2 && count > 3) {
			sent[1] = sent[2] = 0xFF;
			sent[3] |= 0xF0;
		}
		shift_both(run, single, count, &prng);
	}
	die_free(run);
	die_free(single);
}

static void whatever_is_sent_the_answer_is_the_same(void **state)
{
	(void)state;
	compare((struct board_options){0}, "GD25Q16B");
	compare((struct board_options){.noise = 50}, "GD25Q16B");
	compare((struct board_options){.part = &part_32_mib}, NULL);
}

/* An accident that flips a bit in the middle of a read also does so in a run. */
static void an_accident_in_a_read_shows_in_a_run(void **state)
{
	const struct board_options options = {.flip_at = 100};
	struct die *run = die_with(options, "GD25Q16B"), *single = die_with(options, "GD25Q16B");
	struct prng prng = {.state = 1};

	(void)state;
	fill(run);
	memcpy(single->nor.memory, run->nor.memory, run->nor.part->size);
	for (unsigned kind = NOR_MISHAP_NONE; kind < NOR_MISHAP_KINDS; kind++) {
		run->nor.mishap = single->nor.mishap = (struct nor_mishap){
			.kind = (enum nor_mishap_kind)kind, .at = run->nor.windows + 1};
		memset(sent, 0, sizeof(sent));
		sent[0] = 0x03;
		shift_both(run, single, 500, &prng);
		shift_both(run, single, 500, &prng);
	}
	die_free(run);
	die_free(single);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_is_sent_the_answer_is_the_same),
		cmocka_unit_test(an_accident_in_a_read_shows_in_a_run),
	};

	return cmocka_run_group_tests_name("nor_shift", tests, NULL, NULL);
}
