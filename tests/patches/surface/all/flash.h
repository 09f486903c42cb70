/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the driver uses of flashrom, and nothing else: declared here by what its documents say, so
 * that the sources for its tree are compiled without it. SURFACE is a release: 103 is 1.3.
 */
#ifndef SURFACE_FLASH_H
#define SURFACE_FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum test_state { OK = 0, NT = 1 };
enum flashrom_progress_stage { FLASHROM_PROGRESS_READ, FLASHROM_PROGRESS_WRITE };

struct registered_master;
struct flashrom_flashctx {
	struct registered_master *mst;
};
#define flashctx flashrom_flashctx

#if SURFACE == 104
void update_progress(struct flashctx *flash, enum flashrom_progress_stage stage, size_t current,
		     size_t total);
#elif SURFACE > 104
void update_progress(struct flashctx *flash, enum flashrom_progress_stage stage, size_t increment);
#endif

#if SURFACE < 107
struct spi_command {
	unsigned int writecnt;
	unsigned int readcnt;
	const unsigned char *writearr;
	unsigned char *readarr;
};
#endif

#if SURFACE < 108
int surface_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define msg_perr(...) surface_print(__VA_ARGS__)
#define msg_pwarn(...) surface_print(__VA_ARGS__)
#define msg_pinfo(...) surface_print(__VA_ARGS__)
#define msg_pdbg(...) surface_print(__VA_ARGS__)
#endif

#endif
