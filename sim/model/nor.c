/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/nor.h"

#include <string.h>

#include "sim/model/nor_protection.h"

#define NS_PER_US UINT64_C(1000)

/* The first byte of a program costs as much as this many further ones; assumed, see nor.h. */
#define PROGRAM_START_BYTES 12u

#define LONG_BUSY_US 3000000

/* What three bytes of address reach. */
#define REACH_OF_3 (UINT32_C(1) << 24)

static bool mishap(const struct nor *nor, enum nor_mishap_kind kind)
{
	return nor_mishap_is(&nor->mishap, nor->windows, kind);
}

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
	nor->writing_registers = false;
	if (mishap(nor, NOR_MISHAP_STAYS_BUSY))
		us += LONG_BUSY_US;
	nor->busy_until_ns = ns + us * NS_PER_US;
}

uint32_t nor_status(const struct nor *nor, uint64_t ns)
{
	bool busy = is_busy(nor, ns);
	uint32_t sr = nor->registers.now;

	if (busy && nor->writing_registers)
		sr = nor_registers_during_write(&nor->registers);
	if (busy)
		sr |= chipdb_sr_mask(nor->part, CHIPDB_WIP);
	if (nor->wel && (busy || !nor->busy))
		sr |= chipdb_sr_mask(nor->part, CHIPDB_WEL);
	return sr;
}

void nor_firmware_status(struct nor *nor, uint32_t sr)
{
	nor_registers_firmware(&nor->registers, sr);
}

static bool may_begin(const struct nor *nor, enum nor_op op)
{
	if (nor->powered_down)
		return op == NOR_OP_RELEASE;
	return !nor->busy || op == NOR_OP_STATUS;
}

static void begin(struct nor *nor, uint8_t opcode, uint64_t ns)
{
	enum nor_op op;

	settle(nor, ns);
	nor->command = nor_decode(nor->part, nor->four_byte_mode, opcode);
	op = nor->command.op;
	if (op == NOR_OP_WRITE_STATUS)
		nor->stats->sr_write_commands++;
	if (op == NOR_OP_PROGRAM)
		memset(nor->page, 0xFF, nor->part->page);
	if (op != NOR_OP_NONE && !may_begin(nor, op)) {
		nor->command.op = NOR_OP_NONE;
		if (nor->busy)
			nor->stats->ignored_while_busy++;
	}
	/* 50h holds for the command right after it only. */
	if (nor->command.op != NOR_OP_WRITE_STATUS)
		nor->wel_volatile = false;
}

/* What happens to the die itself. */
static void begin_mishap(struct nor *nor)
{
	if (mishap(nor, NOR_MISHAP_PROTECTED))
		nor_firmware_status(nor, nor->part->firmware_sr);
	if (mishap(nor, NOR_MISHAP_BROWN_OUT))
		nor_power_cycle(nor);
	nor->powered_down |= mishap(nor, NOR_MISHAP_POWER_DOWN);
	nor->qpi |= mishap(nor, NOR_MISHAP_QPI);
	nor->continuous |= mishap(nor, NOR_MISHAP_CONTINUOUS_READ);
	nor->four_byte_mode |= nor->part->address_bytes == 4 && mishap(nor, NOR_MISHAP_FOUR_BYTES);
}

void nor_select(struct nor *nor)
{
	nor->command.op = NOR_OP_NONE;
	nor->received = 0;
	nor->ones = 0;
	nor->address = 0;
	nor->windows++;
	nor->missed = false;
	begin_mishap(nor);
}

/* Number of bytes before the data: opcode, address and dummy bytes. */
static uint32_t header(const struct nor *nor)
{
	return 1 + nor->command.address_bytes + nor->command.dummy_bytes;
}

/* The address in memory to which the command's address refers. */
static uint32_t place(const struct nor *nor)
{
	uint32_t address = nor->address & (nor->part->size - 1);

	return nor->command.address_bytes == 3 ? address & (REACH_OF_3 - 1) : address;
}

static bool refuse_protected(struct nor *nor, uint32_t start, uint32_t length)
{
	bool by_locks = nor->registers.now & chipdb_sr_mask(nor->part, CHIPDB_WPS);

	if (by_locks ? !nor_locks_hit(&nor->locks, start, length)
		     : !nor_range_hit(nor_protected(nor->part, nor->registers.now), start, length))
		return false;
	nor->wel = false;
	nor->stats->ignored_protected++;
	return true;
}

/* The part of the time for a whole page that @count bytes take. */
static uint32_t program_share(uint32_t page_us, uint32_t count, uint32_t page)
{
	return (uint32_t)((uint64_t)page_us * (PROGRAM_START_BYTES + count - 1) /
			  (PROGRAM_START_BYTES + page - 1));
}

/* Programs the page buffer into the cells, where a bit that is 0 stays 0. */
static void clear_bits(struct nor *nor, uint32_t start, uint32_t count)
{
	bool weak = mishap(nor, NOR_MISHAP_WEAK_BIT);

	for (uint32_t i = 0; i < count; i++) {
		uint8_t cleared = nor->memory[start + i] & (uint8_t)~nor->page[i];

		if (weak && cleared) {
			cleared &= (uint8_t)(cleared - 1);
			weak = false;
		}
		nor->memory[start + i] &= (uint8_t)~cleared;
	}
}

