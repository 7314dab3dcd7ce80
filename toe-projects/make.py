#!/usr/bin/env python3
"""
Writes what is made of the descriptions: each project's build.py, its picture and its expanded form.

    python3 toe-projects/make.py            into the projects' folders
    python3 toe-projects/make.py FOLDER     into another folder
"""

import runpy
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from making.bundled import bundled  # noqa: E402
from making.drawn import drawn  # noqa: E402
from making.expanded import expanded  # noqa: E402

PROJECTS = ("remote-control", "live-camera")


def made(name: str) -> dict[str, bytes]:
    """Everything that is made of a project, as bytes by path."""
    project = runpy.run_path(str(HERE / name / "network.py"))["PROJECT"]
    bundle = bundled(project)
    files = expanded(project, bundle)
    return {
        "build.py": bundle.encode("utf-8"),
        "network.svg": drawn(project).encode("utf-8"),
        f"{name}.toe.toc": "".join(f"{path}\n" for path in files).encode("utf-8"),
        **{f"{name}.toe.dir/{path}": data for path, data in files.items()},
    }


if __name__ == "__main__":
    into = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for project in PROJECTS:
        for path, data in made(project).items():
            file = into / project / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
