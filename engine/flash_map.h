/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flash_map.h - what each sector of a flash is used for, to be drawn. */
#ifndef ENGINE_FLASH_MAP_H
#define ENGINE_FLASH_MAP_H

#include "chipdb/chipdb.h"
#include "image/rf.h"

#define FLASH_MAP_SECTOR 4096
#define FLASH_MAP_SECTORS 4096 /* 16 MiB, the most that three address bytes reach */

enum sector_use {
	SECTOR_BLANK,	/* all FF */
	SECTOR_USED,	/* something in a region for code or updates; or the SoC is not known */
	SECTOR_KEPT,	/* calibration and settings, which a write keeps */
	SECTOR_FOREIGN, /* something where the SoC has no region */
	SECTOR_USES
};

struct flash_map {
	size_t count;
	unsigned char use[FLASH_MAP_SECTORS]; /* enum sector_use */
};

/* @die: all of it, @size bytes. @soc: NULL if it is not known. @rf: calibration that was found. */
void flash_map_make(struct flash_map *map, const uint8_t *die, uint32_t size,
		    const struct chipdb_soc *soc, const struct rf *rf, size_t rf_count);

/* "blank", "used", "kept", "foreign" */
const char *sector_use_name(enum sector_use use);

#endif
