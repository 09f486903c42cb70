/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SPI NOR die: a model of one row of the chip database.
 *
 *   nor_command     what an opcode means to the part
 *   nor_registers   the status registers; nor_protection: what they protect
 *   nor_locks       the locks of single blocks, which protect instead while WPS is set
 *   nor_sfdp        the table behind 5Ah
 *
 * As strict as datasheets allow, because a driver that only works with a lenient die fails on real
 * hardware: a write happens when CS rises, only at a byte boundary, only with the exact number of
 * bytes, and else not at all, with WEL kept. A write that protection refuses clears WEL without any
 * sign. An opcode that the part does not know is ignored until CS rises, and nothing is driven.
 *
 * While WIP is set everything but a read of the status registers is ignored. Programmed bits show
 * at once, with WIP and WEL still set: parts differ, and nothing may rely on it. What the registers
 * show while they are written: see nor_registers.h.
 *
 * A die that was left in QPI or in a continuous read misinterprets what is sent, and drives nothing
 * that could be read: a window that begins with 8 clocks of ones ends QPI (FFh), one with 16 clocks
 * a continuous read (FFFFh), as in the datasheets of W25Q16 and GD25Q16.
 *
 * Assumptions where the public sources are silent: a program of less than a page takes its share of
 * the page's time, the first byte as long as 12 more, so that 32 bytes take a sixth of it; data
 * lines that are not driven are ones; CEN low does not cut the die's power; 01h with more bytes
 * than the part has registers is not executed; 9Fh repeats the ID; ABh answers the ID's capacity
 * byte less one, as GD25Q16 and W25Q32 do; a part above 16 MiB has no extended address register, so
 * that a read with three address bytes wraps around at 16 MiB.
 */
#ifndef SIM_NOR_H
#define SIM_NOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/model/board_options.h"
#include "sim/model/prng.h"
#include "sim/model/nor_command.h"
#include "sim/model/nor_locks.h"
#include "sim/model/nor_mishap.h"
#include "sim/model/nor_registers.h"
#include "sim/model/nor_sfdp.h"

/* Points into itself: not to be copied. */
struct nor {
	const struct chipdb_part *part; /* &own */
	struct chipdb_part own;		/* the database's row, and what the options make of it */
	struct board_stats *stats;
	uint8_t *memory, *page; /* part->size bytes of content; the page buffer */
	uint8_t sfdp[SFDP_BYTES];
	struct prng prng;
	enum busy_times busy_times;
	uint64_t seed;
	uint32_t noise;
	uint64_t flip_at;

	struct nor_registers registers;
	struct nor_locks locks;
	bool no_global_unlock; /* 7Eh and 98h are not known */
	bool wel, wel_volatile, powered_down, four_byte_mode;
	bool qpi, continuous;	      /* no plain command is understood */
	unsigned ones;		      /* how many bytes at the start of the present window are FF */
	bool busy, writing_registers; /* the latter: that is what keeps it busy */
	uint64_t busy_until_ns;
	uint32_t under_way, under_way_bytes; /* what is erased or programmed meanwhile */
	bool under_way_erases;
	uint64_t bytes; /* shifted so far, in all windows */

	/* May be set at any time; it happens when that window begins. */
	struct nor_mishap mishap;
	uint64_t windows; /* that have begun */
	bool missed;	  /* in this one a byte got lost */

	/* The command of the present CS window. */
	struct nor_command command;
	uint32_t received; /* bytes so far, opcode included; stays at its maximum */
	uint32_t address;
	uint8_t values[CHIPDB_REGISTERS];
};

/* Returns false when memory runs out. @stats outlives the die. Free with nor_fini(). */
bool nor_init(struct nor *nor, const struct board_options *options, struct board_stats *stats);
void nor_fini(struct nor *nor);

/* Power off and on again: volatile bits, WEL, modes, SRP1's lock are gone. */
void nor_power_cycle(struct nor *nor);

/*
 * The same for a moment, during any operation: that leaves any content in what it was to change
 * (datasheets of W25Q16, GD25Q16). Of a page only the bits that it was to clear are in doubt.
 */
void nor_brown_out(struct nor *nor, uint64_t ns);

/* The status registers as a read would give them at @ns. */
uint32_t nor_status(const struct nor *nor, uint64_t ns);

/* What the SoC's own firmware writes to the status registers, past all locks but LB. */
void nor_firmware_status(struct nor *nor, uint32_t sr);

void nor_select(struct nor *nor);

/* @aligned: CS rises at a byte boundary. */
void nor_deselect(struct nor *nor, bool aligned, uint64_t ns);

/* The byte that the die is about to shift out, or -1 when it drives nothing. */
int nor_output(const struct nor *nor, uint64_t ns);

/* The die has received a whole byte. */
void nor_accept(struct nor *nor, uint8_t mosi, uint64_t ns);

/*
 * A run of @count whole bytes in both directions, the first at @ns, the others @step_ns
 * apart. Where the die drives nothing, @miso gets @undriven.
 */
void nor_shift(struct nor *nor, const uint8_t *mosi, uint8_t *miso, size_t count, uint8_t undriven,
	       uint64_t ns, uint64_t step_ns);

#endif
