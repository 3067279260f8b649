#!/usr/bin/env python3
"""Checks that relative links in Markdown lead to files of the tree."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
bad = []
for page in sorted([*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("tests/**/*.md"), *root.glob("bench/**/*.md")]):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        if not (page.parent / target).exists():
            bad.append(f"{page.relative_to(root)}: no such file: {target}")
print("\n".join(bad) or "links: ok")
sys.exit(bool(bad))
