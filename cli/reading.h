/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reading.h - the content of the die in memory, as sure as it is wanted. */
#ifndef CLI_READING_H
#define CLI_READING_H

#include "device.h"

/* The most readings until two of them have to agree. */
#define READINGS_MOST 4

/* One reading of the whole die, to be freed; NULL after an error. @phase: for the report. */
uint8_t *reading_once(struct device *device, const char *phase);

/*
 * Until two readings agree. If that never happens, or it ends early, what was read is kept
 * aside (backup_keep_aside()). To be freed; NULL after an error. @readings: how many it took.
 */
uint8_t *reading_confirmed(struct device *device, const char *wish, unsigned *readings);

/*
 * Whether the regions that only this module has (calibration, network) read the same once
 * more. Where the SoC is not known, calibration that was found is looked at. False: they do
 * not, or could not be read; logged.
 */
struct content;
bool reading_confirm_identity(struct device *device, const uint8_t *die,
			      const struct content *content);

/*
 * Whether @die is what the die holds, by samples of each sector (of large dies: of some),
 * chosen by @seed. False: it is not, or could not be read; logged.
 */
bool reading_sample(struct device *device, const uint8_t *die, uint32_t seed);

/* Whether the ranges of it are, to the last byte. */
bool reading_compare(struct device *device, const uint8_t *die, const struct flash_range *ranges,
		     size_t count);

#endif
