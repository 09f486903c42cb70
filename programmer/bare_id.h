/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bare_id.h - a flash that has an ID and nothing else, not even an SFDP table.
 *
 * A flashrom that looks for a flash there tells what it knows of the ID alone, and the real
 * flash is out of its reach.
 */
#ifndef BARE_ID_H
#define BARE_ID_H

#include "programmer/serprog.h"

struct bare_id {
	const uint8_t *id;	   /* three bytes, the answer to 9Fh */
	bool (*go_on)(void *data); /* asked at least every 200 ms */
	void *data;
	bool asked; /* set once it was asked for its ID */
};

/* Until the client hangs up or go_on() ends it; see serprog_serve(). */
enum serprog_end bare_id_serve(int pty, struct bare_id *bare);

#endif
