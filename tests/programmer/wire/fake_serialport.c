/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/programmer/wire/fake_serialport.h"

#include <errno.h>
#include <linux/serial.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct fake_serialport fake_port;

/* One end is the port's descriptor; closing the other one unplugs it. */
static int ends[2] = {-1, -1};
static int error_code;

int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);
int __real_clock_gettime(clockid_t id, struct timespec *time);
int __wrap_clock_gettime(clockid_t id, struct timespec *time);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);

static void close_end(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

void fake_port_begin(void)
{
	close_end(&ends[0]);
	close_end(&ends[1]);
	memset(&fake_port, 0, sizeof(fake_port));
}

void fake_port_unplug(void)
{
	close_end(&ends[1]);
}

int fake_port_fd(void)
{
	return ends[0];
}

/* --- the system --- */

int __wrap_clock_gettime(clockid_t id, struct timespec *time)
{
	if (id != CLOCK_MONOTONIC)
		return __real_clock_gettime(id, time);
	time->tv_sec = (time_t)(fake_port.now_us / 1000000);
	time->tv_nsec = (long)(fake_port.now_us % 1000000 * 1000);
	return 0;
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	uint64_t us = (uint64_t)time->tv_sec * 1000000 + (uint64_t)time->tv_nsec / 1000;
	uint64_t slept = fake_port.interrupted ? us - us / 2 : us;

	fake_port.now_us += slept;
	if (slept == us)
		return 0;
	left->tv_sec = (time_t)((us - slept) / 1000000);
	left->tv_nsec = (long)((us - slept) % 1000000 * 1000);
	errno = EINTR;
	return -1;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct serial_struct *serial;
	va_list arguments;

	va_start(arguments, request);
	serial = va_arg(arguments, struct serial_struct *);
	va_end(arguments);
	if (fd != ends[0])
		return __real_ioctl(fd, request, serial);
	if (request == TIOCGSERIAL)
		memset(serial, 0, sizeof(*serial));
	else if (request == TIOCSSERIAL)
		fake_port.low_latency = serial->flags & (int)ASYNC_LOW_LATENCY;
	return 0;
}

/* --- libserialport --- */

static enum sp_return fail(int error)
{
	error_code = error;
	return error ? SP_ERR_FAIL : SP_OK;
}

int sp_last_error_code(void)
{
	return error_code;
}

enum sp_return sp_get_port_by_name(const char *name, struct sp_port **port)
{
	if (strcmp(name, fake_port.path ? fake_port.path : FAKE_PORT_PATH) != 0)
		return SP_ERR_ARG;
	fake_port.made++;
	*port = (struct sp_port *)&fake_port;
	return SP_OK;
}

void sp_free_port(struct sp_port *port)
{
	if (port)
		fake_port.freed++;
}

enum sp_return sp_open(struct sp_port *port, enum sp_mode mode)
{
	(void)port;
	if (mode != SP_MODE_READ_WRITE)
		return SP_ERR_ARG;
	if (fake_port.open_error)
		return fail(fake_port.open_error);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return fail(errno);
	fake_port.opened++;
	/* As Linux opens a port. */
	fake_port.rts = SP_RTS_ON;
	fake_port.dtr = SP_DTR_ON;
	return SP_OK;
}

enum sp_return sp_close(struct sp_port *port)
{
	(void)port;
	fake_port.closed++;
	close_end(&ends[0]);
	return SP_OK;
}

enum sp_return sp_get_port_handle(const struct sp_port *port, void *result)
{
	(void)port;
	memcpy(result, &ends[0], sizeof(ends[0]));
	return SP_OK;
}

enum sp_return sp_set_baudrate(struct sp_port *port, int rate)
{
	(void)port;
	if (fake_port.rate_most && rate > fake_port.rate_most)
		return fail(EINVAL);
	fake_port.rate = rate;
	return SP_OK;
}

enum sp_return sp_set_bits(struct sp_port *port, int bits)
{
	(void)port;
	fake_port.bits = bits;
	return fake_port.no_memory ? SP_ERR_MEM : SP_OK;
}

enum sp_return sp_set_parity(struct sp_port *port, enum sp_parity parity)
{
	(void)port;
	fake_port.parity = parity;
	return SP_OK;
}

enum sp_return sp_set_stopbits(struct sp_port *port, int stopbits)
{
	(void)port;
	fake_port.stopbits = stopbits;
	return SP_OK;
}

enum sp_return sp_set_flowcontrol(struct sp_port *port, enum sp_flowcontrol flow)
{
	(void)port;
	fake_port.flow = flow;
	return SP_OK;
}

enum sp_return sp_set_rts(struct sp_port *port, enum sp_rts rts)
{
	(void)port;
	if (!fake_port.lines_error)
		fake_port.rts = rts;
	return fail(fake_port.lines_error);
}

enum sp_return sp_set_dtr(struct sp_port *port, enum sp_dtr dtr)
{
	(void)port;
	if (!fake_port.lines_error)
		fake_port.dtr = dtr;
	return fail(fake_port.lines_error);
}

enum sp_return sp_nonblocking_read(struct sp_port *port, void *bytes, size_t most)
{
	size_t count = fake_port.comes_count < most ? fake_port.comes_count : most;

	(void)port;
	if (fake_port.read_error)
		return fail(fake_port.read_error);
	if (fake_port.now_us < fake_port.comes_us || count == 0)
		return 0;
	memcpy(bytes, fake_port.comes, count);
	fake_port.comes += count;
	fake_port.comes_count -= count;
	return (enum sp_return)count;
}

/* On a port that was hung up a wait ends at once. */
enum sp_return sp_blocking_read_next(struct sp_port *port, void *bytes, size_t most,
				     unsigned timeout_ms)
{
	uint64_t end = fake_port.now_us + timeout_ms * UINT64_C(1000);

	if (ends[1] < 0)
		return 0;
	if (fake_port.comes_count && fake_port.comes_us < end)
		end = fake_port.comes_us > fake_port.now_us ? fake_port.comes_us : fake_port.now_us;
	fake_port.now_us = end;
	return sp_nonblocking_read(port, bytes, most);
}

enum sp_return sp_blocking_write(struct sp_port *port, const void *bytes, size_t count,
				 unsigned timeout_ms)
{
	size_t room = sizeof(fake_port.written) - fake_port.written_count;

	(void)port;
	if (fake_port.write_error)
		return fail(fake_port.write_error);
	if (fake_port.room && fake_port.room < count) {
		fake_port.now_us += timeout_ms * UINT64_C(1000);
		count = fake_port.room;
	}
	memcpy(fake_port.written + fake_port.written_count, bytes, count < room ? count : room);
	fake_port.written_count += count < room ? count : room;
	return (enum sp_return)count;
}

enum sp_return sp_output_waiting(struct sp_port *port)
{
	int left = fake_port.waiting;

	(void)port;
	if (fake_port.waiting_error)
		return fail(fake_port.waiting_error);
	fake_port.waiting -= left < fake_port.leaves ? left : fake_port.leaves;
	return (enum sp_return)left;
}
