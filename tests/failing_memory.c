/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/failing_memory.h"

#include <stddef.h>

unsigned fails, allocations;
long live;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *memory);

static void *count(void *memory)
{
	live += memory != NULL;
	return memory;
}

void *__wrap_malloc(size_t size)
{
	return ++allocations == fails ? NULL : count(__real_malloc(size));
}

void *__wrap_calloc(size_t how_many, size_t size)
{
	return ++allocations == fails ? NULL : count(__real_calloc(how_many, size));
}

void __wrap_free(void *memory)
{
	live -= memory != NULL;
	__real_free(memory);
}
