/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * backup.h - the whole die as a file, with its manifest, and back.
 *
 * The name is given by the user, or made of SoC, MAC and date in the current directory, as in
 * BK7231N-c8478cb6da2c-20261122.bin. Nothing is ever overwritten.
 */
#ifndef ENGINE_BACKUP_H
#define ENGINE_BACKUP_H

#include "engine/content.h"
#include "engine/session.h"
#include "engine/manifest.h"
#include "engine/output_file.h"

struct backup_file {
	const char *wish; /* the user's name, or NULL */
	struct output_file output;
	struct session *session;
	char path[PATH_MAX]; /* of the file, once it is there */
	struct manifest manifest;
};

/* Make room for it, before anything long begins. False, after a trouble, if it cannot be made. */
bool backup_open(struct backup_file *backup, struct session *session, const char *wish);

/*
 * The bytes of the die and a manifest are written to the disk; only then they get their names, one
 * after the other. False after a trouble; if the registers cannot be read then, the bytes are kept
 * aside. @confirmed: how many bytes are certain to be read right.
 */
bool backup_save(struct backup_file *backup, const uint8_t *die, const struct content *content,
		 uint32_t confirmed);

/* Removes it, unless it was saved. Allowed at any time after backup_open(). */
void backup_discard(struct backup_file *backup);

/*
 * A reading that is not trusted gets a name that says so, and no manifest: "NAME.unconfirmed-N".
 * With NULL in place of a backup file's wish, the name begins with "beken-flash".
 */
void backup_keep_aside(struct session *session, const char *wish, const uint8_t *die,
		       unsigned number);

/*
 * A file of the size of the part, and its manifest, which has to match if there is one. To be
 * freed; NULL if it cannot be used, after a trouble.
 */
uint8_t *backup_load(struct session *session, const char *path, struct manifest *manifest,
		     bool *has_manifest);

/* A regular file in memory; NULL if that is not possible, after a trouble. To be freed. */
uint8_t *load_file(const struct observer *observer, const char *path, size_t *size);

#endif
