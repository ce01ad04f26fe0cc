#!/usr/bin/env python3
"""What the search index adds to a build: index_share.py RAEKODA SITE [ROUNDS]

Two builds, with and without, differ more by the machine's moods than by the index. So one build is
sampled (Linux perf, a program with symbols: cargo rustc --release --bin raekoda -- -C strip=none), and the
samples that lie within the search are set against all others of the same run."""
import statistics, subprocess, sys, tempfile

program, site, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 3
ratios = []
for _ in range(rounds):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as work:
        build = [program, "build", site, "--out", f"{work}/out", "--jobs", "1", "--quiet"]
        record = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "199", "--call-graph", "dwarf,16384"]
        subprocess.run([*record, "-o", f"{work}/data", *build], stderr=subprocess.DEVNULL)
        script = ["perf", "script", "-i", f"{work}/data", "-F", "ip,sym", "--no-inline"]
        stacks = subprocess.run(script, capture_output=True, text=True).stdout.strip().split("\n\n")
    inside = sum("raekoda::search::" in stack or "commands::searching" in stack for stack in stacks)
    ratios.append(inside / (len(stacks) - inside))
    print(f"{len(stacks)} samples, {inside} within the search: {100 * ratios[-1]:.0f} % more")
print(f"middle of {rounds}: {100 * statistics.median(ratios):.0f} %")
