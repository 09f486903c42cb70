/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that somebody wants to write to a flash: what it is recognized as, and where it may go. */
#include "tests/fuzz/fuzz.h"
#include "tests/image/judge.h"
#include "tests/image/make_uf2.h"

#include <stdlib.h>

#define WISH 4 /* bytes before the file, which choose the module and the wish */

static void give(struct bytes bytes)
{
	uint8_t *input = calloc(WISH + bytes.size, 1);

	assert_non_null(input);
	memcpy(input + WISH, bytes.data, bytes.size);
	fuzz_seed(input, WISH + bytes.size);
	free(input);
	free_bytes(bytes);
}

void fuzz_seeds(void)
{
	struct recipe keyed = recipe_for("BK7231N"), plain = recipe_for("BK7252");
	struct bytes dump;

	keyed.app_code = plain.app_code = 0x2000;
	give(make_qio(&keyed));
	give(make_app(&keyed));
	give(make_app(&plain));
	give(make_bootloader(&keyed));
	give(make_bootloader(&plain));
	give(make_stripped(make_bootloader(&keyed)));
	give(make_ota(&keyed));
	give(make_ug(&keyed));
	give(make_rf());
	give(make_app_uf2(UF2_N, make_app(&keyed)));
	dump = make_dump(&keyed, 0x200000);
	give(make_rotated(dump, 5 * 4096));
	give(dump);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	uint32_t random = fuzz_word(&input);
	struct placement placement;
	struct bytes bytes = make_bytes(input.size, 0);

	if (input.size)
		memcpy(bytes.data, input.data, input.size);
	judge(bytes, &random, &placement);
	free_bytes(bytes);
}
