/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/proxy.h"
#include "base/opcodes.h"
#include "programmer/guard/flash_command.h"
#include "programmer/guard/gate.h"
#include "programmer/guard/sfdp.h"

#include <stdlib.h>
#include <string.h>

#define SFDP_HEADER 4 /* opcode and address */
#define SR_WEL 0x02

/* SFDP cannot tell flashrom about more. */
#define SFDP_SIZE_MOST (UINT32_C(16) << 20)

struct proxy {
	struct proxy_options options;
	const struct chipdb_part *part;
	struct gate gate;
	bool four_bytes;    /* flashrom has chosen 4-byte addresses (B7h) */
	bool write_enabled; /* flashrom has sent WREN */
	bool told_unknown;  /* a message about an unknown command was printed */
};

struct proxy *proxy_new(struct beken_die *die, const struct proxy_options *options)
{
	const struct gate_options gate_options = {
		.read_only = options->read_only,
		.size_told = options->size_told,
		.unprotect = options->unprotect,
		.observer = options->observer,
	};
	struct proxy *proxy = calloc(1, sizeof(*proxy));

	if (!proxy)
		return NULL;
	proxy->options = *options;
	proxy->part = options->part;
	die_take_part(die, options->part);
	if (!gate_init(&proxy->gate, die, &gate_options)) {
		free(proxy);
		return NULL;
	}
	return proxy;
}

static enum trouble_kind erase_by_smaller(struct proxy *proxy, uint32_t size, uint32_t address)
{
	if (size <= proxy->part->erase[0].size)
		return TROUBLE_REFUSED_COMMAND;
	return gate_erase_range(&proxy->gate, (struct range){address & ~(size - 1), size});
}

static enum trouble_kind erase(struct proxy *proxy, const struct command *command,
			       const uint8_t *tx, size_t tx_len)
{
	uint32_t address = 0;
	size_t header = 1;

	if ((command->erase == NO_ERASE ||
	     !chipdb_erases_chip(&proxy->part->erase[command->erase])) &&
	    !command_header(command, proxy->part, proxy->four_bytes, tx, tx_len, &address, &header))
		return TROUBLE_REFUSED_COMMAND;
	if (tx_len != header)
		return TROUBLE_REFUSED_COMMAND;
	if (command->erase == NO_ERASE)
		return erase_by_smaller(proxy, command->size, address);
	return gate_erase(&proxy->gate, command->erase, address);
}

static enum trouble_kind erase_page(struct proxy *proxy, const struct command *command,
				    const uint8_t *tx, size_t tx_len)
{
	uint32_t address;
	size_t header;

	if (!command_header(command, proxy->part, proxy->four_bytes, tx, tx_len, &address,
			    &header) ||
	    tx_len != header)
		return TROUBLE_REFUSED_COMMAND;
	return gate_erase_page(&proxy->gate, address);
}

static enum trouble_kind program(struct proxy *proxy, const struct command *command,
				 const uint8_t *tx, size_t tx_len)
{
	size_t header, len;
	uint32_t address;

	if (!command_header(command, proxy->part, proxy->four_bytes, tx, tx_len, &address, &header))
		return TROUBLE_REFUSED_COMMAND;
	len = tx_len - header;
	/* A part with small pages may have an ID that makes flashrom take it for another part. */
	if (len == 0 || address % PROXY_WRITE_MOST + len > PROXY_WRITE_MOST)
		return TROUBLE_REFUSED_COMMAND;
	return gate_program(&proxy->gate, address, tx + header, len);
}

/* A program or erase by flashrom: only after its WREN, as on a real die. */
static enum trouble_kind change_die(struct proxy *proxy, const struct command *command,
				    const uint8_t *tx, size_t tx_len)
{
	if (proxy->options.read_only)
		return gate_refuse_change(&proxy->gate);
	if (!proxy->write_enabled)
		return TROUBLE_REFUSED_COMMAND;
	proxy->write_enabled = false;
	switch (command->kind) {
	case COMMAND_ERASE:
		return erase(proxy, command, tx, tx_len);
	case COMMAND_ERASE_PAGE:
		return erase_page(proxy, command, tx, tx_len);
	default:
		return program(proxy, command, tx, tx_len);
	}
}

