/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/engine/pair.h"

const struct pair_module pair_modules[] = {
	{.name = "a BK7231T", .soc = "BK7231T"},
	{.name = "a BK7231N", .soc = "BK7231N"},
	{.name = "a BK7231M", .soc = "BK7231M"},
	{.name = "a BL2028N", .soc = "BL2028N"},
	{.name = "a BK7231U", .soc = "BK7231U"},
	{.name = "a BK7231Q", .soc = "BK7231Q"},
	{.name = "a BK7238", .soc = "BK7238"},
	{.name = "a BK7252", .soc = "BK7252"},
	{.name = "a BK7252 of 4 MiB", .soc = "BK7252", .size = 4u << 20},
	{.name = "a BK7252N", .soc = "BK7252N"},
	{.name = "a BK7231N with a key of its own",
	 .soc = "BK7231N",
	 .key = KEY_OTHER,
	 .holds_key = true},
	{.name = "a BK7231N with a key that nobody knows", .soc = "BK7231N", .key = KEY_OTHER},
	{.name = "a BK7231T with a key of its own",
	 .soc = "BK7231T",
	 .key = KEY_OTHER,
	 .holds_key = true},
	{.name = "a plain module that names nothing", .soc = "BK7252", .nameless = true},
	{.name = "a BK7231N without a bootloader", .soc = "BK7231N", .start = NO_BOOTLOADER},
	{.name = "a BK7231U without a bootloader", .soc = "BK7231U", .start = NO_BOOTLOADER},
	{.name = "a BK7231N with an application at 0", .soc = "BK7231N", .start = FOREIGN_APP},
	{.name = "a BK7231T with an application at 0", .soc = "BK7231T", .start = FOREIGN_APP},
	{.name = "a BK7231N without calibration", .soc = "BK7231N", .start = NO_CALIBRATION},
	{.name = "a blank module", .start = BLANK},
};

const size_t pair_module_count = COUNT_OF(pair_modules);

static struct bytes only(struct bytes bytes, size_t size)
{
	bytes.size = size;
	return bytes;
}

static struct bytes cut(struct bytes bytes)
{
	return only(bytes, bytes.size - 7);
}

static struct bytes cut_between_blocks(struct bytes bytes)
{
	return only(bytes, bytes.size - 34);
}

static struct bytes cut_between_sectors(struct bytes bytes)
{
	return only(bytes, 0x12000);
}

static struct bytes damage(struct bytes bytes)
{
	bytes.data[APP + 34 * 7 + 5] ^= 1;
	return bytes;
}

static struct bytes fill_up(struct bytes bytes)
{
	struct bytes whole = make_copy(bytes, 0, 2u << 20);

	free_bytes(bytes);
	return whole;
}

static struct bytes begin_late(struct bytes bytes)
{
	memmove(bytes.data + 1, bytes.data, bytes.size - 1);
	return bytes;
}

static struct bytes blank(struct bytes bytes)
{
	memset(bytes.data, 0xff, bytes.size);
	return bytes;
}

static struct bytes words(struct bytes bytes)
{
	memset(bytes.data, '\n', bytes.size);
	memcpy(bytes.data, "<!DOCTYPE html><title>404</title>", 33);
	return only(bytes, 4096);
}

static struct bytes update(struct bytes bytes)
{
	struct recipe recipe = recipe_for("BK7231N");

	free_bytes(bytes);
	return make_ota(&recipe);
}

static struct bytes upgrade(struct bytes bytes)
{
	struct recipe recipe = recipe_for("BK7231N");

	free_bytes(bytes);
	return make_ug(&recipe);
}

static struct bytes put_application(struct bytes bytes, const char *soc, bool plain)
{
	struct recipe recipe = recipe_for(soc);
	struct bytes app;

	recipe.plain_app = plain;
	app = make_app(&recipe);
	memcpy(bytes.data + APP, app.data,
	       app.size < bytes.size - APP ? app.size : bytes.size - APP);
	free_bytes(app);
	return bytes;
}

static struct bytes mix_socs(struct bytes bytes)
{
	return put_application(bytes, "BK7231T", false);
}

static struct bytes mix_codings(struct bytes bytes)
{
	return put_application(bytes, "BK7231N", true);
}

