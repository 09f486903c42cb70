/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spare.h - what of the flash belongs to this one module, and stays unless it is named.
 *
 * That is the calibration with the MAC address, and the network settings. They are where
 * the chip database has them for the SoC; where the SoC is not known, where any has them
 * that it may be. Calibration data that is found anywhere else stays as well.
 */
#ifndef CLI_SPARE_H
#define CLI_SPARE_H

#include "area.h"
#include "device.h"

struct spare {
	bool rf, net; /* which are to be kept */
	struct area kept;
	bool rf_goes; /* calibration is in what is left of the area, by name or by wish */
};

/*
 * Takes them out of @area. @named is not NULL: a list of regions that the user has named,
 * which do not stay. False after an error, which was logged.
 */
bool spare_find(struct spare *spare, struct device *device, const char *named, struct area *area);

#endif
