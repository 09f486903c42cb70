/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nor.h"

#include <stdlib.h>
#include <string.h>

#include "nor_protection.h"

#define NS_PER_US UINT64_C(1000)
#define ADDRESS_BYTES 3U

static bool is_busy(const struct nor *nor, uint64_t ns)
{
	return nor->busy && ns < nor->busy_until_ns;
}

/* WEL falls together with WIP. */
static void settle(struct nor *nor, uint64_t ns)
{
	if (nor->busy && ns >= nor->busy_until_ns) {
		nor->busy = false;
		nor->wel = false;
	}
}

static void start_busy(struct nor *nor, uint32_t typical_us, uint32_t maximum_us, uint64_t ns)
{
	uint64_t us = typical_us;

	if (nor->busy_times == BUSY_MAXIMUM)
		us = maximum_us;
	else if (nor->busy_times == BUSY_VARYING)
		us = prng_between(&nor->prng, us * 7 / 10, us * 3 / 2);
	if (us > maximum_us)
		us = maximum_us;
	nor->busy = true;
	nor->busy_until_ns = ns + us * NS_PER_US;
}

bool nor_init(struct nor *nor, const struct board_options *options, struct board_stats *stats)
{
	const struct chipdb_part *part = options->part;

	*nor = (struct nor){
		.part = part,
		.stats = stats,
		.memory = malloc(part->size),
		.page = malloc(part->page),
		.prng.state = options->seed ^ 0x6E6F72,
		.busy_times = options->busy,
		.one_byte_01_clears_sr2 = options->one_byte_01 == ONE_BYTE_01_PART
						  ? part->one_byte_01_clears_sr2
						  : options->one_byte_01 == ONE_BYTE_01_CLEARS_SR2,
		.wp_low = options->wp_low,
		.sr = options->sr_given ? options->sr : 0,
	};
	if (!nor->memory || !nor->page) {
		nor_fini(nor);
		return false;
	}
	nor->sr &= ~(chipdb_sr_mask(part, CHIPDB_WIP) | chipdb_sr_mask(part, CHIPDB_WEL));
	nor->sr_kept = nor->sr;
	memset(nor->memory, 0xFF, part->size);
	nor_sfdp_make(part, nor->sfdp);
	return true;
}

void nor_fini(struct nor *nor)
{
	free(nor->memory);
	free(nor->page);
	nor->memory = NULL;
	nor->page = NULL;
}

void nor_power_cycle(struct nor *nor)
{
	uint32_t srp0 = chipdb_sr_mask(nor->part, CHIPDB_SRP0);

	/* SRP1 alone locks until the next power-up; together with SRP0 for ever. */
	if (!(nor->sr_kept & srp0))
		nor->sr_kept &= ~chipdb_sr_mask(nor->part, CHIPDB_SRP1);
	nor->sr = nor->sr_kept;
	nor->wel = false;
	nor->wel_volatile = false;
	nor->powered_down = false;
	nor->busy = false;
	nor->op = NOR_OP_NONE;
}

uint32_t nor_status(const struct nor *nor, uint64_t ns)
{
	bool busy = is_busy(nor, ns);
	uint32_t sr = nor->sr;

	if (busy)
		sr |= chipdb_sr_mask(nor->part, CHIPDB_WIP);
	if (nor->wel && (busy || !nor->busy))
		sr |= chipdb_sr_mask(nor->part, CHIPDB_WEL);
	return sr;
}

void nor_firmware_status(struct nor *nor, uint32_t sr)
{
	nor->sr = nor_sr_merge(nor->part, nor->sr, sr, UINT32_MAX);
	nor->sr_kept = nor_sr_merge(nor->part, nor->sr_kept, sr, UINT32_MAX);
}

static void set_op(struct nor *nor, enum nor_op op, unsigned header_bytes)
{
	nor->op = op;
	nor->data_from = header_bytes;
}

static bool decode_status(struct nor *nor, uint8_t opcode)
{
	for (unsigned i = 0; i < nor->part->sr_count; i++) {
		if (opcode != nor->part->sr_read[i])
			continue;
		set_op(nor, NOR_OP_STATUS, 1);
		nor->op_detail = i;
		return true;
	}
	return false;
}

static void decode_status_write(struct nor *nor, uint8_t opcode)
{
	static const uint8_t split[CHIPDB_REGISTERS] = {0x01, 0x31, 0x11};
	unsigned known = nor->part->sr_write == CHIPDB_SR_SPLIT ? nor->part->sr_count : 1;

	for (unsigned i = 0; i < known; i++) {
		if (opcode == split[i]) {
			set_op(nor, NOR_OP_WRITE_STATUS, 1);
			nor->op_detail = i;
		}
	}
}

