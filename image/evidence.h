/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence.h - what pieces of a flash say about the SoC. identity.h weighs it.
 *
 * The same for files and for modules. Addresses are those of a flash in its own order.
 */
#ifndef IMAGE_EVIDENCE_H
#define IMAGE_EVIDENCE_H

#include "image/code.h"
#include "image/identity.h"
#include "image/rf.h"
#include "image/uf2.h"

/* @data: @size bytes from address 0 on, which @code was examined in. */
void evidence_of_bootloader(struct identity *identity, const struct code *code, const uint8_t *data,
			    size_t size);

/* @strength: of the application's own name; the one in a module may have been the wrong one. */
void evidence_of_application(struct identity *identity, const struct code *code,
			     enum evidence_strength strength);

/* What the family of a UF2 file says, if it is one of Beken's. */
void evidence_of_uf2(struct identity *identity, const struct uf2 *uf2);

/* Where calibration was found. Adds nothing if no SoC has it there. */
void evidence_of_calibration(struct identity *identity, const struct rf *rf, size_t count);

/* Whether a bootloader of some SoC begins like this. */
bool evidence_is_known_begin(const uint8_t *data, size_t size);

/* Before which no SoC that it may be has calibration; SIZE_MAX if none is known to. */
size_t evidence_first_calibration(const struct identity *identity);

/* Where the application ends on all these SoCs; 0 if they differ, or if there are none. */
size_t evidence_application_end(const struct identity *identity);

#endif
