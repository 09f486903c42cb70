/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * failing_memory.h - memory runs out where the test wants it, and what was not given back is seen;
 * for programs that are linked with --wrap=malloc,--wrap=calloc,--wrap=free.
 */
#ifndef TESTS_FAILING_MEMORY_H
#define TESTS_FAILING_MEMORY_H

/* The allocation of this number fails, from 1 on; 0: none. */
extern unsigned fails, allocations;

/* Pieces that were not given back yet. */
extern long live;

#endif
