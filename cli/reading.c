/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

#include "backup.h"
#include "content.h"

#define SECTOR 4096
#define SAMPLES_MOST 512
#define SAMPLE_BYTES 16
#define PIECE 4096

static bool read_whole(struct device *device, const char *phase, uint8_t *die)
{
	const struct flash_range whole = {0, device->part->size};
	bool good;

	report_phase(&device->report, phase, device->part->size);
	good = flash_read(device->flash, &whole, 1, die);
	report_phase_end(&device->report);
	return good;
}

uint8_t *reading_once(struct device *device, const char *phase)
{
	uint8_t *die = malloc(device->part->size);

	if (!die)
		log_error(&device->report.log, "out of memory");
	if (die && read_whole(device, phase, die))
		return die;
	free(die);
	return NULL;
}

uint8_t *reading_confirmed(struct device *device, const char *wish, unsigned *readings)
{
	static const char *const phases[READINGS_MOST] = {"read", "read again", "read a third time",
							  "read a fourth time"};
	uint8_t *read[READINGS_MOST] = {NULL}, *agreed = NULL;
	unsigned count = 0;

	while (!agreed && count < READINGS_MOST) {
		read[count] = reading_once(device, phases[count]);
		if (!read[count])
			break;
		for (unsigned i = 0; i < count && !agreed; i++)
			if (memcmp(read[i], read[count], device->part->size) == 0)
				agreed = read[count];
		if (++count == 2 && !agreed)
			log_warn(&device->report.log,
				 "the two readings differ: a bad contact; reading once more");
	}
	if (!agreed && count == READINGS_MOST)
		log_error(&device->report.log,
			  "no two of %u readings agree: a bad contact. Shorten the wires, check "
			  "the supply and GND, and do not write to this chip",
			  count);
	for (unsigned i = 0; i < READINGS_MOST; i++) {
		if (!agreed && read[i])
			backup_keep_aside(device, wish, read[i], i + 1);
		if (read[i] != agreed)
			free(read[i]);
	}
	*readings = count;
	return agreed;
}

bool reading_compare(struct device *device, const uint8_t *die, const struct flash_range *ranges,
		     size_t count)
{
	uint8_t piece[PIECE];

	for (size_t i = 0; i < count; i++)
		for (uint32_t done = 0; done < ranges[i].length; done += PIECE) {
			uint32_t left = ranges[i].length - done, at = ranges[i].start + done;
			size_t len = left < PIECE ? left : PIECE;

			if (device_signal() || !flash_peek(device->flash, at, piece, len))
				return false;
			if (memcmp(piece, die + at, len) == 0)
				continue;
			log_error(&device->report.log, "what was read near 0x%06x is not there",
				  (unsigned)at);
			return false;
		}
	return true;
}

bool reading_confirm_identity(struct device *device, const uint8_t *die,
			      const struct content *content)
{
	struct flash_range ranges[DEVICE_SOCS * CHIPDB_REGIONS + IMAGE_RFS];
	uint32_t size = device->part->size;
	size_t count = 0;

	for (size_t i = 0; i < content->soc_count; i++)
		for (const struct chipdb_region *region = content->socs[i]->regions;
		     region < content->socs[i]->regions + CHIPDB_REGIONS && region->name; region++)
			if ((region->kind == CHIPDB_REGION_RF ||
			     region->kind == CHIPDB_REGION_NET) &&
			    region->start < size && region->length <= size - region->start)
				ranges[count++] =
					(struct flash_range){region->start, region->length};
	/* Of several SoCs the regions are mostly the same; reading them twice more does no harm. */
	for (size_t i = 0; content->soc_count == 0 && i < content->rf_count; i++)
		ranges[count++] = (struct flash_range){(uint32_t)content->rf[i].offset,
						       (uint32_t)content->rf[i].length};
	if (reading_compare(device, die, ranges, count))
		return true;
	if (!device_signal())
		log_error(
			&device->report.log,
			"two readings of the calibration differ: a bad contact. Shorten the wires, "
			"check the supply and GND; nothing was changed");
	return false;
}

/* A sequence that repeats; quality does not matter. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

bool reading_sample(struct device *device, const uint8_t *die, uint32_t seed)
{
	uint32_t sectors = device->part->size / SECTOR, step = 1, state = seed | 1;

	while (sectors / step > SAMPLES_MOST)
		step *= 2;
	for (uint32_t sector = 0; sector < sectors; sector += step) {
		uint32_t at = (sector + next_random(&state) % step) * SECTOR +
			      next_random(&state) % (SECTOR - SAMPLE_BYTES);
		uint8_t seen[SAMPLE_BYTES];

		if (device_signal() || !flash_peek(device->flash, at, seen, sizeof(seen)))
			return false;
		if (memcmp(seen, die + at, sizeof(seen)) == 0)
			continue;
		log_error(&device->report.log,
			  "the flash is not as the backup says at 0x%06x: it was changed since, or "
			  "is another one. Leave --backup away, or name a new file there",
			  (unsigned)at);
		return false;
	}
	return true;
}
