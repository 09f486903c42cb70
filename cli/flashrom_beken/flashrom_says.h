/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flashrom_says.h - what the installed flashrom says about itself: --help, --version.
 *
 * Its releases differ in their options and in their faults. Both are asked of the program
 * that is going to be used, which takes a few milliseconds.
 */
#ifndef FLASHROM_SAYS_H
#define FLASHROM_SAYS_H

#include <stdbool.h>

#define FLASHROM_SAYS_ROOM 16384

/*
 * What the program @flashrom prints with the one argument @option, as a string that is cut
 * where the room ends. False when it could not be run, failed, or did not end within
 * a few seconds, or before @cancelled said so.
 */
bool flashrom_says(const char *flashrom, const char *option, bool (*cancelled)(void *data),
		   void *data, char text[FLASHROM_SAYS_ROOM]);

#endif
