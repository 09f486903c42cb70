/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/image/make_uf2.h"

#define BLOCK 512u
#define PAYLOAD 256u

static uint8_t *put_tag(uint8_t *at, uint32_t kind, const void *value, size_t size)
{
	put_word(at, (uint32_t)(4 + size) | kind << 8);
	memcpy(at + 4, value, size);
	return at + (4 + size + 3) / 4 * 4;
}

static uint8_t *put_text_tag(uint8_t *at, uint32_t kind, const char *text)
{
	return put_tag(at, kind, text, strlen(text));
}

/* "by wire, single" is the fourth digit, "by itself, single" is the first. */
static void put_part_tag(uint8_t *at, const struct uf2_piece *piece)
{
	char value[40] = {piece->by_wire ? 0x00 : 0x10, piece->by_wire ? 0x01 : 0x00, 0x00};

	strcpy(value + 3, piece->partition);
	put_tag(at, 0xc0ee0c, value, 3 + strlen(piece->partition) + 1);
}

static size_t blocks_of(const struct uf2_piece *piece)
{
	return (piece->bytes.size + PAYLOAD - 1) / PAYLOAD;
}

static void put_block(uint8_t *block, uint32_t flags, uint32_t address, size_t size)
{
	memcpy(block, "UF2\n", 4);
	put_word(block + 4, 0x9e5d5157);
	put_word(block + 8, flags | 0x2000);
	put_word(block + 12, address);
	put_word(block + 16, (uint32_t)size);
	put_word(block + 508, 0x0ab16f30);
}

static void put_piece(uint8_t *block, const struct uf2_piece *piece)
{
	for (size_t at = 0; at < piece->bytes.size; at += PAYLOAD, block += BLOCK) {
		size_t rest = piece->bytes.size - at, size = rest < PAYLOAD ? rest : PAYLOAD;
		bool tagged = at == 0 && piece->partition;

		put_block(block, tagged ? 0x8000 : 0, piece->offset + (uint32_t)at, size);
		memcpy(block + 32, piece->bytes.data + at, size);
		if (tagged)
			put_part_tag(block + 32 + size, piece);
	}
}

static void put_header(uint8_t *block)
{
	/* Its partition table: "01PE", name, device, start, length, 0. */
	uint8_t table[48] = "01PEapp", *tag = block + 32;

	strcpy((char *)table + 20, "flash0");
	put_word(table + 36, APP);
	put_word(table + 40, 0x119000);
	put_block(block, 0x8001, 0, 0);
	tag = put_text_tag(tag, 0xca25c8, "generic");
	tag = put_text_tag(tag, 0x00de43, "lamp");
	tag = put_text_tag(tag, 0x9fc7bc, "2.5.1");
	put_tag(tag, 0x8288ed, table, sizeof(table));
}

struct bytes make_uf2(uint32_t family, struct uf2_piece *pieces, size_t count)
{
	size_t blocks = 1;
	struct bytes uf2;

	for (size_t i = 0; i < count; i++)
		blocks += blocks_of(&pieces[i]);
	uf2 = make_bytes(blocks * BLOCK, 0);
	put_header(uf2.data);
	for (size_t i = 0, block = 1; i < count; block += blocks_of(&pieces[i++]))
		put_piece(uf2.data + block * BLOCK, &pieces[i]);
	for (size_t i = 0; i < blocks; i++) {
		put_word(uf2.data + i * BLOCK + 20, (uint32_t)i);
		put_word(uf2.data + i * BLOCK + 24, (uint32_t)blocks);
		put_word(uf2.data + i * BLOCK + 28, family);
	}
	for (size_t i = 0; i < count; i++)
		free_bytes(pieces[i].bytes);
	return uf2;
}

void split_app(struct bytes app, struct uf2_piece pieces[2])
{
	size_t header = app.size - 102, end = header;

	while (end > 0 && app.data[end - 1] == 0xff)
		end--;
	end = (end + 33) / 34 * 34;
	pieces[0] = (struct uf2_piece){"app", true, 0, make_copy(app, 0, end)};
	pieces[1] = (struct uf2_piece){"app", true, (uint32_t)header, make_copy(app, header, 102)};
}

struct bytes make_app_uf2(uint32_t family, struct bytes app)
{
	struct recipe recipe = recipe_for("BK7231N");
	struct uf2_piece pieces[3];

	split_app(app, pieces);
	pieces[2] = (struct uf2_piece){"download", false, 0, make_ota(&recipe)};
	free_bytes(app);
	return make_uf2(family, pieces, COUNT_OF(pieces));
}

size_t uf2_piece_at(struct bytes uf2, unsigned piece)
{
	size_t at = BLOCK;

	for (;; at += BLOCK) {
		assert_true(at < uf2.size);
		if (uf2.data[at + 9] & 0x80 && piece-- == 0)
			return at;
	}
}
