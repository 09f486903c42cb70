/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spi_symptom.h - what was seen when it did not come to a link, in words. */
#ifndef SPI_SYMPTOM_H
#define SPI_SYMPTOM_H

#include "programmer/link/spi_handshake.h"

/* A clause; the kind has what to do next. NULL: it is no matter of the wires. */
const char *spi_symptom(const struct link_report *report, const struct spi_caps *caps);

#endif
