/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spidev.h - an SPI bus of this computer as an adapter, by the kernel's character device
 * (linux/spi/spidev.h), for boards such as a Raspberry Pi.
 *
 * There is no default node, and the bus has no pin for CEN: see cen.h for that. The bus may be the
 * one that this computer boots from: one that is known to be is refused (own_flash.h), and for any
 * other spi_caps.may_be_own says that a flash which answers without a reset must not be trusted.
 *
 * A message is one system call, with CS windows in it. The kernel copies what is sent and what
 * comes in through a buffer of "bufsiz" bytes each, where every transfer takes whole slots: of 128
 * bytes on arm64, less elsewhere. A message that does not fit moves nothing, so 128 is right
 * everywhere. A pause is possible only within a CS window, in which the die continues its work
 * (drivers/spi/{spidev,spi}.c of Linux 6.1).
 */
#ifndef ADAPTERS_SPIDEV_H
#define ADAPTERS_SPIDEV_H

#include "programmer/bus/adapter.h"

extern const struct adapter spidev_adapter;

#endif