static enum trouble_kind read_die(struct proxy *proxy, const struct command *command,
				  const uint8_t *tx, size_t tx_len, uint8_t *rx, size_t rx_len)
{
	uint32_t address;
	size_t header;

	if (!command_header(command, proxy->part, proxy->four_bytes, tx, tx_len, &address,
			    &header) ||
	    tx_len != header || rx_len == 0 || rx_len > PROXY_READ_MOST ||
	    rx_len > proxy->part->size - address)
		return TROUBLE_REFUSED_COMMAND;
	return gate_read(&proxy->gate, address, rx, rx_len);
}

/* The table follows one byte that the die leaves undefined, unless that was sent. */
static enum trouble_kind read_sfdp(const struct proxy *proxy, const uint8_t *tx, size_t tx_len,
				   uint8_t *rx, size_t rx_len)
{
	uint8_t table[SFDP_SIZE];
	uint32_t address;

	if (tx_len != SFDP_HEADER && tx_len != SFDP_HEADER + 1)
		return TROUBLE_REFUSED_COMMAND;
	memset(rx, 0xff, rx_len);
	if (proxy->part->size > SFDP_SIZE_MOST || proxy->options.stand_in)
		return TROUBLE_NONE;
	address = (uint32_t)tx[1] << 16 | (uint32_t)tx[2] << 8 | tx[3];
	sfdp_make(proxy->part, table);
	for (size_t i = tx_len == SFDP_HEADER ? 1 : 0; i < rx_len && address < SFDP_SIZE; i++)
		rx[i] = table[address++];
	return TROUBLE_NONE;
}

static void read_id(const struct proxy *proxy, uint8_t *rx, size_t rx_len)
{
	const uint8_t *id = proxy->options.stand_in ? proxy->options.stand_in : proxy->part->id;

	for (size_t i = 0; i < rx_len; i++)
		rx[i] = i < 3 ? id[i] : 0x00;
}

/* A register that does not exist or cannot be reached reads as on a die without it. */
static enum trouble_kind read_register(struct proxy *proxy, uint8_t opcode, uint8_t *rx,
				       size_t rx_len)
{
	uint8_t value = 0xff;

	for (unsigned i = 0; i < proxy->part->sr_count && rx_len > 0; i++) {
		enum trouble_kind kind;

		if (proxy->part->sr_read[i] != opcode)
			continue;
		kind = die_register_read(proxy->gate.die, i, &value);
		if (kind == TROUBLE_NO_REGISTERS)
			break;
		if (kind) {
			observer_raise(proxy->options.observer, kind, NO_RANGE,
				       "a status register could not be read: %s",
				       trouble_text(kind));
			return gate_keep(&proxy->gate, kind);
		}
		if (opcode == OPCODE_RDSR && proxy->write_enabled)
			value |= SR_WEL;
		/* A line stuck at 0 would mean that nothing is protected. */
		proxy->gate.changes.unchecked = true;
	}
	memset(rx, value, rx_len);
	return TROUBLE_NONE;
}

/* 01h writes as many registers as it has bytes, starting with SR1; 31h and 11h write one. */
static enum trouble_kind write_registers(struct proxy *proxy, const uint8_t *tx, size_t tx_len)
{
	unsigned first = tx[0] == OPCODE_WRSR2 ? 1 : tx[0] == OPCODE_WRSR3 ? 2 : 0;
	enum trouble_kind kind;
	uint32_t sr;

	if (proxy->options.registers == PROXY_REGISTERS_READ)
		return gate_refuse_change(&proxy->gate);
	if (!proxy->write_enabled || tx_len < 2 || (first && tx_len != 2) ||
	    first + tx_len - 1 > proxy->part->sr_count)
		return TROUBLE_REFUSED_COMMAND;
	proxy->write_enabled = false;
	kind = protection_read(&proxy->gate.protection, &sr);
	if (kind)
		return gate_keep(&proxy->gate, kind);
	for (size_t i = 1; i < tx_len; i++) {
		unsigned shift = 8 * (first + (unsigned)i - 1);

		sr = (sr & ~(UINT32_C(0xff) << shift)) | (uint32_t)tx[i] << shift;
	}
	return protection_set(&proxy->gate.protection, sr);
}

