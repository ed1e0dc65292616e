"""Which arithmetic is fastest on this machine: measured once, then remembered in a file.

Whole numbers of 8 bits win where the processor multiplies them natively (VNNI, AMX), and may lose to float32 by far
where it does not. No flag says so reliably under every virtual machine, so both are timed on a small batch.
"""

import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from tempfile import NamedTemporaryFile


class Kernel(IntEnum):
    """The value of the model's input `kernel`."""

    FLOAT32 = 0
    INT8 = 1
    LOWER_ONLY = 2  #: no scores, only what the similarity model reads


#: How much faster whole numbers must be, as a factor, before their price is paid: they cost about half a point of
#: quality, and since values are rounded batch by batch, a score then depends a little on its neighbours.
_WORTH = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelFile:
    """Remembers the choice per machine and model. Where there is no usable file it just forgets."""

    path: Path | None

    def recall(self, key: str) -> Kernel | None:
        """Return the kernel that was remembered under `key`."""
        try:
            return Kernel[json.loads(self.path.read_text(encoding="utf-8"))[key]] if self.path else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def remember(self, key: str, kernel: Kernel) -> None:
        """Write the choice, whole or not at all. A disk that refuses costs a new measurement at the next start."""
        if self.path is None:
            return
        try:
            with NamedTemporaryFile("w", dir=self.path.parent, delete=False, encoding="utf-8") as part:
                json.dump({key: kernel.name}, part)
            Path(part.name).replace(self.path)
        except OSError:
            return


def machine(model: str, runtime: str) -> str:
    """Return a key that changes with processor, number of cores, runtime and model."""
    return "|".join([platform.machine(), _processor(), str(os.cpu_count()), runtime, model])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def fastest(run: Callable[[Kernel], object], clock: Callable[[], float] = time.perf_counter) -> Kernel:
    """Return the faster of the kernels, timing `run` three times with each after one to warm up."""

    def seconds(kernel: Kernel) -> float:
        run(kernel)
        taken = []
        for _ in range(3):
            begun = clock()
            run(kernel)
            taken.append(clock() - begun)
        return min(taken)

    return Kernel.INT8 if seconds(Kernel.INT8) * _WORTH < seconds(Kernel.FLOAT32) else Kernel.FLOAT32
