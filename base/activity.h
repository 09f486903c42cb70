/* SPDX-License-Identifier: GPL-2.0-or-later */
/* activity.h - what a piece of work does to the die, for whoever is told of progress. */
#ifndef ACTIVITY_H
#define ACTIVITY_H

enum activity { ACTIVITY_READ, ACTIVITY_PROGRAM, ACTIVITY_ERASE };

#endif
