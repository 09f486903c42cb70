/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a page that was hit by a misdirected change differs from one that was read wrong. */
#include "tests/unit.h"
#include "programmer/guard/hit.h"

#define PAGE 256u

static uint8_t before[PAGE], now[PAGE], sent[PAGE];

static uint8_t noise(uint32_t i)
{
	return (uint8_t)((i * UINT32_C(2654435761)) >> 24);
}

static void fill(void)
{
	for (uint32_t i = 0; i < PAGE; i++) {
		before[i] = now[i] = noise(i);
		sent[i] = noise(i + 5000);
	}
}

static void a_page_that_is_blank_now_or_has_lost_bits_was_hit(void **state)
{
	(void)state;
	fill();
	assert_false(hit_was(before, now, PAGE));
	memset(now, 0xff, PAGE);
	assert_true(hit_was(before, now, PAGE));
	for (uint32_t i = 0; i < PAGE; i++)
		now[i] = before[i] & sent[i];
	assert_true(hit_was(before, now, PAGE));
}

static void a_page_with_some_other_bits_was_read_wrong(void **state)
{
	(void)state;
	fill();
	before[3] = now[3] = 0xff;
	now[3] = 0x01; /* seven more bits cleared */
	assert_false(hit_was(before, now, PAGE));
	before[4] = 0xff;
	now[4] = 0xfe; /* and an eighth one */
	assert_true(hit_was(before, now, PAGE));
	before[5] = 0x00;
	now[5] = 0x01; /* a program never sets a bit */
	assert_false(hit_was(before, now, PAGE));
}

static void what_was_sent_is_known_again_wherever_it_begins(void **state)
{
	(void)state;
	fill();
	for (uint32_t first = 0; first < PAGE; first++) {
		for (uint32_t i = 0; i < PAGE; i++)
			now[(first + i) % PAGE] = sent[i];
		if (!hit_is_of(now, sent, PAGE))
			fail_msg("from %u on", (unsigned)first);
	}
}

static void a_piece_at_the_very_end_counts(void **state)
{
	(void)state;
	fill();
	memcpy(now, sent, 88);
	assert_true(hit_is_of(now, sent, 88));
	assert_false(hit_is_of(now, sent, 87));
}

static void content_that_begins_at_the_end_of_a_piece_is_content(void **state)
{
	(void)state;
	memset(now, 0x00, PAGE);
	memset(sent, 0x00, PAGE);
	now[87] = sent[100] = 5;
	assert_true(hit_is_of(now, sent, PAGE));
}

/* If a page was programmed from its middle, one of the two places is complete. */
static void what_is_the_same_between_the_two_places_is_not_enough(void **state)
{
	(void)state;
	fill();
	memcpy(now + 109, sent + 109, 64);
	assert_false(hit_is_of(now, sent, PAGE));
}

static void other_content_and_that_of_one_value_is_not(void **state)
{
	(void)state;
	fill();
	assert_false(hit_is_of(now, sent, PAGE));
	memset(now, 0x00, PAGE);
	memset(sent, 0x00, PAGE);
	assert_false(hit_is_of(now, sent, PAGE));
	assert_true(hit_blank((const uint8_t[]){0xff, 0xff}, 2));
	assert_false(hit_blank((const uint8_t[]){0x00, 0x00}, 2));
	assert_false(hit_blank((const uint8_t[]){0xff, 0xfe}, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_that_is_blank_now_or_has_lost_bits_was_hit),
		cmocka_unit_test(a_page_with_some_other_bits_was_read_wrong),
		cmocka_unit_test(what_was_sent_is_known_again_wherever_it_begins),
		cmocka_unit_test(a_piece_at_the_very_end_counts),
		cmocka_unit_test(content_that_begins_at_the_end_of_a_piece_is_content),
		cmocka_unit_test(what_is_the_same_between_the_two_places_is_not_enough),
		cmocka_unit_test(other_content_and_that_of_one_value_is_not),
	};

	return cmocka_run_group_tests_name("hit", tests, NULL, NULL);
}