static void decode_erase(struct nor *nor, uint8_t opcode)
{
	const struct chipdb_part *part = nor->part;

	for (unsigned i = 0; i < CHIPDB_ERASES && part->erase[i].opcode; i++) {
		if (opcode != part->erase[i].opcode)
			continue;
		set_op(nor, NOR_OP_ERASE,
		       part->erase[i].size == part->size ? 1 : 1 + ADDRESS_BYTES);
		nor->op_detail = i;
		return;
	}
}

static void decode(struct nor *nor, uint8_t opcode)
{
	switch (opcode) {
	case 0x03:
		set_op(nor, NOR_OP_READ, 1 + ADDRESS_BYTES);
		break;
	case 0x0B:
		set_op(nor, NOR_OP_READ, 1 + ADDRESS_BYTES + 1);
		break;
	case 0x5A:
		if (nor->part->has_sfdp)
			set_op(nor, NOR_OP_SFDP, 1 + ADDRESS_BYTES + 1);
		break;
	case 0x9F:
		set_op(nor, NOR_OP_ID, 1);
		break;
	case 0xAB:
		set_op(nor, NOR_OP_RELEASE, 1 + ADDRESS_BYTES);
		break;
	case 0xB9:
		set_op(nor, NOR_OP_POWER_DOWN, 1);
		break;
	case 0x06:
		set_op(nor, NOR_OP_ENABLE, 1);
		break;
	case 0x04:
		set_op(nor, NOR_OP_DISABLE, 1);
		break;
	case 0x50:
		if (nor->part->sr_volatile)
			set_op(nor, NOR_OP_ENABLE_VOLATILE, 1);
		break;
	case 0x02:
		set_op(nor, NOR_OP_PROGRAM, 1 + ADDRESS_BYTES);
		memset(nor->page, 0xFF, nor->part->page);
		break;
	default:
		decode_status_write(nor, opcode);
		decode_erase(nor, opcode);
	}
}

static void begin(struct nor *nor, uint8_t opcode, uint64_t ns)
{
	settle(nor, ns);
	if (nor->powered_down && opcode != 0xAB)
		return;
	if (decode_status(nor, opcode))
		return;
	decode(nor, opcode);
	if (nor->busy && nor->op != NOR_OP_NONE) {
		nor->op = NOR_OP_NONE;
		nor->stats->ignored_while_busy++;
	}
	/* 50h holds for the command right behind it only. */
	if (nor->op != NOR_OP_WRITE_STATUS)
		nor->wel_volatile = false;
}

void nor_select(struct nor *nor)
{
	nor->op = NOR_OP_NONE;
	nor->received = 0;
	nor->address = 0;
}

static bool protected_hit(const struct nor *nor, uint32_t start, uint32_t length)
{
	return nor_range_hit(nor_protected(nor->part, nor->sr), start, length);
}

static bool refuse_protected(struct nor *nor, uint32_t start, uint32_t length)
{
	if (!protected_hit(nor, start, length))
		return false;
	nor->wel = false;
	nor->stats->ignored_protected++;
	return true;
}

static void program(struct nor *nor, uint64_t ns)
{
	const struct chipdb_part *part = nor->part;
	uint32_t start = nor->address & (part->size - 1) & ~(part->page - 1);

	if (!nor->wel || nor->received <= nor->data_from ||
	    refuse_protected(nor, start, part->page))
		return;
	for (uint32_t i = 0; i < part->page; i++)
		nor->memory[start + i] &= nor->page[i];
	nor->stats->page_programs++;
	start_busy(nor, part->program_typ_us, part->program_max_us, ns);
}

static void count_erase(struct nor *nor, uint32_t size)
{
	if (size == nor->part->size)
		nor->stats->erase_chip++;
	else if (size == 4096)
		nor->stats->erase_4k++;
	else if (size == 32768)
		nor->stats->erase_32k++;
	else if (size == 65536)
		nor->stats->erase_64k++;
}

static void erase(struct nor *nor, uint64_t ns)
{
	const struct chipdb_erase *kind = &nor->part->erase[nor->op_detail];
	uint32_t start = nor->address & (nor->part->size - 1) & ~(kind->size - 1);

	if (!nor->wel || nor->received != nor->data_from ||
	    refuse_protected(nor, start, kind->size))
		return;
	memset(nor->memory + start, 0xFF, kind->size);
	count_erase(nor, kind->size);
	start_busy(nor, kind->typ_us, kind->max_us, ns);
}

