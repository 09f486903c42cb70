/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/show/show_wiring.h"

#include "cli/say.h"

static const struct {
	const char *name, *end; /* of a USB-serial adapter */
} uart_wires[CHIPDB_UART_WIRES] = {
	[CHIPDB_P10] = {"P10", "TX"},
	[CHIPDB_P11] = {"P11", "RX"},
};

static const struct chipdb_wiring *package_of(const struct chipdb_wiring *wiring)
{
	return wiring->package ? chipdb_wiring_by_name(wiring->package) : wiring;
}

/* The pin of the SoC on a module, or NULL. */
static const char *pin_of(const struct chipdb_wiring *wiring, enum chipdb_wire wire)
{
	const struct chipdb_wiring *package = package_of(wiring);

	return package ? package->pads[wire] : NULL;
}

static const char *uart_pin_of(const struct chipdb_wiring *wiring, enum chipdb_uart_wire wire)
{
	const struct chipdb_wiring *package = package_of(wiring);

	return package ? package->uart_pads[wire] : NULL;
}

/* Where a wire ends on a module; a package has no pads. */
static const char *pad_text(const struct chipdb_wiring *wiring, const char *pad, const char *pin)
{
	if (!wiring->package)
		return "";
	return pad ? pad : pin ? "none: to the pin" : "not known";
}

static void print_uart(const struct chipdb_wiring *wiring)
{
	say("\nOr, for --port, the way through the chip's bootloader, a USB-serial adapter with\n"
	    "3.3 V levels: CEN to its RTS or DTR, GND to its GND, and\n\n");
	say("wire  adapter  %-18s pin of the chip\n", wiring->package ? "pad" : "");
	for (enum chipdb_uart_wire wire = 0; wire < CHIPDB_UART_WIRES; wire++) {
		const char *pin = uart_pin_of(wiring, wire);

		say("%-5s %-8s %-18s %s\n", uart_wires[wire].name, uart_wires[wire].end,
		    pad_text(wiring, wiring->uart_pads[wire], pin), pin ? pin : "-");
	}
}

void show_wiring(const struct chipdb_wiring *wiring)
{
	say("%s, with a %s%s%s\n\n", wiring->name, wiring->soc, wiring->package ? " in a " : "",
	    wiring->package ? wiring->package : "");
	say("wire  ");
	for (size_t i = 0; i < chipdb_adapter_count; i++)
		say("%-8s ", chipdb_adapters[i].name);
	say("%-18s pin of the chip\n", wiring->package ? "pad" : "");
	for (enum chipdb_wire wire = 0; wire < CHIPDB_WIRES; wire++) {
		const char *pin = pin_of(wiring, wire);

		say("%-5s ", chipdb_wire_name(wire));
		for (size_t i = 0; i < chipdb_adapter_count; i++)
			say("%-8s ", chipdb_adapters[i].pins[wire]);
		say("%-18s %s\n", pad_text(wiring, wiring->pads[wire], pin), pin ? pin : "-");
	}
	say("\nLevels of the signals; the chip is a 3.3 V part:\n");
	for (size_t i = 0; i < chipdb_adapter_count; i++)
		say("%-8s %s\n", chipdb_adapters[i].name, chipdb_adapters[i].levels);
	print_uart(wiring);
	say("\nFrom: %s. Measure before you solder; beken-flash doctor --watch shows when\n"
	    "each wire makes contact.\n",
	    wiring->sources);
}

void show_wiring_json(struct json *json, const struct chipdb_wiring *wiring)
{
	json_text(json, "name", wiring->name);
	json_text(json, "soc", wiring->soc);
	json_text_or_none(json, "package", wiring->package);
	json_begin(json, "wires", '[');
	for (enum chipdb_wire wire = 0; wire < CHIPDB_WIRES; wire++) {
		json_begin(json, NULL, '{');
		json_text(json, "wire", chipdb_wire_name(wire));
		json_text_or_none(json, "pad", wiring->package ? wiring->pads[wire] : NULL);
		json_text_or_none(json, "pin", pin_of(wiring, wire));
		json_end(json, '}');
	}
	json_end(json, ']');
	json_begin(json, "uart", '[');
	for (enum chipdb_uart_wire wire = 0; wire < CHIPDB_UART_WIRES; wire++) {
		json_begin(json, NULL, '{');
		json_text(json, "wire", uart_wires[wire].name);
		json_text_or_none(json, "pad", wiring->package ? wiring->uart_pads[wire] : NULL);
		json_text_or_none(json, "pin", uart_pin_of(wiring, wire));
		json_text(json, "adapter", uart_wires[wire].end);
		json_end(json, '}');
	}
	json_end(json, ']');
	json_begin(json, "adapters", '[');
	for (size_t i = 0; i < chipdb_adapter_count; i++) {
		const struct chipdb_adapter *adapter = &chipdb_adapters[i];

		json_begin(json, NULL, '{');
		json_text(json, "adapter", adapter->name);
		for (enum chipdb_wire wire = 0; wire < CHIPDB_WIRES; wire++)
			json_text(json, chipdb_wire_name(wire), adapter->pins[wire]);
		json_text(json, "levels", adapter->levels);
		json_end(json, '}');
	}
	json_end(json, ']');
	json_text(json, "sources", wiring->sources);
}