const struct pair_file pair_files[] = {
	{.name = "QIO for BK7231T", .what = QIO, .soc = "BK7231T"},
	{.name = "QIO for BK7231N", .what = QIO, .soc = "BK7231N"},
	{.name = "QIO for BK7231M", .what = QIO, .soc = "BK7231M"},
	{.name = "QIO for BL2028N", .what = QIO, .soc = "BL2028N"},
	{.name = "QIO for BK7231U", .what = QIO, .soc = "BK7231U"},
	{.name = "QIO for BK7231Q", .what = QIO, .soc = "BK7231Q"},
	{.name = "QIO for BK7238", .what = QIO, .soc = "BK7238"},
	{.name = "QIO for BK7252", .what = QIO, .soc = "BK7252"},
	{.name = "QIO for BK7252N", .what = QIO, .soc = "BK7252N"},
	{.name = "QIO for BK7231N, its own key",
	 .what = QIO,
	 .soc = "BK7231N",
	 .key = KEY_OTHER,
	 .holds_key = true},
	{.name = "QIO for BK7231N, a third key",
	 .what = QIO,
	 .soc = "BK7231N",
	 .key = KEY_ANOTHER,
	 .holds_key = true},
	{.name = "QIO for BK7231T, its own key",
	 .what = QIO,
	 .soc = "BK7231T",
	 .key = KEY_OTHER,
	 .holds_key = true},
	{.name = "QIO, a key that nobody knows", .what = QIO, .soc = "BK7231N", .key = KEY_ANOTHER},
	{.name = "QIO for BK7231N without a key", .what = QIO, .soc = "BK7231N", .key = KEY_NONE},
	{.name = "UA for BK7231T", .what = APPLICATION, .soc = "BK7231T"},
	{.name = "UA for BK7231N", .what = APPLICATION, .soc = "BK7231N"},
	{.name = "UA for BK7231M", .what = APPLICATION, .soc = "BK7231M"},
	{.name = "UA for BL2028N", .what = APPLICATION, .soc = "BL2028N"},
	{.name = "UA for BK7231U", .what = APPLICATION, .soc = "BK7231U"},
	{.name = "UA for BK7231Q", .what = APPLICATION, .soc = "BK7231Q"},
	{.name = "UA for BK7238", .what = APPLICATION, .soc = "BK7238"},
	{.name = "UA for BK7252", .what = APPLICATION, .soc = "BK7252"},
	{.name = "UA for BK7252N", .what = APPLICATION, .soc = "BK7252N"},
	{.name = "UA, its own key", .what = APPLICATION, .soc = "BK7231N", .key = KEY_OTHER},
	{.name = "UA, a third key", .what = APPLICATION, .soc = "BK7231N", .key = KEY_ANOTHER},
	{.name = "UA for BK7231N without a key",
	 .what = APPLICATION,
	 .soc = "BK7231N",
	 .key = KEY_NONE},
	{.name = "keyed UA that names nothing",
	 .what = APPLICATION,
	 .soc = "BK7231N",
	 .nameless = true},
	{.name = "plain UA that names nothing",
	 .what = APPLICATION,
	 .soc = "BK7231U",
	 .nameless = true},
	{.name = "bootloader for BK7231T", .what = BOOTLOADER, .soc = "BK7231T"},
	{.name = "bootloader for BK7231N", .what = BOOTLOADER, .soc = "BK7231N"},
	{.name = "bootloader for BK7231M", .what = BOOTLOADER, .soc = "BK7231M"},
	{.name = "bootloader for BK7231U", .what = BOOTLOADER, .soc = "BK7231U"},
	{.name = "bootloader for BK7238", .what = BOOTLOADER, .soc = "BK7238"},
	{.name = "plain bootloader that names nothing",
	 .what = BOOTLOADER,
	 .soc = "BK7252",
	 .nameless = true},
	{.name = "dump of another BK7231T", .what = DUMP, .soc = "BK7231T"},
	{.name = "dump of another BK7231N", .what = DUMP, .soc = "BK7231N"},
	{.name = "dump of another BK7231M", .what = DUMP, .soc = "BK7231M"},
	{.name = "dump of another BL2028N", .what = DUMP, .soc = "BL2028N"},
	{.name = "dump of another BK7231U", .what = DUMP, .soc = "BK7231U"},
	{.name = "dump of another BK7231Q", .what = DUMP, .soc = "BK7231Q"},
	{.name = "dump of another BK7238", .what = DUMP, .soc = "BK7238"},
	{.name = "dump of another BK7252", .what = DUMP, .soc = "BK7252"},
	{.name = "dump of another BK7252N", .what = DUMP, .soc = "BK7252N"},
	{.name = "dump of one that names nothing", .what = DUMP, .soc = "BK7252", .nameless = true},
	{.name = "dump of another with its own key",
	 .what = DUMP,
	 .soc = "BK7231N",
	 .key = KEY_OTHER,
	 .holds_key = true},
	{.name = "rotated dump of another BK7231T", .what = ROTATED_DUMP, .soc = "BK7231T"},
	{.name = "rotated dump of another BK7231U", .what = ROTATED_DUMP, .soc = "BK7231U"},
	{.name = "the module's own backup", .what = OWN_BACKUP},
	{.name = "the same, rotated", .what = OWN_ROTATED},
	{.name = "the module's own calibration", .what = OWN_CALIBRATION},
	{.name = "another module's calibration", .what = OTHER_CALIBRATION},
	{.name = "storage of Tuya's firmware", .what = STORAGE},
	{.name = "the same with an address", .what = STORAGE_PLACED},
	{.name = "OpenBeken's settings", .what = SETTINGS},
	{.name = "the same with an address", .what = SETTINGS_PLACED},
	{.name = "QIO that is cut off", .what = NEVER, .soc = "BK7231N", .spoil = cut},
	{.name = "QIO that is cut off between two blocks",
	 .what = NEVER,
	 .soc = "BK7231N",
	 .spoil = cut_between_blocks},
	{.name = "QIO that is cut off between two sectors",
	 .what = NEVER,
	 .soc = "BK7231U",
	 .spoil = cut_between_sectors},
	{.name = "QIO with a wrong bit", .what = NEVER, .soc = "BK7231N", .spoil = damage},
	{.name = "QIO that is filled up", .what = NEVER, .soc = "BK7231N", .spoil = fill_up},
	{.name = "QIO that comes a byte late",
	 .what = NEVER,
	 .soc = "BK7231U",
	 .spoil = begin_late},
	{.name = "QIO without its CRCs", .what = NEVER, .soc = "BK7231U", .spoil = make_stripped},
	{.name = "QIO of two SoCs", .what = NEVER, .soc = "BK7231N", .spoil = mix_socs},
	{.name = "QIO of two codings", .what = NEVER, .soc = "BK7231N", .spoil = mix_codings},
	{.name = "a blank file", .what = NEVER, .soc = "BK7231N", .spoil = blank},
	{.name = "a page of the web", .what = NEVER, .soc = "BK7231N", .spoil = words},
	{.name = "an over-the-air update", .what = NEVER, .soc = "BK7231N", .spoil = update},
	{.name = "an upgrade of Tuya's", .what = NEVER, .soc = "BK7231N", .spoil = upgrade},
};

const size_t pair_file_count = COUNT_OF(pair_files);
