# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/stories.md shows what the commands print today."""
import difflib
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import rig
import tap


class Stories(unittest.TestCase):
    def test_the_page_is_what_the_terminal_shows(self):
        made = subprocess.run([rig.ROOT / "tools" / "stories", rig.BUILD, "--print"], text=True,
                              check=True, capture_output=True, timeout=rig.HANG).stdout
        page = (rig.ROOT / "docs" / "stories.md").read_text()
        self.assertEqual(made, page, "\n".join(difflib.unified_diff(
            page.splitlines(), made.splitlines(), "docs/stories.md", "today (make stories)",
            lineterm="")))


if __name__ == "__main__":
    tap.main()
