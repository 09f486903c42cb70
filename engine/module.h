/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * module.h - which module it is: the one rule, for write, restore, resume and journals.
 *
 * What tells modules apart is the flash, the MAC address and, since firmware makes up MAC
 * addresses, the calibration: no two modules have the same.
 */
#ifndef ENGINE_MODULE_H
#define ENGINE_MODULE_H

#include "engine/journal.h"

#define MODULE_WHY 160

enum module_difference {
	MODULE_SAME,		  /* or nothing tells them apart */
	MODULE_OTHER_MAC,	  /* its own one is neither made up nor the other's */
	MODULE_OTHER_CALIBRATION, /* without an own MAC */
};

/*
 * Whether @other, of the same @size, holds what makes @own this module: what would be lost if
 * it took its place.
 */
enum module_difference module_differs(const uint8_t *own, const uint8_t *other, uint32_t size);

/*
 * Whether its flash differs; then @why has the reason, as in "its flash was X, and ...". @id: as of
 * session_id_text(); one that is not known may be any.
 */
bool module_has_other_flash(const struct journal *journal, const struct chipdb_part *part,
			    const char *id, char why[MODULE_WHY]);

/*
 * The same for what makes it that module. @present is what the die holds, @wanted what the journal
 * was to make of it, both of the size of the part; NULL if that is not known.
 */
bool module_is_other(const struct journal *journal, const uint8_t *present, const uint8_t *wanted,
		     char why[MODULE_WHY]);

/* Note in a new journal, of which the size is set, which module it is. */
void module_remember(struct journal *journal, const uint8_t *present, const uint8_t *wanted);

/* Whether @die has calibration, and all of it is what the module of the journal had before. */
bool module_had_calibration(const struct journal *journal, const uint8_t *die, uint32_t size);

#endif
