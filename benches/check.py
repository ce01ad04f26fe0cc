"""How long `raekoda check` takes beside a full build: a site of corpus.py with documents added.

    python3 benches/check.py RAEKODA WORK [PAGES] [DOCUMENTS]
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


def timed(*command):
    """What a command takes by the clock and of the processors, in seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    code = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    clock = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return f"{clock:6.2f} s, of the processors {cpu:6.2f} s (exit {code})"


def main():
    raekoda, work = os.path.abspath(sys.argv[1]), sys.argv[2]
    pages = sys.argv[3] if len(sys.argv) > 3 else "10000"
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 2000
    site, out = os.path.join(work, "site"), os.path.join(work, "out")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    subprocess.check_call([sys.executable, os.path.join(HERE, "corpus.py"), pages, site])
    documents(site, count)
    print(f"build, cold   {timed(raekoda, 'build', site, '--out', out)}", flush=True)
    print(f"check, cold   {timed(raekoda, 'check', site)}", flush=True)
    print(f"check again   {timed(raekoda, 'check', site)}", flush=True)


if __name__ == "__main__":
    main()
