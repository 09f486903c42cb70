/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.h - a relay of a helper device that drives CEN, by HTTP commands (libcurl):
 *
 *   GET /cm?cmnd=SetChannel N 0|1    OpenBeken, which answers with the channel's value
 *   GET /cm?cmnd=PowerN 0|1          Tasmota, which answers with {"POWERN":"OFF"}
 *
 * (OpenBeken's docs/faq.md, http_fns.c and json_interface.c; Tasmota's documentation.) On is CEN
 * high. One request at a time, to the one host that the user named, at port 80, whose address is
 * looked up once; no redirects, no proxy, and an answer is cut at the longest valid length.
 */
#ifndef WIRE_RELAY_H
#define WIRE_RELAY_H

#include "base/observer.h"
#include "programmer/wire/net_place.h"

enum relay_kind { RELAY_NONE, RELAY_OBK, RELAY_TASMOTA };

struct relay;

/* @place: host and channel. NULL after a trouble, which was raised. Nothing is sent yet. */
struct relay *relay_open(enum relay_kind kind, const struct net_place *place,
			 const struct observer *observer);
void relay_free(struct relay *relay); /* NULL is fine */

/* Starts to set it; a request in progress is given up. */
void relay_set(struct relay *relay, bool on);

/*
 * Continues the request, without waiting. True until it is done, which takes 5 s at most.
 */
bool relay_busy(struct relay *relay);

/* Waits for that. */
void relay_wait(struct relay *relay);

/* What became of the last one: NONE or HELPER_REFUSED, and why, in words. */
enum trouble_kind relay_result(const struct relay *relay, const char **why);

/* Whether an answer of @kind says that the relay is as wanted; an empty one counts as yes. */
bool relay_agrees(enum relay_kind kind, bool on, const char *answer);

#endif
