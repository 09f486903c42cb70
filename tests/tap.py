# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs unittest cases and reports them as TAP, so that meson counts each case."""
import sys
import unittest


class TapResult(unittest.TestResult):
    def __init__(self, out):
        super().__init__()
        self.out, self.number = out, 0

    def line(self, verdict, test, reason=""):
        self.number += 1
        name = test.id().split(".")[-1].removeprefix("test_")
        print(f"{verdict} {self.number} - {name}{reason}", file=self.out, flush=True)

    def explain(self, text):
        for line in text.splitlines():
            print(f"# {line}", file=self.out, flush=True)

    def addSuccess(self, test):
        self.line("ok", test)

    def addSkip(self, test, reason):
        self.line("ok", test, f" # SKIP {reason}")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.line("not ok", test)
        self.explain(self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.line("not ok", test)
        self.explain(self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.line("not ok", test)
            self.explain(f"{subtest.id()}\n{self._exc_info_to_string(err, test)}")


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    if len(sys.argv) > 1:
        suite = unittest.defaultTestLoader.loadTestsFromNames(
            sys.argv[1:], sys.modules["__main__"])
    print(f"1..{suite.countTestCases()}", flush=True)
    result = TapResult(sys.stdout)
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
