/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The status registers of a die: what a write does to them, and what locks them.
 *
 * Values are SR1 | SR2 << 8 | SR3 << 16, without WIP and WEL, which belong to the die.
 * Macronix' configuration register, read with 15h, is SR2 here, as in the database.
 *
 *   joint   01h takes one byte a register, or fewer: what one byte does to SR2 is the
 *           part's one_byte_01_clears_sr2; SR3 keeps its value
 *   split   01h, 31h and 11h take one byte each, for SR1, SR2 and SR3
 *
 * WIP, WEL, SUS and unknown bits cannot be written. LB and TB_OTP bits can be set, never
 * cleared. SRP1 locks all registers until power is cycled, and with SRP0 for ever; SRP0
 * alone locks while WP# is low, unless QE makes WP# a data line.
 *
 * needless_write_locks: bk7231tools PR 29 reports that a write which changed nothing left
 * 7BFC in a BK7238's 85 20 15: SRP0, SRP1, CMP and all BP.
 */
#ifndef SIM_NOR_REGISTERS_H
#define SIM_NOR_REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/model/board_options.h"

struct nor_registers {
	const struct chipdb_part *part; /* outlives this */
	bool joint, split;		/* which forms of writes it takes */
	bool wp_low;
	uint32_t now, kept; /* in use, and what a power cycle brings back */
	uint32_t before;    /* @now before the last write */
};

enum nor_registers_result {
	NOR_REGISTERS_NO_COMMAND, /* not a write of this part: nothing has happened */
	NOR_REGISTERS_LOCKED,	  /* understood and refused */
	NOR_REGISTERS_WRITTEN,
	NOR_REGISTERS_WRITTEN_NEEDLESSLY, /* the same, and no bit was to change */
};

/* @options: sr_given, sr, wp_low and sr_forms count. @part may differ from theirs. */
void nor_registers_init(struct nor_registers *registers, const struct chipdb_part *part,
			const struct board_options *options);

/*
 * The command that writes from register @first on (0: 01h, 1: 31h, 2: 11h), with @count
 * bytes, of which @bytes holds the first three. @lasting: not only until power is cycled.
 */
enum nor_registers_result nor_registers_write(struct nor_registers *registers, unsigned first,
					      const uint8_t bytes[CHIPDB_REGISTERS], size_t count,
					      bool lasting);

/*
 * What a read gives during a lasting write: SR1 as it was, the others as they will be, and BP0 set.
 * bk7231tools issue 23 wrote 4000 to an 85 20 15 and read back 4007, which is WIP, WEL and a BP0; a
 * reader must not rely on more than WIP.
 */
uint32_t nor_registers_during_write(const struct nor_registers *registers);

void nor_registers_power_cycle(struct nor_registers *registers);

/* What the SoC's own firmware writes, past all locks; one-time bits stay. */
void nor_registers_firmware(struct nor_registers *registers, uint32_t sr);

#endif
