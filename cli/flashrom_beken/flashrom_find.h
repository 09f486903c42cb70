/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flashrom_find.h - where the distribution's flashrom is. */
#ifndef FLASHROM_FIND_H
#define FLASHROM_FIND_H

#include <limits.h>
#include <stdbool.h>

/* Set in the environment of the flashrom that is run; see below. */
#define FLASHROM_MARK "FLASHROM_BEKEN_INSIDE"

/*
 * The program that FLASHROM= names; else the first flashrom in PATH that is neither
 * this program nor a link to another flashrom-beken; else one in the sbin
 * directories, which users often do not have in PATH. False when there is none.
 *
 * A flashrom that leads back here (a script in PATH) is detected by FLASHROM_MARK: then only the
 * sbin directories count, or both would run each other for ever.
 */
bool flashrom_find(char path[PATH_MAX]);

#endif
