/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * failing_memory.h - memory runs out where the test wants it to, and leaks are counted; for
 * programs that are linked with --wrap=malloc,--wrap=calloc,--wrap=free.
 */
#ifndef TESTS_FAILING_MEMORY_H
#define TESTS_FAILING_MEMORY_H

/* The number of the allocation that fails, counted from 1; 0: none. */
extern unsigned fails, allocations;

/* Allocations that were not freed yet. */
extern long live;

#endif
