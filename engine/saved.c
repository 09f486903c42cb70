/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/saved.h"

#include <stdlib.h>
#include <string.h>

#include "engine/content.h"
#include "engine/doubt.h"
#include "image/evidence.h"
#include "image/image.h"
#include "image/whole.h"

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
	return kind == IMAGE_DAMAGED || kind == IMAGE_TRUNCATED || kind == IMAGE_INCONSISTENT;
}

/* Of a file that begins with a bootloader, or has an application at its place. */
static const char *what_it_lacks(const struct image *image)
{
	if (!image->has_bootloader)
		return "there is no bootloader at its start";
	if (!image->has_application)
		return "there is no application in it";
	for (size_t i = 0; i < image->finding_count; i++)
		if (is_grave(image->findings[i].kind))
			return image->findings[i].text;
	return NULL;
}

/* Why a module may not start with it, or NULL. *@title, unless it is NULL, comes after that. */
static const char *reason_not_to_start(const struct image *image, const char **title)
{
	*title = NULL;
	switch (image->kind) {
	case IMAGE_DUMP:
	case IMAGE_ROTATED_DUMP:
	case IMAGE_QIO:
	case IMAGE_BOOTLOADER:
		return what_it_lacks(image);
	case IMAGE_APPLICATION:
	case IMAGE_REST:
		return "an application is at 0, where the bootloader belongs";
	case IMAGE_UNKNOWN:
		return "neither a bootloader nor an application is known in it";
	default:
		*title = image->other ? image->other->title : image_kind_title(image->kind);
		return "it is ";
	}
}

static bool say_why(const struct session *session, const char *path, bool has_manifest,
		    const char *why, const char *title)
{
	if (!has_manifest)
		return session_ask(session, TROUBLE_DOUBTFUL_CONTENT,
				   "%s may not be what a flash held, or may have been damaged "
				   "since: %s%s.",
				   path, why, title ? title : "");
	observer_note(session->observer, NOTE_WARN, TROUBLE_NONE,
		      "with what is in %s the module may not start: %s%s", path, why,
		      title ? title : "");
	return true;
}

static bool judge(const struct session *session, const struct saved_use *use,
		  const struct image *image, uint8_t *bytes)
{
	const char *title, *why = reason_not_to_start(image, &title);

	if (image->kind == IMAGE_ROTATED_DUMP) {
		if (stands_right(image, bytes, session->part->size))
			why = "there is no bootloader at its start";
		else if (use->has_manifest)
			return true;
		else if (!turn(session, use->path, image, bytes))
			return false;
	}
	return !why || !use->takes_code ||
	       say_why(session, use->path, use->has_manifest, why, title);
}

/* Such content has been asked about, and there is nothing else in it. */
static bool is_monotonous(const uint8_t *bytes, uint32_t size)
{
	char why[WHOLE_WHY];
	enum whole seen = whole_judge(bytes, size, why);

	return seen == WHOLE_CONSTANT || seen == WHOLE_PATTERN;
}

bool saved_examine(const struct session *session, const struct saved_use *use, uint8_t *bytes)
{
	uint32_t size = session->part->size;
	struct image *image;
	bool good;

	if (!doubt_file(session, use->path, bytes))
		return false;
	if (is_monotonous(bytes, size))
		return true;
	image = malloc(sizeof(*image));
	good = image && image_identify(bytes, size, image);
	if (good)
		good = judge(session, use, image, bytes);
	else
		session_no_memory(session);
	free(image);
	return good;
}
