/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/image/make.h"

#include <stdlib.h>

#include "image/coding.h"

uint32_t test_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

struct bytes make_bytes(size_t size, uint8_t fill)
{
	struct bytes bytes = {malloc(size ? size : 1), size};

	assert_non_null(bytes.data);
	memset(bytes.data, fill, size);
	return bytes;
}

struct bytes make_copy(struct bytes from, size_t start, size_t size)
{
	struct bytes copy = make_bytes(size, 0xff);

	if (start < from.size)
		memcpy(copy.data, from.data + start,
		       size < from.size - start ? size : from.size - start);
	return copy;
}

void free_bytes(struct bytes bytes)
{
	free(bytes.data);
}

static unsigned crc16(const uint8_t *data)
{
	unsigned sum = 0xffff;

	for (unsigned i = 0; i < 32 * 8; i++) {
		unsigned bit = data[i / 8] >> (7 - i % 8) & 1;

		sum = (sum << 1) ^ ((sum >> 15 ^ bit) & 1 ? 0x8005 : 0);
		sum &= 0xffff;
	}
	return sum;
}

static uint32_t crc32(const uint8_t *data, size_t size)
{
	uint32_t sum = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		sum ^= data[i];
		for (unsigned bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~sum;
}

static uint32_t fnv1a(const uint8_t *data, size_t size)
{
	uint32_t hash = UINT32_C(2166136261);

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ data[i]) * 16777619;
	return hash;
}

static void put_framed(uint8_t *flash, const uint8_t *code, size_t size)
{
	for (size_t at = 0; at < size; at += 32, flash += 34) {
		unsigned sum = crc16(code + at);

		memcpy(flash, code + at, 32);
		flash[32] = (uint8_t)(sum >> 8);
		flash[33] = (uint8_t)sum;
	}
}

static void make_header(uint8_t header[96], const char *name, const uint8_t *code, size_t size)
{
	memset(header, 0, 96);
	memcpy(header, "RBL", 3);
	put_word(header + 8, 1600000000);
	strcpy((char *)header + 12, name);
	strcpy((char *)header + 28, "1.00");
	put_word(header + 76, crc32(code, size));
	put_word(header + 80, fnv1a(code, size));
	put_word(header + 84, (uint32_t)size);
	put_word(header + 88, (uint32_t)size);
	put_word(header + 92, crc32(header, 92));
}

/* If the program's size is no multiple of 32, the checksums cover 16 bytes that are not stored. */
static void make_libretiny_header(uint8_t header[96], const char *soc, uint8_t *code, size_t size)
{
	memset(code + size - 16, 0x10, 16);
	make_header(header, "app", code, size);
	memset(code + size - 16, 0xff, 16);
	snprintf((char *)header + 28, 24, "26.11.20-%s", soc);
	for (char *at = (char *)header + 37; *at; at++)
		*at |= 0x20;
	put_word(header + 84, (uint32_t)size + 16);
	put_word(header + 92, crc32(header, 92));
}

static const struct chipdb_soc *find_soc(const char *name)
{
	const struct chipdb_soc *soc = chipdb_soc_by_name(name);

	assert_non_null(soc);
	return soc;
}

static const struct chipdb_region *find_region(const char *soc, enum chipdb_region_kind kind)
{
	const struct chipdb_region *region = find_soc(soc)->regions;

	while (region->name && region->kind != kind)
		region++;
	assert_non_null(region->name);
	return region;
}

size_t app_end_of(const char *soc)
{
	const struct chipdb_region *region = find_region(soc, CHIPDB_REGION_APP);

	return region->start + region->length;
}

struct recipe recipe_for(const char *soc)
{
	return (struct recipe){
		.soc = soc, .boot_code = 0x3000, .app_code = 0x8000, .seed = 0x12345678};
}

static void make_code(uint8_t *code, size_t size, uint32_t first, uint32_t seed)
{
	for (size_t i = 0; i < size; i++)
		code[i] = (uint8_t)test_random(&seed);
	put_word(code, first);
	for (size_t i = 4; i < 32; i += 4)
		put_word(code + i, UINT32_C(0xe59ff014));
}

static void put_partition(uint8_t *entry, const char *name, size_t start, size_t length, bool crc)
{
	memset(entry, 0, 64);
	memcpy(entry, "01PE", 4);
	strcpy((char *)entry + 4, name);
	strcpy((char *)entry + 28, crc ? "beken_onchip_crc" : "beken_onchip");
	put_word(entry + 52, (uint32_t)(crc ? start / 34 * 32 : start));
	put_word(entry + 56, (uint32_t)(crc ? length / 34 * 32 : length));
}

