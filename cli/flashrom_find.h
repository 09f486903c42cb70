/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flashrom_find.h - where the distribution's flashrom is. */
#ifndef FLASHROM_FIND_H
#define FLASHROM_FIND_H

#include <limits.h>
#include <stdbool.h>

/*
 * The program that FLASHROM= names; else the first flashrom in PATH that is neither this
 * program nor a link to another flashrom-beken; else one in the sbin directories, which users often do not have
 * in PATH. False when there is none.
 */
bool flashrom_find(char path[PATH_MAX]);

#endif
