/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/flashrom_cache.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The last line, which is missing if a file was cut off. */
#define END "end\n"

#define TEXT_ROOM (PATH_MAX + 100 + FLASHROM_NAMES_MOST * (FLASHROM_NAME_ROOM + 12) + sizeof(END))

/* sudo may keep the user's HOME, and no files of root may be left there. */
static bool is_of_another(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && info.st_uid != geteuid();
}

/* Creates the last component of the path if necessary. */
static bool make_directory(const char *path)
{
	struct stat info;

	mkdir(path, 0700);
	return stat(path, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid();
}

static bool find_directory(char directory[PATH_MAX])
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int len;

	if (home && is_of_another(home))
		return false;
	if (cache && cache[0] == '/')
		len = snprintf(directory, PATH_MAX, "%s", cache);
	else if (home && home[0] == '/')
		len = snprintf(directory, PATH_MAX, "%s/.cache", home);
	else
		return false;
	if (len >= PATH_MAX - (int)sizeof("/flashrom-beken") || !make_directory(directory))
		return false;
	strcat(directory, "/flashrom-beken");
	return make_directory(directory);
}

static bool is_script(const char *path)
{
	char begin[2] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (read(fd, begin, sizeof(begin)) < 0)
		begin[0] = '\0';
	close(fd);
	return memcmp(begin, "#!", sizeof(begin)) == 0;
}

void flashrom_cache_find(struct flashrom_cache *cache, const char *flashrom, const uint8_t id[3])
{
	char path[PATH_MAX], directory[PATH_MAX];
	struct stat info;
	int len;

	cache->file[0] = '\0';
	if (!realpath(flashrom, path) || stat(path, &info) || is_script(path) ||
	    !find_directory(directory))
		return;
	snprintf(cache->key, sizeof(cache->key), "%s %lld %lld.%09ld\n", path,
		 (long long)info.st_size, (long long)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
	len = snprintf(cache->file, sizeof(cache->file), "%s/%02X%02X%02X", directory, id[0], id[1],
		       id[2]);
	if (len >= (int)sizeof(cache->file))
		cache->file[0] = '\0';
}

/* The whole file as a string. False if it cannot be read or is longer than any of ours. */
static bool read_file(const char *file, char text[TEXT_ROOM])
{
	size_t len = 0;
	ssize_t got;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return false;
	do {
		got = read(fd, text + len, TEXT_ROOM - 1 - len);
		if (got > 0)
			len += (size_t)got;
	} while (got > 0);
	close(fd);
	text[len] = '\0';
	return got == 0 && len < TEXT_ROOM - 1;
}

bool flashrom_cache_load(const struct flashrom_cache *cache, struct flashrom_names *names)
{
	char text[TEXT_ROOM], *line;

	*names = (struct flashrom_names){0};
	if (!cache->file[0] || !read_file(cache->file, text) ||
	    strncmp(text, cache->key, strlen(cache->key)))
		return false;
	line = text + strlen(cache->key);
	while (strcmp(line, END)) {
		char *end = strchr(line, '\n'), *name;
		unsigned long long kib = strtoull(line, &name, 10);

		if (!end || *name != ' ' || kib > UINT32_MAX ||
		    !flashrom_names_add(names, name + 1, (size_t)(end - name - 1), (uint32_t)kib))
			return false;
		line = end + 1;
	}
	return true;
}

void flashrom_cache_store(const struct flashrom_cache *cache, const struct flashrom_names *names)
{
	char temporary[sizeof(cache->file) + 8];
	FILE *stream = NULL;
	bool good;
	int fd;

	if (!cache->file[0])
		return;
	/* Others may read it at that time, so it must appear completely. */
	snprintf(temporary, sizeof(temporary), "%s.XXXXXX", cache->file);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return;
	stream = fdopen(fd, "w");
	if (!stream) {
		close(fd);
		unlink(temporary);
		return;
	}
	fputs(cache->key, stream);
	for (unsigned i = 0; i < names->count; i++)
		fprintf(stream, "%u %s\n", (unsigned)names->names[i].kib, names->names[i].name);
	fputs(END, stream);
	good = !ferror(stream);
	if (fclose(stream) || !good || rename(temporary, cache->file))
		unlink(temporary);
}

void flashrom_cache_forget(const struct flashrom_cache *cache)
{
	if (cache->file[0])
		unlink(cache->file);
}
