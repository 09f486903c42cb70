/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/bridge.h"

#include <stdio.h>

static enum trouble_kind serve_op(void *data, const uint8_t *tx, size_t tx_len, uint8_t *rx,
				  size_t rx_len)
{
	return proxy_op(((const struct bridge *)data)->proxy, tx, tx_len, rx, rx_len);
}

/* What has to be done after an interrupt is done when everything is closed. */
static enum trouble_kind serve_finish(void *data)
{
	const struct bridge *bridge = data;

	if (!bridge->go_on(bridge->data))
		return TROUBLE_INTERRUPTED;
	return proxy_finish(bridge->proxy);
}

static bool serve_go_on(void *data)
{
	const struct bridge *bridge = data;

	/* Called while flashrom is thinking. */
	proxy_idle(bridge->proxy);
	return bridge->go_on(bridge->data);
}

enum serprog_end bridge_serve(int pty, const struct bridge *bridge)
{
	struct bridge copy = *bridge;
	struct serprog_target target = {
		.write_most = PROXY_WRITE_MOST,
		.read_most = PROXY_READ_MOST,
		.spi_hz = bridge->clock_hz,
		.spi_op = serve_op,
		.finish = serve_finish,
		.go_on = serve_go_on,
		.data = &copy,
	};

	snprintf(target.name, sizeof(target.name), "%.*s", SERPROG_NAME_LEN, bridge->name);
	return serprog_serve(pty, &target);
}
