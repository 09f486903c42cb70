/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A target as libFuzzer calls it. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	/* A failed assertion is a crash. */
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_one(data, size);
	return 0;
}

/* replay.c calls fuzz_seeds(). */
void fuzz_seed(const void *data, size_t size)
{
	(void)data, (void)size;
}
