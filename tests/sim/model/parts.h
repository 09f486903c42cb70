/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of the kinds that tests need, whether or not the database has one. */
#ifndef TESTS_SIM_PARTS_H
#define TESTS_SIM_PARTS_H

#include "chipdb/chipdb.h"

/* 2 MiB, SR1 with BP0 to BP3 and QE, a configuration register read with 15h: TB_OTP is bit 3. */
extern const struct chipdb_part part_macronix;

/* 2 MiB, one register with BP0 to BP2 and SRP0, and nothing else. */
extern const struct chipdb_part part_plain;

/* 2 MiB, three registers, split. */
extern const struct chipdb_part part_three;

/* 2 MiB, two registers, joint; a needless write locks it up. */
extern const struct chipdb_part part_touchy;

/* 8 MiB, TB, SEC and CMP. */
extern const struct chipdb_part part_8_mib;

/* 32 MiB, 4-byte addresses, BP0 to BP3 and TB. */
extern const struct chipdb_part part_32_mib;

#endif