static void write_status(struct nor *nor, uint64_t ns)
{
	const struct chipdb_part *part = nor->part;
	unsigned most = part->sr_write == CHIPDB_SR_JOINT ? part->sr_count : 1;
	uint32_t bytes = nor->received - nor->data_from;
	uint32_t value = 0, written = 0;
	bool volatile_only = nor->wel_volatile;

	if (!(nor->wel || volatile_only) || bytes == 0 || bytes > most)
		return;
	nor->wel_volatile = false;
	if (nor_sr_locked(part, nor->sr, nor->wp_low)) {
		nor->wel = false;
		return;
	}

	for (unsigned i = 0; i < bytes; i++) {
		value |= (uint32_t)nor->values[i] << 8 * (i + nor->op_detail);
		written |= UINT32_C(0xFF) << 8 * (i + nor->op_detail);
	}
	if (nor->op_detail == 0 && bytes == 1 && nor->one_byte_01_clears_sr2)
		written |= 0xFF00;

	nor->sr = nor_sr_merge(part, nor->sr, value, written);
	nor->stats->sr_writes++;
	if (volatile_only)
		return;
	nor->sr_kept = nor_sr_merge(part, nor->sr_kept, value, written);
	start_busy(nor, part->sr_write_typ_us, part->sr_write_max_us, ns);
}

/* The commands that are an opcode and nothing else. */
static void finish_plain(struct nor *nor)
{
	if (nor->received != 1)
		return;
	switch (nor->op) {
	case NOR_OP_ENABLE:
		nor->wel = true;
		break;
	case NOR_OP_DISABLE:
		nor->wel = false;
		break;
	case NOR_OP_ENABLE_VOLATILE:
		nor->wel_volatile = true;
		break;
	case NOR_OP_POWER_DOWN:
		nor->powered_down = true;
		break;
	default:
		break;
	}
}

void nor_deselect(struct nor *nor, bool aligned, uint64_t ns)
{
	enum nor_op op = nor->op;

	if (aligned && op == NOR_OP_RELEASE)
		nor->powered_down = false;
	else if (aligned && op == NOR_OP_PROGRAM)
		program(nor, ns);
	else if (aligned && op == NOR_OP_ERASE)
		erase(nor, ns);
	else if (aligned && op == NOR_OP_WRITE_STATUS)
		write_status(nor, ns);
	else if (aligned)
		finish_plain(nor);
	nor->op = NOR_OP_NONE;
}

int nor_output(const struct nor *nor, uint64_t ns)
{
	const struct chipdb_part *part = nor->part;
	uint32_t index = nor->received - nor->data_from;

	if (nor->op == NOR_OP_NONE || nor->received < nor->data_from)
		return -1;
	switch (nor->op) {
	case NOR_OP_READ:
		return nor->memory[nor->address & (part->size - 1)];
	case NOR_OP_SFDP:
		return nor->address < SFDP_BYTES ? nor->sfdp[nor->address] : 0xFF;
	case NOR_OP_ID:
		return part->id[index % 3];
	case NOR_OP_RELEASE:
		return part->id[2] - 1;
	case NOR_OP_STATUS:
		return (nor_status(nor, ns) >> 8 * nor->op_detail) & 0xFF;
	default:
		return -1;
	}
}

static void accept_data(struct nor *nor, uint8_t mosi)
{
	const struct chipdb_part *part = nor->part;

	switch (nor->op) {
	case NOR_OP_READ:
	case NOR_OP_SFDP:
		nor->address++;
		break;
	case NOR_OP_PROGRAM:
		nor->page[nor->address & (part->page - 1)] = mosi;
		nor->address = (nor->address & ~(part->page - 1)) |
			       ((nor->address + 1) & (part->page - 1));
		break;
	case NOR_OP_WRITE_STATUS:
		if (nor->received - nor->data_from < CHIPDB_REGISTERS)
			nor->values[nor->received - nor->data_from] = mosi;
		break;
	default:
		break;
	}
}

void nor_accept(struct nor *nor, uint8_t mosi, uint64_t ns)
{
	if (nor->received == 0)
		begin(nor, mosi, ns);
	else if (nor->op != NOR_OP_NONE && nor->received >= nor->data_from)
		accept_data(nor, mosi);
	else if (nor->received <= ADDRESS_BYTES)
		nor->address = (nor->address << 8 | mosi) & 0xFFFFFF;
	if (nor->received != UINT32_MAX)
		nor->received++;
}

void nor_shift(struct nor *nor, const uint8_t *mosi, uint8_t *miso, size_t count, uint8_t undriven,
	       uint64_t ns, uint64_t step_ns)
{
	for (size_t i = 0; i < count; i++, ns += step_ns) {
		int driven = nor_output(nor, ns);

		miso[i] = driven < 0 ? undriven : (uint8_t)driven;
		nor_accept(nor, mosi[i], ns);
	}
}
