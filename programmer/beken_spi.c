/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/beken_spi.h"
#include "programmer/bus/adapter.h"

#include <stdlib.h>

struct beken_spi {
	struct beken_spi_params params;
	const struct observer *observer;
	struct spi_bus *bus;
	struct identity identity;
	struct proxy *proxy;
};

static bool bring_up(struct beken_spi *beken)
{
	static const char *const source[] = {
		[IDENTITY_DATABASE] = "",
		[IDENTITY_SFDP] = ", unknown; described by its own table",
		[IDENTITY_USER] = ", unknown; described by chip=",
	};
	struct link_report report;
	enum link_status status;

	observer_note(beken->observer, NOTE_INFO, TROUBLE_NONE, "bringing the chip into SPI mode");
	status = link_enter(beken->bus, &beken->params.link, beken->observer, &report);
	if (status == LINK_ADAPTER) {
		observer_raise(beken->observer, report.bus_error, NO_RANGE, "the link failed: %s",
			       trouble_text(report.bus_error));
		return false;
	}
	if (status == LINK_CANCELLED) {
		observer_note(beken->observer, NOTE_WARN, TROUBLE_NONE,
			      "interrupted; the chip was released");
		return false;
	}
	if (status != LINK_OK) {
		observer_raise(beken->observer, TROUBLE_NO_ANSWER, NO_RANGE,
			       "no link (resets: %u, 9Fh answered %02X %02X %02X): %s",
			       report.tries, report.last_id[0], report.last_id[1],
			       report.last_id[2], link_advice(status));
		return false;
	}
	if (!identify(beken->bus, report.id, beken->params.chip, beken->observer, &beken->identity))
		return false;
	observer_note(beken->observer, NOTE_INFO, TROUBLE_NONE,
		      "%s: %s %s, %u KiB (ID %02X %02X %02X%s)",
		      report.was_linked ? "the chip was in SPI mode already" : "linked",
		      beken->identity.part.maker, beken->identity.part.name,
		      (unsigned)(beken->identity.part.size / 1024), report.id[0], report.id[1],
		      report.id[2], source[beken->identity.source]);
	if (!report.was_linked)
		observer_note(beken->observer, NOTE_DEBUG, TROUBLE_NONE, "resets needed: %u",
			      report.tries);
	return true;
}

/* Returns 0, or an error that was logged. *@ignored: it still answers as a flash. */
static int let_run(struct beken_spi *beken, bool *ignored)
{
	int ret = link_leave(beken->bus, beken->params.link.reset_ms, ignored);

	if (*ignored)
		observer_note(beken->observer, NOTE_WARN, TROUBLE_NONE,
			      "the chip is still in SPI mode, its CEN is not connected to D2 "
			      "of the adapter: cut its power for a second to let it run");
	if (ret)
		observer_raise(beken->observer, TROUBLE_NOT_RELEASED, NO_RANGE,
			       "the chip could not be reset at the end (%s)", trouble_text(ret));
	return ret;
}

/* The SoC must not be left half reset, whatever else went wrong. */
static int release(struct beken_spi *beken)
{
	bool ignored = false;
	int ret = 0;

	if (beken->params.leave == LEAVE_RUN)
		ret = let_run(beken, &ignored);
	adapter_close(beken->bus);
	return ret;
}

/* The parameters and the adapter, but nothing of the chip. */
static struct beken_spi *open_adapter(const struct beken_spi_options *options)
{
	struct beken_spi *beken = calloc(1, sizeof(*beken));
	struct adapter_wish wish = {NULL, NULL};

	if (!beken) {
		observer_raise(options->observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return NULL;
	}
	beken->observer = options->observer;
	if (!beken_spi_parse(options->params, &beken->params, options->observer))
		goto err_free;
	if (beken->params.usb[0])
		wish = (struct adapter_wish){.parameter = "usb", .value = beken->params.usb};
	beken->bus = adapter_open(&wish, options->observer);
	if (!beken->bus)
		goto err_free;
	return beken;

err_free:
	free(beken);
	return NULL;
}

struct beken_spi *beken_spi_open(const struct beken_spi_options *options)
{
	struct beken_spi *beken = open_adapter(options);

	if (!beken || bring_up(beken))
		return beken;
	beken->bus->whole = true;
	release(beken);
	free(beken);
	return NULL;
}

bool beken_spi_reset(const struct beken_spi_options *options)
{
	struct beken_spi *beken = open_adapter(options);
	bool ignored = false;
	int ret;

	if (!beken)
		return false;
	/* A reset that is given up in the middle would leave the chip off. */
	beken->bus->whole = true;
	ret = let_run(beken, &ignored);
	adapter_close(beken->bus);
	free(beken);
	return ret == 0 && !ignored;
}

const char *beken_spi_adapter(const struct beken_spi *beken)
{
	return beken->bus->port;
}

const struct chipdb_part *beken_spi_part(const struct beken_spi *beken)
{
	return &beken->identity.part;
}

struct proxy *beken_spi_start(struct beken_spi *beken, const struct beken_spi_session *session)
{
	const struct proxy_options options = {
		.part = &beken->identity.part,
		.read_only = session->read_only,
		.size_told = beken->identity.size_told,
		.unprotect = beken->params.unprotect,
		.registers = session->registers,
		.stand_in = session->stand_in,
		.observer = beken->observer,
	};

	beken->proxy = proxy_new(beken->bus, &options);
	return beken->proxy;
}

int beken_spi_close(struct beken_spi *beken)
{
	bool interrupted = spi_cancelled(beken->bus);
	int ret, released;

	/* What was acknowledged to flashrom is still written, also after a Ctrl-C. */
	beken->bus->whole = true;
	ret = proxy_close(beken->proxy, interrupted);
	released = release(beken);
	free(beken);
	return ret ? ret : released;
}
