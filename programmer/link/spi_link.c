/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/link/spi_link.h"

#include <stdlib.h>
#include <string.h>

#include "programmer/die/spi_die.h"
#include "programmer/link/spi_speed.h"
#include "programmer/link/spi_revive.h"
#include "programmer/link/spi_symptom.h"

#define STILL_A_FLASH "the chip is still in SPI mode, its CEN is not connected to %s"

struct spi_link {
	struct link link;
	struct spi_params params;
	const struct observer *observer;
	struct spi_revive revive;
	struct spi_slower slower;
};

static enum trouble_kind raise_no_link(const struct spi_link *spi, const struct link_report *report)
{
	const char *seen = spi_symptom(report, &spi->link.bus->caps);
	const uint8_t *id = report->last_id;
	struct trouble trouble;

	if (report->kind == TROUBLE_INTERRUPTED)
		trouble = trouble_seen(report->kind, "interrupted");
	else if (seen)
		trouble = trouble_seen(report->kind,
				       "no link: %s (resets: %u, 9Fh answered %02X %02X %02X)",
				       seen, report->tries, id[0], id[1], id[2]);
	else
		trouble = trouble_seen(report->kind, "the link failed: %s",
				       trouble_text(report->kind));
	if (report->kind == TROUBLE_CEN_UNWIRED && spi->link.bus->caps.cen == SPI_CEN_NONE)
		trouble_set_next(&trouble,
				 "Say what drives CEN: cen=GPIO25 (a GPIO line), "
				 "cen=rts:/dev/ttyUSB0 (a serial port), or cen=manual (by hand); a "
				 "chip that is in SPI mode already needs none with "
				 "enter=never");
	if (report->kind == TROUBLE_OWN_FLASH && report->tries == 0)
		trouble_set_next(&trouble,
				 "It may be the flash that this computer boots from: allow a "
				 "reset, which shows whose it is (enter=auto and cen=), or "
				 "say that it is the module's (own_flash=no)");
	trouble_add_text(&trouble, "port", "%s", spi->link.port);
	trouble_add_number(&trouble, "resets", report->tries);
	if (seen)
		trouble_add_text(&trouble, "id", "%02X %02X %02X", id[0], id[1], id[2]);
	return observer_tell(spi->observer, &trouble);
}

/* *@ignored: the chip still answers as a flash. Failures are raised. */
static enum trouble_kind let_run(const struct spi_link *spi, bool *ignored)
{
	enum trouble_kind kind = spi_release(spi->link.bus, spi->params.link.reset_ms, ignored);
	struct trouble trouble;

	if (!kind)
		return TROUBLE_NONE;
	trouble = trouble_seen(TROUBLE_NOT_RELEASED, "the chip could not be reset at the end (%s)",
			       trouble_text(kind));
	trouble_add_text(&trouble, "port", "%s", spi->link.port);
	trouble_add_text(&trouble, "because", "%s", trouble_name(kind));
	return observer_tell(spi->observer, &trouble);
}

static void close_link(struct spi_link *spi)
{
	spi_die_free(spi->link.die);
	adapter_close(spi->link.bus);
	free(spi);
}

/* The SoC must not be left half reset, whatever else went wrong. */
static enum trouble_kind release(struct link *link)
{
	struct spi_link *spi = (struct spi_link *)link;
	enum trouble_kind kind = TROUBLE_NONE;
	bool ignored = false;

	link->bus->whole = true;
	if (!link->stays)
		kind = let_run(spi, &ignored);
	/* Everything that was asked for is done. */
	if (ignored)
		observer_note(spi->observer, NOTE_WARN, TROUBLE_NOT_RELEASED,
			      STILL_A_FLASH ": cut its power for a second to let it run",
			      link->bus->caps.pins.cen);
	close_link(spi);
	return kind;
}

/* Takes the parameters and opens the adapter, without touching the chip. */
static struct spi_link *open_adapter(const char *parameters, const struct observer *observer)
{
	struct spi_link *spi = calloc(1, sizeof(*spi));

