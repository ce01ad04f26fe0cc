"""How long `raekoda check` takes beside a full build: a site of corpus.py with documents added.

    python3 benches/check.py RAEKODA WORK [PAGES] [DOCUMENTS] [ROUNDS]

With the shared theme, which municipalities have, and with the few templates that the builds are compared with.
"""

import glob
import os
import resource
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLE = os.path.join(HERE, "..", "content-example", "static", "failid")


def documents(site, count):
    """PDF files of the example municipality, each with bytes of its own, so that none is known by another's hash."""
    originals = sorted(glob.glob(os.path.join(EXAMPLE, "**", "*.pdf"), recursive=True))
    folder = os.path.join(site, "static", "failid")
    os.makedirs(folder, exist_ok=True)
    for number in range(count):
        with open(originals[number % len(originals)], "rb") as file:
            whole = file.read()
        with open(os.path.join(folder, f"dokument-{number}.pdf"), "wb") as file:
            file.write(whole + f"\n% {number}\n".encode())


def cpu(*command):
    """What a command takes of the processors, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(raekoda, work, theme, pages, count):
    """A build and the checks after it, each with what it takes beside the build."""
    site = os.path.join(work, f"site-{theme}")
    if not os.path.isdir(site):
        chosen = ["--theme", theme] if theme != "plain" else []
        subprocess.check_call([sys.executable, os.path.join(HERE, "corpus.py"), pages, site, *chosen])
        documents(site, count)
    kept = os.path.join(site, ".raekoda")
    shutil.rmtree(kept, ignore_errors=True)
    # Removed trees slow the next build down where they lie on a disk: each build has a folder of its own.
    build = cpu(raekoda, "build", site, "--out", os.path.join(work, f"out-{time.monotonic_ns()}"))
    checks = {"nothing known": cpu(raekoda, "check", site)}
    shutil.rmtree(os.path.join(kept, "findings"), ignore_errors=True)
    checks["documents known"] = cpu(raekoda, "check", site)
    checks["again"] = cpu(raekoda, "check", site)
    told = ", ".join(f"{name} {seconds:.2f} s ({seconds / build:.2f})" for name, seconds in checks.items())
    print(f"{theme}: build {build:.2f} s; check: {told}", flush=True)


def main():
    raekoda, work = os.path.abspath(sys.argv[1]), sys.argv[2]
    pages = sys.argv[3] if len(sys.argv) > 3 else "10000"
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 2000
    rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 2
    os.makedirs(work, exist_ok=True)
    for _ in range(rounds):
        for theme in ("omavalitsus", "plain"):
            compare(raekoda, work, theme, pages, count)


if __name__ == "__main__":
    main()
