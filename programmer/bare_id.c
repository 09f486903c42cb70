/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/bare_id.h"

#include <string.h>

#include "base/opcodes.h"

#define ID_LEN 3

/* Like the proxy's answers, so that flashrom finds the same part in the session that follows. */
static enum trouble_kind answer(void *data, const uint8_t *tx, size_t tx_len, uint8_t *rx,
				size_t rx_len)
{
	struct bare_id *bare = data;

	memset(rx, 0xff, rx_len);
	if (tx_len > 0 && tx[0] == OPCODE_RDSR)
		memset(rx, 0, rx_len);
	if (tx_len > 0 && tx[0] == OPCODE_RDID) {
		bare->asked = true;
		memset(rx, 0, rx_len);
		memcpy(rx, bare->id, rx_len < ID_LEN ? rx_len : ID_LEN);
	}
	return TROUBLE_NONE;
}

static enum trouble_kind finish(void *data)
{
	(void)data;
	return TROUBLE_NONE;
}

static bool go_on(void *data)
{
	const struct bare_id *bare = data;

	return bare->go_on(bare->data);
}

enum serprog_end bare_id_serve(int pty, struct bare_id *bare)
{
	const struct serprog_target target = {
		.name = "beken",
		.write_most = 256,
		.read_most = 4096,
		.spi_hz = 1500000,
		.spi_op = answer,
		.finish = finish,
		.go_on = go_on,
		.data = bare,
	};

	return serprog_serve(pty, &target);
}
