/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/backup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "engine/read_file.h"

#define NAMES_MOST 1000 /* of one SoC, MAC and day */

uint8_t *load_file(const struct observer *observer, const char *path, size_t *size)
{
	struct stat status;
	uint8_t *data;

	if (stat(path, &status)) {
		observer_raise(observer, TROUBLE_FILE, NO_RANGE, "%s: %s", path, strerror(errno));
		return NULL;
	}
	/* A pipe cannot be read again by `resume`, and one without a writer never ends. */
	if (!S_ISREG(status.st_mode)) {
		observer_raise(observer, TROUBLE_FILE, NO_RANGE,
			       "%s is not a regular file; save it to one, and give that", path);
		return NULL;
	}
	data = read_file(path, size);
	if (!data)
		observer_raise(observer, TROUBLE_FILE, NO_RANGE, "%s: %s", path,
			       errno == EFBIG ? "too large for any flash" : strerror(errno));
	return data;
}

static bool exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

static bool manifest_path(const char *path, char manifest[PATH_MAX])
{
	return snprintf(manifest, PATH_MAX, "%s" MANIFEST_SUFFIX, path) < PATH_MAX;
}

bool backup_open(struct backup_file *backup, struct session *session, const char *wish)
{
	char manifest[PATH_MAX];

	memset(backup, 0, sizeof(*backup));
	backup->output.fd = -1;
	backup->session = session;
	backup->wish = wish;
	if (wish && !manifest_path(wish, manifest)) {
		observer_raise(session->observer, TROUBLE_USAGE, NO_RANGE,
			       "the name %s is too long", wish);
		return false;
	}
	if (wish && (exists(wish) || exists(manifest))) {
		observer_raise(
			session->observer, TROUBLE_FILE_EXISTS, NO_RANGE,
			"%s exists already, and a backup is never overwritten; choose another "
			"name",
			exists(wish) ? wish : manifest);
		return false;
	}
	return output_open(&backup->output, wish ? wish : "./", session->part->size,
			   session->observer);
}

static void make_name(const struct content *content, unsigned number, char path[PATH_MAX])
{
	const struct chipdb_soc *soc = content_soc(content);
	char mac[MANIFEST_MAC], date[16], more[16] = "";
	time_t now = time(NULL);
	struct tm local;
	size_t len = 0;

	for (const char *at = content->mac; *at; at++)
		if (*at != ':')
			mac[len++] = *at;
	mac[len] = '\0';
	strftime(date, sizeof(date), "%Y%m%d", localtime_r(&now, &local));
	if (number > 1)
		snprintf(more, sizeof(more), "-%u", number);
	snprintf(path, PATH_MAX, "%s-%s-%s%s.bin", soc ? soc->name : "unknown",
		 mac[0] ? mac : "nomac", date, more);
}

static enum output_result commit_die(struct backup_file *backup, const struct content *content)
{
	enum output_result result = OUTPUT_EXISTS;
	char manifest[PATH_MAX];

	if (backup->wish) {
		snprintf(backup->path, PATH_MAX, "%s", backup->wish);
		result = output_commit(&backup->output, backup->path, OUTPUT_NEW);
		if (result == OUTPUT_EXISTS)
			observer_raise(
				backup->session->observer, TROUBLE_FILE_EXISTS, NO_RANGE,
				"%s appeared meanwhile, and is not overwritten; choose another "
				"name",
				backup->path);
		return result;
	}
	for (unsigned number = 1; result == OUTPUT_EXISTS && number <= NAMES_MOST; number++) {
		make_name(content, number, backup->path);
		if (manifest_path(backup->path, manifest) && !exists(manifest))
			result = output_commit(&backup->output, backup->path, OUTPUT_NEW);
	}
	if (result == OUTPUT_EXISTS)
		observer_raise(
			backup->session->observer, TROUBLE_FILE_EXISTS, NO_RANGE,
			"there are too many backups from today in this directory; name the file");
	return result;
}

