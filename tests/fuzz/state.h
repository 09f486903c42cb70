/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state.h - a folder for targets that read files: that of the state and of the cache, too. */
#ifndef TESTS_FUZZ_STATE_H
#define TESTS_FUZZ_STATE_H

#include "tests/fuzz/fuzz.h"

/* Made when it is asked for, gone at the end of the program. */
const char *fuzz_folder(void);

/* A file of the folder with this content, in place of the one that was there. */
void fuzz_put(const char *name, const void *data, size_t size);

#endif