static void program(struct nor *nor, uint64_t ns)
{
	const struct chipdb_part *part = nor->part;
	uint32_t start = place(nor) & ~(part->page - 1), count = nor->received - header(nor);

	if (!nor->wel || nor->received <= header(nor) || refuse_protected(nor, start, part->page))
		return;
	clear_bits(nor, start, mishap(nor, NOR_MISHAP_HALF_PROGRAM) ? part->page / 2 : part->page);
	nor->stats->page_programs++;
	if (count > part->page)
		count = part->page;
	nor->under_way = start;
	nor->under_way_bytes = part->page;
	nor->under_way_erases = false;
	start_busy(nor, program_share(part->program_typ_us, count, part->page),
		   program_share(part->program_max_us, count, part->page), ns);
}

static void count_erase(struct nor *nor, const struct chipdb_erase *kind)
{
	if (nor_is_chip_erase(kind->opcode))
		nor->stats->erase_chip++;
	else if (kind->size == 4096)
		nor->stats->erase_4k++;
	else if (kind->size == 32768)
		nor->stats->erase_32k++;
	else if (kind->size == 65536)
		nor->stats->erase_64k++;
}

static void erase(struct nor *nor, uint64_t ns)
{
	const struct chipdb_erase *kind = &nor->part->erase[nor->command.detail];
	uint32_t start = place(nor) & ~(kind->size - 1);

	if (!nor->wel || nor->received != header(nor) || refuse_protected(nor, start, kind->size))
		return;
	memset(nor->memory + start, 0xFF,
	       mishap(nor, NOR_MISHAP_HALF_ERASE) ? kind->size / 2 : kind->size);
	count_erase(nor, kind);
	nor->under_way = start;
	nor->under_way_bytes = kind->size;
	nor->under_way_erases = true;
	start_busy(nor, kind->typ_us, kind->max_us, ns);
}

static void write_status(struct nor *nor, uint64_t ns)
{
	const struct chipdb_part *part = nor->part;
	bool lasting = !nor->wel_volatile;
	enum nor_registers_result result;

	if (lasting && !nor->wel)
		return;
	nor->wel_volatile = false;
	result = nor_registers_write(&nor->registers, nor->command.detail, nor->values,
				     nor->received - header(nor), lasting);
	if (result == NOR_REGISTERS_LOCKED)
		nor->wel = false;
	if (result == NOR_REGISTERS_LOCKED || result == NOR_REGISTERS_NO_COMMAND)
		return;
	nor->stats->sr_writes++;
	nor->stats->sr_writes_volatile += !lasting;
	nor->stats->sr_writes_needless += result == NOR_REGISTERS_WRITTEN_NEEDLESSLY;
	if (!lasting)
		return;
	nor->under_way_bytes = 0;
	start_busy(nor, part->sr_write_typ_us, part->sr_write_max_us, ns);
	nor->writing_registers = true;
}

/* 36h, 39h, 7Eh, 98h. */
static void write_locks(struct nor *nor)
{
	enum nor_op op = nor->command.op;
	bool all = op == NOR_OP_LOCK_ALL || op == NOR_OP_UNLOCK_ALL;

	if (!nor->wel || nor->received != header(nor) || (all && nor->no_global_unlock))
		return;
	nor->wel = false;
	if (all)
		nor_locks_set_all(&nor->locks, op == NOR_OP_LOCK_ALL);
	else
		nor_locks_set(&nor->locks, place(nor), op == NOR_OP_LOCK);
}

/* The commands that are an opcode and nothing else. */
static void finish_plain(struct nor *nor)
{
	if (nor->received != 1)
		return;
	switch (nor->command.op) {
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
	case NOR_OP_ENTER_4_BYTE:
		nor->four_byte_mode = true;
		break;
	case NOR_OP_LEAVE_4_BYTE:
		nor->four_byte_mode = false;
		break;
	default:
		break;
	}
}

/* FFh ends QPI, and FFFFh a continuous read. */
static void end_modes(struct nor *nor)
{
	if (nor->ones >= 1)
		nor->qpi = false;
	if (nor->ones >= 2)
		nor->continuous = false;
}

void nor_deselect(struct nor *nor, bool aligned, uint64_t ns)
{
	enum nor_op op = nor->command.op;

	aligned = aligned && !mishap(nor, NOR_MISHAP_CUT);
	end_modes(nor);
	if (aligned && op == NOR_OP_RELEASE)
		nor->powered_down = false;
	else if (aligned && op == NOR_OP_PROGRAM)
		program(nor, ns);
	else if (aligned && op == NOR_OP_ERASE)
		erase(nor, ns);
	else if (aligned && op == NOR_OP_WRITE_STATUS)
		write_status(nor, ns);
	else if (aligned && (op == NOR_OP_LOCK || op == NOR_OP_UNLOCK || op == NOR_OP_LOCK_ALL ||
			     op == NOR_OP_UNLOCK_ALL))
		write_locks(nor);
	else if (aligned)
		finish_plain(nor);
	nor->command.op = NOR_OP_NONE;
}

