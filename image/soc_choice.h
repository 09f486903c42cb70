/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soc_choice.h - for which SoC an image is, as far as its code tells.
 *
 * Bytes are those of a flash in its own order: a rotated one has been turned round.
 */
#ifndef IMAGE_SOC_CHOICE_H
#define IMAGE_SOC_CHOICE_H

#include "image/findings.h"

/* Which SoCs it may be for, after the code has been examined. */
void image_choose_socs(const uint8_t *data, size_t size, struct image *image);

/* Whether a bootloader of some SoC begins like this. */
bool image_is_known_bootloader(const uint8_t *data, size_t size);

/* Where the application ends on that SoC; 0 if unknown. */
size_t image_usual_application_end(const uint8_t *data, size_t size);

#endif
