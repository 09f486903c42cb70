/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/bus/spi.h"

const char *spi_strerror(int error)
{
	switch (error) {
	case SPI_OK:
		return "no error";
	case SPI_ERR_IO:
		return "the adapter's answers do not match what was sent";
	case SPI_ERR_TIMEOUT:
		return "the adapter fell silent";
	case SPI_ERR_BUSY:
		return "the flash stayed busy longer than it ever should";
	case SPI_ERR_GONE:
		return "the adapter was unplugged";
	case SPI_ERR_CANCELLED:
		return "interrupted";
	case SPI_ERR_NOMEM:
		return "out of memory";
	}
	return "unknown error";
}
