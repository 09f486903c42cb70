/* SPDX-License-Identifier: GPL-2.0-or-later */
/* whole_file.h - a file that flashrom is going to write, read once more beside it. */
#ifndef WHOLE_FILE_H
#define WHOLE_FILE_H

#include <stdint.h>
#include <stdio.h>

/* NULL for what is not @size bytes long, or, as a pipe, would give its bytes only once; for @path
 * NULL. */
FILE *whole_file_open(const char *path, uint32_t size);

#endif
