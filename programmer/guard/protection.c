/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/guard/protection.h"
#include "programmer/die/status_registers.h"

/* The part's own method, the other one, and QE put back behind either. */
#define ROUNDS 3

static uint32_t size_bits(const struct chipdb_part *part)
{
	return chipdb_sr_mask(part, CHIPDB_BP0) | chipdb_sr_mask(part, CHIPDB_BP1) |
	       chipdb_sr_mask(part, CHIPDB_BP2) | chipdb_sr_mask(part, CHIPDB_BP3);
}

uint32_t protection_mask(const struct chipdb_part *part)
{
	return size_bits(part) | chipdb_sr_mask(part, CHIPDB_TB) |
	       chipdb_sr_mask(part, CHIPDB_SEC) | chipdb_sr_mask(part, CHIPDB_CMP);
}

/* BP = 0 selects nothing and all ones everything; CMP turns that round. */
bool protection_active(const struct chipdb_part *part, uint32_t sr)
{
	uint32_t bits = size_bits(part);

	return (sr & bits) != (sr & chipdb_sr_mask(part, CHIPDB_CMP) ? bits : 0);
}

/* Bits of which a difference tells something; reserved ones may come and go. */
static uint32_t known_bits(const struct chipdb_part *part)
{
	return ~(chipdb_sr_mask(part, CHIPDB_UNKNOWN) | chipdb_sr_mask(part, CHIPDB_WIP) |
		 chipdb_sr_mask(part, CHIPDB_WEL) | chipdb_sr_mask(part, CHIPDB_SUS));
}

int protection_read(struct protection *protection, uint32_t *sr)
{
	const struct chipdb_part *part = protection->part;
	unsigned count;
	int ret = status_registers_read(protection->bus, part, sr, &count);

	if (ret)
		return ret;
	if (protection->registers == 0) {
		protection->registers = count;
		if (count < part->sr_count)
			observer_note(protection->observer, NOTE_WARN, TROUBLE_NONE,
				      "%s should have %u status registers, but this flash has %u. "
				      "Please report that with the module's name",
				      part->name, part->sr_count, count);
	}
	/* They do not come and go; a bad contact does. */
	return count == protection->registers ? 0 : TROUBLE_ADAPTER_FAULT;
}

/*
 * Bring the registers from *@sr to @wanted, as far as @care says: by the part's own method
 * and then, where that did not help, by the other. *@sr is what they are afterwards.
 */
static int change(struct protection *protection, uint32_t wanted, uint32_t care, uint32_t *sr)
{
	const struct chipdb_part *part = protection->part;
	const uint32_t qe = chipdb_sr_mask(part, CHIPDB_QE);
	struct status_registers_write write = {
		.method = part->sr_write, .count = protection->registers, .to = wanted};
	bool other = false;

	for (unsigned round = 0; round < ROUNDS && (*sr ^ wanted) & care; round++) {
		bool stumbled;
		int ret;

		write.from = *sr;
		ret = status_registers_write(protection->bus, part, &write);
		stumbled = ret == TROUBLE_ADAPTER_FAULT || ret == TROUBLE_ADAPTER_SILENT;
		if (!ret || stumbled) /* whether it was taken, the registers tell */
			ret = protection_read(protection, sr);
		if (ret)
			return ret;
		/* A one-byte 01h may have cleared SR2, and QE with it: once more, the same way. */
		if (stumbled || !((*sr ^ wanted) & care & ~qe))
			continue;
		/* One register has one method only. */
		if (other || write.count == 1)
			break;
		other = true;
		write.method = write.method == CHIPDB_SR_JOINT ? CHIPDB_SR_SPLIT : CHIPDB_SR_JOINT;
	}
	return 0;
}

/* The same until power is cut, by the part's own method. *@done: the registers took it. */
static int change_volatile(struct protection *protection, uint32_t wanted, uint32_t care,
			   uint32_t *sr, bool *done)
{
	const struct status_registers_write write = {
		.method = protection->part->sr_write,
		.volatile_only = true,
		.count = protection->registers,
		.from = *sr,
		.to = wanted,
	};
	int ret = 0;

	if ((*sr ^ wanted) & care)
		ret = status_registers_write(protection->bus, protection->part, &write);
	if (!ret || ret == TROUBLE_ADAPTER_FAULT || ret == TROUBLE_ADAPTER_SILENT)
		ret = protection_read(protection, sr);
	*done = !ret && !((*sr ^ wanted) & care);
	return ret;
}

