/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "engine/output_file.h"
#include "engine/read_file.h"
#include "engine/state_folder.h"
#include "engine/unread.h"

#define NAME_ROOM 32
#define JOURNAL_MOST 65536 /* bytes */

static bool path_of(const char *name, char path[PATH_MAX], const struct observer *observer)
{
	size_t length;

	if (!state_folder_path(path, observer))
		return false;
	length = strlen(path);
	return snprintf(path + length, PATH_MAX - length, "/%s", name) < (int)(PATH_MAX - length);
}

/* "journal.json", "journal-2.json". */
static bool numbered(const char *stem, unsigned number, const char *suffix, char path[PATH_MAX],
		     const struct observer *observer)
{
	char name[NAME_ROOM];

	if (number > 1)
		snprintf(name, sizeof(name), "%s-%u%s", stem, number, suffix);
	else
		snprintf(name, sizeof(name), "%s%s", stem, suffix);
	return path_of(name, path, observer);
}

static bool journal_path(unsigned number, char path[PATH_MAX], const struct observer *observer)
{
	return numbered("journal", number, ".json", path, observer);
}

bool journal_exists(unsigned number)
{
	char path[PATH_MAX];

	return journal_path(number, path, NULL) && access(path, F_OK) == 0;
}

/* A lock of this kind is not inherited: a child that outlives a killed program does not hold it. */
int journal_lock(unsigned number, pid_t *holder, const struct observer *observer)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[PATH_MAX];
	int fd;

	*holder = 0;
	if (!state_folder_make(observer) || !numbered("lock", number, "", path, observer))
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		observer_raise(observer, TROUBLE_FILE, NO_RANGE,
			       "cannot make %s: %s; set XDG_STATE_HOME to a directory that you may "
			       "write to",
			       path, strerror(errno));
		return -1;
	}
	if (fcntl(fd, F_SETLK, &lock) == 0)
		return fd;
	if ((errno != EAGAIN && errno != EACCES) || fcntl(fd, F_GETLK, &lock))
		observer_raise(observer, TROUBLE_FILE, NO_RANGE, "cannot lock %s: %s", path,
			       strerror(errno));
	else
		*holder = lock.l_pid;
	close(fd);
	return -1;
}

void journal_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}

static const char *text_of(const json_t *root, const char *key)
{
	const char *text = json_string_value(json_object_get(root, key));

	return text ? text : "";
}

static bool take_range(const json_t *root, struct journal *journal)
{
	json_int_t start = json_integer_value(json_object_get(root, "start"));
	json_int_t length = json_integer_value(json_object_get(root, "length"));

	if (start < 0 || start >= journal->size || length <= 0 || length > journal->size - start)
		return false;
	journal->known = (struct range){(uint32_t)start, (uint32_t)length};
	return true;
}

static bool take_unread(const json_t *root, struct journal *journal)
{
	json_int_t bytes = json_integer_value(json_object_get(root, "unread_bytes"));

	journal->unread_bytes = (uint32_t)bytes;
	return bytes >= 0 && bytes <= journal->known.length;
}

static bool take_calibration(const json_t *root, struct journal *journal)
{
	const json_t *list = json_object_get(root, "calibration"), *entry;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > IMAGE_RFS)
		return false;
	journal->calibration_count = json_array_size(list);
	json_array_foreach(list, i, entry)
	{
		if (json_string_length(entry) != MANIFEST_SHA256 - 1)
			return false;
		strcpy(journal->calibration[i], json_string_value(entry));
	}
	return true;
}

static bool take(const json_t *root, struct journal *journal)
{
	json_int_t size = json_integer_value(json_object_get(root, "size"));

	if (json_integer_value(json_object_get(root, "schema")) != JOURNAL_SCHEMA || size <= 0 ||
	    size > (json_int_t)FLASH_SIZE_MOST)
		return false;
	journal->size = (uint32_t)size;
	journal->protect = json_is_true(json_object_get(root, "protect"));
	journal->registers = (uint32_t)json_integer_value(json_object_get(root, "registers"));
	snprintf(journal->command, sizeof(journal->command), "%s", text_of(root, "command"));
	snprintf(journal->file, sizeof(journal->file), "%s", text_of(root, "file"));
	snprintf(journal->backup, sizeof(journal->backup), "%s", text_of(root, "backup"));
	snprintf(journal->part, sizeof(journal->part), "%s", text_of(root, "part"));
	snprintf(journal->id, sizeof(journal->id), "%s", text_of(root, "id"));
	snprintf(journal->mac, sizeof(journal->mac), "%s", text_of(root, "mac"));
	snprintf(journal->wanted_mac, sizeof(journal->wanted_mac), "%s",
		 text_of(root, "wanted_mac"));
	snprintf(journal->image, sizeof(journal->image), "%s", text_of(root, "image"));
	snprintf(journal->sha256, sizeof(journal->sha256), "%s", text_of(root, "sha256"));
	snprintf(journal->date, sizeof(journal->date), "%s", text_of(root, "date"));
	journal->sums = json_is_true(json_object_get(root, "sums"));
	return take_range(root, journal) && take_unread(root, journal) &&
	       take_calibration(root, journal) && journal->image[0] && !strchr(journal->image, '/');
}

