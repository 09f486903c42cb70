/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signals.h - signals that ask a program to end, handled where it can end cleanly.
 *
 * Whatever happens, CEN has to be released and what is queued has to be sent. So a signal is only
 * noted, and checked between two steps.
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/*
 * From here on SIGINT, SIGQUIT, SIGTERM and SIGHUP are noted, except those that were ignored when
 * the program was started, and SIGPIPE is ignored. May be called twice.
 */
void signals_catch(void);

/* The number of the signal that came last, or 0. */
int signals_seen(void);

#endif
