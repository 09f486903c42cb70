/* SPDX-License-Identifier: GPL-2.0-or-later */
/* by_sudo.h - whether a command, or the script that it runs, calls flashrom by sudo(8). */
#ifndef CLI_BY_SUDO_H
#define CLI_BY_SUDO_H

#include <stdbool.h>

/*
 * sudo mostly has a PATH of its own, in which flashrom is the system's. Only the words themselves
 * and the beginning of a script among the first two are looked at.
 */
bool by_sudo(char *const *words);

#endif
