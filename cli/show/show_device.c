/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/show/show_device.h"

#include <stdio.h>
#include <string.h>

#include "cli/say.h"
#include "cli/show/show_identity.h"
#include "programmer/guard/protection_json.h"

void show_device(const struct session *session)
{
	char text[PROTECTION_TEXT], flash[SESSION_FLASH];

	say("adapter:    %s at %s=%s\n", session->adapter, session->place, session->port);
	if (session->answers[0])
		say("answers:    %s\n", session->answers);
	show_identity(&session->target.identity, "SoC:        ");
	if (session->target.app_at_0)
		say("%-12san application at 0, where the bootloader belongs: it cannot start\n",
		    "bootloader:");
	say("flash:      %s\n", session_flash_text(session, flash));
	say("protection: %s\n", session->protection_seen
					? protection_say(&session->protection, text)
					: "out of reach this way");
	if (session->protection.active)
		say("protected:  %s\n", protection_say_ranges(&session->protection, text));
}

void show_adapter_json(struct json *json, const char *kind, const char *place, const char *value)
{
	static const char *const places[] = {"usb", "spidev", "port"};

	json_begin(json, "adapter", '{');
	json_text(json, "kind", kind);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		json_text_or_none(json, places[i], strcmp(places[i], place) == 0 ? value : NULL);
	json_end(json, '}');
}

void show_part_json(struct json *json, const struct session *session)
{
	const struct chipdb_part *part = session->part;
	char id[PART_ID];

	session_id_text(session, id);
	json_begin(json, "part", '{');
	json_text(json, "name", part->name);
	json_text(json, "maker", part->maker);
	json_text_or_none(json, "id", id);
	json_number(json, "size", part->size);
	json_end(json, '}');
}

void show_device_json(struct json *json, const struct session *session)
{
	show_adapter_json(json, session->adapter, session->place, session->port);
	json_text_or_none(json, "answers", session->answers[0] ? session->answers : NULL);
	show_identity_json(json, &session->target.identity);
	show_part_json(json, session);
	if (session->protection_seen)
		protection_state_json(json, &session->protection);
	else
		protection_unseen_json(json);
}
