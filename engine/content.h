/* SPDX-License-Identifier: GPL-2.0-or-later */
/* content.h - what the bytes of a whole die say about the module: its SoC and its MAC. */
#ifndef ENGINE_CONTENT_H
#define ENGINE_CONTENT_H

#include "engine/session.h"
#include "image/image.h"
#include "image/settings.h"
#include "engine/manifest.h"

struct content {
	struct image image;   /* the result of image_identify() */
	struct target target; /* which module it is, see look.h */
	/* Calibration, wherever it is: also in a die that is half written. */
	struct rf rf[IMAGE_RFS];
	size_t rf_count;
	struct settings settings[SETTINGS_MOST]; /* of the firmware, by their content */
	size_t settings_count;
	char mac[MANIFEST_MAC]; /* small letters; "" if there is none, or a made-up one */
};

/* After look_at_module(). @die has the size of the part. False after NO_MEMORY. */
bool content_look(struct content *content, struct session *session, const uint8_t *die);

/* The SoC if there is exactly one; else NULL. */
const struct chipdb_soc *content_soc(const struct content *content);

/*
 * Whether the calibration in two contents of a die is the same, wherever either has one. No
 * two modules have the same; those without any cannot be told apart.
 */
bool content_same_rf(const uint8_t *one, const uint8_t *other, size_t size);

/*
 * Read from the die where the SoCs have their calibration, into the same places of @die:
 * @length bytes of each, at most a sector. Not those that are inside @known.
 */
bool content_peek_rf(struct session *session, struct range known, uint32_t length, uint8_t *die);

/* Whether reading these places again gives what is in @die. If not, that is a trouble. */
bool content_rf_is_steady(struct session *session, const uint8_t *die);

/* The same places, RF_ALIGNMENT bytes of each, from another content of a die. */
void content_copy_rf(uint8_t *die, const uint8_t *from, uint32_t size);

/* Calibration data anywhere in a die; returns how many there are. */
size_t content_find_rf(const uint8_t *die, size_t size, struct rf found[IMAGE_RFS]);

/* The MAC in the calibration data of a die; "" if there is none. */
void content_mac(const uint8_t *die, size_t size, char mac[MANIFEST_MAC]);

#endif
