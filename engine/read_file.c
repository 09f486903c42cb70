/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/read_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static uint8_t *read_stream(FILE *file, size_t *size)
{
	size_t room = 1 << 22, count;
	uint8_t *data = malloc(room), *larger;

	*size = 0;
	while (data && (count = fread(data + *size, 1, room - *size, file)) > 0) {
		*size += count;
		if (*size > READ_FILE_MOST) {
			free(data);
			errno = EFBIG;
			return NULL;
		}
		if (*size < room)
			continue;
		larger = realloc(data, room *= 2);
		if (!larger)
			free(data);
		data = larger;
	}
	if (data && ferror(file)) {
		free(data);
		return NULL;
	}
	return data;
}

uint8_t *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	int error;

	if (!file)
		return NULL;
	data = read_stream(file, size);
	error = errno;
	fclose(file);
	errno = error;
	return data;
}
