/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/findings.h"

#include <stdarg.h>
#include <stdio.h>

void image_say(struct image *image, const char *format, ...)
{
	va_list args;

	if (image->evidence_count == IMAGE_EVIDENCE)
		return;
	va_start(args, format);
	vsnprintf(image->evidence[image->evidence_count++], IMAGE_TEXT, format, args);
	va_end(args);
}

void image_find(struct image *image, enum image_finding_kind kind, const char *format, ...)
{
	struct image_finding *finding = &image->findings[image->finding_count];
	va_list args;

	if (image->finding_count == IMAGE_FINDINGS)
		return;
	finding->kind = kind;
	va_start(args, format);
	vsnprintf(finding->text, IMAGE_TEXT, format, args);
	va_end(args);
	image->finding_count++;
}

bool image_has(const struct image *image, enum image_finding_kind kind)
{
	for (size_t i = 0; i < image->finding_count; i++)
		if (image->findings[i].kind == kind)
			return true;
	return false;
}