static void hidden_registers(struct proxy *proxy, uint8_t opcode, uint8_t *rx, size_t rx_len)
{
	if (opcode == OPCODE_RDSR)
		memset(rx, proxy->write_enabled ? SR_WEL : 0, rx_len);
	else if (opcode == OPCODE_RDSR2 || opcode == OPCODE_RDSR3)
		memset(rx, 0, rx_len);
	else
		proxy->write_enabled = false;
}

static bool is_register_read(uint8_t opcode)
{
	return opcode == OPCODE_RDSR || opcode == OPCODE_RDSR2 || opcode == OPCODE_RDSR3;
}

static bool is_register_write(uint8_t opcode)
{
	return opcode == OPCODE_WRSR || opcode == OPCODE_WRSR2 || opcode == OPCODE_WRSR3;
}

static enum trouble_kind registers(struct proxy *proxy, const uint8_t *tx, size_t tx_len,
				   uint8_t *rx, size_t rx_len)
{
	if (proxy->options.registers == PROXY_REGISTERS_HIDDEN) {
		hidden_registers(proxy, tx[0], rx, rx_len);
		return TROUBLE_NONE;
	}
	return is_register_read(tx[0]) ? read_register(proxy, tx[0], rx, rx_len)
				       : write_registers(proxy, tx, tx_len);
}

/* After a WREN it was meant to change the die, and flashrom will fail because of it. */
static enum trouble_kind refuse_unknown(struct proxy *proxy, uint8_t opcode)
{
	if (proxy->write_enabled && !proxy->options.read_only && !proxy->told_unknown) {
		proxy->told_unknown = true;
		observer_note(proxy->options.observer, NOTE_WARN, TROUBLE_REFUSED_COMMAND,
			      "refused command %02Xh: the flash is not known to have it",
			      (unsigned)opcode);
	}
	return TROUBLE_REFUSED_COMMAND;
}

enum trouble_kind proxy_op(struct proxy *proxy, const uint8_t *tx, size_t tx_len, uint8_t *rx,
			   size_t rx_len)
{
	struct command command;

	if (proxy->gate.error)
		return proxy->gate.error;
	if (tx_len == 0)
		return TROUBLE_REFUSED_COMMAND;
	if (is_register_read(tx[0]) || is_register_write(tx[0]))
		return registers(proxy, tx, tx_len, rx, rx_len);
	switch (tx[0]) {
	case OPCODE_RDID:
		read_id(proxy, rx, rx_len);
		return TROUBLE_NONE;
	case OPCODE_SFDP:
		return read_sfdp(proxy, tx, tx_len, rx, rx_len);
	case OPCODE_WREN:
	case OPCODE_WRDI:
		proxy->write_enabled = tx[0] == OPCODE_WREN;
		return TROUBLE_NONE;
	case OPCODE_EWSR:
		/* For a register write only; the part's own method is chosen here. */
		proxy->write_enabled = proxy->options.registers != PROXY_REGISTERS_HIDDEN;
		return TROUBLE_NONE;
	case OPCODE_4BYTE:
	case OPCODE_3BYTE:
		if (proxy->part->address_bytes != 4)
			return TROUBLE_REFUSED_COMMAND;
		proxy->four_bytes = tx[0] == OPCODE_4BYTE;
		return TROUBLE_NONE;
	}
	command = command_of(proxy->part, tx[0]);
	if (command.kind == COMMAND_READ)
		return read_die(proxy, &command, tx, tx_len, rx, rx_len);
	if (command.kind != COMMAND_OTHER)
		return change_die(proxy, &command, tx, tx_len);
	if (rx_len == 0)
		return refuse_unknown(proxy, tx[0]);
	/*
	 * flashrom probes with opcodes of other parts. A refusal would leave garbage in
	 * its buffers (1.3.0 then finds an M95M02); a die that does not know the opcode
	 * leaves the line alone.
	 */
	memset(rx, 0xff, rx_len);
	return TROUBLE_NONE;
}

/* False, after raising a trouble, if @range is not within the part. */
static bool check_range(const struct proxy *proxy, uint32_t address, size_t len)
{
	if (address <= proxy->part->size && len <= proxy->part->size - address)
		return true;
	observer_raise(proxy->options.observer, TROUBLE_BUG, NO_RANGE,
		       "%zu bytes at 0x%x are not inside of the flash", len, (unsigned)address);
	return false;
}

