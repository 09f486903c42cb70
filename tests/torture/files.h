/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files.h - files of the current folder, which is that of the runs. */
#ifndef TESTS_TORTURE_FILES_H
#define TESTS_TORTURE_FILES_H

#include "chipdb/chipdb.h"

/* A folder in memory, where there is such a place; the state of the engine goes there, too. */
void files_enter(void);
void files_leave(void);

/* All but the folder itself goes. */
void files_clear(void);

void files_put(const char *path, const void *data, size_t size);
/* With its manifest; @soc may be NULL. */
void files_put_backup(const char *path, const struct chipdb_part *part, const char *soc,
		      const uint8_t *die);
bool files_exist(const char *path);
bool files_equal(const char *path, const void *data, size_t size);

/* Whether a file is there that has only half its content: its name begins with a dot. */
bool files_half(void);

#endif
