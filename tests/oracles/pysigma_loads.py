#!/usr/bin/env python3
"""Loads the rules of a folder with pySigma; prints those that it refuses."""
import sys

from sigma.collection import SigmaCollection

collection = SigmaCollection.load_ruleset([sys.argv[1]], collect_errors=True)
bad = [(rule.source, rule.errors[0]) for rule in collection.rules if rule.errors]
for where, error in bad:
    print(f"{where}: {error}")
print(f"{len(collection.rules)} rules, {len(bad)} refused")
sys.exit(bool(bad) or not collection.rules)
