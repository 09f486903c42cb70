/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/manifest.h"
#include "engine/steady.h"
#include "image/evidence.h"
#include "image/image.h"

#define BLOCKS_TELL 0x88u   /* four of them: other data tells no more */
#define NAMED_BY 0x400u	    /* Tuya's bootloaders say their name before that */
#define NAMED_LATER 0x2000u /* and Beken's before that */
#define WHOLE_BOOT 0x11000u /* and all before that: the application begins there */
#define RF_BYTES 64u

static void add_told(struct identity *identity, const struct chipdb_soc *told)
{
	if (told)
		identity_add(identity, EVIDENCE_TOLD, EVIDENCE_SURE, chipdb_soc_bit(told),
			     EVIDENCE_NO_PLACE, "it was said to be a %s", told->name);
}

/* How a file with this content would be recognized, weighed as for a module. */
static void take_evidence(const struct image *image, struct target *target)
{
	bool at_0 = image->has_address && image->address != 0 && !image->has_bootloader;

	target->boots = image->has_bootloader;
	target->app_at_0 = at_0;
	if (at_0)
		return;
	target->coding = image->coding;
	for (size_t i = 0; i < image->identity.count; i++) {
		struct evidence evidence = image->identity.list[i];

		if (evidence.kind == EVIDENCE_CALIBRATION)
			continue;
		if (evidence.kind == EVIDENCE_APP_NAME || evidence.kind == EVIDENCE_APP_VERSION ||
		    evidence.kind == EVIDENCE_APP_WORDS)
			evidence.strength = EVIDENCE_WEAK;
		identity_add(&target->identity, evidence.kind, evidence.strength, evidence.socs,
			     evidence.place, "%s", evidence.words);
	}
}

static void conclude(const struct session *session, const struct rf *rf, size_t rf_count,
		     struct target *target)
{
	evidence_of_calibration(&target->identity, rf, rf_count);
	add_told(&target->identity, session->told);
	identity_settle(&target->identity);
}

void look_at_content(const struct session *session, const struct image *image, const struct rf *rf,
		     size_t rf_count, struct target *target)
{
	*target = (struct target){.boots = false};
	take_evidence(image, target);
	conclude(session, rf, rf_count, target);
}

/* What is read of every module in one batch: the first blocks, and where calibration may be. */
static bool read_begins(struct session *session, uint8_t *bytes)
{
	struct proxy_piece places[1 + RF_PLACES] = {{0, bytes, BLOCKS_TELL}};
	struct rf_begins *rf = &session->rf;

	rf->count = rf_places(session->part->size, RF_BYTES, rf->starts);
	for (size_t i = 0; i < rf->count; i++)
		places[1 + i] = (struct proxy_piece){rf->starts[i], rf->bytes[i], RF_BEGIN};
	return steady_read_all(session, places, 1 + rf->count);
}

/* Most bootloaders name the SoC early; the others are read completely. */
static bool look_at_bootloader(struct session *session, uint8_t *bytes, struct image *image)
{
	static const uint32_t lengths[] = {BLOCKS_TELL, NAMED_BY, NAMED_LATER, WHOLE_BOOT};
	uint32_t have = BLOCKS_TELL;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		uint32_t length =
			lengths[i] < session->part->size ? lengths[i] : session->part->size;

		if (!steady_read(session, have, bytes + have, length - have))
			return false;
		have = length;
		if (!image_identify(bytes, length, image))
			return session_no_memory(session);
		if (identity_evidence(&image->identity, EVIDENCE_BOOT_NAME) ||
		    !code_is_framed(bytes, length))
			break;
	}
	return true;
}

static void remember(struct session *session, const uint8_t *bytes, const struct rf *rf)
{
	const uint8_t *mac = rf->mac;

	sha256_text(bytes, RF_BYTES, session->calibration);
	if (rf->mac_good)
		snprintf(session->mac, sizeof(session->mac), "%02x:%02x:%02x:%02x:%02x:%02x",
			 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static bool look_for_calibration(struct session *session, struct rf found[IMAGE_RFS], size_t *count)
{
	const struct rf_begins *rf = &session->rf;
	uint8_t bytes[RF_BYTES];

	*count = 0;
	for (size_t i = 0; i < rf->count && *count < IMAGE_RFS; i++) {
		if (!rf_parse(rf->bytes[i], RF_BEGIN, 0, &found[*count]))
			continue;
		if (!steady_read(session, rf->starts[i], bytes, RF_BYTES))
			return false;
		if (!rf_parse(bytes, RF_BYTES, 0, &found[*count]))
			continue;
		if (!session->calibration[0])
			remember(session, bytes, &found[*count]);
		found[(*count)++].offset = rf->starts[i];
	}
	return true;
}

/* The user's word counts, but is compared with what was found. A name outweighs the coding. */
static void compare_told(struct session *session)
{
	const struct identity *identity = &session->target.identity;
	const struct evidence *name = identity_evidence(identity, EVIDENCE_BOOT_NAME);
	char names[80];

	session->told_otherwise = false;
	for (size_t i = 0; session->told && i < identity->count; i++) {
		const struct evidence *evidence = &identity->list[i];

		if (!evidence->contradicts || evidence->strength < EVIDENCE_FAIR ||
		    (evidence->kind == EVIDENCE_CODING && name && !name->contradicts))
			continue;
		session->told_otherwise = true;
		observer_note(session->observer, NOTE_WARN, TROUBLE_SOC_CONTRADICTED,
			      "it was said to be a %s, but %s: %s", session->told->name,
			      evidence->words, soc_set_text(evidence->socs, names, sizeof(names)));
	}
}

bool look_at_module(struct session *session)
{
	struct target *target = &session->target;
	struct image *image = malloc(sizeof(*image));
	uint8_t *bytes = malloc(WHOLE_BOOT);
	struct rf rf[IMAGE_RFS];
	size_t rf_count = 0;
	bool good;

	*target = (struct target){.boots = false};
	if (!image || !bytes)
		good = session_no_memory(session);
	else
		good = read_begins(session, bytes) && look_at_bootloader(session, bytes, image) &&
		       look_for_calibration(session, rf, &rf_count);
	if (good) {
		take_evidence(image, target);
		conclude(session, rf, rf_count, target);
		compare_told(session);
	}
	free(bytes);
	free(image);
	return good;
}
