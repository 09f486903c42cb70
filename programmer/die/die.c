/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/die/die.h"

#include <string.h>

void die_take_part(struct beken_die *die, const struct chipdb_part *part)
{
	die->part = part;
	if (die->ops->take_part)
		die->ops->take_part(die);
}

bool die_may_change(const struct beken_die *die, struct range range)
{
	for (size_t i = 0; i < DIE_CLOSED; i++)
		if (range_touches(die->caps.closed[i], range))
			return false;
	return true;
}

static bool is_inside(const struct beken_die *die, uint32_t address, size_t len)
{
	return die->part && len > 0 && address < die->part->size &&
	       len <= die->part->size - address;
}

static enum trouble_kind check_program(const struct beken_die *die, const struct die_op *op)
{
	if (!is_inside(die, op->address, op->len) || op->len > DIE_PROGRAM_MOST ||
	    op->address % die->part->page + op->len > die->part->page)
		return TROUBLE_BUG;
	return die_may_change(die, (struct range){op->address, (uint32_t)op->len})
		       ? TROUBLE_NONE
		       : TROUBLE_CLOSED_RANGE;
}

static enum trouble_kind check_erase(const struct beken_die *die, const struct die_op *op)
{
	const struct chipdb_erase *erase;

	if (!die->part || op->erase >= CHIPDB_ERASES || !die->part->erase[op->erase].opcode)
		return TROUBLE_BUG;
	erase = &die->part->erase[op->erase];
	if (op->address % erase->size || !is_inside(die, op->address, erase->size))
		return TROUBLE_BUG;
	return die_may_change(die, (struct range){op->address, erase->size}) ? TROUBLE_NONE
									     : TROUBLE_CLOSED_RANGE;
}

static enum trouble_kind check(const struct beken_die *die, const struct die_op *op)
{
	switch (op->kind) {
	case DIE_ID:
		return TROUBLE_NONE;
	case DIE_SFDP:
		return die->caps.sfdp && op->len <= DIE_SFDP_MOST ? TROUBLE_NONE : TROUBLE_BUG;
	case DIE_READ:
		return is_inside(die, op->address, op->len) ? TROUBLE_NONE : TROUBLE_BUG;
	case DIE_PROGRAM:
		return check_program(die, op);
	case DIE_ERASE:
		return check_erase(die, op);
	}
	return TROUBLE_BUG;
}

/* Whether an ID in the run differs from the part's, as far as that is known. */
static bool has_other_id(const struct beken_die *die, const struct die_op *ops, size_t count)
{
	for (size_t i = 0; die->part && i < count; i++)
		if (ops[i].kind == DIE_ID && memcmp(ops[i].rx, die->part->id, 3) != 0)
			return true;
	return false;
}

/*
 * *@again: the interrupted work has to be repeated. Not after a flipped bit in an ID: the caller
 * who read it knows what to do.
 */
static enum trouble_kind bring_back(struct beken_die *die, enum trouble_kind kind, bool *again)
{
	enum trouble_kind found;
	bool was_away = false;

	*again = false;
	if (!die->part || !die->reviver || die->revived >= DIE_REVIVALS_MOST)
		return kind;
	found = die->reviver->revive(die->reviver, die, &was_away);
	die->revived += !found && was_away;
	/* It takes long enough to fail once. */
	if (found)
		die->reviver = NULL;
	*again = !found && (was_away || kind);
	return found ? found : kind;
}

static enum trouble_kind run_until_there(struct beken_die *die, struct die_op *ops, size_t count)
{
	enum trouble_kind kind;
	bool again = true;

	for (unsigned i = 0; again && i < DIE_REVIVALS_MOST; i++) {
		again = false;
		kind = die->ops->run(die, ops, count);
		if (kind == TROUBLE_STAYS_BUSY || (!kind && has_other_id(die, ops, count)))
			kind = bring_back(die, kind, &again);
	}
	return kind;
}

enum trouble_kind die_run(struct beken_die *die, struct die_op *ops, size_t count)
{
	if (count == 0)
		return TROUBLE_NONE;
	if (count > DIE_RUN_MOST)
		return TROUBLE_BUG;
	for (size_t i = 0; i < count; i++) {
		enum trouble_kind kind = check(die, &ops[i]);

		if (kind)
			return kind;
	}
	return run_until_there(die, ops, count);
}

