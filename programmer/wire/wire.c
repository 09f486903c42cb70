/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/wire/wire.h"

#include <time.h>

#define BITS_PER_BYTE 10

enum trouble_kind wire_write(struct wire *wire, const uint8_t *bytes, size_t count)
{
	return wire->ops->write(wire, bytes, count);
}

enum trouble_kind wire_read(struct wire *wire, uint8_t *bytes, size_t most, uint32_t wait_us,
			    size_t *got)
{
	*got = 0;
	return wire->ops->read(wire, bytes, most, wait_us, got);
}

enum trouble_kind wire_drain(struct wire *wire)
{
	return wire->ops->drain(wire);
}

enum trouble_kind wire_set_rate(struct wire *wire, uint32_t rate)
{
	enum trouble_kind kind = wire->ops->set_rate(wire, rate);

	if (!kind)
		wire->rate = rate;
	return kind;
}

enum trouble_kind wire_set_lines(struct wire *wire, bool asserted)
{
	return wire->ops->set_lines(wire, asserted);
}

bool wire_lines_busy(struct wire *wire)
{
	return wire->ops->lines_busy && wire->ops->lines_busy(wire);
}

uint64_t wire_clock_us(struct wire *wire)
{
	struct timespec now;

	(void)wire;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t wire_now_us(struct wire *wire)
{
	return wire->ops->now_us(wire);
}

void wire_sleep_us(struct wire *wire, uint64_t us)
{
	if (us)
		wire->ops->sleep_us(wire, us);
}

uint32_t wire_bytes_us(const struct wire *wire, size_t count)
{
	return (uint32_t)((uint64_t)count * BITS_PER_BYTE * 1000000 / wire->rate);
}

void wire_close(struct wire *wire)
{
	if (wire)
		wire->ops->close(wire);
}
