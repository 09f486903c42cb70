/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make_uf2.h - UF2 files for tests, as ltchiptool writes them: a block of tags for the whole
 * file, then 256 bytes a block, the first of each piece with a tag that names its partition.
 */
#ifndef TESTS_IMAGE_MAKE_UF2_H
#define TESTS_IMAGE_MAKE_UF2_H

#include "tests/image/make.h"

#define UF2_T 0x675A40B0u
#define UF2_N 0x7B3EF230u
#define UF2_BK7238 0x159AC324u
#define UF2_BK7251 0x6A82CC42u
#define UF2_RTL8710B 0x22E0D6FCu

struct uf2_piece {
	const char *partition; /* NULL: no tag says it */
	bool by_wire;
	uint32_t offset; /* within the partition */
	struct bytes bytes;
};

/* Makes a file of @count pieces, and frees them. */
struct bytes make_uf2(uint32_t family, struct uf2_piece *pieces, size_t count);

/*
 * A build of LibreTiny: code, its header at the end of the partition, and an update. Frees the
 * application, which is a UA file.
 */
struct bytes make_app_uf2(uint32_t family, struct bytes app);

/* Its two pieces that are written by wire, for other files. */
void split_app(struct bytes app, struct uf2_piece pieces[2]);

/* The number of the block in which the second, third ... piece begins, counted from 0. */
size_t uf2_piece_at(struct bytes uf2, unsigned piece);

#endif
