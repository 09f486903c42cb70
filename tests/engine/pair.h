/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pair.h - modules and files of all kinds, and by which rule the one may be written to the other.
 *
 * The rule is made from what is known of the SoCs (docs/images.md, docs/socs.md), written down
 * here once more, and not from what the library thinks:
 *
 * - code runs where the coding is the same and the SoC is the same, or one that runs its code;
 * - who the module is follows from its bootloader's name, else from where its calibration is
 *   and how its code is coded, and where it does not start, from its application's name too;
 *   the file has to run on all that it then may be, or on one of them where nothing starts yet;
 * - what names no SoC is not written, but with a key that only this module has;
 * - an application needs a bootloader in the module; its own backup always goes back;
 * - calibration, network settings, and settings of firmware stay the module's own.
 */
#ifndef TESTS_ENGINE_PAIR_H
#define TESTS_ENGINE_PAIR_H

#include "base/range.h"
#include "tests/image/make.h"

#define PAIR_KEPT 4
#define PAIR_MOST (4u << 20)

enum pair_start {
	STARTS,
	NO_BOOTLOADER,	/* blank below the application */
	FOREIGN_APP,	/* an application of another SoC is at 0 */
	NO_CALIBRATION, /* it starts, but has no calibration */
	BLANK,		/* all of it */
};

struct pair_module {
	const char *name;
	const char *soc;
	enum recipe_key key;
	bool holds_key, nameless;
	enum pair_start start;
	uint32_t size; /* 0: 2 MiB */
};

enum pair_what {
	QIO,
	APPLICATION,
	BOOTLOADER,
	DUMP, /* of another module */
	ROTATED_DUMP,
	OWN_BACKUP, /* with its old firmware and settings */
	OWN_ROTATED,
	OWN_CALIBRATION,
	OTHER_CALIBRATION,
	STORAGE,	/* of Tuya's firmware */
	SETTINGS,	/* of OpenBeken */
	STORAGE_PLACED, /* the user says where */
	SETTINGS_PLACED,
	NEVER, /* no complete image at all */
};

struct pair_file {
	const char *name;
	enum pair_what what;
	const char *soc;
	enum recipe_key key;
	bool holds_key, nameless;
	struct bytes (*spoil)(struct bytes bytes); /* of a QIO file, for NEVER */
};

extern const struct pair_module pair_modules[];
extern const size_t pair_module_count;
extern const struct pair_file pair_files[];
extern const size_t pair_file_count;

/* The content of the module. */
struct bytes pair_make_module(const struct pair_module *module);

/* The content of the file, which for some kinds depends on the module. */
struct bytes pair_make_file(const struct pair_file *file, const struct pair_module *module,
			    struct bytes die);
bool pair_depends(const struct pair_file *file);

/* The rule: whether the file is written, at which address, and the content afterwards. */
bool pair_goes(const struct pair_file *file, const struct pair_module *module);
bool pair_address(const struct pair_file *file, const struct pair_module *module,
		  uint32_t *address);
struct bytes pair_outcome(const struct pair_file *file, const struct pair_module *module,
			  struct bytes die, struct bytes content);

#endif
