/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show_suspect.h - what may be wrong with the wires, for people and for programs. */
#ifndef CLI_SHOW_SUSPECT_H
#define CLI_SHOW_SUSPECT_H

#include "cli/beken_flash/report.h"
#include "engine/doctor.h"

#define SUSPECT_NEXT_ROOM (WIRE_TEXT_ROOM + 60)

/* What to do or to measure, in the words of this program (own_words.h). Returns @text. */
const char *show_suspect_next(const struct doctor_suspect *suspect, char text[SUSPECT_NEXT_ROOM]);

/* For programs. */
void show_suspect_json(struct report *report, const struct doctor_suspect *suspect);

/* Looks for the cause of a link that failed, and prints all of it. */
void show_suspects(struct report *report, const struct session_options *options);

#endif