enum trouble_kind proxy_read(struct proxy *proxy, uint32_t address, uint8_t *data, size_t len)
{
	enum trouble_kind kind = proxy->gate.error;

	if (!check_range(proxy, address, len))
		return TROUBLE_BUG;
	for (size_t done = 0, piece; !kind && done < len; done += piece) {
		piece = len - done < PROXY_READ_MOST ? len - done : PROXY_READ_MOST;
		kind = gate_read(&proxy->gate, address + (uint32_t)done, data + done, piece);
	}
	return kind;
}

/* How many of the pieces go into one run, and their ops: about as much as one long read. */
static size_t reads_of(const struct proxy_piece *pieces, size_t count, struct die_op *reads)
{
	size_t bytes = 0, n = 0;

	for (; n < count && n < CHANGES_READS_MOST; n++) {
		bytes += pieces[n].len;
		if (n > 0 && bytes > PROXY_READ_MOST)
			break;
		reads[n] = (struct die_op){.kind = DIE_READ,
					   .address = pieces[n].address,
					   .rx = pieces[n].data,
					   .len = pieces[n].len};
	}
	return n;
}

enum trouble_kind proxy_read_all(struct proxy *proxy, const struct proxy_piece *pieces,
				 size_t count)
{
	struct die_op reads[CHANGES_READS_MOST];
	enum trouble_kind kind = proxy->gate.error;

	for (size_t i = 0; i < count; i++)
		if (!check_range(proxy, pieces[i].address, pieces[i].len))
			return TROUBLE_BUG;
	for (size_t done = 0, n; !kind && done < count; done += n) {
		n = reads_of(pieces + done, count - done, reads);
		kind = gate_read_all(&proxy->gate, reads, n);
	}
	return kind;
}

enum trouble_kind proxy_write(struct proxy *proxy, uint32_t address, const uint8_t *data,
			      size_t len)
{
	if (!check_range(proxy, address, len))
		return TROUBLE_BUG;
	return len ? gate_program(&proxy->gate, address, data, len) : proxy->gate.error;
}

enum trouble_kind proxy_erase(struct proxy *proxy, struct range range)
{
	uint32_t sector = proxy->part->erase[0].size;

	if (!check_range(proxy, range.start, range.length))
		return TROUBLE_BUG;
	if (range.start % sector || range.length % sector)
		return observer_raise(proxy->options.observer, TROUBLE_BUG, range,
				      "an erase of parts of a sector");
	return gate_erase_range(&proxy->gate, range);
}

void proxy_expect(struct proxy *proxy, struct range range, const uint8_t *data)
{
	die_expect(proxy->gate.die, range, data);
	if (proxy->gate.changes.mend)
		mend_expect(proxy->gate.changes.mend, range, data);
}

void proxy_is_compared(struct proxy *proxy, bool compared)
{
	proxy->gate.options.compared = compared;
}

void proxy_idle(struct proxy *proxy)
{
	die_idle(proxy->gate.die);
}

bool proxy_may_change(const struct proxy *proxy, struct range range)
{
	return die_may_change(proxy->gate.die, range);
}

enum trouble_kind proxy_check_open(struct proxy *proxy, struct range range)
{
	return gate_check_open(&proxy->gate, range);
}

enum trouble_kind proxy_finish(struct proxy *proxy)
{
	return gate_finish(&proxy->gate);
}

enum trouble_kind proxy_close(struct proxy *proxy, bool interrupted)
{
	enum trouble_kind kind;

	if (!proxy)
		return TROUBLE_NONE;
	kind = gate_close(&proxy->gate, interrupted);
	free(proxy);
	return kind;
}

void proxy_show_registers(struct proxy *proxy, enum proxy_registers registers)
{
	proxy->options.registers = registers;
}

enum proxy_done proxy_done(const struct proxy *proxy)
{
	if (gate_changes(&proxy->gate))
		return PROXY_CHANGED;
	return proxy->gate.changes.read ? PROXY_HAS_READ : PROXY_NOTHING;
}

uint32_t proxy_unknown(const struct proxy *proxy)
{
	return proxy->gate.changes.mend ? mend_unknown(proxy->gate.changes.mend) : 0;
}

struct protection *proxy_protection(struct proxy *proxy)
{
	return &proxy->gate.protection;
}
