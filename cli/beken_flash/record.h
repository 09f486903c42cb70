/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record.h - a line a board, for who works on many: what was done to which module, and how it went.
 */
#ifndef CLI_RECORD_H
#define CLI_RECORD_H

#include "cli/beken_flash/report.h"
#include "engine/session.h"

/*
 * Appends to the file at @path the event "record" of docs/json.md, whole or not at all, also when
 * several programs write to it. @file: what the job was about; or NULL. That it could not is a
 * warning: the board itself is done.
 */
void record_append(const char *path, const char *file, const struct session *session,
		   const struct report *report, const struct trouble *end);

#endif
