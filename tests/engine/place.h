/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - the surroundings of an engine test: a module on a fake adapter (fake_flash.h), and an
 * empty directory, which is the current one and holds the journal, too. All of it is removed.
 *
 * The modules are BK7231N with a flash of 2 MiB. All have the same firmware; MAC, calibration and
 * settings are different in each.
 */
#ifndef TESTS_ENGINE_PLACE_H
#define TESTS_ENGINE_PLACE_H

#include "cli/beken_flash/commands.h"
#include "engine/session.h"
#include "tests/engine/fake_flash.h"
#include "tests/unit.h"

#define PLACE_SIZE (2u << 20)
#define PLACE_SECTOR 4096u
/* Of the BK7231N, as in the chip database. */
#define PLACE_APP 0x11000u
#define PLACE_RF 0x1d0000u
#define PLACE_MAC (PLACE_RF + 36)
#define PLACE_CALIBRATION (PLACE_RF + 0x100)
#define PLACE_NET 0x1d1000u
#define PLACE_TUYA 0x1ed000u

struct place {
	char directory[64], before[4096];
	struct fake_flash fake;
	struct session session; /* with place_open() */
	struct notes notes;	/* what is logged */
	char *output;		/* of the last place_run(), standard output and error */
	bool is_open;
};

/* For cmocka: *state is a new place with module 1 in it, opened. */
int place_set_up(void **state);
int place_tear_down(void **state);
/* The same, not opened: for whole commands. */
int place_set_up_closed(void **state);

/* The content of module @number; PLACE_SIZE bytes. */
void place_module(uint8_t *die, unsigned number);

/* The same, to be freed. */
uint8_t *place_new_module(unsigned number);

/* Its MAC, as text. */
const char *place_mac(unsigned number);

/* What session_open() and session_look() do for a command that @writes, but logs into notes. */
void place_open(struct place *place, bool writes);
void place_close(struct place *place);

/* Runs a command as main() would. @arguments: "--name=value" and words, ended by NULL. */
int place_run(struct place *place, const struct command *command, ...) __attribute__((sentinel));

/* Files in the directory. */
void place_put(const char *path, const void *data, size_t size);
uint8_t *place_get(const char *path, size_t size); /* to be freed; fails unless it has this size */
bool place_has(const char *path);
unsigned place_count(const char *end); /* number of files whose names end with this */

/* The path of the file in @directory whose name begins with this; false if there is none. */
bool place_find(const char *directory, const char *begin, char *path, size_t room);

/* Makes a backup of this die, with its manifest. */
void place_put_backup(const char *path, const uint8_t *die);

/* The flash holds exactly this content, or holds it in this range. */
void place_expect(const struct place *place, const uint8_t *die);
void place_expect_range(const struct place *place, const uint8_t *die, uint32_t start,
			uint32_t length);

/* And it was never changed, and is closed. Frees @die. */
void place_expect_untouched(const struct place *place, uint8_t *die);

/* Leaves the journal of a stopped write of @wanted to a module that held @present. */
void place_leave_journal(const uint8_t *present, const uint8_t *wanted);
void place_leave_numbered(unsigned number, const uint8_t *present, const uint8_t *wanted);

/* The journal's directory, and whether a journal exists. */
#define PLACE_STATE "state/beken-flash"

bool place_has_journal(void);

#endif
