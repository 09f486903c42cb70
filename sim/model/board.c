/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/board.h"

#include <stdlib.h>

#include "sim/model/ch341a_model.h"
#include "sim/model/ch347_model.h"
#include "sim/model/ft232h_model.h"

#define DEFAULT_ENTRY "measured"

struct board {
	struct board_options options;
	union {
		struct ch341a ch341a;
		struct ft232h ft232h;
		struct ch347 ch347;
		struct spidev spidev;
	} adapter;
	struct usb_device *usb; /* of the adapter, or NULL */
	struct soc soc;
	struct nor nor;
	struct board_stats stats;
	struct wires wires;
};

static void connect_adapter(struct board *board, struct soc *soc)
{
	const struct board_options *options = &board->options;

	switch (options->adapter) {
	case BOARD_SPIDEV:
		spidev_init(&board->adapter.spidev, &options->spidev, options->kill_at, soc,
			    &board->stats);
		return;
	case BOARD_FT232H:
		ft232h_init(&board->adapter.ft232h, options, soc, &board->stats);
		board->usb = &board->adapter.ft232h.usb;
		return;
	case BOARD_CH347T:
	case BOARD_CH347T_OLD:
	case BOARD_CH347F:
		ch347_init(&board->adapter.ch347, options, soc, &board->stats);
		board->usb = &board->adapter.ch347.usb;
		return;
	case BOARD_CH341A:
		break;
	}
	ch341a_init(&board->adapter.ch341a, options, soc, &board->stats);
	board->usb = &board->adapter.ch341a.usb;
	if (options->wiring.given && soc) {
		wires_init(&board->wires, &options->wiring, soc, options->seed);
		board->adapter.ch341a.engine.wires = &board->wires;
	}
}

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
	board->soc.wire_ns = options->wire_hz ? UINT64_C(8000000000) / options->wire_hz : 0;
	board->soc.jitter.ns = options->jitter_ns;
	connect_adapter(board, options->unwired ? NULL : &board->soc);
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
	return board->usb;
}

struct spidev *board_spidev(struct board *board)
{
	return board->options.adapter == BOARD_SPIDEV ? &board->adapter.spidev : NULL;
}

uint64_t board_now(const struct board *board)
{
	return board->usb ? board->usb->now_ns : board->adapter.spidev.now_ns;
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

void board_pull_cen(struct board *board, bool low, uint64_t ns)
{
	soc_pull_cen(&board->soc, low, ns > board_now(board) ? ns : board_now(board));
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
