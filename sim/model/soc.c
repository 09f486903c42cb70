/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/model/soc.h"

#define ENTER 0xD2
#define NS_PER_US UINT64_C(1000)

static uint64_t draw(struct prng *prng, struct soc_range range)
{
	return prng_between(prng, range.low, range.high);
}

void soc_init(struct soc *soc, const struct soc_variant *variant, uint64_t seed, struct nor *nor,
	      struct board_stats *stats)
{
	*soc = (struct soc){
		.variant = variant,
		.nor = nor,
		.stats = stats,
		.seed = seed,
		.prng.state = seed ^ 0x736F63,
		.state = variant->linked ? SOC_FLASH : SOC_BOOT,
		.cen = true,
	};
	soc->reset_ns = draw(&soc->prng, variant->reset_us) * NS_PER_US;
	soc->open_ns = draw(&soc->prng, variant->open_us) * NS_PER_US;
	soc->window_ns = draw(&soc->prng, variant->window_us) * NS_PER_US;
	soc->switch_ns = draw(&soc->prng, variant->switch_us) * NS_PER_US;
	soc->d2_needed = (uint32_t)draw(&soc->prng, variant->d2);
}

static void boot(struct soc *soc)
{
	soc->state = SOC_BOOT;
	soc->holds = false;
	soc->bits = 0;
	if (soc->variant->reprotects)
		nor_firmware_status(soc->nor, soc->nor->part->firmware_sr);
}

static void enter_flash(struct soc *soc)
{
	soc->state = SOC_FLASH;
	soc->op_counted = false;
	if (soc->cs_low)
		nor_select(soc->nor);
}

static void start_attempt(struct soc *soc, uint64_t ns)
{
	const struct soc_variant *variant = soc->variant;

	soc->deaf = soc->attempts < variant->misses;
	soc->attempts++;
	if (variant->one_in && prng_between(&soc->prng, 1, variant->one_in) != 1) {
		soc->deaf = true;
		if (prng_between(&soc->prng, 0, 1)) {
			boot(soc);
			return;
		}
	}
	if (variant->closed) {
		boot(soc);
		return;
	}
	soc->state = SOC_POWERUP;
	soc->state_ends_ns = ns + soc->open_ns;
	soc->d2_seen = 0;
	soc->d2_run = 0;
	soc->first_byte_shown = false;
}

static void accept_entry(struct soc *soc, uint64_t ns)
{
	soc->state = SOC_SWITCH;
	soc->state_ends_ns = ns + soc->switch_ns;
	soc->zeros_seen = 0;
	soc->residue_left = 0;
}

/* Advances the state to @ns. */
static void run(struct soc *soc, uint64_t ns)
{
	if (soc->state == SOC_POWERUP && ns >= soc->state_ends_ns) {
		soc->state = SOC_WINDOW;
		soc->state_ends_ns += soc->window_ns;
	}
	if (soc->state == SOC_WINDOW && ns >= soc->state_ends_ns)
		boot(soc);
	if (soc->state == SOC_SWITCH && !soc->variant->switch_zeros && ns >= soc->state_ends_ns)
		enter_flash(soc);
}

static void cen_changes(struct soc *soc, uint64_t ns)
{
	bool high = !soc->cen_low && !soc->cen_pulled;

	run(soc, ns);
	if (soc->variant->no_cen || high == soc->cen)
		return;
	soc->cen = high;
	soc->bits = 0;
	soc->holds = false;
	if (!high) {
		if (soc->state == SOC_FLASH && soc->cs_low)
			nor_deselect(soc->nor, false, ns);
		soc->state = SOC_OFF;
		soc->fell_ns = ns;
	} else if (ns - soc->fell_ns >= soc->reset_ns) {
		start_attempt(soc, ns);
	} else {
		boot(soc);
	}
	run(soc, ns);
}

void soc_set_cen(struct soc *soc, bool high, uint64_t ns)
{
	soc->cen_low = !high;
	cen_changes(soc, ns);
}

void soc_pull_cen(struct soc *soc, bool low, uint64_t ns)
{
	soc->cen_pulled = low;
	cen_changes(soc, ns);
}

