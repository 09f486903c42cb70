/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trouble.h - what went wrong: one vocabulary from the wire to the JSON.
 *
 * Whoever finds a trouble raises it once (observer.h), with what was seen there. All callers pass
 * it on and add nothing except the state of the die. No code compares texts.
 *
 * A trouble has a kind, what was seen (facts, no advice) in words and as values, what to do next
 * (the text of its kind, or one of its own where that depends on what was seen), and, where it
 * makes sense, the range of the die.
 *
 * Kinds never change their meaning: their names are in JSON and in scripts. Their list is X(id,
 * name, exit status, next step). {clock} {select} {out} {in} {cen} in a next step stand for the
 * adapter's names for its pins, "out" being what goes into the chip, {levels} for what to beware of
 * there, and {again} for what may bring the adapter back. Parameters of the programmer (reset_ms=,
 * chip= ...) may be named there, options of a program may not.
 */
#ifndef BASE_TROUBLE_H
#define BASE_TROUBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/range.h"

#define TROUBLES(X)                                                                                \
	X(NONE, "none", 0, "")                                                                     \
	/* --- the command line --- */                                                             \
	X(USAGE, "usage", 2, "")                                                                   \
	/* --- the path to the chip: adapter, wire --- */                                          \
	X(NO_ADAPTER, "no-adapter", 1,                                                             \
	  "Is it plugged in, and does lsusb show it? In a virtual machine it has to be passed "    \
	  "through")                                                                               \
	X(MANY_ADAPTERS, "many-adapters", 1, "Name one of them")                                   \
	X(ADAPTER_FORBIDDEN, "adapter-forbidden", 1,                                               \
	  "Run as root once to check that this is the only problem, then add yourself to the "     \
	  "group plugdev (flashrom's package installs the udev rule) and log in again")            \
	X(ADAPTER_IN_USE, "adapter-in-use", 1,                                                     \
	  "Does another program (or a kernel driver) use it? Close it, or plug the adapter in "    \
	  "again")                                                                                 \
	X(ADAPTER_MODE, "adapter-mode", 1,                                                         \
	  "Move its jumper or straps to the position for SPI, then plug it in again")              \
	X(ADAPTER_GONE, "adapter-gone", 1,                                                         \
	  "{again}. A driver that was unloaded has to be loaded again")                            \
	X(ADAPTER_SILENT, "adapter-silent", 1, "{again}")                                          \
	X(ADAPTER_FAULT, "adapter-fault", 1, "{again}")                                            \
	X(NET_CLOSED, "net-closed", 1,                                                             \
	  "Was the helper restarted, or did another program take its port? Then try again")        \
	X(HELPER_REFUSED, "helper-refused", 1,                                                     \
	  "Look at the helper's own page: which channel is the relay at CEN, and does it want "    \
	  "a password")                                                                            \
	/* --- bringing the chip into SPI mode --- */                                              \
	X(NO_ANSWER, "no-answer", 1,                                                               \
	  "enter=never forbids a reset: omit enter= to bring the chip into SPI mode")              \
	X(LINE_LOW, "line-low", 1,                                                                 \
	  "Check that the module has power (3.3 V) and shares ground with the adapter{levels}, "   \
	  "then CEN to {cen}, then P23 to {in}")                                                   \
	X(LINE_HIGH, "line-high", 1,                                                               \
	  "Check that P23 goes to {in} and P22 to {out} (not the other way round), then CEN to "   \
	  "{cen}, and that the module has power (3.3 V) and shares ground with the "               \
	  "adapter{levels}. On some chips this mode may be disabled for good")                     \
	X(NO_ECHO, "no-echo", 1, "Check CEN to {cen}; then hold CEN low longer (reset_ms=500)")    \
	X(NOT_TAKEN, "not-taken", 1,                                                               \
	  "Check clock (P20 to {clock}), chip select (P21 to {select}) and data into the "         \
	  "chip (P22 to {out}). If they are right: some chips rarely enter SPI mode, try "         \
	  "tries=200")                                                                             \
	X(NO_FLASH, "no-flash", 1,                                                                 \
	  "Check the power of the module and the wires (shorter ones help); cut its power "        \
	  "for a second and try again")                                                            \
	X(UNSTEADY, "unsteady", 1,                                                                 \
	  "This is a bad contact: shorten the wires, check that ground is well connected "         \
	  "and that the supply is 3.3 V and strong enough; solder rather than clip")               \
	X(CEN_UNWIRED, "cen-unwired", 1,                                                           \
	  "Connect CEN to {cen}, or use the link as it is with enter=never "                       \
	  "and leave=spi")                                                                         \
	X(OWN_FLASH, "own-flash", 1,                                                               \
	  "This may be the flash that this computer boots from: it is left alone. Use another "    \
	  "bus, and wire CEN, so that a reset shows whose flash it is")                            \
	X(CEN_HELD, "cen-held", 1,                                                                 \
	  "Something pulls CEN down: a button, another adapter's RTS, or a module without "        \
	  "power; or the module has no pull-up (cen_drive=push-pull)")                             \
	/* --- bringing the chip's bootloader to answer; first to last in this order --- */        \
	X(UART_SILENT, "uart-silent", 1,                                                           \
	  "Check power and ground, that the adapter's TX goes to RX1 (P10) and its RX to TX1 "     \
	  "(P11), and that its RTS or DTR goes to CEN; or switch the module's power off and on "   \
	  "while it waits")                                                                        \
	X(UART_ECHO, "uart-echo", 1,                                                               \
	  "Remove what joins the adapter's TX and RX: a jumper, a solder bridge, a wire on the "   \
	  "wrong pin")                                                                             \
	X(UART_GARBAGE, "uart-garbage", 1,                                                         \
	  "Check ground and that the adapter has 3.3 V levels; then try another adapter or "       \
	  "shorter wires")                                                                         \
	X(UART_FIRMWARE, "uart-firmware", 1,                                                       \
	  "The window after the reset was missed: connect CEN to RTS or DTR of the adapter, or "   \
	  "switch the module's power off and on while it waits")                                   \
	X(UART_OTHER, "uart-other", 1, "It is another chip: use that maker's tool")                \
	X(LINK_LOST, "link-lost", 1, "Check the module's power and CEN, then try again")           \
	X(NOT_RELEASED, "not-released", 1, "Cut the module's power for a second")                  \
	/* --- which flash it is --- */                                                            \
	X(PART_UNKNOWN, "part-unknown", 1, "")                                                     \
	X(PART_REFUSED, "part-refused", 1, "")                                                     \
	X(PART_DOUBTFUL, "part-doubtful", 1, "")                                                   \
	X(PART_SMALLER, "part-smaller", 1, "")                                                     \
	X(CLOSED_RANGE, "closed-range", 3, "Use SPI for that part of the flash")                   \
	/* --- changing it --- */                                                                  \
	X(READ_ONLY, "read-only", 3, "")                                                           \
	X(REFUSED_COMMAND, "refused-command", 1, "")                                               \
	X(PROTECTED, "protected", 3, "")                                                           \
	X(STAYS_PROTECTED, "stays-protected", 1, "")                                               \
	X(REGISTER_REFUSED, "register-refused", 3, "")                                             \
	X(REGISTER_UNKNOWN, "register-unknown", 3, "")                                             \
	X(NO_REGISTERS, "no-registers", 3, "Use SPI for the status registers")                     \
	X(STAYS_BUSY, "stays-busy", 1, "Cut the power for a second, then try again")               \
	X(DIFFERS, "differs", 3, "")                                                               \
	X(NOT_WRITTEN, "not-written", 1, "")                                                       \
	X(UNSTEADY_READ, "unsteady-read", 1,                                                       \
	  "A bad contact: shorten the wires, check the supply and GND, and solder rather than "    \
	  "clip. Do not write to this chip until then")                                            \
	X(TOO_NOISY, "too-noisy", 1,                                                               \
	  "Shorten the wires (10 cm is good), check the supply and GND, and solder rather than "   \
	  "clip. Do not write to this chip before two readings agree")                             \
	/* --- what would be lost --- */                                                           \
	X(WRONG_FILE, "wrong-file", 3, "")                                                         \
	X(WRONG_PLACE, "wrong-place", 3, "")                                                       \
	X(NO_SUCH_RANGE, "no-such-range", 3, "")                                                   \
	X(KEPT, "kept", 3, "")                                                                     \
	X(SOC_UNKNOWN, "soc-unknown", 3, "")                                                       \
	X(SOC_CONTRADICTED, "soc-contradicted", 3, "")                                             \
	X(IDENTITY_LOST, "identity-lost", 3, "")                                                   \
	X(OTHER_MODULE, "other-module", 3, "")                                                     \
	X(DOUBTFUL_CONTENT, "doubtful-content", 3, "")                                             \
	X(PARTIAL_SECTOR, "partial-sector", 3, "")                                                 \
	X(WRONG_BACKUP, "wrong-backup", 3, "")                                                     \
	X(STALE_BACKUP, "stale-backup", 3, "")                                                     \
	X(NO_MANIFEST, "no-manifest", 3, "")                                                       \
	X(NOT_CONFIRMED, "not-confirmed", 3, "")                                                   \
	X(UNFINISHED, "unfinished", 3, "")                                                         \
	X(NEWER_CONTENT, "newer-content", 3, "")                                                   \
	X(JOURNAL_DAMAGED, "journal-damaged", 3, "")                                               \
	X(NOTHING_TO_RESUME, "nothing-to-resume", 3, "")                                           \
	/* --- this machine --- */                                                                 \
	X(FILE, "file", 1, "")                                                                     \
	X(FILE_EXISTS, "file-exists", 1, "")                                                       \
	X(DISK_FULL, "disk-full", 1, "")                                                           \
	X(BUSY_PROGRAM, "busy-program", 3, "")                                                     \
	X(NO_FLASHROM, "no-flashrom", 1, "")                                                       \
	X(FLASHROM_FAILED, "flashrom-failed", 1, "")                                               \
	X(COMMAND_FAILED, "command-failed", 1, "")                                                 \
	X(NO_MEMORY, "no-memory", 1, "")                                                           \
	X(SYSTEM, "system", 1, "")                                                                 \
	X(INTERRUPTED, "interrupted", 130, "")                                                     \
	X(BUG, "bug", 1, "Please report this")

