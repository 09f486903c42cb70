/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/dialect/nearest.h"

#include <string.h>

#define LONGEST 32

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Letters that are missing, too many, other ones, or swapped with their neighbour. Source:
 * the restricted Damerau-Levenshtein distance (optimal string alignment).
 */
static size_t steps_between(const char *a, size_t length_a, const char *b, size_t length_b)
{
	size_t table[LONGEST + 1][LONGEST + 1];

	for (size_t i = 0; i <= length_a; i++)
		table[i][0] = i;
	for (size_t j = 0; j <= length_b; j++)
		table[0][j] = j;
	for (size_t i = 1; i <= length_a; i++)
		for (size_t j = 1; j <= length_b; j++) {
			size_t other = a[i - 1] != b[j - 1];

			table[i][j] = least(table[i - 1][j - 1] + other,
					    least(table[i - 1][j], table[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				table[i][j] = least(table[i][j], table[i - 2][j - 2] + 1);
		}
	return table[length_a][length_b];
}

void nearest_try(struct nearest *nearest, const char *name)
{
	size_t length = strlen(nearest->word), name_length = strlen(name), steps;

	if (length > LONGEST || name_length > LONGEST)
		return;
	steps = steps_between(nearest->word, length, name, name_length);
	/* If two letters of a short word are missing, too little is left to guess. */
	if (steps > 1 + least(length, name_length) / 5 || steps == name_length ||
	    (nearest->name && steps >= nearest->steps))
		return;
	nearest->name = name;
	nearest->steps = steps;
}
