/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/rbl.h"

#include <string.h>

#include "image/bytes.h"
#include "image/crc_blocks.h"

static const char magic[4] = "RBL";

#define CRC32_NOTHING UINT32_MAX /* inverted, as it is until the end */

static uint32_t crc32_add(uint32_t sum, const uint8_t *data, size_t size)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	for (size_t i = 0; i < size; i++) {
		sum ^= data[i];
		sum = (sum >> 4) ^ table[sum & 15];
		sum = (sum >> 4) ^ table[sum & 15];
	}
	return sum;
}

static uint32_t crc32_of(const uint8_t *data, size_t size)
{
	return ~crc32_add(CRC32_NOTHING, data, size);
}

bool rbl_parse(const uint8_t header[RBL_SIZE], struct rbl *rbl)
{
	if (memcmp(header, magic, sizeof(magic)) != 0 ||
	    crc32_of(header, RBL_SIZE - 4) != get_le32(header + RBL_SIZE - 4))
		return false;
	memset(rbl, 0, sizeof(*rbl));
	rbl->algorithm = header[4] | (unsigned)header[5] << 8;
	get_text(rbl->name, header + 12, sizeof(rbl->name) - 1);
	get_text(rbl->version, header + 28, sizeof(rbl->version) - 1);
	rbl->package_sum = get_le32(header + 76);
	rbl->hash = get_le32(header + 80);
	rbl->raw_size = get_le32(header + 84);
	rbl->package_size = get_le32(header + 88);
	return true;
}

static bool has_good_blocks(const uint8_t data[RBL_FRAMED_SIZE])
{
	for (size_t at = 0; at < RBL_FRAMED_SIZE; at += CRC_BLOCK_SIZE)
		if (crc_block_check(data + at) != CRC_BLOCK_GOOD)
			return false;
	return true;
}

static bool parse_at(const uint8_t *data, size_t size, struct rbl *rbl)
{
	uint8_t header[RBL_SIZE];

	if (size >= RBL_FRAMED_SIZE && has_good_blocks(data) &&
	    crc_blocks_read(data, RBL_FRAMED_SIZE, 0, header, RBL_SIZE) == RBL_SIZE &&
	    rbl_parse(header, rbl)) {
		rbl->framed = true;
		return true;
	}
	return size >= RBL_SIZE && rbl_parse(data, rbl);
}

bool rbl_find(const uint8_t *data, size_t size, size_t from, struct rbl *rbl)
{
	while (from < size) {
		const uint8_t *at = memmem(data + from, size - from, magic, sizeof(magic));

		if (!at)
			return false;
		from = (size_t)(at - data);
		if (parse_at(at, size - from, rbl)) {
			rbl->offset = from;
			return true;
		}
		from++;
	}
	return false;
}

/* One step of a checksum over what is stored. */
typedef uint32_t (*sum_step)(uint32_t sum, const uint8_t *data, size_t size);

static uint32_t fnv1a_add(uint32_t hash, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ data[i]) * UINT32_C(0x01000193);
	return hash;
}

/* @sum over the first @count logical bytes of an area that has them. */
static uint32_t sum_area(sum_step add, uint32_t sum, const uint8_t *area, size_t size, size_t count)
{
	uint8_t data[CRC_BLOCK_DATA];

	for (size_t done = 0, step; done < count; done += step) {
		step = count - done < sizeof(data) ? count - done : sizeof(data);
		crc_blocks_read(area, size, done, data, step);
		sum = add(sum, data, step);
	}
	return sum;
}

static bool hash_matches(const struct rbl *rbl, const uint8_t *area, size_t size)
{
	return rbl->raw_size > 0 && rbl->raw_size <= crc_blocks_logical_size(size) &&
	       sum_area(fnv1a_add, UINT32_C(0x811c9dc5), area, size, rbl->raw_size) == rbl->hash;
}

static bool padded_package_matches(const struct rbl *rbl, const uint8_t *area, size_t size)
{
	uint8_t padding[16];
	uint32_t sum;

	if (rbl->algorithm != 0 || rbl->package_size <= sizeof(padding) ||
	    rbl->package_size - sizeof(padding) > crc_blocks_logical_size(size))
		return false;
	memset(padding, sizeof(padding), sizeof(padding));
	sum = sum_area(crc32_add, CRC32_NOTHING, area, size, rbl->package_size - sizeof(padding));
	return ~crc32_add(sum, padding, sizeof(padding)) == rbl->package_sum;
}

bool rbl_content_matches(const struct rbl *rbl, const uint8_t *area, size_t size)
{
	return hash_matches(rbl, area, size) || padded_package_matches(rbl, area, size);
}

bool rbl_package_matches(const struct rbl *rbl, const uint8_t *package, size_t size)
{
	return rbl->package_size > 0 && rbl->package_size <= size &&
	       crc32_of(package, rbl->package_size) == rbl->package_sum;
}