	if (!spi) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return NULL;
	}
	spi->observer = observer;
	spi->link.release = release;
	if (!spi_params_parse(parameters, &spi->params, observer))
		goto err_free;
	spi->link.bus = spi_params_open(&spi->params, observer);
	if (!spi->link.bus)
		goto err_free;
	spi->link.die = spi_die_new(spi->link.bus);
	if (!spi->link.die) {
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		goto err_close;
	}
	spi->link.place = spi->link.bus->caps.place;
	spi->link.kind = spi->link.bus->caps.kind;
	spi->link.clock_hz = spi->link.bus->caps.clock_hz;
	spi->link.port = spi->link.bus->port;
	spi->link.stays = spi->params.leave == LEAVE_SPI || spi->link.bus->caps.cen == SPI_CEN_NONE;
	return spi;

err_close:
	adapter_close(spi->link.bus);
err_free:
	free(spi);
	return NULL;
}

static struct link *open_link(const char *parameters, const struct observer *observer,
			      struct spi_pins *pins)
{
	struct spi_link *spi = open_adapter(parameters, observer);
	struct link_report report;
	uint32_t wanted_hz;

	if (!spi)
		return NULL;
	wanted_hz = spi->link.clock_hz;
	*pins = spi->link.bus->caps.pins;
	observer_note(observer, NOTE_INFO, TROUBLE_NONE, "bringing the chip into SPI mode");
	if (spi_speed_handshake(spi->link.bus, &spi->params.link, observer, &report)) {
		/* A flash that is not the module's must not be reset. */
		spi->link.stays |= raise_no_link(spi, &report) == TROUBLE_OWN_FLASH;
		release(&spi->link);
		return NULL;
	}
	if (report.woken)
		observer_note(observer, NOTE_INFO, TROUBLE_NONE, "%s", spi_wake_text(report.woken));
	memcpy(spi->link.id, report.id, sizeof(report.id));
	/* If these fail, the next call fails as well, and reports why. */
	spi_speed_settle(spi->link.bus, wanted_hz, observer, spi->link.id);
	spi->link.clock_hz = spi->link.bus->caps.clock_hz;
	if (spi->link.bus->caps.costs_guessed)
		spi_calibrate(spi->link.bus);
	spi->revive = (struct spi_revive){
		.bus = spi->link.bus, .options = spi->params.link, .observer = observer};
	spi_revive_use(&spi->revive, spi->link.die);
	spi->slower = (struct spi_slower){.bus = spi->link.bus, .observer = observer};
	spi_slower_use(&spi->slower, spi->link.die);
	spi->link.was_linked = report.was_linked;
	spi->link.resets = report.tries;
	return &spi->link;
}

static bool check(const char *parameters, const struct observer *observer,
		  struct link_intent *intent)
{
	struct spi_params params;

	if (!spi_params_parse(parameters, &params, observer))
		return false;
	intent->stays = params.leave == LEAVE_SPI;
	intent->reset_ms = params.link.reset_ms;
	return true;
}

/* Whether the line on which the flash answers looks like a flash now. */
static bool is_answering(const struct spi_link *spi)
{
	uint8_t id[2][3];

	return !die_id(spi->link.die, id[0]) && !die_id(spi->link.die, id[1]) &&
	       memcmp(id[0], id[1], sizeof(id[0])) == 0 && id[0][0] != 0x00 && id[0][0] != 0xff;
}

static enum trouble_kind reset(const char *parameters, const struct observer *observer)
{
	struct spi_link *spi = open_adapter(parameters, observer);
	enum trouble_kind kind;
	bool ignored = false, answered;

	if (!spi)
		return TROUBLE_NOT_RELEASED;
	/* A reset that is aborted in the middle would leave the chip off. */
	spi->link.bus->whole = true;
	answered = is_answering(spi);
	kind = let_run(spi, &ignored);
	if (!kind && !answered)
		observer_note(observer, NOTE_WARN, TROUBLE_NONE,
			      "no flash answered before, so nothing tells whether CEN reaches the "
			      "chip and reset it");
	if (!kind && ignored)
		kind = observer_raise(observer, TROUBLE_NOT_RELEASED, NO_RANGE, STILL_A_FLASH,
				      spi->link.bus->caps.pins.cen);
	close_link(spi);
	return kind;
}

const struct programmer spi_link_programmer = {
	.name = "beken_spi",
	.parameters = spi_params_known,
	.open = open_link,
	.check = check,
	.reset = reset,
};
