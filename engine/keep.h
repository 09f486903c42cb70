/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keep.h - which regions of the die a write or an erase leaves alone.
 *
 * Calibration and MAC, network settings, and the settings of the firmware are unique to this
 * module. A file that has such regions was made from another module, or from an earlier state of
 * this one. spare.h uses this for what is erased.
 */
#ifndef ENGINE_KEEP_H
#define ENGINE_KEEP_H

#include "engine/content.h"
#include "engine/plan.h"

/* What is not kept, because the user names it. */
struct keep_not {
	bool rf, net, data; /* all of this kind */
	const char *named;  /* regions separated by commas; or NULL */
};

/*
 * The regions of all SoCs that it may be, and calibration that was found elsewhere in the
 * die, but not in code of these SoCs. Returns the number of entries in @kept.
 */
size_t keep_regions(const struct chipdb_soc *const *socs, size_t soc_count, const struct rf *rf,
		    size_t rf_count, uint32_t size, const struct keep_not *without,
		    struct plan_kept kept[PLAN_KEPT]);

/*
 * After that: calibration that was found in the file, where no region of these SoCs has it. It is
 * from another module, or from another time; code that looks for it there would use it. Returns the
 * new number of entries.
 */
size_t keep_calibration(const struct chipdb_soc *const *socs, size_t soc_count, const struct rf *rf,
			size_t rf_count, uint32_t size, const struct keep_not *without,
			struct plan_kept kept[PLAN_KEPT], size_t count);

/*
 * After that: settings that were found by their content, in the die or in the file, where no
 * region of these SoCs has them. Those that do not end in the flash of @size bytes are left out.
 * Returns the new number of entries.
 */
size_t keep_settings(const struct chipdb_soc *const *socs, size_t soc_count,
		     const struct settings *settings, size_t settings_count, uint32_t size,
		     const struct keep_not *without, struct plan_kept kept[PLAN_KEPT],
		     size_t count);

/*
 * Where the SoC is not certain: whether what would be kept for one of them is code of another. Only
 * for what .differs, after plan_make().
 */
bool keep_contradicts(const struct chipdb_soc *const *socs, size_t soc_count,
		      const struct plan_kept *kept, size_t count);

#endif
