#!/usr/bin/env python3
"""Writes the build's identity into a header, if it changed.

usage: build_id.py OUT SOURCE_DIR VERSION LIBRARY=VERSION...

The identity is a hash of all product sources and of the versions of the linked
libraries, since both are part of the answer. The compiler is not: g++ and
clang must give the same case.
"""
import hashlib
import pathlib
import sys

out, source, version, *libraries = sys.argv[1:]
digest = hashlib.sha256()
root = pathlib.Path(source) / "src"
for path in sorted(root.rglob("*"), key=lambda p: p.relative_to(root).as_posix().encode()):
    name = path.relative_to(root).as_posix()
    if not path.is_file() or name.endswith(("_test.cc", "CMakeLists.txt", "~", ".swp")):
        continue
    digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
for library in sorted(libraries):
    digest.update(library.encode() + b"\0")
text = (f'#pragma once\n\nnamespace serjeant::cli {{\n'
        f'inline constexpr auto kVersion = "{version}";\n'
        f'inline constexpr auto kBuildId = "{version}+{digest.hexdigest()[:16]}";\n'
        f'}}  // namespace serjeant::cli\n')
target = pathlib.Path(out)
if not target.exists() or target.read_text() != text:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
