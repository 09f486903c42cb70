/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spi_link.h - the programmer `beken_spi`: the die through the SoC's SPI mode; see link.h. */
#ifndef SPI_LINK_H
#define SPI_LINK_H

#include "programmer/bus/adapter.h"
#include "programmer/bus/cen.h"
#include "programmer/link/link.h"
#include "programmer/link/spi_handshake.h"

enum spi_leave {
	LEAVE_DEFAULT, /* only while parsing: run, but spi with enter=never */
	LEAVE_RUN,     /* reset the SoC at the end, so that its firmware boots */
	LEAVE_SPI,     /* leave it in SPI mode, for another program */
};

struct spi_params {
	struct link_options link;
	enum spi_leave leave;
	const char *adapter; /* the parameter that names the adapter, as in its row; or NULL */
	char place[64];	     /* and its value */
	uint32_t speed_hz;   /* 0: the adapter's own choice */
	bool mode3;
	char cen[CEN_VALUE_ROOM]; /* see cen.h; mostly empty */
	bool push_pull;
};

#define SPI_PARAMETERS                                                                             \
	"enter=auto|always|never, reset_ms=10..5000, tries=1..1000, leave=run|spi, "               \
	"speed=HZ such as 7.5M, mode=0|3, own_flash=no"

/* For the row. */
const char *spi_params_known(char *text, size_t room);

/* False after TROUBLE_USAGE, which names the parameter and lists what there is. */
bool spi_params_parse(const char *text, struct spi_params *params, const struct observer *observer);

/*
 * The adapter that they choose, with what drives CEN; the chip is not touched. NULL after a
 * trouble, which was raised. Close it with adapter_close().
 */
struct spi_bus *spi_params_open(const struct spi_params *params, const struct observer *observer);

extern const struct programmer spi_link_programmer;

#endif
