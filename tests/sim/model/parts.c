/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/model/parts.h"

#define COMMON                                                                                     \
	.page = 256, .program_typ_us = 400, .program_max_us = 3000, .sr_write_typ_us = 10000,      \
	.sr_write_max_us = 30000, .has_sfdp = true

#define ERASES(bytes)                                                                              \
	{                                                                                          \
		{0x20, 4096, 50000, 300000}, {0x52, 32768, 200000, 1000000},                       \
			{0xD8, 65536, 300000, 2000000}, {0xC7, bytes, 9000000, 40000000},          \
	}

#define W CHIPDB_WIP, CHIPDB_WEL
#define BP CHIPDB_BP0, CHIPDB_BP1, CHIPDB_BP2
#define SR1_WINBOND W, BP, CHIPDB_TB, CHIPDB_SEC, CHIPDB_SRP0
#define SR2_WINBOND                                                                                \
	CHIPDB_SRP1, CHIPDB_QE, CHIPDB_UNKNOWN, CHIPDB_LB, CHIPDB_LB, CHIPDB_LB, CHIPDB_CMP,       \
		CHIPDB_SUS

const struct chipdb_part part_macronix = {
	.name = "macronix",
	.id = {0xC2, 0x23, 0x15},
	.size = 0x200000,
	.address_bytes = 3,
	.erase = ERASES(0x200000),
	.sr_count = 2,
	.sr_read = {0x05, 0x15},
	.sr_write = CHIPDB_SR_JOINT,
	.sr_bits = {W, BP, CHIPDB_BP3, CHIPDB_QE, CHIPDB_SRP0, CHIPDB_UNKNOWN, CHIPDB_UNKNOWN,
		    CHIPDB_UNKNOWN, CHIPDB_TB_OTP},
	COMMON,
};

const struct chipdb_part part_plain = {
	.name = "plain",
	.id = {0x51, 0x40, 0x15},
	.size = 0x200000,
	.address_bytes = 3,
	.erase = ERASES(0x200000),
	.sr_count = 1,
	.sr_read = {0x05},
	.sr_write = CHIPDB_SR_JOINT,
	.sr_bits = {W, BP, CHIPDB_UNKNOWN, CHIPDB_UNKNOWN, CHIPDB_SRP0},
	COMMON,
};

const struct chipdb_part part_three = {
	.name = "three",
	.id = {0xC4, 0x60, 0x15},
	.size = 0x200000,
	.address_bytes = 3,
	.erase = ERASES(0x200000),
	.sr_count = 3,
	.sr_read = {0x05, 0x35, 0x15},
	.sr_write = CHIPDB_SR_SPLIT,
	.sr_bits = {SR1_WINBOND, SR2_WINBOND, CHIPDB_UNKNOWN, CHIPDB_UNKNOWN, CHIPDB_UNKNOWN,
		    CHIPDB_UNKNOWN, CHIPDB_UNKNOWN, CHIPDB_LB, CHIPDB_LB},
	COMMON,
};

const struct chipdb_part part_touchy = {
	.name = "touchy",
	.id = {0x85, 0x20, 0x15},
	.size = 0x200000,
	.address_bytes = 3,
	.erase = ERASES(0x200000),
	.sr_count = 2,
	.sr_read = {0x05, 0x35},
	.sr_write = CHIPDB_SR_JOINT,
	.sr_volatile = true,
	.needless_write_locks = true,
	.sr_bits = {SR1_WINBOND, SR2_WINBOND},
	COMMON,
};

const struct chipdb_part part_8_mib = {
	.name = "8 MiB",
	.id = {0x0B, 0x40, 0x17},
	.size = 0x800000,
	.address_bytes = 3,
	.erase = ERASES(0x800000),
	.sr_count = 2,
	.sr_read = {0x05, 0x35},
	.sr_write = CHIPDB_SR_JOINT,
	.sr_bits = {SR1_WINBOND, SR2_WINBOND},
	COMMON,
};

const struct chipdb_part part_32_mib = {
	.name = "32 MiB",
	.id = {0xC8, 0x40, 0x19},
	.size = 0x2000000,
	.address_bytes = 4,
	.erase = {{0x21, 4096, 50000, 300000},
		  {0x5C, 32768, 200000, 1000000},
		  {0xDC, 65536, 300000, 2000000},
		  {0xC7, 0x2000000, 9000000, 40000000}},
	.sr_count = 2,
	.sr_read = {0x05, 0x35},
	.sr_write = CHIPDB_SR_JOINT,
	.sr_bits = {W, BP, CHIPDB_BP3, CHIPDB_TB, CHIPDB_SRP0, SR2_WINBOND},
	COMMON,
};
