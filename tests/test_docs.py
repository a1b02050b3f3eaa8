"""The docs agree with the code."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

from flask import Flask

from config import ROOT
from portal.accounts.demo import ADDRESSES, PASSWORD

OPERATING = (ROOT / "docs" / "operating.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def script(name: str) -> ModuleType:
    spec = spec_from_file_location(name, ROOT / "script" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_diagram_is_that_of_the_workflow() -> None:
    page = (ROOT / "docs" / "developing.md").read_text("utf-8")
    assert script("_diagram").written(page) == page, "run script/diagram"


def test_every_setting_is_explained() -> None:
    read = set(re.findall(r'environ\.get\(\s*"(\w+)"', (ROOT / "config.py").read_text("utf-8")))
    assert read - set(re.findall(r"^\| `(\w+)`", OPERATING, re.M)) == set()
    assert len(read) >= 10


def test_commands_that_are_named_exist(app: Flask) -> None:
    named = set(re.findall(r"flask --app wsgi ([a-z-]+)", OPERATING)) - {"db"}
    assert named <= set(app.cli.commands)


def test_the_readme_names_the_demonstration_as_it_is() -> None:
    assert PASSWORD in README
    assert [address for address in ADDRESSES if address not in README] == []


def test_pictures_of_the_readme_exist() -> None:
    shown = re.findall(r"docs/pictures/[\w-]+\.png", README)
    assert shown and [name for name in shown if not (ROOT / name).exists()] == []
