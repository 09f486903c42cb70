/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/link/spi_symptom.h"

const char *spi_symptom(const struct link_report *report, const struct spi_caps *caps)
{
	switch (report->kind) {
	case TROUBLE_NO_ANSWER:
		return "no flash answers, not even after ABh, FFh, 66h and 99h, and the chip was "
		       "not reset";
	case TROUBLE_LINE_LOW:
		return "no echo of D2h from the chip, its data line was always 0";
	case TROUBLE_LINE_HIGH:
		return "no echo of D2h from the chip, its data line was always 1";
	case TROUBLE_NO_ECHO:
		return "no echo of D2h from the chip, though its data line moves: the firmware "
		       "seems to run";
	case TROUBLE_NOT_TAKEN:
		return "the chip was reset and waits for D2h, but does not see ours";
	case TROUBLE_NO_FLASH:
		return "the chip took D2h, but no flash answered, not even after ABh, FFh, 66h and "
		       "99h";
	case TROUBLE_UNSTEADY:
		return "a flash answers, but gives a different ID each time";
	case TROUBLE_OWN_FLASH:
		return report->tries ? "the flash answers even while CEN is low"
				     : "a flash answers without having been reset";
	case TROUBLE_CEN_UNWIRED:
		return caps->cen == SPI_CEN_NONE ? "nothing drives CEN"
						 : "the flash answers even while CEN is low";
	default:
		return NULL;
	}
}
