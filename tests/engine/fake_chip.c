/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fake_flash.h needs besides the flash: the wires, the status registers, the signals. */
#include <string.h>

#include "cli/signals.h"
#include "programmer/programmer.h"
#include "tests/engine/fake_flash.h"
#include "tests/unit.h"

/* --- programmer/programmer.h: only the parameters of the link --- */

enum trouble_kind beken_examine(const struct beken_options *options, bool quickly,
				struct examined *examined)
{
	(void)quickly;
	*examined = fake_plugged()->examined;
	if (fake_plugged()->adapter)
		observer_raise(options->observer, fake_plugged()->adapter, NO_RANGE,
			       "the adapter fails");
	return fake_plugged()->adapter;
}

enum trouble_kind beken_reset(const struct beken_options *options)
{
	(void)options;
	fake_plugged()->resets++;
	return TROUBLE_NONE;
}

bool beken_check(const struct beken_options *options, struct link_intent *intent)
{
	const struct programmer *const *programmer = programmers;
	char copy[512], rest[512] = "", *item, *state;

	snprintf(copy, sizeof(copy), "%s", options->parameters ? options->parameters : "");
	for (item = strtok_r(copy, ",", &state); item; item = strtok_r(NULL, ",", &state))
		if (strncmp(item, "unprotect=", 10) != 0)
			snprintf(rest + strlen(rest), sizeof(rest) - strlen(rest), "%s%s",
				 rest[0] ? "," : "", item);
	while (options->programmer && strcmp((*programmer)->name, options->programmer) != 0)
		assert_non_null(*++programmer);
	return (*programmer)->check(rest, options->observer, intent);
}

/* --- programmer/guard/protection.h: what the engine uses of it --- */

enum trouble_kind protection_read(struct protection *protection, uint32_t *sr)
{
	*sr = fake_plugged()->registers;
	if (!fake_plugged()->off && !fake_plugged()->registers_unread)
		return TROUBLE_NONE;
	return observer_raise(protection->observer, TROUBLE_UNSTEADY_READ, NO_RANGE,
			      "the registers cannot be read");
}

enum trouble_kind protection_look(struct protection *protection, struct protection_state *state)
{
	uint32_t sr;
	enum trouble_kind kind = protection_read(protection, &sr);

	if (!kind)
		protection_state_of(fake_plugged()->part, sr, state);
	return kind;
}

enum trouble_kind protection_set(struct protection *protection, uint32_t sr)
{
	if (fake_plugged()->off || fake_plugged()->registers_stay)
		return observer_raise(protection->observer, TROUBLE_STAYS_PROTECTED, NO_RANGE,
				      "the registers stay");
	if (!fake_plugged()->registers_return)
		fake_plugged()->registers = sr;
	return TROUBLE_NONE;
}

enum trouble_kind protection_lift(struct protection *protection)
{
	return protection_set(protection,
			      fake_plugged()->registers & ~protection_mask(fake_plugged()->part));
}

/* --- cli/signals.h --- */

void signals_catch(void)
{
}

int signals_seen(void)
{
	return fake_plugged() ? fake_plugged()->signal : 0;
}
