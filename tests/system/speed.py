# SPDX-License-Identifier: GPL-2.0-or-later
"""The targets of `make bench`, on the rows that say most. All in virtual time. That of PART_CELLS is in flash.py."""
import importlib.machinery
import importlib.util
import pathlib
import sys
import unittest
import unittest.mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import tap

sys.dont_write_bytecode = True


def tool(name):
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), str(ROOT / "tools" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


bench, bench_adapters = tool("bench"), tool("bench-adapters")


class Speed(unittest.TestCase):
    def reached(self, *cells, area=2 << 20, only=""):
        # Each page costs the same; fixed costs count against this project, and weigh more on short jobs.
        with unittest.mock.patch.object(bench, "AREA", area):
            rows = [row for row in bench.targets(bench.measure_all(cells)) if only in row[0]]
        self.assertTrue(rows)
        for what, value, wanted, good in rows:
            self.assertTrue(good, f"{what}: {value}, wanted {wanted}")

    def test_a_read_is_close_to_what_the_adapter_can_do(self):
        self.reached(("stock", "X", "read 2 MiB"), ("beken", "X", "read 2 MiB"))

    def test_a_page_is_programmed_close_to_what_adapter_and_flash_can_do(self):
        self.reached(("beken", "X", "program 2 MiB"))

    def test_a_full_write_on_a_slow_host_is_faster_than_the_stock_driver(self):
        self.reached(("stock", "U", "write 2 MiB"), ("beken", "U", "write 2 MiB"), area=512 << 10,
                     only="times as fast as stock")

    def test_a_write_with_backup_is_close_to_what_adapter_and_flash_can_do(self):
        self.reached(("beken-flash", "X", "write with backup"))

    def test_a_write_with_backup_is_close_to_what_the_flash_needs_on_a_fast_adapter(self):
        for adapter in bench_adapters.ADAPTERS:
            if adapter.name in ("CH347T 30M", "FT232H 30M"):
                with self.subTest(adapter.name):
                    self.assertLess(bench_adapters.seconds(adapter, "write"), bench_adapters.WRITE_S)

    def test_a_small_change_costs_little_if_the_backup_is_given(self):
        self.reached(("beken-flash", "X", "change 4 KiB"))

    def test_the_host_is_waited_for_less_often_than_by_the_stock_driver(self):
        self.reached(*((driver, "X", job) for job in ("link and probe", "rewrite 4 KiB")
                       for driver in ("stock", "beken")))


if __name__ == "__main__":
    tap.main()
