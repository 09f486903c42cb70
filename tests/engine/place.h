/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - where a test of the engine happens: a module on a fake adapter (fake_flash.h), and
 * an empty directory that is the current one and holds the journal as well. Nothing of it stays.
 *
 * The modules are BK7231N with a flash of 2 MiB. All have the same firmware; MAC, calibration and
 * settings are each one's own.
 */
#ifndef TESTS_ENGINE_PLACE_H
#define TESTS_ENGINE_PLACE_H

#include "cli/beken_flash/commands.h"
#include "engine/session.h"
#include "tests/engine/fake_flash.h"
#include "tests/unit.h"

#define PLACE_SIZE (2u << 20)
#define PLACE_SECTOR 4096u
/* The BK7231N's, as in the chip database. */
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
	struct notes notes;	/* what it logs */
	char *output;		/* of the last place_run(), both streams */
	bool is_open;
};

/* For cmocka: *state is a new place with module 1 in it, whose device is open. */
int place_set_up(void **state);
int place_tear_down(void **state);
/* The same, and nothing is open: for whole commands. */
int place_set_up_closed(void **state);

/* What module @number holds; PLACE_SIZE bytes. */
void place_module(uint8_t *die, unsigned number);

/* The same, to be freed. */
uint8_t *place_new_module(unsigned number);

/* Its MAC, as text. */
const char *place_mac(unsigned number);

/* As after session_open() and session_look() of a command that @writes, but logging into notes. */
void place_open(struct place *place, bool writes);
void place_close(struct place *place);

/* Runs a command as main() would. @arguments: "--name=value" and words; NULL ends them. */
int place_run(struct place *place, const struct command *command, ...) __attribute__((sentinel));

/* Files of the directory. */
void place_put(const char *path, const void *data, size_t size);
uint8_t *place_get(const char *path, size_t size); /* to be freed; fails unless it has this size */
bool place_has(const char *path);
unsigned place_count(const char *end); /* of files whose name ends so */

/* The path of the one in @directory whose name begins so; false if there is none. */
bool place_find(const char *directory, const char *begin, char *path, size_t room);

/* A die as a backup, with its manifest. */
void place_put_backup(const char *path, const uint8_t *die);

/* Whether the flash holds exactly this; and whether it holds it in this range. */
void place_expect(const struct place *place, const uint8_t *die);
void place_expect_range(const struct place *place, const uint8_t *die, uint32_t start,
			uint32_t length);

/* And that it was never changed, and is closed. Takes @die. */
void place_expect_untouched(const struct place *place, uint8_t *die);

/* The journal of a write of @wanted that was stopped, to a module that held @present. */
void place_leave_journal(const uint8_t *present, const uint8_t *wanted);
void place_leave_numbered(unsigned number, const uint8_t *present, const uint8_t *wanted);

/* The journal's directory, and whether a journal is there. */
#define PLACE_STATE "state/beken-flash"

bool place_has_journal(void);

#endif
