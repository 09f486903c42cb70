/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/programmer/adapters/fake_spidev.h"

#include <errno.h>
#include <sys/file.h>

#define FD 1000

struct fake_spidev kernel;
struct notes notes;

int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_flock(int fd, int operation);
int __wrap_ioctl(int fd, unsigned long request, ...);
FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode);

static int refuse(int error)
{
	errno = error;
	return -1;
}

int __wrap_open(const char *path, int flags, ...)
{
	/* Coverage writes its files at the end of the program. */
	if (strcmp(path, kernel.node ? kernel.node : NODE) != 0)
		return __real_open(path, flags, 0644);
	if (kernel.open_error)
		return refuse(kernel.open_error);
	kernel.is_open = true;
	return FD;
}

int __wrap_open64(const char *path, int flags, ...)
{
	return __wrap_open(path, flags);
}

int __wrap_close(int fd)
{
	if (fd != FD)
		return __real_close(fd);
	kernel.is_open = false;
	return 0;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	static char text[16];

	if (strcmp(path, "/sys/module/spidev/parameters/bufsiz") != 0)
		return __real_fopen(path, mode);
	if (!kernel.bufsiz) {
		errno = ENOENT;
		return NULL;
	}
	snprintf(text, sizeof(text), "%u\n", kernel.bufsiz);
	return fmemopen(text, strlen(text), "r");
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	return __wrap_fopen(path, mode);
}

int __wrap_flock(int fd, int operation)
{
	assert_int_equal(fd, FD);
	assert_int_equal(operation, LOCK_EX | LOCK_NB);
	return kernel.lock_error ? refuse(kernel.lock_error) : 0;
}

static int answer(const struct transfer *x, size_t count)
{
	static const uint8_t id[] = {0x0b, 0x40, 0x16};
	int total = 0;

	for (size_t i = 0; i < count; total += (int)x[i++].len) {
		uint8_t *rx = (uint8_t *)(uintptr_t)x[i].rx;

		if (!rx)
			continue;
		if (x[i].len == 3) {
			memcpy(rx, id, 3);
			continue;
		}
		for (unsigned k = 0; k < x[i].len; k++)
			rx[k] = k < kernel.busy ? 0x03 : 0x00;
		/* A die that is polled later is ready. */
		kernel.busy = x[i].len >= kernel.busy ? 0 : kernel.busy;
	}
	return total;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct call *call =
		&kernel.calls[kernel.count < CALLS_MOST - 1 ? kernel.count++ : CALLS_MOST - 1];
	bool is_message = (request & 0xffff) == 0x6b00;
	size_t size = request >> 16 & 0x3fff, count = size / sizeof(struct transfer);
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	assert_int_equal(fd, FD);
	call->request = request;
	if (is_message && kernel.errors) {
		kernel.errors--;
		return refuse(kernel.error);
	}
	if (!is_message && size == 1)
		call->value = *(uint8_t *)argument;
	else if (!is_message)
		memcpy(&call->value, argument, sizeof(call->value));
	if (!is_message && kernel.set_up_error)
		return refuse(kernel.set_up_error);
	if (!is_message)
		return 0;
	assert_in_range(count, 1, TRANSFERS_OF_CALL);
	memcpy(call->transfers, argument, size);
	return answer(argument, count);
}

struct spi_bus *open_at(uint32_t hz)
{
	const struct adapter_wish wish = {
		.parameter = "spidev", .value = kernel.node ? kernel.node : NODE, .speed_hz = hz};

	notes_begin(&notes);
	return adapter_open(&wish, &notes.observer);
}

struct spi_bus *open_bus(uint32_t hz)
{
	struct spi_bus *bus;

	memset(&kernel, 0, sizeof(kernel));
	bus = open_at(hz);
	assert_non_null(bus);
	assert_string_equal(notes.text, "");
	return bus;
}

const struct call *last_call(void)
{
	return &kernel.calls[kernel.count - 1];
}