enum journal_result journal_read(struct journal *journal, unsigned number,
				 const struct observer *observer)
{
	char path[PATH_MAX];
	uint8_t *text;
	json_t *root;
	size_t size;
	bool good;

	*journal = (struct journal){.number = number};
	if (!journal_path(number, path, observer))
		return JOURNAL_BAD;
	text = read_file(path, &size);
	if (!text && (errno == ENOENT || errno == ENOTDIR))
		return JOURNAL_NONE;
	if (!text) {
		observer_raise(observer, TROUBLE_FILE, NO_RANGE, "%s: %s", path, strerror(errno));
		return JOURNAL_BAD;
	}
	root = size <= JOURNAL_MOST ? json_loadb((const char *)text, size, 0, NULL) : NULL;
	free(text);
	good = root && take(root, journal);
	json_decref(root);
	if (!good) {
		*journal = (struct journal){.number = number};
		observer_raise(observer, TROUBLE_JOURNAL_DAMAGED, NO_RANGE,
			       "%s is damaged: a write was under way, but which one is not known",
			       path);
	}
	return good ? JOURNAL_THERE : JOURNAL_BAD;
}

static size_t sums_size(uint32_t size)
{
	return size / JOURNAL_SECTOR * sizeof(uint32_t);
}

/* FNV-1a, which is enough against accidents. */
uint32_t journal_sum(const uint8_t *sector)
{
	uint32_t sum = UINT32_C(0x811c9dc5);

	for (size_t i = 0; i < JOURNAL_SECTOR; i++)
		sum = (sum ^ sector[i]) * UINT32_C(0x01000193);
	return sum == JOURNAL_NO_SUM ? 1 : sum;
}

static void put_sum(uint8_t *sums, uint32_t address, uint32_t sum)
{
	for (size_t i = 0; i < sizeof(sum); i++)
		sums[address / JOURNAL_SECTOR * sizeof(sum) + i] = (uint8_t)(sum >> 8 * i);
}

uint8_t *journal_sums(const uint8_t *die, uint32_t size, const struct unread *unread)
{
	uint8_t *sums = malloc(sums_size(size));

	for (uint32_t at = 0; sums && at < size / JOURNAL_SECTOR * JOURNAL_SECTOR;
	     at += JOURNAL_SECTOR)
		put_sum(sums, at,
			unread && unread_at(unread, at) ? JOURNAL_NO_SUM : journal_sum(die + at));
	return sums;
}

uint32_t journal_sum_of(const struct journal *journal, const uint8_t *wanted, uint32_t address)
{
	const uint8_t *bytes = wanted + journal->size + address / JOURNAL_SECTOR * sizeof(uint32_t);
	uint32_t sum = 0;

	for (size_t i = 0; i < sizeof(sum); i++)
		sum |= (uint32_t)bytes[i] << 8 * i;
	return sum;
}

void journal_set_sum(const struct journal *journal, uint8_t *wanted, uint32_t address, uint32_t sum)
{
	put_sum(wanted + journal->size, address, sum);
}

static size_t image_size(const struct journal *journal)
{
	return journal->size + (journal->sums ? sums_size(journal->size) : 0);
}

uint8_t *journal_wanted(const struct journal *journal, const struct observer *observer)
{
	char path[PATH_MAX], sum[MANIFEST_SHA256] = "";
	uint8_t *wanted;
	size_t size = 0;

	if (!path_of(journal->image, path, observer))
		return NULL;
	wanted = read_file(path, &size);
	if (wanted && size == image_size(journal))
		sha256_text(wanted, size, sum);
	if (strcmp(sum, journal->sha256) == 0 && sum[0])
		return wanted;
	observer_raise(observer, TROUBLE_JOURNAL_DAMAGED, NO_RANGE,
		       "%s, the wanted content of what was under way, is missing or damaged", path);
	free(wanted);
	return NULL;
}

