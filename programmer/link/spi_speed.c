/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/link/spi_speed.h"

#include <string.h>

#include "base/opcodes.h"

#define TRIES_FAST 5

#define IDS 16
#define PIECES 4
#define PIECE 512
#define PIECE_APART 0x11000u

/* What is read of the die: a part of the bootloader, and one of the application. */
struct sample {
	uint8_t ids[IDS][3];
	uint8_t pieces[PIECES][PIECE];
};

static enum trouble_kind take(struct spi_bus *bus, struct sample *sample)
{
	static const uint8_t rdid = OPCODE_RDID;
	uint8_t reads[PIECES][4];
	struct spi_op ops[IDS + PIECES];

	for (size_t i = 0; i < IDS; i++)
		ops[i] = (struct spi_op){.kind = SPI_XFER,
					 .tx = &rdid,
					 .tx_len = 1,
					 .rx = sample->ids[i],
					 .rx_len = sizeof(sample->ids[i])};
	for (size_t i = 0; i < PIECES; i++) {
		uint32_t address = (uint32_t)i * PIECE_APART;
		const uint8_t read[4] = {OPCODE_READ, (uint8_t)(address >> 16),
					 (uint8_t)(address >> 8), (uint8_t)address};

		memcpy(reads[i], read, sizeof(read));
		ops[IDS + i] = (struct spi_op){.kind = SPI_XFER,
					       .tx = reads[i],
					       .tx_len = sizeof(read),
					       .rx = sample->pieces[i],
					       .rx_len = PIECE};
	}
	return spi_transfer(bus, ops, IDS + PIECES);
}

static unsigned wrong_bits(const struct sample *known, const struct sample *read)
{
	const uint8_t *a = (const uint8_t *)known, *b = (const uint8_t *)read;
	unsigned wrong = 0;

	for (size_t i = 0; i < sizeof(*known); i++)
		for (unsigned bits = a[i] ^ b[i]; bits; bits &= bits - 1)
			wrong++;
	return wrong;
}

static void note_lower(const struct spi_bus *bus, uint32_t wanted_hz, unsigned wrong,
		       const struct observer *observer)
{
	observer_note(
		observer, NOTE_WARN, TROUBLE_UNSTEADY_READ,
		"at %u kHz %u of %u bits were read wrong: the clock is %u kHz now. Shorter wires "
		"allow a faster one",
		(unsigned)(wanted_hz / 1000), wrong, (unsigned)(2 * 8 * sizeof(struct sample)),
		(unsigned)(bus->caps.clock_hz / 1000));
}

/* Halves the clock until two samples equal the known one. *@first: errors at the wanted clock. */
static enum trouble_kind find_clock(struct spi_bus *bus, uint32_t wanted_hz,
				    const struct sample *known, unsigned *first)
{
	*first = 0;
	for (uint32_t hz = wanted_hz; hz > SPI_SPEED_SAFE_HZ; hz /= 2) {
		struct sample read[2];
		enum trouble_kind kind = bus->ops->set_speed(bus, hz);
		unsigned wrong = 0;

		for (size_t i = 0; !kind && i < 2; i++) {
			kind = take(bus, &read[i]);
			wrong += kind ? 0 : wrong_bits(known, &read[i]);
		}
		if (kind || !wrong)
			return kind;
		*first = hz == wanted_hz ? wrong : *first;
	}
	return bus->ops->set_speed(bus, SPI_SPEED_SAFE_HZ);
}

enum trouble_kind spi_speed_settle(struct spi_bus *bus, uint32_t wanted_hz,
				   const struct observer *observer, uint8_t id[3])
{
	struct sample known, again;
	enum trouble_kind kind;
	unsigned wrong;

	if (!bus->ops->set_speed || wanted_hz <= SPI_SPEED_SAFE_HZ)
		return TROUBLE_NONE;
	kind = bus->ops->set_speed(bus, SPI_SPEED_SAFE_HZ);
	if (!kind)
		kind = take(bus, &known);
	if (!kind)
		kind = take(bus, &again);
	if (kind)
		return kind;
	/*
	 * If it is unsteady at a safe clock, the clock is not the reason, and other code reports
	 * it.
	 */
	if (wrong_bits(&known, &again))
		return bus->ops->set_speed(bus, wanted_hz);
	memcpy(id, known.ids[0], sizeof(known.ids[0]));
	kind = find_clock(bus, wanted_hz, &known, &wrong);
	if (!kind && wrong)
		note_lower(bus, wanted_hz, wrong, observer);
	return kind;
}

enum trouble_kind spi_speed_handshake(struct spi_bus *bus, const struct link_options *options,
				      const struct observer *observer, struct link_report *report)
{
	bool fast = bus->ops->set_speed && bus->caps.clock_hz > SPI_SPEED_SAFE_HZ;
	struct link_options some = *options;
	unsigned tries;
	enum trouble_kind kind;

	if (fast && some.tries > TRIES_FAST)
		some.tries = TRIES_FAST;
	kind = spi_handshake(bus, &some, observer, report);
	if (!fast || kind == TROUBLE_CEN_UNWIRED || !spi_handshake_failed(kind))
		return kind;
	tries = report->tries;
	kind = bus->ops->set_speed(bus, SPI_SPEED_SAFE_HZ);
	some.tries = options->tries > tries ? options->tries - tries : 1;
	if (!kind)
		kind = spi_handshake(bus, &some, observer, report);
	report->tries += tries;
	return kind;
}

static bool slow_down(struct die_slower *slower)
{
	struct spi_slower *own = (struct spi_slower *)slower;
	uint32_t before_hz = own->bus->caps.clock_hz;

	if (own->halved == SPI_SLOWER_MOST || ++own->wrong < SPI_SLOWER_AFTER)
		return false;
	own->wrong = 0;
	own->halved++;
	/* An adapter that fails reports that at its next transfer. */
	if (own->bus->ops->set_speed(own->bus, before_hz / 2) ||
	    own->bus->caps.clock_hz >= before_hz)
		return false;
	observer_note(own->observer, NOTE_WARN, TROUBLE_UNSTEADY_READ,
		      "%u readings were wrong at %u kHz: the clock is %u kHz now. Shorter wires "
		      "allow a faster one",
		      SPI_SLOWER_AFTER, (unsigned)(before_hz / 1000),
		      (unsigned)(own->bus->caps.clock_hz / 1000));
	return true;
}

void spi_slower_use(struct spi_slower *slower, struct beken_die *die)
{
	slower->slower.differed = slow_down;
	die->slower = slower->bus->ops->set_speed ? &slower->slower : NULL;
}
