"""The README's commands are the ones that continuous integration runs, and name things that exist."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMANDS = re.findall(r"^python3 -m venv .*$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)


def test_there_are_two_commands_one_for_the_main_job_and_one_for_the_tests():
    assert len(COMMANDS) == 2
    assert [("examples/" in command, "pytest" in command) for command in COMMANDS] == [(True, False), (False, True)]


def test_the_commands_name_files_and_extras_that_exist():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    for command in COMMANDS:
        for path in re.findall(r"examples/[\w/.]+", command):
            assert (ROOT / path).is_file()
        for extras in re.findall(r"\.\[([\w,]+)\]", command):
            assert set(extras.split(",")) <= set(setup["options.extras_require"])


def test_the_tests_need_nothing_that_the_test_extra_does_not_install():
    """Peers of the benchmarks are not installed for the tests: they are large."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    installed = setup["options.extras_require"]["test"]
    assert "pytest" in installed and "torch" not in installed
