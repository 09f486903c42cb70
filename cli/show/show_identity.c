/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/show/show_identity.h"

#include <stdio.h>
#include <string.h>

#include "cli/say.h"

static void print_evidence(const struct evidence *evidence, int indent)
{
	char names[120];

	say("%*s%s", indent, "", evidence->words);
	if (evidence->place != EVIDENCE_NO_PLACE)
		say(" (0x%zx)", evidence->place);
	if (!evidence->contradicts)
		say("\n");
	else
		say("; this contradicts it%s%s\n", evidence->socs ? ": " : "",
		    soc_set_text(evidence->socs, names, sizeof(names)));
}

void show_identity(const struct identity *identity, const char *label)
{
	char names[120];

	identity_text(identity, names, sizeof(names));
	say("%s%s\n", label, names[0] ? names : "unknown");
	for (size_t i = 0; i < identity->count; i++)
		print_evidence(&identity->list[i], (int)strlen(label));
	if (identity->count == 0)
		say("%*snothing that shows which\n", (int)strlen(label), "");
}

void show_identity_json(struct json *json, const struct identity *identity)
{
	const struct evidence *reason = identity_reason(identity);

	json_begin(json, "socs", '[');
	for (size_t i = 0; i < identity->soc_count; i++)
		json_text(json, NULL, identity->socs[i]->name);
	json_end(json, ']');
	json_text(json, "soc_evidence", reason ? reason->words : "nothing that shows which");
	json_begin(json, "identity", '[');
	for (size_t i = 0; i < identity->count; i++) {
		const struct evidence *evidence = &identity->list[i];

		json_begin(json, NULL, '{');
		json_text(json, "kind", evidence_name(evidence->kind));
		json_text(json, "strength", evidence_strength_name(evidence->strength));
		if (evidence->place == EVIDENCE_NO_PLACE)
			json_no_value(json, "place");
		else
			json_number(json, "place", evidence->place);
		json_begin(json, "socs", '[');
		for (size_t s = 0; s < chipdb_soc_count; s++)
			if (evidence->socs >> s & 1)
				json_text(json, NULL, chipdb_socs[s].name);
		json_end(json, ']');
		json_bool(json, "contradicts", evidence->contradicts);
		json_text(json, "text", evidence->words);
		json_end(json, '}');
	}
	json_end(json, ']');
}

/* LibreTiny's has no other name than in its RBL header, or in a UF2 file. */
static bool find_firmware(const struct image *image, const char **name, const char **version)
{
	const struct own_names *names = &image->application.names;

	*name = names->firmware;
	*version = names->version;
	if (names->firmware[0])
		return image->has_application;
	if (image->unpacked && image->uf2.firmware[0]) {
		*name = image->uf2.firmware;
		*version = image->uf2.version;
	} else if (identity_evidence(&image->identity, EVIDENCE_APP_VERSION)) {
		*name = "LibreTiny";
		*version = image->application.header.version;
	}
	return image->has_application && (*name)[0];
}

void show_firmware(const struct image *image, const char *label)
{
	const char *name, *version;

	if (find_firmware(image, &name, &version))
		say("%s%s%s%s\n", label, name, version[0] ? " " : "", version);
}

void show_firmware_json(struct json *json, const struct image *image)
{
	const char *name, *version;

	if (!find_firmware(image, &name, &version)) {
		json_no_value(json, "firmware");
		return;
	}
	json_begin(json, "firmware", '{');
	json_text(json, "name", name);
	json_text_or_none(json, "version", version);
	json_end(json, '}');
}