void soc_lose_power(struct soc *soc, uint64_t ns)
{
	run(soc, ns);
	if (soc->state == SOC_OFF)
		return;
	if (soc->state == SOC_FLASH && soc->cs_low)
		nor_deselect(soc->nor, false, ns);
	soc->bits = 0;
	start_attempt(soc, ns);
	run(soc, ns);
}

static void count_single(struct soc *soc, uint64_t ns)
{
	if (soc->state != SOC_WINDOW || soc->deaf || soc->bits || soc->window_bytes != 1 ||
	    soc->last_byte != ENTER)
		return;
	if (++soc->d2_seen >= soc->d2_needed)
		accept_entry(soc, ns);
}

void soc_set_cs(struct soc *soc, bool low, uint64_t ns)
{
	if (soc->variant->wire == SOC_NO_CS)
		low = false;
	run(soc, ns);
	if (low == soc->cs_low)
		return;
	soc->cs_low = low;
	if (low) {
		if (soc->state == SOC_FLASH)
			nor_select(soc->nor);
		soc->op_counted = false;
		soc->residue_left = soc->variant->residue;
		soc->window_bytes = 0;
		soc->d2_run = 0;
	} else {
		if (soc->state == SOC_FLASH)
			nor_deselect(soc->nor, soc->bits == 0, ns);
		else if (soc->variant->accepts == SOC_ACCEPTS_SINGLE)
			count_single(soc, ns);
	}
	soc->bits = 0;
	run(soc, ns);
}

static uint8_t boot_byte(const struct soc *soc)
{
	switch (soc->variant->boot) {
	case SOC_BOOT_FF:
		return 0xFF;
	case SOC_BOOT_NOISE:
		return (uint8_t)prng_mix(soc->seed + soc->bytes);
	default:
		return 0x00;
	}
}

/* The next byte on MISO. */
static uint8_t output(const struct soc *soc, uint64_t ns)
{
	const struct soc_variant *variant = soc->variant;
	int driven = -1;

	if (variant->wire == SOC_STUCK_00)
		return 0x00;
	/* If swapped, the adapter reads a line that only its own pull-up drives. */
	if (variant->wire == SOC_STUCK_FF || variant->wire == SOC_SWAPPED)
		return 0xFF;

	switch (soc->state) {
	case SOC_WINDOW:
		return variant->first_byte && !soc->first_byte_shown ? variant->first_byte : ENTER;
	case SOC_SWITCH:
		return soc->cs_low && soc->residue_left ? ENTER : 0x00;
	case SOC_FLASH:
		if (soc->cs_low)
			driven = nor_output(soc->nor, ns);
		return driven < 0 ? variant->undriven : (uint8_t)driven;
	case SOC_BOOT:
		return boot_byte(soc);
	default:
		return variant->undriven;
	}
}

static void accept_in_window(struct soc *soc, uint8_t mosi, uint64_t ns)
{
	soc->first_byte_shown = true;
	if (!soc->cs_low || soc->deaf)
		return;
	soc->d2_run = mosi == ENTER ? soc->d2_run + 1 : 0;
	if (soc->variant->accepts == SOC_ACCEPTS_ANY && mosi == ENTER)
		soc->d2_seen++;
	if (soc->variant->accepts == SOC_ACCEPTS_LONG && soc->d2_run >= SOC_LONG_RUN)
		soc->d2_seen = soc->d2_needed;
	if (soc->d2_seen >= soc->d2_needed)
		accept_entry(soc, ns);
}

static void accept_in_switch(struct soc *soc, uint8_t mosi)
{
	if (!soc->cs_low)
		return;
	if (soc->residue_left)
		soc->residue_left--;
	if (mosi == 0)
		soc->zeros_seen++;
	if (soc->variant->switch_zeros && soc->zeros_seen >= soc->variant->switch_zeros)
		enter_flash(soc);
}

static void count_flash_bytes(struct soc *soc, size_t count)
{
	soc->stats->spi_bytes += count;
	if (!soc->op_counted) {
		soc->op_counted = true;
		soc->stats->spi_ops++;
	}
}

