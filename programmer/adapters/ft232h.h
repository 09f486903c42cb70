/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ft232h.h - FTDI's FT232H, and the first channel of an FT2232H or FT4232H, as an adapter.
 *
 * Its MPSSE takes one stream of bytes for everything: pins, data to send, data to read, pauses in
 * clocks (FTDI AN_108). ADBUS0 to 3 are clock, out, in and chip select; CEN is ADBUS4, and open
 * drain: its direction is its level, so that the pull-up of the module makes it high.
 *
 * Many boards and cables have one of these chips for another purpose, and their pins drive
 * something: it is used only when usb= names it.
 */
#ifndef FT232H_H
#define FT232H_H

#include "programmer/bus/adapter.h"

extern const struct adapter ft232h_adapter, ft2232h_adapter, ft4232h_adapter;

#endif
