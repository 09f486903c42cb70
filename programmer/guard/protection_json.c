/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/protection_json.h"

static const char *lock_name(enum protection_lock lock)
{
	static const char *const names[] = {[LOCK_NONE] = "none",
					    [LOCK_PIN] = "wp-pin",
					    [LOCK_POWER] = "power-cycle",
					    [LOCK_GOOD] = "permanent"};

	return names[lock];
}

void protection_state_json(struct json *json, const struct protection_state *state)
{
	json_number(json, "status_registers", state->registers);
	json_bool(json, "protected", state->active);
	if (state->known)
		json_ranges(json, "protected_ranges", state->ranges.range, state->ranges.count);
	else
		json_no_value(json, "protected_ranges");
	json_text(json, "registers_locked", lock_name(state->lock));
}

void protection_unseen_json(struct json *json)
{
	json_no_value(json, "status_registers");
	json_no_value(json, "protected");
	json_no_value(json, "protected_ranges");
	json_no_value(json, "registers_locked");
}
