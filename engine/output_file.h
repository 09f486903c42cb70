/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output_file.h - a file that appears whole or not at all, and replaces nothing.
 *
 * It is written under another name in the directory where it will be, reaches the disk, and only
 * then gets its name. A program that is killed leaves at most a file ".beken-flash-XXXXXX" behind.
 *
 * All functions raise troubles, with the name of the file and what to do.
 */
#ifndef ENGINE_OUTPUT_FILE_H
#define ENGINE_OUTPUT_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/observer.h"

struct output_file {
	char temporary[PATH_MAX];
	int fd; /* -1: there is none */
	const struct observer *observer;
};

enum output_result {
	OUTPUT_DONE,
	OUTPUT_EXISTS, /* that name exists already; not a trouble */
	OUTPUT_FAILED,
};

/* What is read of a flash holds passwords: only the owner, under sudo the user, may read it. */
enum output_mode { OUTPUT_NEW, OUTPUT_REPLACES };

/*
 * In the directory of @path. Room for @size bytes is reserved, so that a full disk is noticed
 * before anything long begins.
 */
bool output_open(struct output_file *file, const char *path, size_t size,
		 const struct observer *observer);

bool output_write(struct output_file *file, const void *data, size_t length);

/*
 * Give it the name @path, in the same directory. With OUTPUT_EXISTS it is still open, and
 * another name may be tried; else it is closed.
 */
enum output_result output_commit(struct output_file *file, const char *path, enum output_mode mode);

/* Removes it. Allowed after output_commit(), and if it was never opened (fd -1). */
void output_discard(struct output_file *file);

/* Whether output_whole() would succeed as far as can be told, for before something long. */
bool output_is_possible(const char *path, const struct observer *observer);

/* All at once. OUTPUT_EXISTS is raised here. */
bool output_whole(const char *path, const void *data, size_t length, enum output_mode mode,
		  const struct observer *observer);

#endif
