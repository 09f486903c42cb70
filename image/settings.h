/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settings.h - what firmware stores for itself, recognized by its content.
 *
 * Its address differs from release to release, and is not documented for some SoCs. But its content
 * identifies it.
 */
#ifndef IMAGE_SETTINGS_H
#define IMAGE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETTINGS_SECTOR 0x1000u
#define SETTINGS_MOST 8

enum settings_kind { SETTINGS_TUYA, SETTINGS_OPENBEKEN };

struct settings {
	enum settings_kind kind;
	size_t offset, length;
};

/* Whether Tuya's storage begins with this sector. */
bool settings_is_tuya(const uint8_t *data, size_t size);

/* Whether OpenBeken's settings begin here; their version is at byte 4. */
bool settings_is_openbeken(const uint8_t *data, size_t size);

/*
 * All that begin in a sector of this flash, in order. How long Tuya's storage is cannot be seen:
 * it ends at the end of the flash, or after the most that it can occupy. What lies inside it and
 * identifies itself is found as well.
 */
size_t settings_find(const uint8_t *data, size_t size, struct settings found[SETTINGS_MOST]);

#endif
