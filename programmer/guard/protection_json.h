/* SPDX-License-Identifier: GPL-2.0-or-later */
/* protection_json.h - what is protected and what is locked, for programs. */
#ifndef PROTECTION_JSON_H
#define PROTECTION_JSON_H

#include "base/json.h"
#include "programmer/guard/protection_state.h"

/* The members status_registers, protected, protected_ranges and registers_locked of docs/json.md.
 */
void protection_state_json(struct json *json, const struct protection_state *state);

/* The same members where the registers are out of reach. */
void protection_unseen_json(struct json *json);

#endif
