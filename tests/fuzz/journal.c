/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal of a stopped write: whatever is accepted from it lies within the flash. */
#include "tests/fuzz/state.h"

#include <stdlib.h>

#include "base/json.h"
#include "engine/journal.h"

#define FOLDER "beken-flash"
#define WANTED "wanted-1-0.bin"
#define SIZE 65536u

static const char sum[] = /* of SIZE bytes of 00 */
	"de2f256064a0af797747c2b97505dc0b9f3df0de4f489eac731c23ae9ca9cc31";

static void give(const char *more, const char *image)
{
	char text[1200];

	snprintf(text, sizeof(text),
		 "{\"schema\": 1, \"command\": \"write\", \"file\": \"/home/me/app.bin\", "
		 "\"backup\": \"/home/me/lamp.bin\", \"part\": \"GD25Q16B\", \"id\": \"C8 40 15\", "
		 "\"size\": %u, \"mac\": \"c8:47:8c:00:00:01\", \"wanted_mac\": \"\", "
		 "\"calibration\": [\"%s\"], \"protect\": true, \"registers\": 28, "
		 "\"start\": 4096, \"length\": 8192, \"image\": \"%s\", \"sha256\": \"%s\"%s}\n",
		 SIZE, sum, image, sum, more);
	fuzz_seed_text(text);
}

void fuzz_seeds(void)
{
	give("", WANTED);
	give(", \"date\": \"2026-11-27T08:00:00Z\"", WANTED);
	give("", "../../../etc/passwd");
	give(", \"start\": 4294967295, \"length\": 4294967295", WANTED);
	fuzz_seed_text("{\"schema\": 1, \"size\": 9223372036854775807}");
}

static void check(const struct journal *journal)
{
	assert_in_range(journal->size, 1, FLASH_SIZE_MOST);
	assert_in_range(journal->known.length, 0, journal->size);
	assert_in_range(journal->known.start, 0, journal->size - journal->known.length);
	assert_true(journal->calibration_count <= IMAGE_RFS);
	assert_true(memchr(journal->command, 0, sizeof(journal->command)));
	assert_true(memchr(journal->file, 0, sizeof(journal->file)));
	assert_true(memchr(journal->backup, 0, sizeof(journal->backup)));
	/* A file in the journal's own folder. */
	assert_true(journal->image[0]);
	assert_null(strchr(journal->image, '/'));
}

void fuzz_one(const uint8_t *data, size_t size)
{
	static const uint8_t wanted[SIZE];
	static struct notes notes;
	enum journal_result result;
	struct journal journal;
	uint8_t *content;

	fuzz_folder();
	notes_begin(&notes);
	if (journal_read(&journal, 1, &notes.observer) == JOURNAL_NONE) {
		/* The journal creates the folder. */
		journal = (struct journal){.number = 1, .size = SIZE};
		assert_true(journal_write(&journal, wanted, NULL, &notes.observer));
		fuzz_put(FOLDER "/" WANTED, wanted, SIZE);
	}
	notes_begin(&notes);
	fuzz_put(FOLDER "/journal.json", data, size);
	assert_true(journal_exists(1));
	result = journal_read(&journal, 1, &notes.observer);
	assert_int_equal(notes.errors, result == JOURNAL_BAD);
	assert_int_not_equal(result, JOURNAL_NONE);
	if (result != JOURNAL_THERE)
		return;
	check(&journal);
	content = journal_wanted(&journal, &notes.observer);
	assert_int_equal(notes.errors, content == NULL);
	if (content)
		assert_int_equal(journal.size, SIZE);
	free(content);
}