/* The SoC has received a whole byte, which began in the present state. */
static void accept(struct soc *soc, uint8_t mosi, uint64_t ns)
{
	if (soc->variant->wire == SOC_SWAPPED)
		mosi = 0xFF;
	soc->bytes++;
	soc->window_bytes++;
	soc->last_byte = mosi;

	switch (soc->state) {
	case SOC_WINDOW:
		accept_in_window(soc, mosi, ns);
		break;
	case SOC_SWITCH:
		accept_in_switch(soc, mosi);
		break;
	case SOC_FLASH:
		if (!soc->cs_low)
			break;
		nor_accept(soc->nor, mosi, ns);
		count_flash_bytes(soc, 1);
		break;
	default:
		break;
	}
}

void soc_set_clock(struct soc *soc, bool high, bool mosi, uint64_t ns)
{
	if (high == soc->sck)
		return;
	soc->sck = high;
	if (!high || soc->state == SOC_OFF)
		return;
	if (soc->bits == 0) {
		run(soc, ns);
		soc->shift_out = output(soc, ns);
		soc->shift_in = 0;
	}
	soc->holds = true;
	soc->miso_held = (soc->shift_out >> (7 - soc->bits)) & 1;
	soc->shift_in = (uint8_t)(soc->shift_in << 1 | (mosi ? 1 : 0));
	if (++soc->bits == 8) {
		soc->bits = 0;
		accept(soc, soc->shift_in, ns);
	}
}

bool soc_miso(struct soc *soc, uint64_t ns)
{
	run(soc, ns);
	if (soc->sck && soc->holds)
		return soc->miso_held;
	if (soc->bits)
		return (soc->shift_out >> (7 - soc->bits)) & 1;
	return output(soc, ns) & 0x80;
}

bool soc_drives_miso(const struct soc *soc)
{
	switch (soc->state) {
	case SOC_WINDOW:
	case SOC_SWITCH:
	case SOC_BOOT:
		return true;
	case SOC_FLASH:
		return soc->cs_low;
	default:
		return soc->variant->undriven == 0x00;
	}
}

/* A run of bytes within one that was started bit by bit. */
static uint8_t shift_bits(struct soc *soc, uint8_t mosi, uint64_t ns)
{
	uint8_t miso = 0;

	for (int bit = 7; bit >= 0; bit--) {
		soc->sck = false;
		miso = (uint8_t)(miso << 1 | (soc_miso(soc, ns) ? 1 : 0));
		soc_set_clock(soc, true, (mosi >> bit) & 1, ns);
	}
	soc_set_clock(soc, false, false, ns);
	return miso;
}

/* The number of bytes up to one with a bit that is read too early. */
#define LATE_ONE_OF 64

static void come_late(struct soc *soc, uint8_t *miso, size_t count, uint64_t step_ns)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t random = prng_next(&soc->prng);
		uint8_t byte = miso[i];

		if (2 * step_ns < soc->wire_ns)
			miso[i] = (uint8_t)(soc->late << 7 | byte >> 1);
		else if (random % LATE_ONE_OF == 0)
			miso[i] = (uint8_t)(byte ^ 1U << (random >> 61));
		soc->late = byte;
	}
}

static void shift(struct soc *soc, const uint8_t *mosi, uint8_t *miso, size_t count, uint64_t ns,
		  uint64_t step_ns)
{
	const struct soc_variant *variant = soc->variant;

	run(soc, ns);
	/* Nearly all bytes of a session pass here; only CEN ends this state. */
	if (soc->state == SOC_FLASH && soc->cs_low && soc->bits == 0 &&
	    (variant->wire == SOC_WIRED || variant->wire == SOC_NO_CS)) {
		nor_shift(soc->nor, mosi, miso, count, variant->undriven, ns, step_ns);
		count_flash_bytes(soc, count);
		return;
	}

	for (size_t i = 0; i < count; i++, ns += step_ns) {
		if (soc->bits) {
			miso[i] = shift_bits(soc, mosi[i], ns);
			continue;
		}
		run(soc, ns);
		miso[i] = output(soc, ns);
		accept(soc, mosi[i], ns);
	}
}

void soc_shift(struct soc *soc, const uint8_t *mosi, uint8_t *miso, size_t count, uint64_t ns,
	       uint64_t step_ns)
{
	shift(soc, mosi, miso, count, ns, step_ns);
	if (step_ns < soc->wire_ns)
		come_late(soc, miso, count, step_ns);
	if (soc->jitter.ns)
		jitter_on(&soc->jitter, miso, count, step_ns, &soc->prng);
}
