/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output of the installed flashrom, the cache of its answers, layout files, and command lines. */
#include "tests/fuzz/state.h"

#include <stdlib.h>

#include "cli/flashrom_beken/flashrom_args.h"
#include "cli/flashrom_beken/flashrom_cache.h"
#include "cli/flashrom_beken/flashrom_layout.h"

#define WORDS 24

void fuzz_seeds(void)
{
	fuzz_seed_text("Found GigaDevice flash chip \"GD25Q16(B)\" (2048 kB, SPI) on serprog.\n"
		       "Found GigaDevice flash chip \"GD25Q16C\" (2048 kB, SPI) on serprog.\n"
		       "Multiple flash chip definitions match the detected chip(s)\n");
	fuzz_seed_text("Found Generic flash chip \"unknown SPI chip (RDID)\" (0 kB, SPI)\n"
		       "No EEPROM/flash device found.\n");
	fuzz_seed_text("2048 GD25Q16(B)\n2048 GD25Q16C\nend\n");
	fuzz_seed_text("00000000:00010fff bootloader\n0x11000:0x131fff app\n001d0000:1d0fff rf\n");
	fuzz_seed_text("-p beken_spi:chip=GD25Q16B,enter=never -c GD25Q16C -V -r out.bin");
	fuzz_seed_text("--programmer=beken_spi -l layout -i app:new.bin -i rf -w -VVV --wp-status");
	fuzz_seed_text("-pbeken_spi -E -- -w");
}

static void check_names(const struct flashrom_names *names)
{
	assert_true(names->count <= FLASHROM_NAMES_MOST);
	for (unsigned i = 0; i < names->count; i++) {
		const char *name = names->names[i].name;

		assert_true(names->names[i].kib > 0);
		assert_true(memchr(name, 0, FLASHROM_NAME_ROOM));
		assert_true(name[0]);
		for (; *name; name++)
			assert_true(*name >= ' ' && *name <= '~');
	}
}

/* In one piece, and in several. */
static void check_output(const char *text, size_t size, size_t piece)
{
	struct flashrom_output whole = {.answered = false}, pieces = {.answered = false};

	flashrom_output_feed(&whole, text, size);
	for (size_t at = 0; at < size; at += piece)
		flashrom_output_feed(&pieces, text + at, size - at < piece ? size - at : piece);
	check_names(&whole.names);
	assert_int_equal(whole.answered, pieces.answered);
	assert_int_equal(whole.names.count, pieces.names.count);
}

static void check_cache(const uint8_t *data, size_t size)
{
	static const uint8_t id[3] = {0xc8, 0x40, 0x15};
	struct flashrom_names names, again;
	struct flashrom_cache cache;
	char *entry;
	size_t key;

	fuzz_folder();
	flashrom_cache_find(&cache, "/proc/self/exe", id);
	assert_true(cache.file[0]);
	key = strlen(cache.key);
	entry = malloc(key + size);
	assert_non_null(entry);
	memcpy(entry, cache.key, key);
	if (size)
		memcpy(entry + key, data, size);
	fuzz_put("flashrom-beken/C84015", entry, key + size);
	free(entry);
	if (!flashrom_cache_load(&cache, &names))
		return;
	check_names(&names);
	flashrom_cache_store(&cache, &names);
	assert_true(flashrom_cache_load(&cache, &again));
	assert_memory_equal(&again, &names, sizeof(names));
}

static void check_layout(const uint8_t *data, size_t size)
{
	struct range range;
	char path[300];

	fuzz_put("layout", data, size);
	snprintf(path, sizeof(path), "%s/layout", fuzz_folder());
	if (flashrom_layout_find(path, "app", 3, &range))
		assert_true(range.length > 0 && range.start <= UINT32_MAX - (range.length - 1));
}

static void check_arguments(char *text)
{
	char program[] = "flashrom-beken", *argv[WORDS + 2] = {program}, *state;
	struct flashrom_args args;
	int argc = 1;

	for (char *word = strtok_r(text, " ", &state); word && argc <= WORDS;
	     word = strtok_r(NULL, " ", &state))
		argv[argc++] = word;
	flashrom_args_parse(argc, argv, &args);
	if (args.beken) {
		char **replaced =
			flashrom_args_replace(argc, argv, &args, "flashrom", "serprog:dev=x",
					      (const char *const[]){"-c", "C", NULL});

		assert_non_null(replaced);
		assert_string_equal(replaced[0], "flashrom");
		flashrom_args_free(replaced);
	}
}

void fuzz_one(const uint8_t *data, size_t size)
{
	const struct fuzz_input input = {data, size};
	char *text = fuzz_text(&input);

	check_output(text, size, 1 + size % 7);
	check_cache(data, size);
	check_layout(data, size);
	check_arguments(text);
	free(text);
}
