/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files.h - files in the current directory, in which the runs take place. */
#ifndef TESTS_TORTURE_FILES_H
#define TESTS_TORTURE_FILES_H

#include "chipdb/chipdb.h"

/* Enters a new directory, in memory where possible; the state of the engine is kept there, too. */
void files_enter(void);
void files_leave(void);

/* Removes everything in the directory. */
void files_clear(void);

void files_put(const char *path, const void *data, size_t size);
/* Writes a backup with its manifest; @soc may be NULL. */
void files_put_backup(const char *path, const struct chipdb_part *part, const char *soc,
		      const uint8_t *die);
bool files_exist(const char *path);
bool files_equal(const char *path, const void *data, size_t size);

/* Whether there is an incomplete file, whose name begins with a dot. */
bool files_half(void);

#endif
