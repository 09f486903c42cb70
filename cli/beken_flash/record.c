/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/beken_flash/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/show/show_device.h"
#include "cli/show/show_identity.h"
#include "engine/manifest.h"
#include "engine/read_file.h"

#define LOCK_TRIES 100
#define LOCK_PAUSE_NS 50000000 /* five seconds in all; other programs write only one line */

/* A pipe cannot be read again. */
static void json_file(struct json *json, const char *path)
{
	char sha256[MANIFEST_SHA256] = "";
	struct stat found;
	uint8_t *data;
	size_t size;

	json_text_or_none(json, "file", path);
	if (path && stat(path, &found) == 0 && S_ISREG(found.st_mode)) {
		data = read_file(path, &size);
		if (data)
			sha256_text(data, size, sha256);
		free(data);
	}
	json_text_or_none(json, "sha256", sha256);
}

static void json_module(struct json *json, const struct session *session)
{
	if (session->part) {
		show_adapter_json(json, session->adapter, session->place, session->port);
		show_part_json(json, session);
	} else {
		json_no_value(json, "adapter");
		json_no_value(json, "part");
	}
	show_identity_json(json, &session->target.identity);
	json_text_or_none(json, "mac", session->mac);
	json_text_or_none(json, "calibration", session->calibration);
}

static void json_phases(struct json *json, const struct report *report)
{
	json_number(json, "ms", report_now_ms() - report->command_ms);
	json_begin(json, "phases", '[');
	for (size_t i = 0; i < report->phase_count; i++) {
		json_begin(json, NULL, '{');
		json_text(json, "name", report->phases[i].name);
		json_number(json, "bytes", report->phases[i].bytes);
		json_number(json, "ms", report->phases[i].ms);
		json_end(json, '}');
	}
	json_end(json, ']');
}

static bool make_line(const char *file, const struct session *session, const struct report *report,
		      const struct trouble *end, char **line, size_t *length)
{
	struct json json = {.out = open_memstream(line, length)};
	time_t now = time(NULL);
	char date[32];
	struct tm tm;

	if (!json.out)
		return false;
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	json_begin(&json, NULL, '{');
	json_number(&json, "schema", REPORT_SCHEMA);
	json_text(&json, "event", "record");
	json_text(&json, "time", date);
	json_text(&json, "command", report->command);
	json_module(&json, session);
	json_file(&json, file);
	json_number(&json, "status", (uint64_t)trouble_status(end));
	json_text(&json, "kind", trouble_name(end->kind));
	json_text(&json, "flash", die_state_name(end->die));
	json_text_or_none(&json, "seen", end->seen);
	json_phases(&json, report);
	json_end(&json, '}');
	fputc('\n', json.out);
	return fclose(json.out) == 0;
}

static bool lock(int fd)
{
	const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};

	for (unsigned i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* If a line was written only in part, it is removed while the file is still locked. */
static bool append(int fd, const char *line, size_t length)
{
	struct stat before;
	int error;

	if (!lock(fd) || fstat(fd, &before) != 0)
		return false;
	errno = ENOSPC;
	if (write(fd, line, length) == (ssize_t)length)
		return fsync(fd) == 0 || errno == EINVAL || errno == EROFS;
	error = errno;
	if (S_ISREG(before.st_mode) && ftruncate(fd, before.st_size) != 0)
		return false;
	errno = error;
	return false;
}

void record_append(const char *path, const char *file, const struct session *session,
		   const struct report *report, const struct trouble *end)
{
	char *line = NULL;
	size_t length;
	int fd = -1;

	if (!make_line(file, session, report, end, &line, &length))
		errno = ENOMEM;
	else
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || !append(fd, line, length))
		observer_note(&report->observer, NOTE_WARN, TROUBLE_FILE,
			      "--record=%s: %s; nothing was recorded for this board", path,
			      strerror(errno));
	if (fd >= 0)
		close(fd);
	free(line);
}
