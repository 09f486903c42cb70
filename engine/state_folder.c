/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/state_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool number_of(const char *name, unsigned long *number)
{
	const char *text = getenv(name);
	char *end;

	if (!text || text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*number = strtoul(text, &end, 10);
	return !errno && !*end && *number <= INT_MAX;
}

bool sudo_user(uid_t *uid, gid_t *gid)
{
	unsigned long user, group;

	if (geteuid() != 0 || !number_of("SUDO_UID", &user) || !number_of("SUDO_GID", &group))
		return false;
	*uid = (uid_t)user;
	*gid = (gid_t)group;
	return true;
}

/* A path that does not exist yet belongs to no other user. */
static bool is_of_another(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && info.st_uid != geteuid();
}

static const char *own_home(void)
{
	const char *home = getenv("HOME");
	const struct passwd *root;

	if (!home || home[0] != '/' || geteuid() != 0 || !is_of_another(home))
		return home;
	root = getpwuid(0);
	return root ? root->pw_dir : NULL;
}

bool state_folder_path(char path[PATH_MAX], const struct observer *observer)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = own_home();
	int length = -1;

	/* The XDG specification says that a relative path is ignored. */
	if (state && state[0] == '/' && !(geteuid() == 0 && is_of_another(state)))
		length = snprintf(path, PATH_MAX, "%s/beken-flash", state);
	else if (home && home[0] == '/')
		length = snprintf(path, PATH_MAX, "%s/.local/state/beken-flash", home);
	if (length > 0 && length < PATH_MAX - 128)
		return true;
	observer_raise(observer, TROUBLE_FILE, NO_RANGE,
		       "there is no place for the journal of a write: set HOME or XDG_STATE_HOME");
	return false;
}

static bool is_own_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat info;
	bool own = fd >= 0 && fstat(fd, &info) == 0 && info.st_uid == geteuid();

	if (fd >= 0)
		close(fd);
	return own;
}

bool state_folder_make(const struct observer *observer)
{
	char path[PATH_MAX];
	int error = 0;

	if (!state_folder_path(path, observer))
		return false;
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	if (mkdir(path, 0700) && errno != EEXIST)
		error = errno;
	if (!error && is_own_folder(path))
		return true;
	observer_raise(observer, TROUBLE_FILE, NO_RANGE,
		       "cannot use %s for the journal of the write: %s; set XDG_STATE_HOME to a "
		       "directory that you may write to",
		       path, error ? strerror(error) : "it is not a directory of your own");
	return false;
}
