"""Packs a golden folder into one deterministic ZIP per group: python3 pack.py GOLDEN_FOLDER"""
import os
import sys
import zipfile

source, target = sys.argv[1], os.path.dirname(os.path.abspath(__file__))
for group in sorted(os.listdir(source)):
    root = os.path.join(source, group)
    if not os.path.isdir(root):
        continue
    names = sorted(os.path.relpath(os.path.join(folder, name), root) for folder, _, files in os.walk(root) for name in files)
    with zipfile.ZipFile(os.path.join(target, group + ".zip"), "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in names:
            entry = zipfile.ZipInfo(name.replace(os.sep, "/"), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with open(os.path.join(root, name), "rb") as file:
                archive.writestr(entry, file.read(), compresslevel=9)