/* What the die drives, without noise. */
static int driven(const struct nor *nor, uint64_t ns)
{
	uint32_t index = nor->received - header(nor);

	if (nor->received < header(nor))
		return -1;
	switch (nor->command.op) {
	case NOR_OP_READ:
		return nor->memory[place(nor)];
	case NOR_OP_SFDP:
		return nor->address < SFDP_BYTES ? nor->sfdp[nor->address] : 0xFF;
	case NOR_OP_ID:
		return nor->part->id[index % 3];
	case NOR_OP_RELEASE:
		return (uint8_t)(nor->part->id[2] - 1);
	case NOR_OP_READ_LOCK:
		return nor_locks_get(&nor->locks, place(nor));
	case NOR_OP_STATUS:
		return (nor_status(nor, ns) >> 8 * nor->command.detail) & 0xFF;
	default:
		return -1;
	}
}

int nor_output(const struct nor *nor, uint64_t ns)
{
	int byte = driven(nor, ns);
	uint64_t random;

	if (byte >= 0 && nor->flip_at && nor->bytes == nor->flip_at)
		byte ^= 0x10;
	if (byte >= 0 && nor->received == header(nor) && mishap(nor, NOR_MISHAP_FLIP_ANSWER))
		byte ^= 0x10;
	if (byte < 0 || !nor->noise)
		return byte;
	/* It depends only on the number of the byte, so reading twice gives the same. */
	random = prng_mix(nor->seed + prng_mix(nor->bytes));
	return random % nor->noise ? byte : byte ^ 1 << (random >> 61);
}

static void accept_data(struct nor *nor, uint8_t mosi)
{
	const struct chipdb_part *part = nor->part;

	switch (nor->command.op) {
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
		if (nor->received - header(nor) < CHIPDB_REGISTERS)
			nor->values[nor->received - header(nor)] = mosi;
		break;
	default:
		break;
	}
}

static void accept(struct nor *nor, uint8_t mosi, uint64_t ns)
{
	if (nor->ones == nor->received && mosi == 0xFF)
		nor->ones++;
	if (nor->qpi || nor->continuous)
		; /* it is taken for something else, and drives no answer */
	else if (nor->received == 0)
		begin(nor, mosi, ns);
	else if (nor->received >= header(nor))
		accept_data(nor, mosi);
	else if (nor->received <= nor->command.address_bytes)
		nor->address = nor->address << 8 | mosi;
	if (nor->received != UINT32_MAX)
		nor->received++;
}

void nor_accept(struct nor *nor, uint8_t mosi, uint64_t ns)
{
	bool first = nor->received == 0;

	nor->bytes++;
	mosi = nor_mishap_mosi(&nor->mishap, nor->windows, nor->received, mosi);
	if (mishap(nor, NOR_MISHAP_LOST))
		return;
	if (first && !nor->missed && mishap(nor, NOR_MISHAP_MISSED_BYTE)) {
		nor->missed = true;
		return;
	}
	accept(nor, mosi, ns);
	if (first && mishap(nor, NOR_MISHAP_DOUBLED_BYTE))
		accept(nor, mosi, ns);
}

/*
 * How many of the next @count bytes are content, whatever is sent: those of a read in progress, up
 * to where its address wraps around. They are most of all bytes.
 */
static size_t running_read(const struct nor *nor, size_t count)
{
	size_t room = nor->part->size - place(nor);

	if (nor->command.op != NOR_OP_READ || nor->received <= header(nor) || nor->noise ||
	    nor->flip_at)
		return 0;
	if (nor->command.address_bytes == 3 && room > REACH_OF_3 - place(nor))
		room = REACH_OF_3 - place(nor);
	if (room > UINT32_MAX - nor->received)
		room = UINT32_MAX - nor->received;
	return count < room ? count : room;
}

static void copy_run(struct nor *nor, uint8_t *miso, size_t count)
{
	memcpy(miso, nor->memory + place(nor), count);
	nor->bytes += count;
	nor->received += (uint32_t)count;
	nor->address += (uint32_t)count;
}

static uint8_t shift_byte(struct nor *nor, uint8_t mosi, uint8_t undriven, uint64_t ns)
{
	int byte = nor_output(nor, ns);

	nor_accept(nor, mosi, ns);
	return byte < 0 ? undriven : (uint8_t)byte;
}

void nor_shift(struct nor *nor, const uint8_t *mosi, uint8_t *miso, size_t count, uint8_t undriven,
	       uint64_t ns, uint64_t step_ns)
{
	for (size_t i = 0, run; i < count; i += run) {
		run = running_read(nor, count - i);
		if (run)
			copy_run(nor, miso + i, run);
		else
			miso[i] = shift_byte(nor, mosi[i], undriven, ns + i * step_ns);
		run += !run;
	}
}
