/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record.h - one line for each board, for work on many: which module, what was done, the result. */
#ifndef CLI_RECORD_H
#define CLI_RECORD_H

#include "cli/beken_flash/report.h"
#include "engine/session.h"

/*
 * Appends to the file at @path the event "record" of docs/json.md, whole or not at all, also when
 * several programs write to it. @file: what the job was about; or NULL. A failure is only a
 * warning: the board itself is done.
 */
void record_append(const char *path, const char *file, const struct session *session,
		   const struct report *report, const struct trouble *end);

#endif
