/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/node_trouble.h"
#include "programmer/adapters/holder.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static enum trouble_kind kind_of(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return TROUBLE_ADAPTER_FORBIDDEN;
	case ENOENT:
		return TROUBLE_NO_ADAPTER;
	case EBUSY:
	case EAGAIN:
		return TROUBLE_ADAPTER_IN_USE;
	case ENODEV:
	case ENXIO:
	case ESHUTDOWN:
		return TROUBLE_ADAPTER_GONE;
	case ETIMEDOUT:
		return TROUBLE_ADAPTER_SILENT;
	default:
		return TROUBLE_SYSTEM;
	}
}

/* Raspberry Pi OS has the groups spi and gpio; elsewhere it may be root alone. */
static void say_group(struct trouble *trouble, const char *path)
{
	const struct group *group = NULL;
	struct stat st;

	if (stat(path, &st) == 0 && st.st_gid != 0 && st.st_mode & 060)
		group = getgrgid(st.st_gid);
	if (group)
		trouble_set_next(trouble,
				 "It belongs to the group %s: adduser USER %s as root, then log in "
				 "again",
				 group->gr_name, group->gr_name);
	else
		trouble_set_next(trouble,
				 "Only root may use it: run as root, or give it a group by "
				 "a udev rule of your own");
}

enum trouble_kind raise_node(const struct observer *observer, int error, const char *path)
{
	enum trouble_kind kind = kind_of(error);
	struct trouble trouble =
		trouble_seen(kind, "%s cannot be used: %s", path,
			     error == EAGAIN ? "another program has locked it" : strerror(error));

	trouble_add_text(&trouble, "node", "%s", path);
	if (kind == TROUBLE_ADAPTER_IN_USE)
		holder_add(&trouble, path);
	if (kind == TROUBLE_ADAPTER_FORBIDDEN)
		say_group(&trouble, path);
	return observer_tell(observer, &trouble);
}
