/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chip database: what is known of the SPI NOR dies ("parts") inside Beken
 * SoCs, and of the SoCs around them.
 *
 * The facts live as text beside this file, each with its source; README.md explains
 * that text. chipdb/generate.py checks it and writes the C tables behind this header.
 * The driver and the simulator share these tables and nothing else.
 *
 * All data is constant; every function here may be called from any thread.
 */
#ifndef CHIPDB_H
#define CHIPDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHIPDB_ERASES 6	   /* the most erase commands a part has */
#define CHIPDB_REGISTERS 3 /* SR1, SR2, SR3 */

#define CHIPDB_FLASHES 4      /* the most sizes of flash that a SoC has */
#define CHIPDB_FINGERPRINTS 4 /* the most ways in which its bootloaders begin */
#define CHIPDB_REGIONS 12     /* the most regions in its flash */

/* How calibration data begins: these four bytes, the last of which is 0. */
#define CHIPDB_RF_MAGIC "TLV"

/*
 * What one bit of a status register means. The names are the datasheets', but where
 * GigaDevice calls TB and SEC "BP3" and "BP4", the database says TB and SEC: BP3
 * here is a fourth bit of the count, as Macronix has it.
 */
enum chipdb_bit {
	CHIPDB_UNKNOWN, /* reserved or of unknown meaning: never to be changed */
	CHIPDB_WIP,	/* write in progress */
	CHIPDB_WEL,	/* write enable latch */
	CHIPDB_BP0,	/* block protection, the size of the protected range */
	CHIPDB_BP1,
	CHIPDB_BP2,
	CHIPDB_BP3,
	CHIPDB_TB,     /* 1: the range starts at the bottom, not at the top */
	CHIPDB_TB_OTP, /* the same, but one-time-programmable: never to be changed */
	CHIPDB_SEC,    /* 1: the range counts 4 KiB sectors, not 64 KiB blocks */
	CHIPDB_4KBL,   /* Eon's granularity bit; without effect while BP is 0 */
	CHIPDB_CMP,    /* 1: what BP selects is the unprotected part instead */
	CHIPDB_SRP0,   /* 1: with WP# low the status registers cannot be written */
	CHIPDB_SRP1,   /* 1: the status registers are locked until power is cycled */
	CHIPDB_QE,     /* quad enable: WP# and HOLD# become data lines */
	CHIPDB_LB,     /* one-time-programmable lock of a security register */
	/*
	 * 1: BP, SEC, TB and CMP have no effect; instead each 64 KiB block, and each sector of the
	 * first and the last one, has a lock of its own, which is set at power-up.
	 */
	CHIPDB_WPS,
	CHIPDB_SUS, /* an erase or program is suspended (read only) */
};

/* How a part takes new values for its status registers. */
enum chipdb_sr_write {
	CHIPDB_SR_JOINT, /* 01h followed by one byte a register */
	CHIPDB_SR_SPLIT, /* 01h, 31h and 11h, one register and one byte each */
};

struct chipdb_erase {
	uint8_t opcode;	 /* 0 ends the list */
	uint32_t size;	 /* bytes; the part's size for a chip erase, see chipdb_erases_chip() */
	uint32_t typ_us; /* typical time, microseconds */
	uint32_t max_us; /* the longest that the datasheet allows, microseconds */
};

