/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kinds of identify.h are called. */
#include "image/findings.h"

struct names {
	const char *name, *title;
};

static const struct names kinds[] = {
	[IMAGE_UNKNOWN] = {"unknown", "unknown"},
	[IMAGE_EMPTY] = {"empty", "an empty file"},
	[IMAGE_CONSTANT] = {"constant", "the same byte throughout"},
	[IMAGE_DUMP] = {"dump", "a whole flash"},
	[IMAGE_ROTATED_DUMP] = {"rotated-dump", "a whole flash, but rotated"},
	[IMAGE_REST] = {"rest", "a flash without its bootloader"},
	[IMAGE_QIO] = {"qio", "QIO: bootloader and application"},
	[IMAGE_APPLICATION] = {"application", "an application (UA)"},
	[IMAGE_BOOTLOADER] = {"bootloader", "a bootloader"},
	[IMAGE_UNFRAMED_CODE] = {"unframed-code", "code without CRC blocks"},
	[IMAGE_OTA] = {"ota", "an over-the-air update (RBL)"},
	[IMAGE_UG] = {"ug", "a Tuya upgrade file (UG)"},
	[IMAGE_RF] = {"rf", "a calibration region"},
	[IMAGE_TUYA_CONFIG] = {"tuya-config", "Tuya's storage region"},
	[IMAGE_OBK_CONFIG] = {"obk-config", "settings of OpenBeken"},
	[IMAGE_UF2] = {"uf2", "a UF2 file"},
	[IMAGE_OTHER] = {"other", "not a flash image"},
};

static const char *const findings[IMAGE_FINDING_KINDS] = {
	[IMAGE_TRUNCATED] = "truncated",     [IMAGE_DAMAGED] = "damaged",
	[IMAGE_UNCONFIRMED] = "unconfirmed", [IMAGE_INCONSISTENT] = "inconsistent",
	[IMAGE_PADDED] = "padded",	     [IMAGE_NO_BOOTLOADER] = "no-bootloader",
	[IMAGE_REPEATED] = "repeated",	     [IMAGE_NO_CALIBRATION] = "no-calibration",
	[IMAGE_NO_MAC] = "no-mac",	     [IMAGE_UNPROVEN] = "unproven",
	[IMAGE_LEFTOVERS] = "leftovers",     [IMAGE_UNKNOWN_CODE] = "unknown-code",
};

const char *image_kind_name(enum image_kind kind)
{
	return kinds[kind].name;
}

const char *image_kind_title(enum image_kind kind)
{
	return kinds[kind].title;
}

const char *image_finding_name(enum image_finding_kind kind)
{
	return findings[kind];
}
