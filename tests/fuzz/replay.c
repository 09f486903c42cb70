/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a target without libFuzzer.
 *
 * usage: fuzz-NAME                  as a test: runs the seeds, and changed ones
 *        fuzz-NAME --seeds FOLDER   writes the seeds into the folder, for libFuzzer
 *        fuzz-NAME FILE...          runs these inputs
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "sim/model/prng.h"

#define SEEDS_MOST 64

/* Limits for changed seeds: their number, and the bytes in all of them together. */
#define INPUTS_MOST 700
#define BYTES_MOST (UINT64_C(3) << 20)

/* A whole flash takes as long as hundreds of other inputs, and most of it is plain content. */
#define LARGE 65536
#define LARGE_ONE_IN 32

struct seed {
	uint8_t *data;
	size_t size;
};

static struct seed seeds[SEEDS_MOST];
static size_t seed_count;

void fuzz_seed(const void *data, size_t size)
{
	struct seed *seed = &seeds[seed_count++];

	assert_true(seed_count <= SEEDS_MOST);
	/* Of exactly this size, so that a sanitizer detects a read past its end. */
	seed->data = malloc(size ? size : 1);
	assert_non_null(seed->data);
	if (size)
		memcpy(seed->data, data, size);
	seed->size = size;
}

static void every_seed_holds(void **state)
{
	(void)state;
	assert_true(seed_count > 0);
	for (size_t i = 0; i < seed_count; i++)
		fuzz_one(seeds[i].data, seeds[i].size);
	fuzz_one(NULL, 0);
}

static size_t below(struct prng *prng, size_t end)
{
	return (size_t)(prng_next(prng) % end);
}

/*
 * One of libFuzzer's mutations: a bit, a byte, a number, or a piece that is removed, repeated or
 * moved.
 */
static void change(struct seed *input, struct prng *prng)
{
	static const uint8_t telling[] = {0x00, 0xff, 0x7f, 0x80, 0x01, '"', ',', '=', '\n'};
	size_t at = below(prng, input->size), to = below(prng, input->size);
	size_t length = 1 + below(prng, input->size - (at > to ? at : to));

	switch (prng_next(prng) % 6) {
	case 0:
		input->data[at] ^= (uint8_t)(1U << prng_next(prng) % 8);
		break;
	case 1:
		input->data[at] = (uint8_t)prng_next(prng);
		break;
	case 2:
		input->data[at] = telling[prng_next(prng) % sizeof(telling)];
		break;
	case 3:
		memmove(input->data + at, input->data + at + length, input->size - at - length);
		input->size -= length;
		break;
	case 4:
		memmove(input->data + to, input->data + at, length);
		break;
	default:
		input->size = at;
		break;
	}
}

static void every_changed_seed_holds(void **state)
{
	struct prng prng = {.state = 3};
	uint64_t bytes = 0;

	(void)state;
	for (unsigned round = 0; round < INPUTS_MOST && bytes < BYTES_MOST; round++) {
		const struct seed *seed = &seeds[prng_next(&prng) % seed_count];
		struct seed input = {NULL, seed->size};
		uint8_t *exact;

		if (seed->size > LARGE && prng_next(&prng) % LARGE_ONE_IN)
			continue;
		input.data = malloc(seed->size ? seed->size : 1);
		assert_non_null(input.data);
		memcpy(input.data, seed->data, seed->size);
		for (unsigned changes = 1 + prng_next(&prng) % 4; changes && input.size; changes--)
			change(&input, &prng);
		exact = malloc(input.size ? input.size : 1);
		assert_non_null(exact);
		memcpy(exact, input.data, input.size);
		fuzz_one(exact, input.size);
		bytes += input.size;
		free(input.data);
		free(exact);
	}
	print_message("# %ju bytes\n", (uintmax_t)bytes);
}

static int write_seeds(const char *folder)
{
	for (size_t i = 0; i < seed_count; i++) {
		char path[4096];
		FILE *file;

		snprintf(path, sizeof(path), "%s/seed-%zu", folder, i);
		file = fopen(path, "wb");
		if (!file)
			return 1;
		fwrite(seeds[i].data, 1, seeds[i].size, file);
		if (fclose(file))
			return 1;
	}
	return 0;
}

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(64 << 20);
	size_t size;

	if (!file || !data) {
		perror(path);
		return 1;
	}
	size = fread(data, 1, 64 << 20, file);
	fclose(file);
	fuzz_one(data, size);
	free(data);
	printf("%s: %zu bytes\n", path, size);
	return 0;
}

static int run(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_seed_holds),
		cmocka_unit_test(every_changed_seed_holds),
	};
	int status = 0;

	if (argc == 3 && strcmp(argv[1], "--seeds") == 0)
		return write_seeds(argv[2]);
	for (int i = 1; i < argc; i++)
		status |= run_file(argv[i]);
	return argc > 1 ? status : cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	int status;

	fuzz_seeds();
	status = run(argc, argv);
	while (seed_count)
		free(seeds[--seed_count].data);
	return status;
}
