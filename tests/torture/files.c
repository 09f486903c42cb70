/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/torture/files.h"

#include <dirent.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/manifest.h"
#include "tests/unit.h"

static char folder[64];

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
	(void)status, (void)flag;
	return walk->level ? remove(path) : 0;
}

void files_clear(void)
{
	assert_int_equal(nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

void files_enter(void)
{
	char state[80];

	snprintf(folder, sizeof(folder), "%s/beken-torture-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	snprintf(state, sizeof(state), "%s/state", folder);
	setenv("XDG_STATE_HOME", state, 1);
}

void files_leave(void)
{
	files_clear();
	assert_int_equal(chdir("/"), 0);
	rmdir(folder);
}

void files_put(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

void files_put_backup(const char *path, const struct chipdb_part *part, const char *soc,
		      const uint8_t *die)
{
	struct manifest manifest = {.confirmed = part->size};
	char beside[64], *text;
	size_t length;

	manifest_describe(&manifest, part, soc ? chipdb_soc_by_name(soc) : NULL, die);
	text = manifest_text(&manifest, &length);
	assert_non_null(text);
	snprintf(beside, sizeof(beside), "%s" MANIFEST_SUFFIX, path);
	files_put(path, die, part->size);
	files_put(beside, text, length);
	free(text);
}

bool files_exist(const char *path)
{
	return access(path, F_OK) == 0;
}

bool files_equal(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *read = malloc(size + 1);
	bool equal = file && read && fread(read, 1, size + 1, file) == size &&
		     memcmp(read, data, size) == 0;

	if (file)
		fclose(file);
	free(read);
	return equal;
}

bool files_half(void)
{
	DIR *entries = opendir(".");
	struct dirent *entry;
	bool found = false;

	while (entries && (entry = readdir(entries)))
		found |= strncmp(entry->d_name, ".beken", 6) == 0;
	if (entries)
		closedir(entries);
	return found;
}
