/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit.h"
#include "tests/programmer/guard/register_die.h"

struct register_die die;

static void take(unsigned i, uint8_t value)
{
	value = (uint8_t)((value & ~die.stuck[i]) | (die.sr[i] & die.stuck[i]));
	die.sr[i] = value;
	if (!die.enabled_volatile)
		die.kept[i] = value;
}

static void write_registers(const struct fake_op *op)
{
	unsigned from = op->tx[0] == 0x31 ? 1 : op->tx[0] == 0x11 ? 2 : 0;
	size_t bytes = op->tx_len - 1;
	bool changes = false;

	die.writes++;
	die.volatile_writes += die.enabled_volatile;
	assert_true(op->once);
	for (size_t i = 0; i < bytes; i++)
		changes |= from + i < 3 && op->tx[1 + i] != die.sr[from + i];
	die.needless += !changes;
	if (die.locked || !(die.enabled || die.enabled_volatile) || (from && !die.split) ||
	    from >= die.count || bytes > (from ? 1 : die.joint))
		return;
	die.enabled = false;
	for (unsigned i = 0; i < bytes; i++)
		take(from + i, op->tx[1 + i]);
	if (!from && bytes == 1 && die.clears_sr2)
		take(1, 0);
}

static void carry_out(const struct fake_op *op)
{
	if (op->kind != SPI_XFER)
		return;
	switch (op->tx[0]) {
	case 0x01:
	case 0x31:
	case 0x11:
		write_registers(op);
		break;
	case 0x04:
		die.enabled = false;
		break;
	case 0x06:
	case 0x50:
		die.enabled = op->tx[0] == 0x06;
		die.enabled_volatile = op->tx[0] == 0x50 && die.takes_50h;
		return;
	}
	die.enabled_volatile = false;
}

static void catch_up(void)
{
	while (die.done < die.fake.count)
		carry_out(&die.fake.ops[die.done++]);
}

static void answer(struct fake_bus *fake, const struct spi_op *op)
{
	(void)fake;
	catch_up();
	if (op->kind != SPI_XFER || die.away)
		return;
	if (op->tx[0] == 0x9f)
		memcpy(op->rx, die.spi->part->id, 3);
	if (op->rx_len != 1)
		return;
	op->rx[0] = 0xff;
	for (unsigned i = 0; i < die.count; i++)
		if (op->tx[0] == die.read[i])
			op->rx[0] = (uint8_t)(die.sr[i] | (i == 0 && die.reads_wel ? 0x02 : 0));
}

struct protection register_die_begin(const struct chipdb_part *part, uint32_t sr,
				     enum protection_policy policy)
{
	spi_die_free(die.spi);
	memset(&die, 0, sizeof(die));
	fake_bus_begin(&die.fake);
	die.spi = spi_die_new(&die.fake.bus);
	assert_non_null(die.spi);
	die_take_part(die.spi, part);
	die.fake.answer = answer;
	die.count = part->sr_count;
	die.joint = part->sr_write == CHIPDB_SR_JOINT ? part->sr_count : 1;
	die.split = part->sr_write == CHIPDB_SR_SPLIT;
	die.takes_50h = part->sr_volatile;
	memcpy(die.read, part->sr_read, 3);
	for (unsigned i = 0; i < 3; i++)
		die.sr[i] = die.kept[i] = (uint8_t)(sr >> 8 * i);
	notes_begin(&die.notes);
	return (struct protection){
		.die = die.spi, .observer = &die.notes.observer, .policy = policy};
}

uint32_t register_die_value(const uint8_t sr[3])
{
	catch_up();
	return (uint32_t)sr[0] | (uint32_t)sr[1] << 8 | (uint32_t)sr[2] << 16;
}

void assert_registers(uint32_t sr, unsigned writes)
{
	assert_int_equal(register_die_value(die.sr), sr);
	assert_int_equal(die.writes, writes);
	assert_int_equal(die.needless, 0);
}

#define SR1_USUAL                                                                                  \
	CHIPDB_WIP, CHIPDB_WEL, CHIPDB_BP0, CHIPDB_BP1, CHIPDB_BP2, CHIPDB_TB, CHIPDB_SEC,         \
		CHIPDB_SRP0
#define SR1_BP3                                                                                    \
	CHIPDB_WIP, CHIPDB_WEL, CHIPDB_BP0, CHIPDB_BP1, CHIPDB_BP2, CHIPDB_BP3, CHIPDB_QE,         \
		CHIPDB_SRP0
#define SR2_USUAL                                                                                  \
	CHIPDB_SRP1, CHIPDB_QE, CHIPDB_LB, CHIPDB_LB, CHIPDB_LB, CHIPDB_UNKNOWN, CHIPDB_CMP,       \
		CHIPDB_SUS

const struct chipdb_part joint = {
	.name = "JOINT",
	.id = {0x0b, 0x40, 0x11},
	.size = 0x200000,
	.sr_count = 2,
	.sr_read = {0x05, 0x35},
	.sr_write = CHIPDB_SR_JOINT,
	.sr_write_max_us = 30000,
	.sr_bits = {SR1_USUAL, SR2_USUAL},
};

const struct chipdb_part split = {
	.name = "SPLIT",
	.id = {0x0b, 0x40, 0x12},
	.size = 0x200000,
	.sr_count = 3,
	.sr_read = {0x05, 0x35, 0x15},
	.sr_write = CHIPDB_SR_SPLIT,
	.sr_write_max_us = 30000,
	.sr_volatile = true,
	.needless_write_locks = true,
	.sr_bits = {SR1_USUAL, SR2_USUAL},
};

/* The second register is the configuration register, read by 15h; its TB cannot be undone. */
const struct chipdb_part macronix = {
	.name = "MACRONIX",
	.id = {0x0b, 0x40, 0x13},
	.size = 0x200000,
	.sr_count = 2,
	.sr_read = {0x05, 0x15},
	.sr_write = CHIPDB_SR_JOINT,
	.sr_write_max_us = 40000,
	.sr_bits = {SR1_BP3, [8 + 3] = CHIPDB_TB_OTP},
};

const struct chipdb_part single = {
	.name = "SINGLE",
	.id = {0x0b, 0x40, 0x14},
	.size = 0x200000,
	.sr_count = 1,
	.sr_read = {0x05},
	.sr_write = CHIPDB_SR_JOINT,
	.sr_write_max_us = 30000,
	.sr_bits = {CHIPDB_WIP, CHIPDB_WEL, CHIPDB_BP0, CHIPDB_BP1, CHIPDB_BP2, CHIPDB_TB,
		    CHIPDB_4KBL, CHIPDB_SRP0},
};