enum trouble_kind {
#define X(id, name, status, next) TROUBLE_##id,
	TROUBLES(X)
#undef X
		TROUBLE_KINDS
};

/* What became of the die, known only to the code that changes it. In JSON as "flash". */
enum die_state {
	DIE_UNTOUCHED, /* nothing was sent that changes it */
	DIE_CHANGED,   /* all that was to be written is there, and was seen there */
	DIE_HALF,      /* neither the old nor the new: exit status 4, whatever the kind's is */
	DIE_UNSURE,    /* it should be there, but what followed failed */
	DIE_UNKNOWN,   /* another program may have changed it */
};

#define TROUBLE_STATUS_HALF 4

#define TROUBLE_WORDS 600
#define TROUBLE_VALUES 6

/* One thing that was seen, for programs: a number, or a text. */
struct trouble_value {
	const char *name; /* static: "resets" */
	bool is_number;
	uint64_t number;
	char text[288];
};

struct trouble {
	enum trouble_kind kind;
	char seen[TROUBLE_WORDS]; /* "9Fh answered FF FF FF after 3 resets" */
	char next[TROUBLE_WORDS]; /* its own; "" for the kind's */
	struct trouble_value values[TROUBLE_VALUES];
	size_t value_count;
	struct range range; /* of the die; length 0: none */
	enum die_state die;
	int signal; /* INTERRUPTED by this one; or 0 */
};

/* The one of that name, or NULL. */
const struct trouble_value *trouble_value(const struct trouble *trouble, const char *name);

/* "line-high" */
const char *trouble_name(enum trouble_kind kind);

/* The kind's own next step with {pins} in it, may be "". */
const char *trouble_next(enum trouble_kind kind);

/* "untouched", "changed", "half-written", "unsure", "unknown" */
const char *die_state_name(enum die_state state);

/* The exit status of a process that ends with it. */
int trouble_status(const struct trouble *trouble);

/* What the kind means, where nothing more specific is known: "the adapter fell silent". */
const char *trouble_text(enum trouble_kind kind);

/* Starts a trouble that gets values or a next step of its own; pass it to observer_tell(). */
struct trouble trouble_seen(enum trouble_kind kind, const char *seen, ...)
	__attribute__((format(printf, 2, 3)));
void trouble_add_number(struct trouble *trouble, const char *name, uint64_t number);
void trouble_add_text(struct trouble *trouble, const char *name, const char *text, ...)
	__attribute__((format(printf, 3, 4)));
void trouble_set_next(struct trouble *trouble, const char *next, ...)
	__attribute__((format(printf, 2, 3)));

#endif