static const uint32_t own_keys[][4] = {
	[KEY_OTHER] = {0x0badc0de, 0x13579bdf, 0x2468ace1, 0x11223300},
	[KEY_ANOTHER] = {0x7e57c0de, 0x0f1e2d3c, 0x4b5a6978, 0xc7adeb03},
};

static void apply_key(const struct recipe *recipe, bool keyed, uint8_t *code, size_t size,
		      uint32_t address)
{
	const struct code_key stock = code_key_stock();
	struct code_key own;

	switch (recipe->key) {
	case KEY_USUAL:
		if (keyed)
			code_key_apply(&stock, code, size, address);
		break;
	case KEY_NONE:
		break;
	case KEY_OTHER:
	case KEY_ANOTHER:
		own = code_key_from(own_keys[recipe->key]);
		code_key_apply(&own, code, size, address);
		break;
	}
}

static void put_key(uint8_t *code, const struct recipe *recipe)
{
	if (!recipe->holds_key || recipe->key < KEY_OTHER)
		return;
	memcpy(code + 0x40, "\xef\xbe\xad\xde\xee\xbb\xaa\x10", 8);
	for (size_t i = 0; i < 4; i++)
		put_word(code + 0x48 + 4 * i, own_keys[recipe->key][i]);
}

/* In two forms, as in published bootloaders. */
static void put_own_name(uint8_t *code, const struct chipdb_soc *soc, bool nameless)
{
	if (!soc->calls_itself || nameless)
		return;
	if (soc->regions[1].length < 0x120000) {
		snprintf((char *)code + 0x94, 32, "%s_1.0.1", soc->calls_itself);
		return;
	}
	memset(code + 0x1024, 0, 64);
	memcpy(code + 0x1024, "\x20\0\x40", 4);
	strcpy((char *)code + 0x1028, soc->calls_itself);
	memcpy(code + 0x1030, "\x08\x01\0\0\r\nREG:cpsr", 14);
}

static void put_bootloader(uint8_t *flash, const struct recipe *recipe)
{
	const struct chipdb_soc *soc = find_soc(recipe->soc);
	const struct chipdb_region *app = find_region(recipe->soc, CHIPDB_REGION_APP);
	const struct chipdb_region *ota = find_region(recipe->soc, CHIPDB_REGION_OTA);
	const struct chipdb_fingerprint *print = &soc->bootloader[0];
	uint8_t *code = malloc(recipe->boot_code), *table, header[96];

	assert_non_null(code);
	make_code(code, recipe->boot_code, UINT32_C(0xea000100), recipe->seed);
	put_own_name(code, soc, recipe->nameless);
	put_key(code, recipe);
	apply_key(recipe, soc->code == CHIPDB_CODE_KEYED, code, recipe->boot_code, CODE_BOOTLOADER);
	if (recipe->key == KEY_USUAL)
		memcpy(code, print->bytes, print->length);
	table = code + recipe->boot_code - 3 * 64;
	put_partition(table, "bootloader", 0, APP, true);
	put_partition(table + 64, "app", app->start, app->length, true);
	put_partition(table + 128, "download", ota->start, ota->length, false);
	put_framed(flash, code, recipe->boot_code);
	make_header(header, "bootloader", code, recipe->boot_code);
	put_framed(flash + APP - 102, header, sizeof(header));
	free(code);
}

static void put_app(uint8_t *flash, size_t end, const struct recipe *recipe)
{
	const struct chipdb_soc *soc = find_soc(recipe->soc);
	/* OpenBeken for a SoC that is like another one is the build for that one. */
	const char *own = soc->alike ? soc->calls_itself : soc->name;
	const char *built_for = recipe->built_for ? recipe->built_for : own;
	bool keyed = find_soc(recipe->soc)->code == CHIPDB_CODE_KEYED;
	uint8_t *code = malloc(recipe->app_code), header[96];

	assert_non_null(code);
	make_code(code, recipe->app_code, UINT32_C(0xea00000e), ~recipe->seed);
	if (!recipe->libretiny)
		snprintf((char *)code + 0x1003, 64, "OpenBK%s_1.18.300", built_for + 2);
	apply_key(recipe, (keyed && !recipe->plain_app) || recipe->keyed_app, code,
		  recipe->app_code, CODE_APPLICATION);
	if (recipe->libretiny) {
		memset(code + recipe->app_code - 32, 0xff, 32);
		make_libretiny_header(header, built_for, code, recipe->app_code);
	} else {
		make_header(header, "app", code, recipe->app_code);
	}
	put_framed(flash + APP, code, recipe->app_code);
	put_framed(flash + end - 102, header, sizeof(header));
	free(code);
}