struct chipdb_part {
	const char *name; /* as the maker writes it, and unique */
	const char *also; /* other names of it, with ", " between; or NULL */
	const char *maker;
	/* Why this project does not drive it, as a sentence without a full stop; NULL: it does.
	 */
	const char *refuse;
	uint8_t id[3]; /* the answer to 9Fh, in wire order */
	uint32_t size; /* bytes, a power of two */
	/*
	 * 3, or 4 for a part above 16 MiB. With 4 the part is driven by opcodes of its own
	 * (13h read, 12h program, and the erases below), whatever mode it is in.
	 */
	unsigned address_bytes;
	uint32_t page; /* bytes a page program may hold */
	uint32_t program_typ_us, program_max_us;
	struct chipdb_erase erase[CHIPDB_ERASES]; /* smallest first */
	unsigned sr_count;			  /* status registers: 1 to 3 */
	uint8_t sr_read[CHIPDB_REGISTERS];	  /* opcodes that read SR1, SR2, SR3 */
	enum chipdb_sr_write sr_write;
	uint32_t sr_write_typ_us, sr_write_max_us;
	bool sr_volatile; /* 50h before a write changes the bits until power is cycled */
	/*
	 * True if BP, TB, SEC, 4KBL and CMP are known to choose what is protected as on most parts:
	 *
	 *   BP0 to BP2   0 nothing, 7 everything, else 64 KiB << (BP - 1), or 1/64 of a part above
	 *                4 MiB << (BP - 1); at most the part
	 *   BP0 to BP3   64 KiB << (BP - 1), at most the part
	 *   SEC          4 KiB << (BP - 1) instead, at most 32 KiB; 4KBL the same, for BP = 7 too
	 *   TB           from the bottom instead of the top
	 *   CMP          all but that instead
	 */
	bool bp_ranges;
	bool one_byte_01_clears_sr2;
	/* A register write that changes nothing was reported to lock the part for good. */
	bool needless_write_locks;
	enum chipdb_bit sr_bits[8 * CHIPDB_REGISTERS]; /* [0] is SR1 bit 0, [8] SR2 bit 0 */
	uint32_t firmware_sr; /* what Beken's firmware leaves: SR1 | SR2 << 8 | SR3 << 16 */
	bool has_sfdp;	      /* the die answers 5Ah with a table */
};

/* What a region of a SoC's flash is for. */
enum chipdb_region_kind {
	CHIPDB_REGION_BOOT, /* the bootloader */
	CHIPDB_REGION_APP,  /* the application */
	CHIPDB_REGION_OTA,  /* where updates are downloaded to */
	CHIPDB_REGION_RF,   /* radio calibration and MAC address: belongs to this one module */
	CHIPDB_REGION_NET,  /* network settings */
	CHIPDB_REGION_DATA, /* settings and files of the firmware or of its user */
};

/* Addresses are physical, as SPI sees them: code contains CRC bytes. */
struct chipdb_region {
	const char *name; /* small letters, digits and "-"; NULL ends the list */
	uint32_t start;	  /* byte address in the flash */
	uint32_t length;  /* bytes; not always a multiple of an erase size */
	enum chipdb_region_kind kind;
};

/* How something begins in the flash. Different SoCs may begin alike. */
struct chipdb_fingerprint {
	uint8_t bytes[8];
	unsigned length; /* 1 to 8; 0 ends the list */
};

/* Whether code in the flash is encrypted by a key in the eFUSE. */
enum chipdb_code {
	CHIPDB_CODE_UNKNOWN,
	CHIPDB_CODE_PLAIN,
	CHIPDB_CODE_KEYED,
};

/* Some SoCs: bit n is chipdb_socs[n]. */
typedef uint32_t chipdb_soc_set;

struct chipdb_soc {
	const char *name;
	const char *also; /* other names of it, with ", " between; or NULL */
	/*
	 * As its bootloaders and firmware call it, likewise; or NULL. Not unique: a BK7231M is
	 * called BK7231N, and only the coding of the code tells them apart.
	 */
	const char *calls_itself;
	const char *alike; /* names of those whose firmware it runs, likewise; or NULL */
	/*
	 * Names of the modules that it is sold in, likewise; or NULL. Neither unique nor names of
	 * SoCs: one name was seen with two SoCs.
	 */
	const char *modules;
	const char *part;		/* name of a part often seen in it */
	const char *spi_mode;		/* "confirmed" or "unproven", see docs/protocol.md */
	const char *evidence;		/* by whom and how */
	uint32_t flash[CHIPDB_FLASHES]; /* sizes it was seen with, bytes, ascending; 0 ends */
	enum chipdb_code code;
	/* The flash at 0 of this SoC alone, and at the start of the application if all begin alike.
	 */
	struct chipdb_fingerprint bootloader[CHIPDB_FINGERPRINTS];
	struct chipdb_fingerprint app_start[CHIPDB_FINGERPRINTS];
	uint32_t bootloader_used; /* the longest bootloader seen, bytes; 0 if unknown */
	/*
	 * Where the calibration usually begins, the first region of that kind; 0 if unknown.
	 * There may be more, since sources disagree: the regions have them all.
	 */
	uint32_t rf;
	uint32_t mac_offset; /* the MAC address, 6 bytes, from there; 0 if unknown */
	/*
	 * By address, not overlapping, with gaps; a name of NULL ends the list if it is not
	 * full. Those from the end of a smaller flash on belong to larger ones only.
	 */
	struct chipdb_region regions[CHIPDB_REGIONS];
};

