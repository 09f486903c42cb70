/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/whole_file.h"

#include <sys/stat.h>

FILE *whole_file_open(const char *path, uint32_t size)
{
	struct stat info;

	if (!path || stat(path, &info) || !S_ISREG(info.st_mode) || info.st_size != (off_t)size)
		return NULL;
	return fopen(path, "rb");
}
