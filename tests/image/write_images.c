/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write_images DIRECTORY [SOC]: one image of each kind, for tests of programs that take files. */
#include "tests/image/make_uf2.h"

#include <stdlib.h>

static void write_image(const char *directory, const char *name, struct bytes bytes)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "wb");
	if (!file || fwrite(bytes.data, 1, bytes.size, file) != bytes.size || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
	free_bytes(bytes);
}

int main(int argc, char **argv)
{
	const char *soc = argc == 3 ? argv[2] : "BK7231N";
	struct recipe recipe = recipe_for(soc), plain = recipe_for("BK7252");
	struct recipe other = recipe_for(soc);
	struct bytes dump = make_dump(&recipe, 0x200000), damaged = make_qio(&recipe);

	if (argc != 2 && argc != 3)
		return 2;
	other.seed += 77;
	damaged.data[APP + 34 * 7 + 5] ^= 1;
	write_image(argv[1], "rotated.bin", make_rotated(dump, APP));
	write_image(argv[1], "dump.bin", dump);
	write_image(argv[1], "qio.bin", make_qio(&recipe));
	write_image(argv[1], "other-qio.bin", make_qio(&other));
	write_image(argv[1], "damaged.bin", damaged);
	write_image(argv[1], "ua.bin", make_app(&recipe));
	write_image(argv[1], "app.uf2", make_app_uf2(UF2_N, make_app(&other)));
	write_image(argv[1], "rtl8710b.uf2", make_app_uf2(UF2_RTL8710B, make_app(&other)));
	write_image(argv[1], "bootloader.bin", make_bootloader(&recipe));
	write_image(argv[1], "plain-bootloader.bin", make_bootloader(&plain));
	write_image(argv[1], "rf.bin", make_rf());
	write_image(argv[1], "app.rbl", make_ota(&recipe));
	return 0;
}
