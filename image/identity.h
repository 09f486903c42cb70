/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identity.h - for which SoC code is, or which SoC a module has: by evidence.
 *
 * A file and a module are judged in the same way, from the same kinds of evidence. Each piece says
 * what it is, where it was found, how strong it is, and which SoCs it allows. The stronger ones
 * decide first; what contradicts them is marked and shown, and as long as strong ones contradict
 * each other, all that any of them allows stays possible. docs/images.md gives the source of each
 * kind.
 *
 * The result is one SoC, one of a few, or unknown: evidence that only excludes some does not
 * determine one.
 */
#ifndef IMAGE_IDENTITY_H
#define IMAGE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chipdb/chipdb.h"

#define IDENTITY_EVIDENCE 16
#define IDENTITY_FEW 4 /* more than these are no answer */
#define EVIDENCE_WORDS 120

enum evidence_kind {
	EVIDENCE_TOLD,	      /* what the user says */
	EVIDENCE_BOOT_NAME,   /* the bootloader's own name */
	EVIDENCE_UF2_FAMILY,  /* the family of a UF2 file */
	EVIDENCE_APP_NAME,    /* the application's own name */
	EVIDENCE_APP_VERSION, /* a name in the version of its RBL header */
	EVIDENCE_CODING,      /* plain, the stock key, another: excludes what no name says */
	EVIDENCE_CALIBRATION, /* where the calibration is */
	EVIDENCE_BOOT_BEGIN,  /* the first bytes of the bootloader */
	EVIDENCE_CLEAR_NAME,  /* what a keyed bootloader leaves unencrypted */
	EVIDENCE_APP_WORDS,   /* names in the application's words */
	EVIDENCE_APP_END,     /* where its RBL header is */
	EVIDENCE_KINDS,
};

enum evidence_strength {
	EVIDENCE_WEAK,	 /* narrows down the candidates, and adds none */
	EVIDENCE_FAIR,	 /* names a SoC, if nothing stronger does */
	EVIDENCE_STRONG, /* was put there to say it */
	EVIDENCE_SURE,	 /* the user's word */
};

struct evidence {
	enum evidence_kind kind;
	enum evidence_strength strength;
	chipdb_soc_set socs; /* that it allows; 0: one that the database does not know */
	size_t place;	     /* in the flash, or in the file; EVIDENCE_NO_PLACE */
	bool contradicts;    /* what is stronger */
	char words[EVIDENCE_WORDS];
};

struct identity {
	struct evidence list[IDENTITY_EVIDENCE];
	size_t count;
	/* After identity_settle(): */
	chipdb_soc_set possible; /* all that nothing excludes */
	bool contradicted;	 /* strong evidence against strong */
	bool foreign;		 /* it names itself, and the database does not know the name */
	/* One, a few, or none: unknown. */
	const struct chipdb_soc *socs[IDENTITY_FEW];
	size_t soc_count;
};

#define EVIDENCE_NO_PLACE SIZE_MAX

/* Adds evidence, in words without a full stop. What exceeds IDENTITY_EVIDENCE is dropped. */
void identity_add(struct identity *identity, enum evidence_kind kind,
		  enum evidence_strength strength, chipdb_soc_set socs, size_t place,
		  const char *words, ...) __attribute__((format(printf, 6, 7)));

/* Works out what the list means; may be called again after more was added. */
void identity_settle(struct identity *identity);

/* The strongest piece that decided; or NULL. */
const struct evidence *identity_reason(const struct identity *identity);

/* The strongest that cannot be true if @other is, which contradicts it. */
const struct evidence *identity_against(const struct identity *identity,
					const struct evidence *other);

/* Whether evidence of this kind is there; NULL if not. */
const struct evidence *identity_evidence(const struct identity *identity, enum evidence_kind kind);

/* The SoCs of the result; 0 if unknown. */
chipdb_soc_set identity_socs(const struct identity *identity);

/* The SoCs of the result; while it is unknown, all that nothing excludes. */
chipdb_soc_set identity_candidates(const struct identity *identity);

/* "BK7231M or BL2028N", in @text of @room bytes; "" for none. Returns @text. */
const char *identity_text(const struct identity *identity, char *text, size_t room);
const char *soc_set_text(chipdb_soc_set socs, char *text, size_t room);

/* "boot-name"; "strong" */
const char *evidence_name(enum evidence_kind kind);
const char *evidence_strength_name(enum evidence_strength strength);

#endif
