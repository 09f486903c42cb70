/* SPDX-License-Identifier: GPL-2.0-or-later */
/* part_id.h - the ID of a flash as text, as files have it. */
#ifndef ENGINE_PART_ID_H
#define ENGINE_PART_ID_H

#include <stdbool.h>

#include "chipdb/chipdb.h"

#define PART_ID 9 /* "C8 40 15", or "" for a flash that did not tell it */

void part_id_text(const struct chipdb_part *part, char text[PART_ID]);

/* Whether these may be the IDs of one flash: "" may be any. */
bool part_ids_fit(const char *one, const char *other);

#endif
