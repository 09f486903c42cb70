/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * own_flash.h - whether an SPI bus of this computer carries the flash that it boots from.
 *
 * On a Raspberry Pi 5, 500 and CM5 /dev/spidev10.0 is there by default, and is the boot EEPROM
 * (raspberrypi/linux, bcm2712-rpi-5-b.dts); on boards with a flash for U-Boot it may be on the
 * first bus. Such a flash answers 9Fh like a module in SPI mode, and erasing it makes the computer
 * useless. No option overrides what is found here.
 */
#ifndef OWN_FLASH_H
#define OWN_FLASH_H

#include <stdbool.h>
#include <stddef.h>

/* Whether bus @bus is one of those; @why, of @room bytes, gets the evidence. */
bool own_flash_on_bus(unsigned bus, char *why, size_t room);

#endif
