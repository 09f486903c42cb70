/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/engine/fake_libflashrom.h"

#include <libflashrom.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct flashrom_programmer {
	int any;
};
struct flashrom_flashctx {
	int any;
};
struct flashrom_layout {
	int any;
};
struct flashrom_wp_cfg {
	int any;
};

struct fake_libflashrom *fake;

static flashrom_log_callback *tell;

/* Runs in the worker process, which dies if @right is false; the test notices that. */
static void demand(bool right)
{
	if (!right)
		abort();
}

static void say(enum flashrom_log_level level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tell(level, format, arguments);
	va_end(arguments);
}

int flashrom_init(int perform_selfcheck)
{
	(void)perform_selfcheck;
	fake->inits++;
	return fake->no_start;
}

void flashrom_set_log_callback(flashrom_log_callback *log_callback)
{
	tell = log_callback;
}

int flashrom_programmer_init(struct flashrom_programmer **programmer, const char *name,
			     const char *parameters)
{
	static struct flashrom_programmer one;

	demand(strcmp(name, "serprog") == 0);
	snprintf(fake->device, sizeof(fake->device), "%s", parameters);
	fake->programmers++;
	*programmer = &one;
	return fake->no_programmer;
}

/* The number of parts that match. */
static int look(const struct flashrom_programmer *programmer, const char *name)
{
	fake->probes++;
	snprintf(fake->named, sizeof(fake->named), "%s", name ? name : "");
	if (!programmer)
		return 0;
	say(FLASHROM_MSG_DEBUG, "Found Debug flash chip \"X\" (4096 kB, SPI) on serprog.\n");
	for (size_t i = 0; fake->probe_says[i]; i++)
		say(FLASHROM_MSG_INFO, "%s", fake->probe_says[i]);
	return name ? 1 : fake->matches;
}

static struct flashrom_flashctx context;

#ifdef HAVE_FLASHROM_PROBE_V2
int flashrom_create_context(struct flashrom_flashctx **made)
{
	*made = &context;
	fake->contexts++;
	return 0;
}

int flashrom_flash_probe_v2(struct flashrom_flashctx *made, const char ***names,
			    const struct flashrom_programmer *programmer, const char *name)
{
	(void)made;
	*names = NULL;
	return look(programmer, name);
}
#else
int flashrom_flash_probe(struct flashrom_flashctx **made,
			 const struct flashrom_programmer *programmer, const char *name)
{
	int matches = look(programmer, name);

	*made = &context;
	fake->contexts += matches == 1;
	return matches == 1 ? 0 : matches > 1 ? 3 : 2;
}
#endif

void flashrom_flash_release(struct flashrom_flashctx *made)
{
	demand(made == &context);
	fake->contexts--;
}

size_t flashrom_flash_getsize(const struct flashrom_flashctx *made)
{
	(void)made;
	return fake->size;
}

static struct flashrom_layout layout;

int flashrom_layout_new(struct flashrom_layout **made)
{
	*made = &layout;
	fake->layouts += !fake->no_layout;
	fake->region_count = 0;
	return fake->no_layout;
}

int flashrom_layout_add_region(struct flashrom_layout *made, size_t start, size_t end,
			       const char *name)
{
	char right[16];

	(void)made;
	snprintf(right, sizeof(right), "range%zu", fake->region_count);
	if (fake->no_region || fake->region_count == FAKE_REGIONS || strcmp(name, right) != 0)
		return 1;
	fake->regions[fake->region_count].start = start;
	fake->regions[fake->region_count].included = false;
	fake->regions[fake->region_count++].end = end;
	return 0;
}

int flashrom_layout_include_region(struct flashrom_layout *made, const char *name)
{
	char right[16];

	(void)made;
	snprintf(right, sizeof(right), "range%zu", fake->region_count - 1);
	fake->regions[fake->region_count - 1].included = strcmp(name, right) == 0;
	return 0;
}

void flashrom_layout_release(struct flashrom_layout *made)
{
	(void)made;
	fake->layouts--;
}

void flashrom_layout_set(struct flashrom_flashctx *made, const struct flashrom_layout *set)
{
	(void)made;
	fake->layout_set = set;
}

void flashrom_flag_set(struct flashrom_flashctx *made, enum flashrom_flag flag, bool value)
{
	(void)made;
	if (flag == FLASHROM_FLAG_VERIFY_AFTER_WRITE)
		fake->verifies = value;
	if (flag == FLASHROM_FLAG_VERIFY_WHOLE_CHIP)
		fake->verifies_all = value;
}

static int do_job(void)
{
	demand(fake->layout_set);
	for (size_t i = 0; fake->job_says[i]; i++)
		say(FLASHROM_MSG_ERROR, "%s", fake->job_says[i]);
	if (fake->dies)
		raise(SIGKILL);
	while (fake->hangs)
		pause();
	return fake->no_job;
}

int flashrom_image_read(struct flashrom_flashctx *made, void *buffer, size_t len)
{
	(void)made;
	fake->reads++;
	memset(buffer, 0x5a, len);
	return do_job();
}

int flashrom_image_write(struct flashrom_flashctx *made, void *buffer, size_t len,
			 const void *present)
{
	(void)made;
	fake->writes++;
	demand(len == FAKE_SIZE && ((const uint8_t *)buffer)[FAKE_SIZE - 1] == 0x11);
	fake->with_present = present;
	demand(!present || ((const uint8_t *)present)[FAKE_SIZE - 1] == 0x22);
	return do_job();
}

int flashrom_flash_erase(struct flashrom_flashctx *made)
{
	(void)made;
	fake->erases++;
	return do_job();
}

static struct flashrom_wp_cfg wp_config;

enum flashrom_wp_result flashrom_wp_cfg_new(struct flashrom_wp_cfg **made)
{
	*made = &wp_config;
	fake->wp_configs += !fake->no_wp_config;
	return fake->no_wp_config ? FLASHROM_WP_ERR_OTHER : FLASHROM_WP_OK;
}

void flashrom_wp_cfg_release(struct flashrom_wp_cfg *made)
{
	(void)made;
	fake->wp_configs--;
}

enum flashrom_wp_result flashrom_wp_read_cfg(struct flashrom_wp_cfg *made,
					     struct flashrom_flashctx *of)
{
	(void)made, (void)of;
	return fake->no_wp ? FLASHROM_WP_ERR_CHIP_UNSUPPORTED : FLASHROM_WP_OK;
}

void flashrom_wp_get_range(size_t *start, size_t *len, const struct flashrom_wp_cfg *made)
{
	(void)made;
	*start = fake->wp_start;
	*len = fake->wp_length;
}

int flashrom_data_free(void *const p)
{
	free(p);
	return 0;
}
