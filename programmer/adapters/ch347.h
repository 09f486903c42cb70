/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ch347.h - WCH's CH347T in its mode 1, and CH347F, as an adapter. CEN is the second chip select.
 *
 * Frames are a command, a length of two bytes, and a payload, one in each transfer (flashrom's
 * ch347_spi.c; the vendor's WCHSoftGroup/ch34x_mphsi_master_linux; captures of its library by
 * nic3-14159/CH347-Research). A frame without an answer sets both chip selects, in order with the
 * other frames. Firmware from 3.41 on, and every CH347F, has a whole window in one frame: bits 15
 * and 14 of the length let the chip select fall before it and rise after it. Only the vendor's
 * driver uses them. Older firmware needs a frame for each edge, and takes no more than 507 bytes.
 */
#ifndef CH347_H
#define CH347_H

#include "programmer/bus/adapter.h"

extern const struct adapter ch347t_adapter, ch347f_adapter;

#endif
