/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/state_folder.h"

/* musl has neither the name nor a function for it. */
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE (1 << 0)
#endif

#define TEMPORARY ".beken-flash-XXXXXX"

static const char *advice(int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
		return "; make room, or name a file on another disk";
	case EFBIG:
		return "; the limit for files is too small (see ulimit -f)";
	case EACCES:
	case EPERM:
	case EROFS:
		return "; name a file in a directory that you may write to";
	case ENOENT:
	case ENOTDIR:
		return "; make the directory first";
	case EEXIST:
		return "; it is never overwritten: move it away, or choose another name";
	}
	return "";
}

static void complain(const struct observer *observer, const char *path, int error)
{
	enum trouble_kind kind = TROUBLE_FILE;

	if (error == ENOSPC || error == EDQUOT || error == EFBIG)
		kind = TROUBLE_DISK_FULL;
	else if (error == EEXIST)
		kind = TROUBLE_FILE_EXISTS;
	observer_raise(observer, kind, NO_RANGE, "cannot write %s: %s%s", path, strerror(error),
		       advice(error));
}

static size_t directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

bool output_open(struct output_file *file, const char *path, size_t size,
		 const struct observer *observer)
{
	int error = 0, length = (int)directory_length(path);

	file->observer = observer;
	file->fd = -1;
	if (snprintf(file->temporary, sizeof(file->temporary), "%.*s" TEMPORARY, length, path) >=
	    (int)sizeof(file->temporary)) {
		complain(observer, path, ENAMETOOLONG);
		return false;
	}
	file->fd = mkostemp(file->temporary, O_CLOEXEC);
	if (file->fd < 0) {
		complain(observer, path, errno);
		return false;
	}
	if (size > 0)
		error = posix_fallocate(file->fd, 0, (off_t)size);
	/* If space cannot be reserved, it may still be possible to write. */
	if (error && error != EINVAL && error != EOPNOTSUPP && error != EINTR) {
		complain(observer, path, error);
		output_discard(file);
		return false;
	}
	return true;
}

bool output_write(struct output_file *file, const void *data, size_t length)
{
	const char *at = data;

	while (length > 0) {
		ssize_t n = write(file->fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			complain(file->observer, file->temporary, errno);
			return false;
		}
		at += n;
		length -= (size_t)n;
	}
	return true;
}

/* Some file systems have no rename that refuses to replace a file (NFS), some no links (FAT). */
static int give_name(const char *from, const char *to, enum output_mode mode)
{
	if (mode == OUTPUT_REPLACES)
		return rename(from, to) ? errno : 0;
	if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	if (link(from, to))
		return errno;
	unlink(from);
	return 0;
}

static void sync_directory(const char *path)
{
	char directory[PATH_MAX];
	int fd;

	snprintf(directory, sizeof(directory), "%.*s.", (int)directory_length(path), path);
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

/* A file that is written under sudo into a user's own folder belongs to that user. */
static int give_to_user(int fd, const char *path)
{
	char directory[PATH_MAX];
	struct stat info;
	uid_t uid;
	gid_t gid;

	snprintf(directory, sizeof(directory), "%.*s.", (int)directory_length(path), path);
	if (!sudo_user(&uid, &gid) || stat(directory, &info) || info.st_uid != uid)
		return 0;
	/* FAT has no owners. */
	return fchown(fd, uid, gid) && errno != EPERM ? errno : 0;
}

enum output_result output_commit(struct output_file *file, const char *path, enum output_mode mode)
{
	off_t end = lseek(file->fd, 0, SEEK_CUR);
	int error = 0;

	/* Reserved space that was not used must not be part of the file. */
	if (end < 0 || ftruncate(file->fd, end) || fsync(file->fd))
		error = errno;
	if (!error)
		error = give_to_user(file->fd, path);
	if (!error)
		error = give_name(file->temporary, path, mode);
	if (error == EEXIST)
		return OUTPUT_EXISTS;
	if (error) {
		complain(file->observer, path, error);
		output_discard(file);
		return OUTPUT_FAILED;
	}
	sync_directory(path);
	close(file->fd);
	file->fd = -1;
	return OUTPUT_DONE;
}

void output_discard(struct output_file *file)
{
	if (file->fd < 0)
		return;
	unlink(file->temporary);
	close(file->fd);
	file->fd = -1;
}

bool output_whole(const char *path, const void *data, size_t length, enum output_mode mode,
		  const struct observer *observer)
{
	struct output_file file;
	enum output_result result;

	if (!output_open(&file, path, length, observer))
		return false;
	if (!output_write(&file, data, length)) {
		output_discard(&file);
		return false;
	}
	result = output_commit(&file, path, mode);
	if (result == OUTPUT_EXISTS)
		complain(observer, path, EEXIST);
	output_discard(&file);
	return result == OUTPUT_DONE;
}

bool output_is_possible(const char *path, const struct observer *observer)
{
	struct output_file file;
	struct stat info;

	if (lstat(path, &info) == 0) {
		complain(observer, path, EEXIST);
		return false;
	}
	if (!output_open(&file, path, 0, observer))
		return false;
	output_discard(&file);
	return true;
}
