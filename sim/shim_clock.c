/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shim_clock.h"

#include <pthread.h>
#include <stdatomic.h>

#include "shim_libc.h"

#define SECOND 1000000000

static const clockid_t ids[] = {
	CLOCK_REALTIME,	       CLOCK_MONOTONIC,	       CLOCK_MONOTONIC_RAW,
	CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME,
};
#define CLOCKS (sizeof(ids) / sizeof(ids[0]))

static struct timespec origin[CLOCKS]; /* what each clock showed at the start */
static atomic_bool is_virtual;
static _Atomic uint64_t virtual_ns;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void)
{
	for (unsigned i = 0; i < CLOCKS; i++)
		libc_clock_gettime(ids[i], &origin[i]);
	atomic_store(&is_virtual, true);
}

void clock_start(void)
{
	pthread_once(&once, start);
}

bool clock_is_virtual(void)
{
	return atomic_load_explicit(&is_virtual, memory_order_acquire);
}

uint64_t clock_now(void)
{
	return atomic_load(&virtual_ns);
}

void clock_reach(uint64_t ns)
{
	uint64_t now = atomic_load(&virtual_ns);

	while (now < ns && !atomic_compare_exchange_weak(&virtual_ns, &now, ns))
		continue;
}

static const struct timespec *origin_of(clockid_t id)
{
	for (unsigned i = 0; i < CLOCKS; i++)
		if (ids[i] == id)
			return &origin[i];
	return NULL;
}

bool clock_look(clockid_t id, struct timespec *time)
{
	const struct timespec *begin = origin_of(id);
	uint64_t ns;

	if (!begin)
		return false;
	ns = atomic_fetch_add(&virtual_ns, CLOCK_TICK_NS) + CLOCK_TICK_NS;
	ns += (uint64_t)begin->tv_nsec;
	time->tv_sec = begin->tv_sec + (time_t)(ns / SECOND);
	time->tv_nsec = (long)(ns % SECOND);
	return true;
}

bool clock_when(clockid_t id, const struct timespec *time, uint64_t *ns)
{
	const struct timespec *begin = origin_of(id);
	int64_t distance;

	if (!begin)
		return false;
	distance =
		(int64_t)(time->tv_sec - begin->tv_sec) * SECOND + time->tv_nsec - begin->tv_nsec;
	*ns = distance > 0 ? (uint64_t)distance : 0;
	return true;
}
