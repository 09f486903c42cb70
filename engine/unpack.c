/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/unpack.h"

#include <stdlib.h>

bool unpack_file(struct uf2 *uf2, uint8_t **data, size_t *size, uint8_t **carried)
{
	struct uf2_content content;

	*uf2 = (struct uf2){.fault = UF2_GOOD};
	*carried = NULL;
	if (!uf2_begins(*data, *size))
		return true;
	if (!uf2_unpack(*data, *size, uf2, &content)) {
		uf2_free_content(&content);
		return false;
	}
	if (uf2->fault != UF2_GOOD)
		return true;
	free(*data);
	*data = content.data;
	*carried = content.carried;
	*size = content.size;
	return true;
}
