/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/adapters/status_looks.h"

#define LOOK_US 60
#define LOOKS_LEAST 10
#define US_OF_8_BITS UINT64_C(8000000) /* at 1 Hz */
#define SR_WIP 0x01
#define SR_WEL 0x02

static uint32_t bytes_us(const struct status_looks *looks, unsigned bytes)
{
	return (uint32_t)(bytes * US_OF_8_BITS / looks->clock_hz);
}

void status_looks_fill(struct status_looks *looks, struct spi_caps *caps, uint32_t clock_hz)
{
	uint64_t count = clock_hz * (uint64_t)LOOK_US / US_OF_8_BITS;
	uint32_t byte_us = (uint32_t)(US_OF_8_BITS / clock_hz);

	if (count < LOOKS_LEAST)
		count = LOOKS_LEAST;
	if (count > STATUS_LOOKS_MOST)
		count = STATUS_LOOKS_MOST;
	*looks = (struct status_looks){.count = (unsigned)count, .clock_hz = clock_hz};
	caps->clock_hz = clock_hz;
	caps->ns_per_byte = (uint32_t)(1000 * US_OF_8_BITS / clock_hz);
	caps->sample_us = byte_us > STATUS_SAMPLE_LEAST_US ? byte_us : STATUS_SAMPLE_LEAST_US;
}

uint32_t status_looks_pause_us(const struct status_looks *looks, const struct spi_op *wait)
{
	uint32_t half = bytes_us(looks, looks->count) / 2;

	return wait->expect_us > half ? wait->expect_us - half : 0;
}

void status_looks_answer(const struct status_looks *looks, struct spi_op *wait,
			 const uint8_t *samples)
{
	unsigned i = 0;

	while (i < looks->count && samples[i] & SR_WIP)
		i++;
	wait->early = i == 0;
	wait->missed = i == looks->count;
	wait->enabled = !wait->missed && samples[looks->count - 1] & SR_WEL;
	wait->took_us = status_looks_pause_us(looks, wait) + bytes_us(looks, i + 1);
}

void status_looks_answer_all(const struct status_looks *looks, struct spi_op *ops, size_t count,
			     const uint8_t (*samples)[STATUS_LOOKS_MOST], size_t *done)
{
	for (*done = 0; *done < count; ++*done) {
		if (ops[*done].kind != SPI_WAIT_READY)
			continue;
		status_looks_answer(looks, &ops[*done], *samples++);
		if (ops[*done].missed)
			return;
	}
}
