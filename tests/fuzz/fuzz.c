/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

char *fuzz_text(const struct fuzz_input *input)
{
	char *text = calloc(input->size + 1, 1);

	assert_non_null(text);
	if (input->size)
		memcpy(text, input->data, input->size);
	return text;
}
