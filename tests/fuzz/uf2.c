/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks of a UF2 file: whatever they say, what is unpacked lies within the flash. */
#include "tests/fuzz/fuzz.h"
#include "image/uf2.h"
#include "tests/image/make_uf2.h"

#define FLASH_MOST 0x400000u

static void give(struct bytes bytes)
{
	fuzz_seed(bytes.data, bytes.size);
	free_bytes(bytes);
}

void fuzz_seeds(void)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct uf2_piece pieces[] = {
		{"app", true, 0, make_bytes(700, 0x5a)},
		{"download", false, 0, make_bytes(300, 0xa5)},
		{NULL, true, 0x400, make_bytes(256, 0x11)},
	};

	recipe.app_code = 0x2000;
	give(make_app_uf2(UF2_N, make_app(&recipe)));
	give(make_uf2(UF2_T, pieces, COUNT_OF(pieces)));
	give(make_uf2(UF2_RTL8710B, (struct uf2_piece[]){{"app", true, 0, make_bytes(256, 0)}}, 1));
}

static void check_part(const struct uf2_part *part)
{
	assert_true(memchr(part->name, 0, sizeof(part->name)));
	if (part->by_wire)
		assert_true(part->start <= part->end && part->end <= FLASH_MOST);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	struct uf2_content content;
	struct uf2 uf2;

	uf2_begins(data, size);
	assert_true(uf2_unpack(data, size, &uf2, &content));
	assert_true(memchr(uf2.why, 0, sizeof(uf2.why)));
	assert_true(memchr(uf2.board, 0, sizeof(uf2.board)));
	assert_true(memchr(uf2.firmware, 0, sizeof(uf2.firmware)));
	assert_true(memchr(uf2.version, 0, sizeof(uf2.version)));
	assert_int_equal(uf2.fault == UF2_GOOD, uf2.why[0] == '\0');
	assert_true(uf2.part_count <= UF2_PARTS);
	if (uf2.fault) {
		assert_null(content.data);
	} else {
		assert_in_range(content.size, 1, FLASH_MOST);
		assert_in_range(content.address, 0, FLASH_MOST - content.size);
		for (size_t i = 0; i < content.size; i++)
			assert_true(content.carried[i] ? content.carried[i] == 1
						       : content.data[i] == 0xff);
		for (size_t i = 0; i < uf2.part_count; i++)
			check_part(&uf2.parts[i]);
	}
	uf2_free_content(&content);
}
