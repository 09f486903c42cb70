/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bare_id.h - a flash that has an ID and nothing else, not even an SFDP table.
 *
 * A flashrom that probes it shows what it knows about the ID alone, and cannot reach the real
 * flash.
 */
#ifndef BARE_ID_H
#define BARE_ID_H

#include "programmer/serprog.h"

struct bare_id {
	const uint8_t *id;	   /* three bytes, the answer to 9Fh */
	bool (*go_on)(void *data); /* asked at least every 20 ms */
	void *data;
	bool asked; /* set once it was asked for its ID */
};

/* Until the client hangs up or go_on() ends it; see serprog_serve(). */
enum serprog_end bare_id_serve(int pty, struct bare_id *bare);

#endif