static const char *cure(const struct chipdb_part *part, uint32_t sr)
{
	bool srp0 = sr & chipdb_sr_mask(part, CHIPDB_SRP0);
	bool srp1 = sr & chipdb_sr_mask(part, CHIPDB_SRP1);

	if (srp0 && srp1)
		return "SRP0 and SRP1 are set: on most parts that locks the registers for good; on "
		       "some, cutting the module's power for a second helps";
	if (srp1)
		return "SRP1 is set: the registers are locked until the module's power is cut for "
		       "a second (or, on some parts, for good)";
	if (srp0)
		return "SRP0 is set: the die's WP# pin (which most modules do not bring out) must "
		       "be high while the registers are written";
	return "Cut the module's power for a second and try again; if it stays, the registers may "
	       "be locked for good";
}

static enum protection_result stays(const struct protection *protection, uint32_t before,
				    uint32_t sr)
{
	observer_raise(
		protection->observer, TROUBLE_STAYS_PROTECTED, NO_RANGE,
		"the flash stays write-protected: status registers 0x%04x (they were 0x%04x), of "
		"which 0x%04x protect. Nothing was erased or written. %s",
		(unsigned)sr, (unsigned)before, (unsigned)(sr & protection_mask(protection->part)),
		cure(protection->part, sr));
	return PROTECTION_STAYS;
}

static void log_failure(const struct protection *protection, int error)
{
	if (error == TROUBLE_INTERRUPTED || error == TROUBLE_ADAPTER_GONE ||
	    error == TROUBLE_NO_MEMORY)
		observer_raise(protection->observer, error, NO_RANGE,
			       "the status registers were not reached: %s", trouble_text(error));
	else
		observer_raise(
			protection->observer, TROUBLE_UNSTEADY_READ, NO_RANGE,
			"the status registers can not be read reliably (%s): check the wires",
			trouble_text(error));
}

static int lift(struct protection *protection, uint32_t *sr)
{
	const struct chipdb_part *part = protection->part;
	const uint32_t before = *sr, wanted = before & ~protection_mask(part);
	/* TB and SEC that stay do no harm while BP is clear. */
	const uint32_t care = size_bits(part) | chipdb_sr_mask(part, CHIPDB_CMP) |
			      chipdb_sr_mask(part, CHIPDB_QE);
	int ret;

	if (!protection->lifted)
		protection->before = before;
	protection->lifted = true;
	protection->lifted_volatile = false;
	if (protection->policy == UNPROTECT_RESTORE && part->sr_volatile) {
		ret = change_volatile(protection, wanted, care, sr, &protection->lifted_volatile);
		if (ret || protection->lifted_volatile)
			return ret;
	}
	ret = change(protection, wanted, care, sr);
	if (!ret && !protection_active(part, *sr) && (*sr ^ wanted) & known_bits(part))
		observer_note(
			protection->observer, NOTE_WARN, TROUBLE_NONE,
			"the status registers became 0x%04x instead of 0x%04x. They were 0x%04x",
			(unsigned)*sr, (unsigned)wanted, (unsigned)before);
	return ret;
}

enum protection_result protection_lift(struct protection *protection)
{
	const struct chipdb_part *part = protection->part;
	uint32_t before, sr;
	int ret = protection_read(protection, &before);

	sr = before;
	if (!ret && !protection_active(part, before))
		return PROTECTION_OPEN;
	if (!ret && protection->policy == UNPROTECT_NO) {
		observer_raise(
			protection->observer, TROUBLE_PROTECTED, NO_RANGE,
			"the flash is write-protected (status registers 0x%04x), and unprotect=no "
			"forbids to lift that. Nothing was erased or written. Leave unprotect=no "
			"away, or say unprotect=restore to have the protection put back afterwards",
			(unsigned)before);
		return PROTECTION_STAYS;
	}
	if (ret) {
		log_failure(protection, ret);
		return PROTECTION_ERROR;
	}
	ret = lift(protection, &sr);
	if (ret) {
		log_failure(protection, ret);
		observer_raise(
			protection->observer, TROUBLE_STAYS_PROTECTED, NO_RANGE,
			"the write protection may be half lifted: the status registers were 0x%04x",
			(unsigned)before);
		return PROTECTION_ERROR;
	}
	if (protection_active(part, sr))
		return stays(protection, before, sr);
	observer_note(protection->observer, NOTE_INFO, TROUBLE_NONE,
		      "write protection lifted%s: status registers 0x%04x -> 0x%04x",
		      protection->lifted_volatile ? " until power is cut" : "", (unsigned)before,
		      (unsigned)sr);
	return PROTECTION_LIFTED;
}

