/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bridge.h - a proxy served on a pty, for whoever has a flashrom at the other end.
 *
 * Blocks until the other side hangs up or go_on() returns false. What has to be done at the end
 * (proxy_finish(), or closing everything) is up to the caller.
 */
#ifndef BRIDGE_H
#define BRIDGE_H

#include "programmer/guard/proxy.h"
#include "programmer/serprog.h"

struct bridge {
	struct proxy *proxy;
	const char *name;  /* what flashrom shows; cut to SERPROG_NAME_LEN */
	uint32_t clock_hz; /* the adapter's, which flashrom shows */

	/*
	 * Whether to go on; false ends it soon. Asked at least every 20 ms, and before what was
	 * promised to flashrom is checked.
	 */
	bool (*go_on)(void *data);
	void *data;
};

/* @pty: its master, see child.h; the caller keeps owning it. */
enum serprog_end bridge_serve(int pty, const struct bridge *bridge);

#endif
