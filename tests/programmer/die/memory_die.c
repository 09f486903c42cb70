/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/programmer/die/memory_die.h"

#include <stdlib.h>
#include <string.h>

static struct memory_die *memory_of(struct beken_die *die)
{
	return (struct memory_die *)die;
}

static void count_frame(struct memory_die *memory, const struct die_op *op)
{
	uint32_t unit = memory->die.caps.cost.program_unit;

	if (op->address != memory->frame_end || !unit || op->address % unit == 0)
		memory->frames++;
	memory->frame_end = op->address + (uint32_t)op->len;
}

static bool is_gone(const struct memory_die *memory)
{
	return memory->gone || memory->runs <= memory->away_until;
}

static void read_into(struct memory_die *memory, const struct die_op *op)
{
	memory->reads++;
	memcpy(op->rx, memory->memory + op->address, op->len);
	if (memory->reads == memory->astray_read)
		memcpy(op->rx, memory->memory + (op->address ^ 0x10000), op->len);
	if (memory->reads == memory->lost_read)
		memset(op->rx, 0xff, op->len);
	if (memory->reads == memory->flipped_read || (memory->flipped_next & 1))
		op->rx[op->len / 2] ^= 0x10;
	memory->flipped_next >>= 1;
	if (is_gone(memory))
		memset(op->rx, 0, op->len);
}

static void change(struct memory_die *memory, const struct die_op *op)
{
	const struct chipdb_part *part = memory->die.part;
	bool erases = op->kind == DIE_ERASE;
	size_t len = erases ? part->erase[op->erase].size : op->len;
	uint8_t *to = memory->memory + op->address;

	memory->changes++;
	if (erases)
		memory->erases++;
	else
		memory->programs++;
	if (memory->changes == memory->lost_change || is_gone(memory))
		return;
	if (memory->changes == memory->astray_change)
		to = memory->memory + memory->astray_to;
	if (!erases && memory->programs == memory->half_program)
		len /= 2;
	for (size_t i = 0; i < len; i++)
		to[i] = erases ? 0xff : to[i] & op->data[i];
	memset(memory->memory + memory->dead.start, 0, memory->dead.length);
}

static void carry_out(struct memory_die *memory, const struct die_op *op)
{
	switch (op->kind) {
	case DIE_ID:
		memory->ids++;
		memcpy(op->rx, memory->id, 3);
		if (is_gone(memory))
			memset(op->rx, 0, 3);
		break;
	case DIE_SFDP:
		break;
	case DIE_READ:
		read_into(memory, op);
		break;
	case DIE_PROGRAM:
		count_frame(memory, op);
		change(memory, op);
		break;
	case DIE_ERASE:
		change(memory, op);
		break;
	}
}

static enum trouble_kind run(struct beken_die *die, struct die_op *ops, size_t count)
{
	struct memory_die *memory = memory_of(die);
	bool changes = false;

	memory->runs++;
	memory->waits = 0;
	die->repeated += memory->runs == memory->repeats;
	memory->frame_end = 0;
	for (size_t i = 0; i < count; i++)
		changes |= ops[i].kind == DIE_PROGRAM || ops[i].kind == DIE_ERASE;
	for (size_t i = 0; i < count; i++) {
		if (!changes && observer_cancelled(memory->observer))
			return TROUBLE_INTERRUPTED;
		memory->ops++;
		if (memory->fail_at && memory->ops >= memory->fail_at)
			return TROUBLE_ADAPTER_FAULT;
		carry_out(memory, &ops[i]);
	}
	return TROUBLE_NONE;
}

static enum trouble_kind wait_ready(struct beken_die *die, uint32_t max_us)
{
	(void)max_us;
	memory_of(die)->waits++;
	return TROUBLE_NONE;
}

uint32_t memory_die_crc(const uint8_t *data, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

static enum trouble_kind sum(struct beken_die *die, struct range range, uint32_t *crc)
{
	*crc = memory_die_crc(memory_of(die)->memory + range.start, range.length);
	return TROUBLE_NONE;
}

static uint32_t known(struct beken_die *die, struct range range)
{
	const struct range known = ((struct memory_die *)die)->known;
	uint32_t end = range.start + range.length, known_end = known.start + known.length;
	uint32_t from = range.start > known.start ? range.start : known.start;

	end = end < known_end ? end : known_end;
	return from < end ? end - from : 0;
}

struct memory_die *memory_die_new(const struct chipdb_part *part)
{
	static const struct die_ops memory_die_ops = {
		.run = run, .wait_ready = wait_ready, .sum = sum, .known = known};
	struct memory_die *memory = calloc(1, sizeof(*memory));

	if (!memory)
		return NULL;
	memory->die.ops = &memory_die_ops;
	memory->die.caps = (struct die_caps){.sum = true, .cost = {.read_unit = 1}};
	memcpy(memory->id, part->id, sizeof(memory->id));
	memory->memory = malloc(part->size);
	if (!memory->memory) {
		free(memory);
		return NULL;
	}
	memset(memory->memory, 0xff, part->size);
	return memory;
}

void memory_die_free(struct memory_die *memory)
{
	if (!memory)
		return;
	free(memory->memory);
	free(memory);
}
