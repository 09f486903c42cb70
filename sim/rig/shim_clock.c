/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/shim_clock.h"

#include <pthread.h>
#include <stdatomic.h>

#include "sim/rig/shim_libc.h"

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

/* What counts as a loop: this many reads of the clock, at most this far apart. */
#define LOOP_LOOKS 1000
#define LOOP_NS 2000

/* Then one reading sleeps this long, and the clock gains three times that. */
#define NAP_NS 1000000
#define GAIN_NS 3000000

static bool hurries;
static _Atomic uint64_t gained_ns, last_look_ns;
static atomic_uint looks;

void clock_hurry(void)
{
	hurries = true;
}

static void add(struct timespec *time, uint64_t ns)
{
	ns += (uint64_t)time->tv_nsec;
	time->tv_sec += (time_t)(ns / SECOND);
	time->tv_nsec = (long)(ns % SECOND);
}

static void nap(struct timespec *time)
{
	const struct timespec length = {.tv_nsec = NAP_NS};

	libc_clock_nanosleep(CLOCK_MONOTONIC, 0, &length, NULL);
	atomic_fetch_add(&gained_ns, GAIN_NS);
	libc_clock_gettime(CLOCK_MONOTONIC, time);
}

void clock_adjust(clockid_t id, struct timespec *time)
{
	uint64_t now;

	if (!hurries || id != CLOCK_MONOTONIC)
		return;
	now = (uint64_t)time->tv_sec * SECOND + (uint64_t)time->tv_nsec;
	if (now - atomic_load(&last_look_ns) > LOOP_NS)
		atomic_store(&looks, 0);
	if (atomic_fetch_add(&looks, 1) > LOOP_LOOKS) {
		nap(time);
		now = (uint64_t)time->tv_sec * SECOND + (uint64_t)time->tv_nsec;
	}
	atomic_store(&last_look_ns, now);
	add(time, atomic_load(&gained_ns));
}

static void start(void)
{
	for (unsigned i = 0; i < CLOCKS; i++) {
		libc_clock_gettime(ids[i], &origin[i]);
		if (ids[i] == CLOCK_MONOTONIC)
			add(&origin[i], atomic_load(&gained_ns));
	}
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
	*time = *begin;
	add(time, ns);
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
