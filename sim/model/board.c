/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/board.h"

#include <stdlib.h>

#include "sim/model/ch341a_model.h"

#define DEFAULT_ENTRY "measured"

struct board {
	struct board_options options;
	struct ch341a adapter;
	struct spidev spidev;
	struct soc soc;
	struct nor nor;
	struct board_stats stats;
	struct wires wires;
	bool unwired;
};

struct board *board_new(const struct board_options *options)
{
	const struct soc_variant *variant =
		soc_variant_by_name(options->entry ? options->entry : DEFAULT_ENTRY);
	struct board *board;

	if (!variant)
		return NULL;
	board = calloc(1, sizeof(*board));
	if (!board)
		return NULL;
	board->options = *options;
	if (!nor_init(&board->nor, options, &board->stats)) {
		free(board);
		return NULL;
	}
	soc_init(&board->soc, variant, options->seed, &board->nor, &board->stats);
	if (options->spidev.given)
		spidev_init(&board->spidev, &board->options.spidev, options->kill_at, &board->soc,
			    &board->stats);
	board->unwired = options->unwired || options->spidev.given;
	ch341a_init(&board->adapter, options, board->unwired ? NULL : &board->soc, &board->stats);
	if (options->wiring.given && !board->unwired) {
		wires_init(&board->wires, &options->wiring, &board->soc, options->seed);
		board->adapter.engine.wires = &board->wires;
	}
	return board;
}

void board_free(struct board *board)
{
	if (!board)
		return;
	nor_fini(&board->nor);
	free(board);
}

struct usb_device *board_usb(struct board *board)
{
	return &board->adapter.usb;
}

struct spidev *board_spidev(struct board *board)
{
	return board->options.spidev.given ? &board->spidev : NULL;
}

uint64_t board_now(const struct board *board)
{
	return board->options.spidev.given ? board->spidev.now_ns : board->adapter.usb.now_ns;
}

uint8_t *board_flash(struct board *board)
{
	return board->nor.memory;
}

struct nor *board_nor(struct board *board)
{
	return &board->nor;
}

uint32_t board_flash_size(const struct board *board)
{
	return board->nor.part->size;
}

uint32_t board_status_registers(const struct board *board)
{
	return nor_status(&board->nor, board_now(board));
}

unsigned board_locked_blocks(const struct board *board)
{
	return nor_locks_count(&board->nor.locks);
}

bool board_cen(const struct board *board)
{
	return board->soc.cen;
}

void board_stats(const struct board *board, struct board_stats *stats)
{
	*stats = board->stats;
}

const char *board_entry_name(unsigned index)
{
	const struct soc_variant *variant = soc_variant_at(index);

	return variant ? variant->name : NULL;
}
