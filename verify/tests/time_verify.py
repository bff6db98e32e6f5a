"""Times whole runs of the verifier, its start included: time_verify.py PROOF ROOT [TIMES]"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

VERIFY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "verify.py")


def main(proof: str, root: str, times: int) -> str:
    """A sentence with the median and the longest."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        subprocess.run([sys.executable, VERIFY, proof, root], stdout=subprocess.DEVNULL, check=True)
        took.append((time.perf_counter() - started) * 1000)
    size = os.path.getsize(proof)
    return f"verifying {size} bytes: median {statistics.median(took):.0f} ms, at most {max(took):.0f} ms, of {times} runs"


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 20))
