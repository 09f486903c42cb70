/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/rig/shim_tty_rates.h"

#include <string.h>

#define KERNEL_CHARACTERS 19
#define BAUD_MASK 0010017u
#define BAUD_OTHER 0010000u

struct kernel_termios {
	uint32_t iflag, oflag, cflag, lflag;
	uint8_t line, cc[KERNEL_CHARACTERS];
};

struct kernel_termios2 {
	struct kernel_termios first;
	uint32_t in_rate, out_rate;
};

uint32_t tty_rate_of(speed_t speed)
{
	static const struct {
		speed_t speed;
		uint32_t rate;
	} rates[] = {
		{B1200, 1200},	     {B2400, 2400},	  {B4800, 4800},       {B9600, 9600},
		{B19200, 19200},     {B38400, 38400},	  {B57600, 57600},     {B115200, 115200},
		{B230400, 230400},   {B460800, 460800},	  {B500000, 500000},   {B576000, 576000},
		{B921600, 921600},   {B1000000, 1000000}, {B1152000, 1152000}, {B1500000, 1500000},
		{B2000000, 2000000}, {B2500000, 2500000}, {B3000000, 3000000}, {B3500000, 3500000},
		{B4000000, 4000000},
	};

	for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		if (rates[i].speed == speed)
			return rates[i].rate;
	return 0;
}

void tty_rates_give(void *kernel, const struct termios *settings)
{
	struct kernel_termios form = {.iflag = settings->c_iflag,
				      .oflag = settings->c_oflag,
				      .cflag = settings->c_cflag,
				      .lflag = settings->c_lflag,
				      .line = settings->c_line};

	memcpy(form.cc, settings->c_cc, sizeof(form.cc));
	memcpy(kernel, &form, sizeof(form));
}

void tty_rates_take(const void *kernel, struct termios *settings)
{
	struct kernel_termios form;

	memcpy(&form, kernel, sizeof(form));
	memset(settings, 0, sizeof(*settings));
	settings->c_iflag = form.iflag;
	settings->c_oflag = form.oflag;
	settings->c_cflag = form.cflag;
	settings->c_lflag = form.lflag;
	settings->c_line = form.line;
	memcpy(settings->c_cc, form.cc, sizeof(form.cc));
	cfsetospeed(settings, form.cflag & BAUD_MASK);
}

void tty_rates_give_2(void *kernel, const struct termios *settings, uint32_t rate)
{
	struct kernel_termios2 form = {.in_rate = rate, .out_rate = rate};

	tty_rates_give(&form.first, settings);
	memcpy(kernel, &form, sizeof(form));
}

uint32_t tty_rates_take_2(const void *kernel, struct termios *settings)
{
	struct kernel_termios2 form;

	memcpy(&form, kernel, sizeof(form));
	tty_rates_take(&form.first, settings);
	if ((form.first.cflag & BAUD_MASK) == BAUD_OTHER)
		return form.out_rate;
	return tty_rate_of(form.first.cflag & BAUD_MASK);
}
