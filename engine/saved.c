/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/saved.h"

#include <stdlib.h>
#include <string.h>

#include "engine/content.h"
#include "engine/doubt.h"
#include "image/evidence.h"
#include "image/image.h"

/*
 * A copy of a bootloader may be elsewhere. Then the calibration is at its usual place in the file
 * as it is, and not in @image, which was rotated.
 */
static bool stands_right(const struct image *image, const uint8_t *bytes, uint32_t size)
{
	struct identity identity = {.count = 0};
	struct rf found[IMAGE_RFS];

	evidence_of_calibration(&identity, found, content_find_rf(bytes, size, found));
	return identity.count > 0 && !identity_evidence(&image->identity, EVIDENCE_CALIBRATION);
}

static bool turn(const struct session *session, const char *path, const struct image *image,
		 uint8_t *bytes)
{
	uint32_t size = session->part->size;
	size_t first = size - image->address;
	uint8_t *turned = malloc(size);

	if (!turned)
		return session_no_memory(session);
	observer_note(session->observer, NOTE_INFO, TROUBLE_NONE,
		      "%s is rotated: its bootloader is at 0x%zx, so it is rotated back", path,
		      first);
	image_turn(turned, bytes, size, first);
	memcpy(bytes, turned, size);
	free(turned);
	return true;
}

static bool is_grave(enum image_finding_kind kind)
{
	return kind == IMAGE_DAMAGED || kind == IMAGE_NO_BOOTLOADER || kind == IMAGE_INCONSISTENT;
}

/* Why a module may not start with it; or NULL. */
static const char *reason_not_to_start(const struct image *image)
{
	if (image->kind == IMAGE_APPLICATION || image->kind == IMAGE_REST)
		return "an application is at 0, where the bootloader belongs";
	if (image->kind == IMAGE_BOOTLOADER)
		return "there is no application in it";
	for (size_t i = 0; i < image->finding_count; i++)
		if (is_grave(image->findings[i].kind))
			return image->findings[i].text;
	return NULL;
}

/* The same, or why it is no flash at all; in a title, as it follows "it is". */
static const char *reason_to_doubt(const struct image *image, const char **title)
{
	const char *why = reason_not_to_start(image);

	*title = NULL;
	if (why || image->kind == IMAGE_DUMP || image->kind == IMAGE_ROTATED_DUMP ||
	    image->kind == IMAGE_QIO)
		return why;
	if (image->kind == IMAGE_UNKNOWN)
		return "neither a bootloader nor an application is known in it";
	*title = image->other ? image->other->title : image_kind_title(image->kind);
	return "it is ";
}

static bool judge_alone(const struct session *session, const char *path, const struct image *image,
			uint8_t *bytes)
{
	const char *title, *why = reason_to_doubt(image, &title);

	if (image->kind == IMAGE_ROTATED_DUMP) {
		if (stands_right(image, bytes, session->part->size))
			return true;
		if (!turn(session, path, image, bytes))
			return false;
	}
	return !why || session_ask(session, TROUBLE_DOUBTFUL_CONTENT,
				   "%s may not be what a flash held, or may have been damaged "
				   "since: %s%s.",
				   path, why, title ? title : "");
}

static bool judge(const struct session *session, const char *path, bool has_manifest,
		  const struct image *image, uint8_t *bytes)
{
	const char *why = reason_not_to_start(image);

	if (!has_manifest)
		return judge_alone(session, path, image, bytes);
	if (why && image->kind != IMAGE_ROTATED_DUMP)
		observer_note(session->observer, NOTE_WARN, TROUBLE_NONE,
			      "with what is in %s the module may not start: %s", path, why);
	return true;
}

bool saved_examine(const struct session *session, const char *path, bool has_manifest,
		   uint8_t *bytes)
{
	struct image *image;
	bool good;

	if (!doubt_file(session, path, bytes))
		return false;
	image = malloc(sizeof(*image));
	good = image && image_identify(bytes, session->part->size, image);
	if (good)
		good = judge(session, path, has_manifest, image, bytes);
	else
		session_no_memory(session);
	free(image);
	return good;
}