enum trouble_kind die_id(struct beken_die *die, uint8_t id[3])
{
	struct die_op op = {.kind = DIE_ID, .rx = id};

	return die_run(die, &op, 1);
}

enum trouble_kind die_read(struct beken_die *die, uint32_t address, uint8_t *rx, size_t len)
{
	struct die_op op = {.kind = DIE_READ, .address = address, .rx = rx, .len = len};

	return die_run(die, &op, 1);
}

void die_idle(struct beken_die *die)
{
	if (die->ops->idle)
		die->ops->idle(die);
}

bool die_differed(struct beken_die *die)
{
	if (!die->slower || !die->slower->differed(die->slower))
		return false;
	/* Costs and waits depend on the clock. */
	if (die->part)
		die_take_part(die, die->part);
	return true;
}

enum trouble_kind die_wait_ready(struct beken_die *die, uint32_t max_us)
{
	return die->ops->wait_ready(die, max_us);
}

enum trouble_kind die_register_read(struct beken_die *die, unsigned which, uint8_t *value)
{
	if (!die->caps.registers)
		return TROUBLE_NO_REGISTERS;
	if (!die->part || which >= die->part->sr_count)
		return TROUBLE_BUG;
	return die->ops->register_read(die, which, value);
}

static bool may_be_away(enum trouble_kind kind)
{
	return kind == TROUBLE_STAYS_BUSY || kind == TROUBLE_UNSTEADY_READ ||
	       kind == TROUBLE_LINK_LOST;
}

static enum trouble_kind read_registers(struct beken_die *die, uint32_t *sr, unsigned *count)
{
	enum trouble_kind kind = die->ops->registers_read(die, sr, count);
	bool again;

	if (may_be_away(kind)) {
		kind = bring_back(die, kind, &again);
		if (again)
			kind = die->ops->registers_read(die, sr, count);
	}
	return kind;
}

enum trouble_kind die_registers_read(struct beken_die *die, uint32_t *sr, unsigned *count)
{
	if (!die->caps.registers)
		return TROUBLE_NO_REGISTERS;
	return die->part ? read_registers(die, sr, count) : TROUBLE_BUG;
}

enum trouble_kind die_registers_write(struct beken_die *die,
				      const struct die_registers_write *write)
{
	enum trouble_kind kind;
	bool again;

	if (!die->caps.registers)
		return TROUBLE_NO_REGISTERS;
	if (!die->part || write->count == 0 || write->count > CHIPDB_REGISTERS)
		return TROUBLE_BUG;
	kind = die->ops->registers_write(die, write);
	/* Never sent twice. The registers show whether it was accepted. */
	if (kind == TROUBLE_STAYS_BUSY) {
		kind = bring_back(die, kind, &again);
		if (again)
			return TROUBLE_NONE;
	}
	return kind;
}

static enum trouble_kind check_lock(const struct beken_die *die, uint32_t address)
{
	if (!die->caps.registers || !die->ops->lock_read)
		return TROUBLE_NO_REGISTERS;
	return is_inside(die, address, 1) && chipdb_sr_mask(die->part, CHIPDB_WPS) ? TROUBLE_NONE
										   : TROUBLE_BUG;
}

enum trouble_kind die_lock_read(struct beken_die *die, uint32_t address, bool *locked)
{
	enum trouble_kind kind = check_lock(die, address);

	return kind ? kind : die->ops->lock_read(die, address, locked);
}

enum trouble_kind die_lock_write(struct beken_die *die, enum die_locks what, uint32_t address)
{
	enum trouble_kind kind = check_lock(die, address);

	return kind ? kind : die->ops->lock_write(die, what, address);
}

enum trouble_kind die_sum(struct beken_die *die, struct range range, uint32_t *crc)
{
	if (!die->caps.sum || !is_inside(die, range.start, range.length))
		return TROUBLE_BUG;
	return die->ops->sum(die, range, crc);
}

void die_expect(struct beken_die *die, struct range range, const uint8_t *data)
{
	if (die->ops->expect && is_inside(die, range.start, range.length))
		die->ops->expect(die, range, data);
}

uint32_t die_known(struct beken_die *die, struct range range)
{
	return die->ops->known && is_inside(die, range.start, range.length)
		       ? die->ops->known(die, range)
		       : 0;
}
