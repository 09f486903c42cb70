/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show_device.h - what is connected to the adapter, for people and for programs. */
#ifndef CLI_SHOW_DEVICE_H
#define CLI_SHOW_DEVICE_H

#include "base/json.h"
#include "engine/session.h"

/* Adapter, SoC, flash and protection; @registers are its status registers. */
void show_device(const struct session *session);
void show_device_json(struct json *json, const struct session *session);

/* The members adapter and part of docs/json.md; @place and @value: "usb" and "1-4.2". */
void show_adapter_json(struct json *json, const char *kind, const char *place, const char *value);
void show_part_json(struct json *json, const struct session *session);

#endif