struct bytes make_qio(const struct recipe *recipe)
{
	size_t end = recipe->off_grid ? 0x100000 : app_end_of(recipe->soc);
	struct bytes qio = make_bytes(end, 0xff);

	put_bootloader(qio.data, recipe);
	put_app(qio.data, end, recipe);
	return qio;
}

struct bytes make_app(const struct recipe *recipe)
{
	struct bytes qio = make_qio(recipe), app = make_copy(qio, APP, qio.size - APP);

	free_bytes(qio);
	return app;
}

struct bytes make_bootloader(const struct recipe *recipe)
{
	struct bytes boot = make_bytes(APP, 0xff);

	put_bootloader(boot.data, recipe);
	return boot;
}

static void put_rf(uint8_t *at)
{
	static const uint8_t mac[6] = {0x10, 0x5a, 0x17, 0x01, 0x02, 0x03};

	memset(at, 0, 0x200);
	memcpy(at, "TLV", 4);
	put_word(at + 4, 0x1f8);
	put_word(at + 8, 0x11111100);
	put_word(at + 12, 0x5a);
	put_word(at + 16, 0x11111101);
	put_word(at + 20, 4);
	put_word(at + 24, 0xbc614e);
	put_word(at + 28, 0x11111102);
	put_word(at + 32, sizeof(mac));
	memcpy(at + 36, mac, sizeof(mac));
}

struct bytes make_rf(void)
{
	struct bytes rf = make_bytes(0x1000, 0xff);

	put_rf(rf.data);
	return rf;
}

struct bytes make_dump(const struct recipe *recipe, size_t size)
{
	struct bytes qio = make_qio(recipe), dump = make_copy(qio, 0, size);
	uint32_t seed = recipe->seed;

	put_rf(dump.data + find_soc(recipe->soc)->rf);
	for (size_t at = 0x1f8000; at < 0x1fa000; at++)
		dump.data[at] = (uint8_t)test_random(&seed);
	free_bytes(qio);
	return dump;
}

struct bytes make_rotated(struct bytes dump, size_t by)
{
	struct bytes rotated = make_copy(dump, by, dump.size);

	memcpy(rotated.data + dump.size - by, dump.data, by);
	return rotated;
}

struct bytes make_ota(const struct recipe *recipe)
{
	struct bytes ota = make_bytes(96 + recipe->app_code, 0);

	make_code(ota.data + 96, recipe->app_code, 0, recipe->seed);
	make_header(ota.data, "app", ota.data + 96, recipe->app_code);
	return ota;
}

struct bytes make_ug(const struct recipe *recipe)
{
	struct bytes ota = make_ota(recipe), ug = make_bytes(32 + ota.size, 0);

	memcpy(ug.data,
	       "\x55\xaa\x55\xaa"
	       "1.0.0",
	       9);
	memcpy(ug.data + 28, "\xaa\x55\xaa\x55", 4);
	memcpy(ug.data + 32, ota.data, ota.size);
	free_bytes(ota);
	return ug;
}

struct bytes make_stripped(struct bytes image)
{
	struct bytes stripped = make_bytes(image.size / 34 * 32, 0);

	for (size_t block = 0; block < image.size / 34; block++)
		memcpy(stripped.data + block * 32, image.data + block * 34, 32);
	free_bytes(image);
	return stripped;
}

struct target make_target(const struct chipdb_soc *one, const struct chipdb_soc *other)
{
	struct target target = {.boots = true};
	chipdb_soc_set socs = (one ? chipdb_soc_bit(one) : 0) | (other ? chipdb_soc_bit(other) : 0);

	if (socs)
		identity_add(&target.identity, EVIDENCE_BOOT_NAME, EVIDENCE_STRONG, socs,
			     EVIDENCE_NO_PLACE, "its bootloader says so");
	identity_settle(&target.identity);
	return target;
}

bool makes_bootloader(const struct chipdb_soc *soc)
{
	return soc->code != CHIPDB_CODE_UNKNOWN;
}
