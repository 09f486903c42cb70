/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages, since 1.8; see flash.h. */
#ifndef SURFACE_LOG_H
#define SURFACE_LOG_H

int surface_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define msg_perr(...) surface_print(__VA_ARGS__)
#define msg_pwarn(...) surface_print(__VA_ARGS__)
#define msg_pinfo(...) surface_print(__VA_ARGS__)
#define msg_pdbg(...) surface_print(__VA_ARGS__)

#endif