static char *journal_text(const struct journal *journal, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);
	struct json json = {.out = out};

	if (!out)
		return NULL;
	json_begin(&json, NULL, '{');
	json_number(&json, "schema", JOURNAL_SCHEMA);
	json_text(&json, "command", journal->command);
	json_text(&json, "file", journal->file);
	json_text(&json, "backup", journal->backup);
	json_text(&json, "part", journal->part);
	json_text(&json, "id", journal->id);
	json_number(&json, "size", journal->size);
	json_text(&json, "mac", journal->mac);
	json_text(&json, "wanted_mac", journal->wanted_mac);
	json_begin(&json, "calibration", '[');
	for (size_t i = 0; i < journal->calibration_count; i++)
		json_text(&json, NULL, journal->calibration[i]);
	json_end(&json, ']');
	json_bool(&json, "protect", journal->protect);
	json_number(&json, "registers", journal->registers);
	json_range(&json, journal->known.start, journal->known.length);
	json_number(&json, "unread_bytes", journal->unread_bytes);
	json_text(&json, "image", journal->image);
	json_text(&json, "sha256", journal->sha256);
	json_bool(&json, "sums", journal->sums);
	json_text(&json, "date", journal->date);
	json_end(&json, '}');
	putc('\n', out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* "wanted-2-": the contents that belong to one journal, which change with each write. */
static void image_prefix(unsigned number, char prefix[NAME_ROOM])
{
	snprintf(prefix, NAME_ROOM, "wanted-%u-", number);
}

/* Contents that the journal does not name: of an earlier write, or of a damaged journal. */
static void remove_images_but(unsigned number, const char *name, const struct observer *observer)
{
	char path[PATH_MAX], prefix[NAME_ROOM];
	struct dirent *entry;
	DIR *directory;

	image_prefix(number, prefix);
	directory = state_folder_path(path, observer) ? opendir(path) : NULL;
	while (directory && (entry = readdir(directory)))
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0 &&
		    strcmp(entry->d_name, name) != 0)
			unlinkat(dirfd(directory), entry->d_name, 0);
	if (directory)
		closedir(directory);
}

void journal_name(char name[PATH_MAX], const char *path)
{
	char full[PATH_MAX];

	snprintf(name, PATH_MAX, "%s", realpath(path, full) ? full : path);
}

static void set_date(struct journal *journal, time_t now)
{
	struct tm utc;

	if (!journal->date[0])
		strftime(journal->date, sizeof(journal->date), "%Y-%m-%dT%H:%M:%SZ",
			 gmtime_r(&now, &utc));
}

/* The wanted content and the sums as one file. */
static bool write_image(struct journal *journal, const char *path, const uint8_t *wanted,
			const uint8_t *sums, const struct observer *observer)
{
	uint8_t *image;
	bool good;

	journal->sums = sums != NULL;
	image = malloc(image_size(journal));
	if (!image)
		return observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory") ==
		       TROUBLE_NONE;
	memcpy(image, wanted, journal->size);
	if (sums)
		memcpy(image + journal->size, sums, sums_size(journal->size));
	sha256_text(image, image_size(journal), journal->sha256);
	good = output_whole(path, image, image_size(journal), OUTPUT_NEW, observer);
	free(image);
	return good;
}

bool journal_write(struct journal *journal, const uint8_t *wanted, const uint8_t *sums,
		   const struct observer *observer)
{
	char path[PATH_MAX], prefix[NAME_ROOM], *text;
	struct timespec now;
	size_t length;
	bool good;

	clock_gettime(CLOCK_REALTIME, &now);
	set_date(journal, now.tv_sec);
	/* Under a new name, so that the existing journal stays good until it is replaced. */
	image_prefix(journal->number, prefix);
	snprintf(journal->image, sizeof(journal->image), "%s%lld.%09ld.bin", prefix,
		 (long long)now.tv_sec, now.tv_nsec);
	if (!state_folder_make(observer) || !path_of(journal->image, path, observer) ||
	    !write_image(journal, path, wanted, sums, observer))
		return false;
	text = journal_text(journal, &length);
	good = text && journal_path(journal->number, path, observer) &&
	       output_whole(path, text, length, OUTPUT_REPLACES, observer);
	free(text);
	if (good)
		remove_images_but(journal->number, journal->image, observer);
	else if (path_of(journal->image, path, observer))
		unlink(path);
	return good;
}

bool journal_remove(unsigned number, const struct observer *observer)
{
	char path[PATH_MAX], *slash;
	int fd;

	if (!journal_path(number, path, observer))
		return false;
	if (unlink(path) && errno != ENOENT) {
		observer_raise(observer, TROUBLE_FILE, NO_RANGE,
			       "cannot remove %s: %s; remove it by hand", path, strerror(errno));
		return false;
	}
	remove_images_but(number, "", observer);
	slash = strrchr(path, '/');
	*slash = '\0';
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	return true;
}
