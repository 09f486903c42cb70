/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz.h - a fuzz target: any bytes from outside go into one parser, while the sanitizers watch,
 * and the target asserts what the parser's header promises.
 *
 * A target is one file with these two functions. Linked with replay.c it is a test, which runs all
 * seeds, and each of them with some bytes changed. Linked with libfuzzer.c (-Dfuzz=true, clang) it
 * is a fuzzer that starts from the same seeds; tools/fuzz runs all of them. An input that a fuzzer
 * found becomes a seed, with a line that says what it caused.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "tests/unit.h"

/* Runs one input. Leaves neither memory nor files. */
void fuzz_one(const uint8_t *data, size_t size);

/* Calls fuzz_seed() for each seed. */
void fuzz_seeds(void);
void fuzz_seed(const void *data, size_t size);

/* A string without its final 0. */
static inline void fuzz_seed_text(const char *text)
{
	fuzz_seed(text, strlen(text));
}

/* Bytes of an input, one after another; 0 after its end. */
struct fuzz_input {
	const uint8_t *data;
	size_t size;
};

static inline uint8_t fuzz_byte(struct fuzz_input *input)
{
	if (input->size == 0)
		return 0;
	input->size--;
	return *input->data++;
}

static inline uint32_t fuzz_word(struct fuzz_input *input)
{
	uint32_t word = 0;

	for (unsigned i = 0; i < 4; i++)
		word |= (uint32_t)fuzz_byte(input) << 8 * i;
	return word;
}

/* The rest of the input, as a string to be freed. */
char *fuzz_text(const struct fuzz_input *input);

#endif
