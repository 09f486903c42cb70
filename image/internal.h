/* SPDX-License-Identifier: GPL-2.0-or-later */
/* internal.h - between the files that make up image_identify(); nobody else's. */
#ifndef IMAGE_INTERNAL_H
#define IMAGE_INTERNAL_H

#include "image/image.h"

/* Where all these SoCs have their application: behind 2048 blocks of bootloader. */
#define APPLICATION_START 0x11000u

/* Every function takes the flash in its order, a rotated one turned round already. */
struct flash {
	const uint8_t *data;
	size_t size;
	size_t address; /* of the first byte */
};

__attribute__((format(printf, 2, 3))) void image_say(struct image *image, const char *format, ...);
__attribute__((format(printf, 3, 4))) void
image_find(struct image *image, enum image_finding_kind kind, const char *format, ...);

/* soc_choice.c: which SoCs it may be for, after the code has been examined. */
void image_choose_socs(const uint8_t *data, size_t size, struct image *image);
/* Whether a bootloader of some SoC begins like this. */
bool image_is_known_bootloader(const uint8_t *data, size_t size);
/* Where the application ends on that SoC; 0 if unknown. */
size_t image_usual_application_end(const uint8_t *data, size_t size);

/* regions.c: what is not code. */
void image_find_regions(const struct flash *flash, size_t from, struct image *image);
bool image_is_region(const uint8_t *data, size_t size, struct image *image);

#endif
