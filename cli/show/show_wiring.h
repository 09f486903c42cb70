/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show_wiring.h - where the wires go on a module or on a package, in words and for programs. */
#ifndef CLI_SHOW_WIRING_H
#define CLI_SHOW_WIRING_H

#include "base/json.h"
#include "chipdb/chipdb.h"

void show_wiring(const struct chipdb_wiring *wiring);

/* The members of the result of wiring with MODULE, of docs/json.md. */
void show_wiring_json(struct json *json, const struct chipdb_wiring *wiring);

#endif
