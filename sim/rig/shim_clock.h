/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shim's clock: real time until the process first opens a virtual USB node, virtual time from
 * then until it ends. Virtual time begins at the real time of that moment, so no clock ever jumps
 * backwards; from there it moves only when told to, and by CLOCK_TICK_NS each time it is read, so
 * that loops which wait for a clock come to an end. Nanoseconds; safe to use from several threads.
 *
 * A process that has not opened a node lives in real time. flashrom behind serprog is such
 * a one, and spends its first second in a loop that looks at CLOCK_MONOTONIC. With
 * clock_hurry() such a loop sleeps instead, and lasts a quarter of that: long enough for
 * the answers that flashrom waits for.
 */
#ifndef SIM_SHIM_CLOCK_H
#define SIM_SHIM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define CLOCK_TICK_NS 100

/* From now on, as long as time is real. */
void clock_hurry(void);

/* Turn the real time of clock @id into the one that the process is to see. */
void clock_adjust(clockid_t id, struct timespec *time);

/* Virtual time begins, unless it has already. */
void clock_start(void);

/* Virtual time has begun. */
bool clock_is_virtual(void);

/* Virtual nanoseconds since clock_start(). */
uint64_t clock_now(void);

/* Move on to @ns, if that is in the future. */
void clock_reach(uint64_t ns);

/* Read one of the system's clocks, which costs a tick. False: not a clock that is simulated.
 */
bool clock_look(clockid_t id, struct timespec *time);

/* Virtual time at which the clock @id shows @time. False: not a clock that is simulated. */
bool clock_when(clockid_t id, const struct timespec *time, uint64_t *ns);

#endif
