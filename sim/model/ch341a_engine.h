/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a CH341A does with one 32-byte command packet: its pins, its SPI and its time.
 *
 * The first byte of a packet is the command; what follows an AB packet's END is
 * ignored. Time: 40 us a packet, 6.03 us a byte of A8, and the AB operations' own,
 * read from public logic-analyser captures; for A1, AA, A0 and zero packets 5 us more,
 * which is a guess. Pin changes happen at the end of the operation that makes them.
 *
 * D0 to D5 are latch where they are outputs and pulled up where they are inputs: D0 CS,
 * D2 CEN, D3 SCK, D5 MOSI. D6 is open and pulled up, D7 is MISO. A1 and AB share one
 * latch and one direction register. Assumption: the latch is 0 at power-up.
 *
 * With wrong wires, levels are what wires.h makes of them, also those of outputs.
 *
 * Not modelled: I2C devices behind AA (no reply), the parallel modes.
 */
#ifndef SIM_CH341A_ENGINE_H
#define SIM_CH341A_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/model/soc.h"
#include "sim/model/wires.h"

#define CH341A_PACKET 32

struct ch341a_engine {
	struct soc *soc;     /* NULL: nothing is connected */
	struct wires *wires; /* between; NULL: they are as they should be */
	struct board_stats *stats;
	uint8_t latch, direction; /* D5 to D0 */
};

/* What a packet will cost and how many bytes it will answer, before it runs. */
struct ch341a_effect {
	uint64_t cost_ns;
	size_t reply_length;
};

struct ch341a_effect ch341a_engine_look(const uint8_t *packet, size_t length);

/* Run a packet that starts at @ns; @reply has room for a packet. */
void ch341a_engine_run(struct ch341a_engine *engine, const uint8_t *packet, size_t length,
		       uint64_t ns, uint8_t *reply);

/* The levels of D5 to D0. */
uint8_t ch341a_engine_levels(const struct ch341a_engine *engine);

#endif
