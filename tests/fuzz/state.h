/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state.h - a folder for targets that read files; the state and the cache are in it, too. */
#ifndef TESTS_FUZZ_STATE_H
#define TESTS_FUZZ_STATE_H

#include "tests/fuzz/fuzz.h"

/* Created at the first call, removed at the end of the program. */
const char *fuzz_folder(void);

/* Writes a file with this content into the folder, replacing an old one. */
void fuzz_put(const char *name, const void *data, size_t size);

#endif
