/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/job_info.h"

#include <stdlib.h>
#include <string.h>

#include "engine/area.h"
#include "engine/content.h"
#include "engine/find_rf.h"
#include "engine/look.h"
#include "engine/second_reading.h"
#include "engine/steady.h"
#include "engine/reading.h"

#define BOOTLOADER_END 0x11000
#define SECTOR 0x1000

static bool peek(struct session *session, struct info_job *info, uint32_t at, size_t len)
{
	return steady_read(session, at, info->die + at, len);
}

static bool look_at_bootloader(struct session *session, struct info_job *info)
{
	struct image *image = &info->image;

	if (!peek(session, info, 0, BOOTLOADER_END))
		return false;
	if (!code_is_framed(info->die, BOOTLOADER_END))
		return true;
	image->has_bootloader = true;
	code_examine(info->die, BOOTLOADER_END, 0, BOOTLOADER_END, "bootloader", 0,
		     &image->bootloader);
	if (image->bootloader.check != CODE_NO_HEADER)
		image->rbl[image->rbl_count++] = image->bootloader.header;
	partitions_find(info->die, BOOTLOADER_END, &image->partitions);
	return true;
}

/* The header at the end of the application's partition says what it is. */
static bool look_at_application(struct session *session, struct info_job *info)
{
	struct image *image = &info->image;
	const struct partition *app = partitions_by_name(&image->partitions, "app");
	size_t size = session->part->size, at;

	if (!app || app->start > size || app->length > size - app->start ||
	    app->length < RBL_FRAMED_SIZE)
		return true;
	at = app->start + app->length - RBL_FRAMED_SIZE;
	if (!peek(session, info, (uint32_t)at, RBL_FRAMED_SIZE))
		return false;
	if (!rbl_find(info->die + at, RBL_FRAMED_SIZE, 0, &image->rbl[image->rbl_count]))
		return true;
	image->rbl[image->rbl_count++].offset += at;
	return true;
}

static bool have_rf(const struct image *image, size_t at)
{
	for (size_t i = 0; i < image->rf_count; i++)
		if (image->rf[i].offset == at)
			return true;
	return false;
}

/* Calibration, settings and the like of one region. */
static bool look_at_region(struct session *session, struct info_job *info,
			   const struct chipdb_region *region)
{
	struct image *image = &info->image, begin;
	struct rf rf;

	if (region->kind == CHIPDB_REGION_BOOT || region->kind == CHIPDB_REGION_APP ||
	    region->length < SECTOR || !area_lies_in(region, session->part->size))
		return true;
	if (!peek(session, info, region->start, SECTOR))
		return false;
	if (rf_parse(info->die, region->start + SECTOR, region->start, &rf)) {
		if (image->rf_count < IMAGE_RFS && !have_rf(image, rf.offset))
			image->rf[image->rf_count++] = rf;
		return true;
	}
	if (info->note_count == INFO_NOTES)
		return true;
	if (!image_identify(info->die + region->start, SECTOR, &begin))
		return session_no_memory(session);
	if (begin.kind == IMAGE_TUYA_CONFIG || begin.kind == IMAGE_OBK_CONFIG ||
	    begin.kind == IMAGE_CONSTANT || region->kind == CHIPDB_REGION_RF)
		info->notes[info->note_count++] = (struct info_note){region, begin.kind};
	return true;
}

static bool look_at_regions(struct session *session, struct info_job *info)
{
	bool good = true;

	for (size_t i = 0; good && i < chipdb_soc_count; i++) {
		const struct chipdb_soc *soc = &chipdb_socs[i];
		bool meant = session->target.identity.soc_count == 0;

		for (size_t j = 0; j < session->target.identity.soc_count; j++)
			meant |= session->target.identity.socs[j] == soc;
		/* If the SoC is only possible, only calibration is looked for. */
		for (size_t j = 0; good && meant && j < CHIPDB_REGIONS && soc->regions[j].name; j++)
			if (session_soc(session) || soc->regions[j].kind == CHIPDB_REGION_RF)
				good = look_at_region(session, info, &soc->regions[j]);
	}
	return good;
}

/* What no checksum confirms is read again, since the whole report relies on it. */
static enum second_reading read_and_believe(struct session *session, struct info_job *info,
					    struct content *content)
{
	const struct range nothing = {0, 0};
	struct steadiness steadiness = {.count = 0};
	enum second_reading second = SECOND_FAILED;
	uint32_t sure = 0;

	steady_begin(session, &steadiness);
	free(info->die);
	info->die = reading_first(session);
	if (info->die && content_look(content, session, info->die))
		second = second_reading(session, info->die, content, nothing, &sure, &steadiness);
	info->read_once = session->part->size - sure;
	return second;
}

static bool read_all(struct session *session, struct info_job *info)
{
	struct content *content = malloc(sizeof(*content));
	enum second_reading second = SECOND_SLOWER;

	if (!content)
		return session_no_memory(session);
	while (second == SECOND_SLOWER)
		second = read_and_believe(session, info, content);
	free(content);
	return second != SECOND_FAILED;
}

static bool look_at_all(struct session *session, struct info_job *info)
{
	const struct range all = {0, session->part->size};

	if (!read_all(session, info))
		return false;
	if (!image_identify(info->die, all.length, &info->image))
		return session_no_memory(session);
	if (info->image.rf_count == 0)
		info->image.rf_count = content_find_rf(info->die, all.length, info->image.rf);
	flash_map_make(&info->map, info->die, all.length, session_soc(session), info->image.rf,
		       info->image.rf_count);
	return true;
}

static bool look(struct session *session, struct info_job *info, bool all)
{
	if (!look_at_module(session) || !session_look_at_protection(session))
		return false;
	if (all)
		return look_at_all(session, info);
	info->die = malloc(session->part->size);
	if (!info->die)
		return session_no_memory(session);
	return look_at_bootloader(session, info) && look_at_application(session, info) &&
	       look_at_regions(session, info) &&
	       (info->image.rf_count > 0 ||
		find_rf(session, info->image.rf, &info->image.rf_count));
}

bool info_do_job(struct info_job *info, struct session *session,
		 const struct session_options *options, bool all)
{
	bool good;

	memset(info, 0, sizeof(*info));
	good = session_open(session, options) && look(session, info, all) && session_close(session);
	free(info->die);
	info->die = NULL;
	return good;
}
