/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signals.h - signals that ask a program to end, heard where it can end well.
 *
 * Whatever happens, CEN has to be released and what is queued has to be sent. So a signal
 * is only noted, and asked for between two steps.
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/*
 * From here on SIGINT, SIGQUIT, SIGTERM and SIGHUP are noted, but for those that whoever
 * started the program has had ignored, and SIGPIPE is ignored. Twice is fine.
 */
void signals_catch(void);

/* The number of the signal that came last, or 0. */
int signals_seen(void);

#endif
