/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state_folder.h - where journals and locks are, and who owns the files.
 *
 * The folder is $XDG_STATE_HOME/beken-flash or ~/.local/state/beken-flash, as the XDG Base
 * Directory Specification has it. Under sudo HOME may still be the user's: no files of root are
 * left there, but in root's own home. A folder that is a link or belongs to another user is
 * refused. Threads: one.
 */
#ifndef ENGINE_STATE_FOLDER_H
#define ENGINE_STATE_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/observer.h"

/* Its path, with room for 128 more characters; false after a trouble. */
bool state_folder_path(char path[PATH_MAX], const struct observer *observer);

/* Makes it, if it is not there. */
bool state_folder_make(const struct observer *observer);

/* The user behind sudo; false: there is none. */
bool sudo_user(uid_t *uid, gid_t *gid);

#endif
