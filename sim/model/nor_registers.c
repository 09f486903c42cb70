/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/nor_registers.h"

#define ALL_BITS UINT32_MAX
#define LOCKED_UP UINT32_C(0x7BFC)

static uint32_t mask(const struct nor_registers *registers, enum chipdb_bit bit)
{
	return chipdb_sr_mask(registers->part, bit);
}

static uint32_t existing(const struct nor_registers *registers)
{
	return (UINT32_C(1) << 8 * registers->part->sr_count) - 1;
}

void nor_registers_init(struct nor_registers *registers, const struct chipdb_part *part,
			const struct board_options *options)
{
	*registers = (struct nor_registers){
		.part = part,
		.joint = options->sr_forms == SR_FORMS_JOINT || options->sr_forms == SR_FORMS_BOTH,
		.split = options->sr_forms == SR_FORMS_SPLIT || options->sr_forms == SR_FORMS_BOTH,
		.wp_low = options->wp_low,
	};
	if (options->sr_forms == SR_FORMS_PART) {
		registers->joint = part->sr_write == CHIPDB_SR_JOINT;
		registers->split = part->sr_write == CHIPDB_SR_SPLIT;
	}
	if (options->sr_given)
		registers->now = options->sr & existing(registers) &
				 ~(mask(registers, CHIPDB_WIP) | mask(registers, CHIPDB_WEL));
	registers->kept = registers->now;
	registers->before = registers->now;
}

static uint32_t merge(const struct nor_registers *registers, uint32_t sr, uint32_t value,
		      uint32_t written)
{
	uint32_t fixed = mask(registers, CHIPDB_WIP) | mask(registers, CHIPDB_WEL) |
			 mask(registers, CHIPDB_SUS) | mask(registers, CHIPDB_UNKNOWN);
	uint32_t once = (mask(registers, CHIPDB_LB) | mask(registers, CHIPDB_TB_OTP)) & sr;

	written &= existing(registers) & ~fixed;
	return (sr & ~written) | (value & written) | once;
}

static bool locked(const struct nor_registers *registers)
{
	if (registers->now & mask(registers, CHIPDB_SRP1))
		return true;
	return registers->now & mask(registers, CHIPDB_SRP0) && registers->wp_low &&
	       !(registers->now & mask(registers, CHIPDB_QE));
}

static bool understood(const struct nor_registers *registers, unsigned first, size_t count)
{
	unsigned registers_there = registers->part->sr_count;

	if (registers->split && count == 1 && first < registers_there)
		return true;
	return registers->joint && first == 0 && count >= 1 && count <= registers_there;
}

enum nor_registers_result nor_registers_write(struct nor_registers *registers, unsigned first,
					      const uint8_t bytes[CHIPDB_REGISTERS], size_t count,
					      bool lasting)
{
	uint32_t value = 0, written = 0, result;
	bool needless;

	if (!understood(registers, first, count))
		return NOR_REGISTERS_NO_COMMAND;
	if (locked(registers))
		return NOR_REGISTERS_LOCKED;

	for (unsigned i = 0; i < count; i++) {
		value |= (uint32_t)bytes[i] << 8 * (first + i);
		written |= UINT32_C(0xFF) << 8 * (first + i);
	}
	if (first == 0 && count == 1 && registers->part->one_byte_01_clears_sr2)
		written |= 0xFF00;

	result = merge(registers, registers->now, value, written);
	needless = result == registers->now;
	registers->before = registers->now;
	registers->now = result;
	if (lasting)
		registers->kept = merge(registers, registers->kept, value, written);
	if (needless && registers->part->needless_write_locks) {
		registers->now = LOCKED_UP & existing(registers);
		if (lasting)
			registers->kept = registers->now;
	}
	return needless ? NOR_REGISTERS_WRITTEN_NEEDLESSLY : NOR_REGISTERS_WRITTEN;
}

uint32_t nor_registers_during_write(const struct nor_registers *registers)
{
	return (registers->before & 0xFF) | (registers->now & ~UINT32_C(0xFF)) |
	       mask(registers, CHIPDB_BP0);
}

void nor_registers_power_cycle(struct nor_registers *registers)
{
	if (!(registers->kept & mask(registers, CHIPDB_SRP0)))
		registers->kept &= ~mask(registers, CHIPDB_SRP1);
	registers->now = registers->kept;
}

void nor_registers_firmware(struct nor_registers *registers, uint32_t sr)
{
	registers->now = merge(registers, registers->now, sr, ALL_BITS);
	registers->kept = merge(registers, registers->kept, sr, ALL_BITS);
}
