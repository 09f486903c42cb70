/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show_identity.h - which SoC something is, or is for, and how that is known. */
#ifndef CLI_SHOW_IDENTITY_H
#define CLI_SHOW_IDENTITY_H

#include "base/json.h"
#include "image/findings.h"

/*
 * "SoC:", the result, and a line for each piece of evidence. @label: "  SoC:         ", as wide as
 * the labels around it.
 */
void show_identity(const struct identity *identity, const char *label);

/* The members socs, soc_evidence and identity of docs/json.md. */
void show_identity_json(struct json *json, const struct identity *identity);

/* The firmware's own name and version, if it has any: "OpenBK7231N 1.18.300". */
void show_firmware(const struct image *image, const char *label);

/* The member firmware: an object or null. */
void show_firmware_json(struct json *json, const struct image *image);

#endif
