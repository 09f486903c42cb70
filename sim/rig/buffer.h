/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A byte queue: appended at the end, taken from the front.
 *
 * All zero is an empty queue that owns nothing. buffer_room() returns NULL and
 * changes nothing when memory is short.
 */
#ifndef SIM_BUFFER_H
#define SIM_BUFFER_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct buffer {
	uint8_t *bytes;
	size_t start, end, capacity; /* the content is bytes[start..end) */
};

static inline size_t buffer_used(const struct buffer *buffer)
{
	return buffer->end - buffer->start;
}

static inline uint8_t *buffer_front(const struct buffer *buffer)
{
	return buffer->bytes + buffer->start;
}

/* Where @length bytes can be written; buffer_commit() then makes them content. */
static inline uint8_t *buffer_room(struct buffer *buffer, size_t length)
{
	size_t used = buffer_used(buffer);

	if (buffer->capacity - buffer->end < length && buffer->start) {
		memmove(buffer->bytes, buffer_front(buffer), used);
		buffer->start = 0;
		buffer->end = used;
	}
	if (buffer->capacity - buffer->end < length) {
		size_t capacity = buffer->capacity ? buffer->capacity : 4096;
		uint8_t *bytes;

		while (capacity - used < length) {
			if (capacity > SIZE_MAX / 2)
				return NULL;
			capacity *= 2;
		}
		bytes = realloc(buffer->bytes, capacity);
		if (!bytes)
			return NULL;
		buffer->bytes = bytes;
		buffer->capacity = capacity;
	}
	return buffer->bytes + buffer->end;
}

static inline void buffer_commit(struct buffer *buffer, size_t length)
{
	buffer->end += length;
}

static inline void buffer_drop(struct buffer *buffer, size_t length)
{
	buffer->start += length;
	if (buffer->start == buffer->end)
		buffer->start = buffer->end = 0;
}

static inline void buffer_free(struct buffer *buffer)
{
	free(buffer->bytes);
	memset(buffer, 0, sizeof(*buffer));
}

#endif
