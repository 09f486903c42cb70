/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/link/spi_revive.h"

#include <string.h>

#include "base/opcodes.h"
#include "programmer/bus/cen.h"

#define STATUS_WIP 0x01

/* More than the datasheet allows: as long again as the longest erase of a block. */
#define BUSY_US 3000000

/* A chip that was there a moment ago comes back soon, or not without help. */
#define TRIES 5
#define TIMEOUT_MS 10000

static enum trouble_kind read_status(struct spi_bus *bus, uint8_t *status)
{
	static const uint8_t rdsr = OPCODE_RDSR;
	struct spi_op op = {.kind = SPI_XFER, .tx = &rdsr, .tx_len = 1, .rx = status, .rx_len = 1};

	return spi_transfer(bus, &op, 1);
}

/* A die that sleeps, or is not there, reads FF or 00: that says nothing. */
static enum trouble_kind wait_while_busy(const struct spi_revive *revive)
{
	struct spi_op wait = {.kind = SPI_WAIT_READY, .max_us = BUSY_US};
	uint8_t status;
	enum trouble_kind kind = read_status(revive->bus, &status);

	if (kind || status == 0xff || !(status & STATUS_WIP))
		return kind;
	observer_note(revive->observer, NOTE_WARN, TROUBLE_STAYS_BUSY,
		      "the flash is busy for longer than it should be (status %02X): waiting",
		      status);
	return spi_transfer(revive->bus, &wait, 1);
}

static bool can_reset(const struct spi_revive *revive)
{
	const struct spi_bus *bus = revive->bus;

	return revive->options.enter != LINK_NEVER && bus->caps.cen != SPI_CEN_NONE &&
	       !(bus->cen && bus->cen->by_hand);
}

static enum trouble_kind relink(const struct spi_revive *revive, struct link_report *report)
{
	struct link_options options = revive->options;

	options.enter = LINK_ALWAYS;
	options.tries = TRIES;
	options.timeout_ms = TIMEOUT_MS;
	return spi_handshake(revive->bus, &options, revive->observer, report);
}

/* Why it did not come back: a cause outside the chip, or just that it is gone. */
static enum trouble_kind why_not(enum trouble_kind kind)
{
	bool of_the_chip = kind >= TROUBLE_NO_ANSWER && kind <= TROUBLE_OWN_FLASH;

	return of_the_chip ? TROUBLE_LINK_LOST : kind;
}

static enum trouble_kind revive_die(struct die_reviver *reviver, struct beken_die *die,
				    bool *was_away)
{
	struct spi_revive *revive = (struct spi_revive *)reviver;
	struct link_options as_it_is = {.enter = LINK_NEVER, .not_own = true};
	struct link_report report;
	enum trouble_kind kind = wait_while_busy(revive);
	bool reset = false;

	*was_away = false;
	if (kind)
		return kind;
	kind = spi_handshake(revive->bus, &as_it_is, revive->observer, &report);
	if (why_not(kind) == TROUBLE_LINK_LOST && can_reset(revive)) {
		reset = true;
		kind = relink(revive, &report);
	}
	if (kind)
		return why_not(kind);
	if (memcmp(report.id, die->part->id, sizeof(report.id)) != 0)
		return TROUBLE_LINK_LOST;
	*was_away = reset || report.woken;
	if (reset)
		observer_note(revive->observer, NOTE_WARN, TROUBLE_LINK_LOST,
			      "the chip had left its flash mode, and was brought back into it");
	if (report.woken)
		observer_note(revive->observer, NOTE_WARN, TROUBLE_LINK_LOST, "during the work %s",
			      spi_wake_text(report.woken));
	return TROUBLE_NONE;
}

void spi_revive_use(struct spi_revive *revive, struct beken_die *die)
{
	revive->reviver.revive = revive_die;
	die->reviver = &revive->reviver;
}
