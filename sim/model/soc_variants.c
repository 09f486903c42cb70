/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Evidence, all of it public:
 *
 * reset   100 ms are proven by three tools, the least is unknown; 10 ms are claimed to be
 *         enough to leave the mode, and assumed for all but slow-cen.
 * open    a BK7252 camera was served 5 ms after CEN rose (bk7252-cam); the BK7252
 *         datasheet says "a few milliseconds"; late-window is an assumption.
 * window  53 ms measured on that camera; a QN48 chip is asked after 50 ms; the datasheet
 *         says "a few hundred milliseconds"; short-window is an assumption.
 * switch  at most 40 ms on the camera; tools that sleep 100 ms succeed; the C# tool allows
 *         1 to 2 s. That zero bytes could matter instead is a theory: pico-beken sends
 *         32, the C# tool 25 000.
 * d2      one byte in most traces; 52 D2 D2 D2 D2 00 in one (libretiny issue 206).
 * residue the C# tool's test and pico-beken want D2 00 00 00; the camera's tool drops
 *         two bytes.
 * undriven 00 with the Raspberry tools, FF with a CH341A (FF EF 40 16).
 * flaky   "398 attempts", "ID only after ten minutes"; the chances are assumptions.
 * per-byte-cs, per-byte-cs-long  the vendor's dongle sends D2 in one-byte windows, the
 *         others in long ones, 25 bytes at the least; that a chip insists on either is an
 *         assumption, and probably never real.
 * closed  some Beken datasheets mention a bit that closes the interface for good.
 * reprotect  bk7252-cam and others: firmware that boots sets its protection again.
 */
#include "sim/model/soc_variants.h"

#include <stddef.h>
#include <string.h>

#define MS 1000U

/* The camera's figures; most variants differ from them in only one thing. */
#define MEASURED                                                                                   \
	.reset_us = {10 * MS, 10 * MS}, .open_us = {2 * MS, 5 * MS},                               \
	.window_us = {53 * MS, 53 * MS}, .switch_us = {40 * MS, 40 * MS}, .d2 = {1, 1},            \
	.residue = 2, .undriven = 0xFF

/* A row sets the defaults first and what is different after them, on purpose. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Winitializer-overrides"
#elif defined(__GNUC__)
#pragma GCC diagnostic ignored "-Woverride-init"
#endif

static const struct soc_variant variants[] = {
	{.name = "python",
	 MEASURED,
	 .open_us = {0, 0},
	 .switch_us = {60 * MS, 60 * MS},
	 .residue = 0,
	 .undriven = 0x00},
	{.name = "csharp",
	 MEASURED,
	 .open_us = {1 * MS, 1 * MS},
	 .switch_us = {900 * MS, 900 * MS},
	 .residue = 1},
	{.name = "instant", MEASURED, .switch_us = {0, 0}, .residue = 0},
	{.name = "clocked", MEASURED, .switch_zeros = 32},
	{.name = "clocked-long", MEASURED, .switch_zeros = 25000, .residue = 1},
	{.name = "measured", MEASURED},
	{.name = "late-window", MEASURED, .open_us = {20 * MS, 45 * MS}},
	{.name = "short-window",
	 MEASURED,
	 .open_us = {2 * MS, 2 * MS},
	 .window_us = {10 * MS, 20 * MS}},
	{.name = "long-window",
	 MEASURED,
	 .window_us = {300 * MS, 300 * MS},
	 .switch_us = {5 * MS, 5 * MS}},
	{.name = "lag", MEASURED, .d2 = {4, 5}, .first_byte = 0x52},
	{.name = "flaky", MEASURED, .one_in = 3, .boot = SOC_BOOT_NOISE},
	{.name = "flaky-50", MEASURED, .one_in = 50, .boot = SOC_BOOT_NOISE},
	{.name = "slow-cen", MEASURED, .reset_us = {300 * MS, 1000 * MS}},
	{.name = "sticky", MEASURED, .linked = true, .no_cen = true},
	{.name = "linked", MEASURED, .linked = true},
	{.name = "no-cen", MEASURED, .no_cen = true, .boot = SOC_BOOT_NOISE},
	{.name = "dead-00", MEASURED, .wire = SOC_STUCK_00},
	{.name = "dead-FF", MEASURED, .wire = SOC_STUCK_FF},
	{.name = "swapped", MEASURED, .wire = SOC_SWAPPED},
	{.name = "no-cs", MEASURED, .wire = SOC_NO_CS},
	{.name = "per-byte-cs", MEASURED, .accepts = SOC_ACCEPTS_SINGLE},
	{.name = "per-byte-cs-long", MEASURED, .accepts = SOC_ACCEPTS_LONG},
	{.name = "closed", MEASURED, .closed = true, .boot = SOC_BOOT_FF},
	{.name = "reprotect", MEASURED, .misses = 1, .reprotects = true},
};

const struct soc_variant *soc_variant_at(unsigned index)
{
	return index < sizeof(variants) / sizeof(variants[0]) ? &variants[index] : NULL;
}

const struct soc_variant *soc_variant_by_name(const char *name)
{
	for (unsigned i = 0; soc_variant_at(i); i++)
		if (strcmp(variants[i].name, name) == 0)
			return &variants[i];
	return NULL;
}