int protection_restore(struct protection *protection)
{
	const uint32_t before = protection->before, care = known_bits(protection->part);
	bool done = false;
	uint32_t sr;
	int ret;

	if (protection->policy != UNPROTECT_RESTORE || !protection->lifted)
		return 0;
	protection->lifted = false;
	ret = protection_read(protection, &sr);
	if (!ret && protection->lifted_volatile)
		ret = change_volatile(protection, before, care, &sr, &done);
	if (!ret && !done)
		ret = change(protection, before, care, &sr);
	if (ret) {
		log_failure(protection, ret);
		observer_raise(protection->observer, TROUBLE_STAYS_PROTECTED, NO_RANGE,
			       "so the write protection may not have been put back: the status "
			       "registers were 0x%04x",
			       (unsigned)before);
		return ret;
	}
	if ((sr ^ before) & care) {
		observer_raise(
			protection->observer, TROUBLE_STAYS_PROTECTED, NO_RANGE,
			"the write protection could not be put back: the status registers are "
			"0x%04x instead of 0x%04x. %s",
			(unsigned)sr, (unsigned)before, cure(protection->part, sr));
		return TROUBLE_ADAPTER_FAULT;
	}
	observer_note(protection->observer, NOTE_INFO, TROUBLE_NONE,
		      "write protection put back: status registers 0x%04x", (unsigned)sr);
	return 0;
}

/* What the user may set: everything else can never be undone, or nobody knows what it does. */
static uint32_t settable_bits(const struct chipdb_part *part)
{
	return protection_mask(part) | chipdb_sr_mask(part, CHIPDB_4KBL) |
	       chipdb_sr_mask(part, CHIPDB_SRP0);
}

int protection_set(struct protection *protection, uint32_t sr)
{
	const struct chipdb_part *part = protection->part;
	const uint32_t settable = settable_bits(part);
	uint32_t now, there, refused, wanted;
	int ret = protection_read(protection, &now);

	if (ret) {
		log_failure(protection, ret);
		return ret;
	}
	there = UINT32_MAX >> (32 - 8 * protection->registers);
	wanted = (now & ~settable) | (sr & settable & there);
	refused = (sr ^ wanted) & (known_bits(part) | ~there) & 0xffffff;
	if (refused) {
		observer_raise(
			protection->observer, TROUBLE_REGISTER_REFUSED, NO_RANGE,
			"the status registers are 0x%04x and shall become 0x%04x, but the bits "
			"0x%04x are left alone: they can never be undone, do not belong to write "
			"protection, or are not there. Nothing was changed",
			(unsigned)now, (unsigned)sr, (unsigned)refused);
		return TROUBLE_ADAPTER_FAULT;
	}
	if (wanted == now)
		return 0;
	if (protection->policy == UNPROTECT_NO) {
		observer_raise(
			protection->observer, TROUBLE_PROTECTED, NO_RANGE,
			"unprotect=no forbids to write the status registers. Nothing was changed");
		return TROUBLE_ADAPTER_FAULT;
	}
	/* From now on this is what the user wants to be left behind. */
	protection->lifted = false;
	ret = change(protection, wanted, known_bits(part), &now);
	if (ret) {
		log_failure(protection, ret);
		return ret;
	}
	if ((now ^ wanted) & known_bits(part)) {
		observer_raise(protection->observer, TROUBLE_STAYS_PROTECTED, NO_RANGE,
			       "the status registers are 0x%04x and did not become 0x%04x. %s",
			       (unsigned)now, (unsigned)wanted, cure(part, now));
		return TROUBLE_ADAPTER_FAULT;
	}
	return 0;
}