/* Both are on the disk; now they get their names. */
static bool commit(struct backup_file *backup, struct output_file *manifest,
		   const struct content *content)
{
	char path[PATH_MAX];

	if (commit_die(backup, content) != OUTPUT_DONE) {
		backup->path[0] = '\0';
		return false;
	}
	if (manifest_path(backup->path, path) &&
	    output_commit(manifest, path, OUTPUT_NEW) == OUTPUT_DONE)
		return true;
	observer_raise(
		backup->session->observer, TROUBLE_FILE, NO_RANGE,
		"%s is whole, but its manifest beside it could not be made; the flash was not "
		"changed",
		backup->path);
	return false;
}

bool backup_save(struct backup_file *backup, const uint8_t *die, const struct content *content,
		 uint32_t confirmed)
{
	struct session *session = backup->session;
	const struct observer *observer = session->observer;
	struct output_file manifest;
	char *text;
	size_t length;
	bool good;

	/* As far as is known, what was read is good; it should not have to be read again. */
	if (!session_registers(session, &backup->manifest.registers)) {
		backup_keep_aside(session, backup->wish, die, 1);
		return false;
	}
	memcpy(backup->manifest.mac, content->mac, sizeof(backup->manifest.mac));
	backup->manifest.confirmed = confirmed;
	backup->manifest.has_registers = flash_has_registers(session->flash);
	manifest_describe(&backup->manifest, session->part, content_soc(content), die);
	session_id_text(session, backup->manifest.id);
	text = manifest_text(&backup->manifest, &length);
	if (!text) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return false;
	}
	if (!output_open(&manifest, backup->wish ? backup->wish : "./", length, observer)) {
		free(text);
		return false;
	}
	good = output_write(&manifest, text, length) &&
	       output_write(&backup->output, die, session->part->size) &&
	       commit(backup, &manifest, content);
	output_discard(&manifest);
	free(text);
	return good;
}

void backup_discard(struct backup_file *backup)
{
	output_discard(&backup->output);
}

void backup_keep_aside(struct session *session, const char *wish, const uint8_t *die,
		       unsigned number)
{
	struct output_file output;
	enum output_result result = OUTPUT_EXISTS;
	char path[PATH_MAX];

	if (!output_open(&output, wish ? wish : "./", session->part->size, session->observer))
		return;
	if (!output_write(&output, die, session->part->size)) {
		output_discard(&output);
		return;
	}
	for (unsigned i = 0; result == OUTPUT_EXISTS && i < NAMES_MOST; i++) {
		snprintf(path, sizeof(path), "%s.unconfirmed-%u", wish ? wish : "beken-flash",
			 number + i);
		result = output_commit(&output, path, OUTPUT_NEW);
	}
	if (result == OUTPUT_DONE)
		observer_note(session->observer, NOTE_WARN, TROUBLE_NONE,
			      "an unconfirmed reading is in %s", path);
	output_discard(&output);
}

uint8_t *backup_load(struct session *session, const char *path, struct manifest *manifest,
		     bool *has_manifest)
{
	const struct observer *observer = session->observer;
	enum manifest_result result;
	size_t size;
	uint8_t *die = load_file(observer, path, &size);

	if (!die)
		return NULL;
	if (size != session->part->size) {
		observer_raise(observer, TROUBLE_WRONG_BACKUP, NO_RANGE,
			       "%s has %zu bytes, but the flash %u: it is not a backup of it", path,
			       size, (unsigned)session->part->size);
		goto err_die;
	}
	result = manifest_read(manifest, path, observer);
	*has_manifest = result == MANIFEST_GOOD;
	if (result == MANIFEST_BAD)
		goto err_die;
	if (result == MANIFEST_GOOD && !manifest_fits(manifest, die, size)) {
		observer_raise(observer, TROUBLE_WRONG_BACKUP, NO_RANGE,
			       "%s does not match its manifest (SHA-256): it was changed or is "
			       "damaged; use another copy of it",
			       path);
		goto err_die;
	}
	return die;

err_die:
	free(die);
	return NULL;
}
