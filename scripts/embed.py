#!/usr/bin/env python3
"""Writes data files into a C++ header as an array of (name, text).

usage: embed.py OUT SYMBOL BASE FILE...   (names are relative to BASE)
"""
import pathlib
import sys

out, symbol, base, *files = sys.argv[1:]
lines = ["#pragma once", "#include <array>", "#include <string_view>", "#include <utility>", "",
         "namespace serjeant {",
         f"inline constexpr auto {symbol} = std::to_array<std::pair<std::string_view, std::string_view>>({{"]
for name in sorted(files):
    path = pathlib.Path(base) / name
    text = path.read_text(encoding="utf-8")
    # Pieces keep every literal under the compilers' limits.
    pieces = [text[i:i + 8000] for i in range(0, len(text), 8000)] or [""]
    body = "\n".join(f'R"sj({piece})sj"' for piece in pieces)
    size = len(text.encode("utf-8"))
    relative = path.resolve().relative_to(pathlib.Path(base).resolve())
    lines.append(f'{{"{relative}", std::string_view({body}, {size})}},')
lines += ["});", "}  // namespace serjeant", ""]
target = pathlib.Path(out)
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text("\n".join(lines), encoding="utf-8")
