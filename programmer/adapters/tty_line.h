/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tty_line.h - CEN on RTS or DTR of a serial port: "rts:/dev/ttyUSB0". No byte goes through the
 * port.
 *
 * These lines of a USB-serial adapter are low at the pin while they are asserted, so that an
 * asserted one holds CEN low (drivers/usb/serial; FTDI, WCH and Silicon Labs name the pins RTS#,
 * DTR#).
 *
 * Linux asserts both when a port is opened (tty_port_raise_dtr_rts() in drivers/tty/tty_port.c):
 * that is a short reset, before anything else can be said. It releases both when the last
 * descriptor is closed and HUPCL is set, as it is here; also when the program was killed, so CEN
 * does not stay low.
 */
#ifndef TTY_LINE_H
#define TTY_LINE_H

#include "programmer/bus/cen.h"

/* Whether @value has the form of such a line. */
bool tty_line_is(const char *value);

/* CEN is high, and was low for a moment. NULL after a trouble, which was raised. */
struct cen *tty_line_open(const struct cen_wish *wish, const struct observer *observer);

#endif
