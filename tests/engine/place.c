/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/engine/place.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/signals.h"
#include "engine/content.h"
#include "engine/journal.h"
#include "engine/look.h"
#include "tests/image/make.h"

/*
 * Replaces the C library's: syncing to a real disk would take most of the time, and no test here
 * would notice whether it was done.
 */
int fsync(int fd)
{
	return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

static struct bytes firmware; /* made once, since it takes a while */

const char *place_mac(unsigned number)
{
	static char text[18];

	snprintf(text, sizeof(text), "c8:47:8c:00:00:%02x", number);
	return text;
}

void place_module(uint8_t *die, unsigned number)
{
	const uint8_t mac[] = {0xc8, 0x47, 0x8c, 0, 0, (uint8_t)number};
	struct recipe recipe = recipe_for("BK7231N");

	if (!firmware.data)
		firmware = make_dump(&recipe, PLACE_SIZE);
	memcpy(die, firmware.data, PLACE_SIZE);
	memcpy(die + PLACE_MAC, mac, sizeof(mac));
	for (unsigned i = 0; i < 64; i++)
		die[PLACE_CALIBRATION + i] = (uint8_t)(i * 5 + number * 37);
	memset(die + PLACE_NET, (int)(0x20 + number), 100);
	memset(die + PLACE_TUYA, (int)(0x40 + number), 100);
}

uint8_t *place_new_module(unsigned number)
{
	uint8_t *die = malloc(PLACE_SIZE);

	assert_non_null(die);
	place_module(die, number);
	return die;
}

static void enter(struct place *place)
{
	char state[80];

	assert_non_null(getcwd(place->before, sizeof(place->before)));
	strcpy(place->directory, "/tmp/beken-engine-XXXXXX");
	assert_non_null(mkdtemp(place->directory));
	assert_int_equal(chdir(place->directory), 0);
	/* The journal creates it. */
	snprintf(state, sizeof(state), "%s/state", place->directory);
	setenv("XDG_STATE_HOME", state, 1);
}

int place_set_up_closed(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	enter(place);
	notes_begin(&place->notes);
	fake_begin(&place->fake, chipdb_part_by_name("TH25Q16HB"));
	place->fake.registers = place->fake.part->firmware_sr;
	place_module(place->fake.die, 1);
	*state = place;
	return 0;
}

int place_set_up(void **state)
{
	int status = place_set_up_closed(state);

	place_open(*state, true);
	return status;
}

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
	(void)status, (void)flag, (void)walk;
	return remove(path);
}

int place_tear_down(void **state)
{
	struct place *place = *state;

	place_close(place);
	fake_end(&place->fake);
	if (chdir(place->before) == 0)
		nftw(place->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	unsetenv("XDG_STATE_HOME");
	free(place->output);
	free(place);
	return 0;
}

static bool is_cancelled(void *data)
{
	(void)data;
	return signals_seen() != 0;
}

void place_open(struct place *place, bool writes)
{
	const struct session_options options = {.writes = writes};
	struct session *session = &place->session;

	place_close(place);
	fake_again(&place->fake);
	notes_begin(&place->notes);
	place->notes.observer.cancelled = is_cancelled;
	session_begin(session, &place->notes.observer);
	assert_true(session_open(session, &options));
	assert_true(look_at_module(session));
	fake_again(&place->fake);
	place->fake.opened = 1;
	place->is_open = true;
}

void place_close(struct place *place)
{
	if (place->is_open)
		session_close(&place->session);
	place->is_open = false;
}

void place_put(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
}

/* A 0 follows the data, so that it is a string as well. */
uint8_t *place_get(const char *path, size_t size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = calloc(1, size + 2);

	assert_non_null(data);
	if (!file)
		fail_msg("there is no %s", path);
	assert_int_equal(fread(data, 1, size + 1, file), size);
	fclose(file);
	return data;
}

bool place_has(const char *path)
{
	return access(path, F_OK) == 0;
}

unsigned place_count(const char *end)
{
	DIR *directory = opendir(".");
	struct dirent *entry;
	unsigned count = 0;

	while ((entry = readdir(directory))) {
		size_t length = strlen(entry->d_name);

		count += length >= strlen(end) &&
			 strcmp(entry->d_name + length - strlen(end), end) == 0;
	}
	closedir(directory);
	return count;
}

bool place_find(const char *directory, const char *begin, char *path, size_t room)
{
	DIR *entries = opendir(directory);
	struct dirent *entry;
	bool found = false;

	while (entries && !found && (entry = readdir(entries))) {
		found = strncmp(entry->d_name, begin, strlen(begin)) == 0;
		snprintf(path, room, "%s/%s", directory, entry->d_name);
	}
	if (entries)
		closedir(entries);
	return found;
}

void place_put_backup(const char *path, const uint8_t *die)
{
	struct manifest manifest = {.confirmed = PLACE_SIZE};
	char beside[128], *text;
	size_t length;

	manifest_describe(&manifest, chipdb_part_by_name("TH25Q16HB"),
			  chipdb_soc_by_name("BK7231N"), die);
	text = manifest_text(&manifest, &length);
	assert_non_null(text);
	snprintf(beside, sizeof(beside), "%s" MANIFEST_SUFFIX, path);
	place_put(path, die, PLACE_SIZE);
	place_put(beside, text, length);
	free(text);
}

void place_expect_range(const struct place *place, const uint8_t *die, uint32_t start,
			uint32_t length)
{
	for (uint32_t i = start; i < start + length; i++)
		if (place->fake.die[i] != die[i])
			fail_msg("0x%06x: %02x, not %02x", (unsigned)i, place->fake.die[i], die[i]);
}

void place_expect(const struct place *place, const uint8_t *die)
{
	place_expect_range(place, die, 0, PLACE_SIZE);
}

void place_expect_untouched(const struct place *place, uint8_t *die)
{
	assert_false(fake_changed(&place->fake));
	place_expect(place, die);
	assert_int_equal(place->fake.closed, place->fake.opened);
	free(die);
}

/* Says about the module what module_remember() would, without calling it. */
void place_leave_numbered(unsigned number, const uint8_t *present, const uint8_t *wanted)
{
	struct journal journal = {.number = number,
				  .command = "write",
				  .file = "a file",
				  .part = "TH25Q16HB",
				  .id = "EB 60 15",
				  .size = PLACE_SIZE,
				  .known = {0, PLACE_SIZE}};
	struct rf found[IMAGE_RFS];
	uint8_t *sums;

	content_mac(present, PLACE_SIZE, journal.mac);
	content_mac(wanted, PLACE_SIZE, journal.wanted_mac);
	journal.calibration_count = content_find_rf(present, PLACE_SIZE, found);
	for (size_t i = 0; i < journal.calibration_count; i++)
		sha256_text(present + found[i].offset, found[i].length, journal.calibration[i]);
	sums = journal_sums(present, PLACE_SIZE, NULL);
	assert_non_null(sums);
	assert_true(journal_write(&journal, wanted, sums, NULL));
	free(sums);
}

void place_leave_journal(const uint8_t *present, const uint8_t *wanted)
{
	place_leave_numbered(1, present, wanted);
}

bool place_has_journal(void)
{
	return place_has(PLACE_STATE "/journal.json");
}
