"""Draws assets/icon.png, a weave of warm and cool threads: python3 assets/icon.py. Needs nothing but Python."""
import os
import struct
import zlib

SIZE, THREADS, GAP = 128, 5, 4
GROUND = (250, 246, 238)
WARP = [(201, 72, 48), (216, 104, 52), (226, 140, 60), (216, 104, 52), (201, 72, 48)]
WEFT = [(30, 84, 122), (38, 112, 142), (54, 142, 152), (38, 112, 142), (30, 84, 122)]
PITCH = SIZE / THREADS


def shade(colour, across, height):
    """Round threads: brighter in the middle, darker where they dive under another."""
    light = (1 - 0.55 * (2 * across - 1) ** 2) * (0.72 + 0.28 * height)
    return tuple(min(255, int(channel * light + 24 * light)) for channel in colour)


def pixel(x, y):
    column, row = int(x / PITCH), int(y / PITCH)
    across_x, across_y = x / PITCH - column, y / PITCH - row
    margin = GAP / PITCH / 2
    warp_over = (column + row) % 2 == 0
    in_warp = margin < across_x < 1 - margin
    in_weft = margin < across_y < 1 - margin
    along = lambda t, over: 1 - (2 * t - 1) ** 2 if over else (2 * t - 1) ** 2 * 0.6
    warp = lambda: shade(WARP[column], (across_x - margin) / (1 - 2 * margin), along(across_y, warp_over))
    weft = lambda: shade(WEFT[row], (across_y - margin) / (1 - 2 * margin), along(across_x, not warp_over))
    if in_warp and (warp_over or not in_weft):
        return warp()
    return weft() if in_weft else GROUND


def corner(x, y, radius=20):
    dx, dy = max(radius - x, x - (SIZE - radius), 0), max(radius - y, y - (SIZE - radius), 0)
    return 255 if dx * dx + dy * dy <= radius * radius else 0


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


lines, above = b"", bytes(4 * SIZE)
for y in range(SIZE):
    line = b"".join(bytes((*pixel(x + 0.5, y + 0.5), corner(x + 0.5, y + 0.5))) for x in range(SIZE))
    lines += b"\2" + bytes((a - b) % 256 for a, b in zip(line, above))  # PNG's filter "up"
    above = line
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "icon.png"), "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)))
    file.write(chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b""))