/* The wires of docs/wiring.md. */
enum chipdb_wire {
	CHIPDB_P20, /* clock */
	CHIPDB_P21, /* chip select */
	CHIPDB_P22, /* data into the chip */
	CHIPDB_P23, /* data out of it */
	CHIPDB_CEN,
	CHIPDB_3V3,
	CHIPDB_GND,
	CHIPDB_WIRES
};

/* Those of docs/uart.md, besides CEN, 3V3 and GND. */
enum chipdb_uart_wire {
	CHIPDB_P10, /* RX1: data into the chip */
	CHIPDB_P11, /* TX1: data out of it */
	CHIPDB_UART_WIRES
};

/* Where the wires go on a package of SoCs, or on a module. */
struct chipdb_wiring {
	const char *name;    /* "CB2S", "BK7231-QFN32" */
	const char *soc;     /* which SoC is in it; several with " or " between */
	const char *package; /* of the SoC on a module; NULL: it is a package itself */
	/* Numbers or names with " or " between; NULL: on no pad, or not known. */
	const char *pads[CHIPDB_WIRES];
	const char *uart_pads[CHIPDB_UART_WIRES];
	const char *sources; /* as in chipdb/sources.toml */
};

extern const struct chipdb_wiring chipdb_wirings[]; /* packages come first */
extern const size_t chipdb_wiring_count;

/*
 * The one of this name, ignoring case and taking "_" for "-"; of a SoC, the first of its packages;
 * or NULL.
 */
const struct chipdb_wiring *chipdb_wiring_by_name(const char *name);

/* Where the wires end on an adapter. */
struct chipdb_adapter {
	const char *name;		  /* "CH341A", "CH347", "FT232H", "spidev" */
	const char *pins[CHIPDB_WIRES];	  /* "D3" */
	const char *places[CHIPDB_WIRES]; /* "leg 18", "pin 23"; may be "" */
	const char *levels;		  /* of its signals, and what to beware of */
};

extern const struct chipdb_adapter chipdb_adapters[];
extern const size_t chipdb_adapter_count;

/* "P20", "3V3" */
const char *chipdb_wire_name(enum chipdb_wire wire);

extern const struct chipdb_part chipdb_parts[];
extern const size_t chipdb_part_count;
extern const struct chipdb_soc chipdb_socs[];
extern const size_t chipdb_soc_count;

/* The part with this answer to 9Fh, or NULL. */
const struct chipdb_part *chipdb_part_by_id(const uint8_t id[3]);

/*
 * The part or SoC of this name, or also called so (case does not matter), or NULL.
 * Names and other names are unique. A SoC may have "Open" before its name.
 */
const struct chipdb_part *chipdb_part_by_name(const char *name);
const struct chipdb_soc *chipdb_soc_by_name(const char *name);

/* All of this name, or whose firmware uses it. A leading "Open" is ignored. */
chipdb_soc_set chipdb_socs_called(const char *name);

/* Those that are sold in modules of this name; "WB2L_M1" is "WB2L-M1". */
chipdb_soc_set chipdb_socs_in_module(const char *name);

chipdb_soc_set chipdb_socs_all(void);

/* @soc alone; and @soc with all those whose firmware it runs. */
chipdb_soc_set chipdb_soc_bit(const struct chipdb_soc *soc);
chipdb_soc_set chipdb_socs_alike(const struct chipdb_soc *soc);

/* Whether this erase takes no address, and erases everything. */
static inline bool chipdb_erases_chip(const struct chipdb_erase *erase)
{
	return erase->opcode == 0x60 || erase->opcode == 0xc7;
}

/* Bits of all registers of a part (SR1 | SR2 << 8 | ...) that mean @bit. */
uint32_t chipdb_sr_mask(const struct chipdb_part *part, enum chipdb_bit bit);

#endif
