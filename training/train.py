"""Run the recipe, or take it up where it stopped: `python -m training.train --data DIR --out DIR`."""

import argparse
import copy
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.corpus import Corpus, Ints, Reader, encoder_folder
from training.measure import figure
from training.network import LAYERS, Quick, Upper, load_lower, load_upper
from training.pace import Diary, Pace, Stop
from training.plan import plan
from training.recipe import HEADS, Recipe
from training.steps import Memory, judge, label_loss, teaching_loss
from training.teacher import Opinions, Teachers

CHECKPOINT = "checkpoint.pt"
LOG = "log.jsonl"
TOLD = "told.npy"


@dataclass(slots=True, kw_only=True)
class Run:
    """Everything that changes while training, which is everything that a checkpoint holds."""

    student: Upper
    #: Running average of the student's weights. It teaches, it is measured, it is exported.
    averaged: Upper
    optimiser: torch.optim.Optimizer
    #: Steps done.
    step: int = 0
    #: Seconds of training in all starts together.
    seconds: float = 0.0

    def save(self, path: Path) -> None:
        """Write a checkpoint so that a kill at any moment leaves the old or the new one whole."""
        state = {
            "student": self.student.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }
        part = path.with_suffix(".part")
        torch.save(state, part)
        part.replace(path)

    def load(self, path: Path) -> None:
        """Read a checkpoint back."""
        state = torch.load(path, weights_only=True)
        self.student.load_state_dict(state["student"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]


def new_upper(recipe: Recipe, folder: Path) -> Upper:
    """Return the learning part with the published layers and new heads."""
    torch.manual_seed(recipe.seed)
    sizes = {head: len(labels) for head, labels in HEADS.items()}
    kind = Quick if recipe.quick else Upper
    upper = kind(LAYERS - recipe.frozen_layers, sizes, recipe.head_width, recipe.dropout, recipe.head_dropout)
    load_upper(folder, upper, recipe.frozen_layers)
    return upper


def _groups(upper: Upper, recipe: Recipe) -> Iterator[dict[str, Any]]:
    """Yield the optimiser's groups: a rate for each depth, no decay on biases and norms."""
    depth = len(upper.layers)
    parts: list[tuple[nn.Module, float]] = [(upper.heads, recipe.head_rate)]
    parts += [
        (layer, recipe.rate * recipe.layer_decay ** (depth - 1 - n)) for n, layer in enumerate(upper.layers)
    ]
    for part, rate in parts:
        weights = list(part.parameters())
        yield {
            "params": [w for w in weights if w.ndim > 1],
            "peak": rate,
            "weight_decay": recipe.weight_decay,
        }
        yield {"params": [w for w in weights if w.ndim == 1], "peak": rate, "weight_decay": 0.0}


def new_run(recipe: Recipe, folder: Path) -> Run:
    """Return a run at its first step."""
    student = new_upper(recipe, folder)
    optimiser = torch.optim.AdamW(
        list(_groups(student, recipe)), lr=recipe.rate, betas=(0.9, 0.98), fused=True
    )
    averaged = copy.deepcopy(student).eval().requires_grad_(False)
    return Run(student=student, averaged=averaged, optimiser=optimiser)


def start_from(run: Run, path: Path) -> None:
    """Begin with the averaged weights of a finished run; what the optimiser gathered there is left behind."""
    weights = torch.load(path, weights_only=True)["averaged"]
    run.student.load_state_dict(weights)
    run.averaged.load_state_dict(weights)


def rate_factor(step: int, steps: int, warm_up: float) -> float:
    """Return the part of the peak rate at a step: linear up, then linear down to nought."""
    rise = max(1, round(steps * warm_up))
    return (step + 1) / rise if step < rise else max(0.0, (steps - step) / max(1, steps - rise))


@torch.no_grad()
def _follow(averaged: nn.Module, student: nn.Module, step: int, decay: float) -> None:
    """Move the average towards the student, faster in the first steps."""
    pace = 1 - min(decay, (step + 1) / (step + 10))
    torch._foreach_lerp_(list(averaged.parameters()), list(student.parameters()), pace)


class Pair:
    """Two copies of the student that share its weights, each with gradients of its own, for two threads.

    Two halves of a batch side by side meet once a step. Threads inside each operation meet hundreds of times a step,
    which on a machine that others use as well took three times as long.
    """

    def __init__(self, student: Upper) -> None:
        """Share the weights of `student`."""
        self.student = student
        self.copies = [self._share(copy.deepcopy(student)) for _ in range(2)]
        self._threads = ThreadPoolExecutor(2)

    def _share(self, twin: Upper) -> Upper:
        for own, theirs in zip(twin.parameters(), self.student.parameters(), strict=True):
            own.data = theirs.data
        return twin.train()

    def each(self, work: Callable[[Upper, Ints], float], chosen: Ints) -> float:
        """Call `work` with a copy and every second text in two threads; gather gradients, return the sum of losses."""
        for twin in self.copies:
            twin.zero_grad()
        halves = [half for half in (chosen[0::2], chosen[1::2]) if len(half)]
        total = sum(self._threads.map(work, self.copies, halves))
        twins = [list(twin.parameters()) for twin in self.copies]
        for own, *theirs in zip(self.student.parameters(), *twins, strict=True):
            found = [one.grad for one in theirs if one.grad is not None]
            own.grad = torch.stack(found).sum(0) if found else None
        return total


def advance(
    run: Run,
    pair: Pair,
    recipe: Recipe,
    memory: Memory,
    corpus: Corpus,
    chosen: Ints,
    steps: int,
    factor: float,
    told: Opinions | None,
) -> float:
    """Do one step at `factor` of the peak rates and return its loss; `told` is a finished model's view of all texts.

    Which units drop out is seeded by the step, as far as two threads allow.
    """
    torch.manual_seed(recipe.seed * 1_000_003 + run.step)
    taught = recipe.teach_weight > 0 and run.step >= recipe.teach_from * steps
    teaching = taught and run.step % recipe.teach_every == 0

    def work(student: Upper, half: Ints) -> float:
        x, mask = memory(half)
        logits = student(x, mask)
        tasks, labels = torch.from_numpy(corpus.task[half]), torch.from_numpy(corpus.label[half])
        total = label_loss(logits, tasks, labels, recipe)
        if told is not None:
            total = total + recipe.teacher_weight * teaching_loss(
                logits, told.of(half), told.weights_of(half)
            )
        if teaching:
            with torch.no_grad():
                opinion = run.averaged(x, mask)
            total = total + recipe.teach_weight * teaching_loss(logits, opinion)
        total = total * (len(half) / len(chosen))
        total.backward()  # type: ignore[no-untyped-call]
        return float(total.detach())

    found = pair.each(work, chosen)
    for group in run.optimiser.param_groups:
        group["lr"] = group["peak"] * factor
    nn.utils.clip_grad_norm_(run.student.parameters(), recipe.clip)
    run.optimiser.step()
    _follow(run.averaged, run.student, run.step, recipe.average)
    run.step += 1
    return found


def figures(upper: Upper, memory: Memory, corpus: Corpus) -> dict[str, float]:
    """Return each head's figure on `corpus`, in per cent."""
    found, out = judge(upper, memory, corpus), {}
    for number, (head, labels) in enumerate(HEADS.items()):
        rows = corpus.task == number
        if rows.any():
            said = found[head][rows].argmax(axis=1)
            out[head] = round(100 * figure(head, corpus.label[rows], said, len(labels)), 2)
    return out


def train(
    recipe: Recipe, data: Path, out: Path, pace: Pace, teachers: Teachers, start: Path | None = None
) -> Run:
    """Train until the plan's end, a wish to stop, or `pace.at_most` steps; a checkpoint in `out` is taken up.

    Without one, the run begins with the weights of the checkpoint `start`, or with the published encoder's.
    """
    folder = encoder_folder()
    out.mkdir(parents=True, exist_ok=True)
    reader, lower = Reader(folder, recipe.max_tokens), load_lower(folder, recipe.frozen_layers)
    learn, check = reader.corpus(data, "train"), reader.corpus(data, "val")
    light = reader.numbers(recipe.light)
    memory, check_memory = Memory(lower, learn, light), Memory(lower, check, light)
    told = teachers.opinions(recipe, learn, out / TOLD)
    steps, run, diary, stop = plan(learn, recipe), new_run(recipe, folder), Diary(out / LOG), Stop()
    if (out / CHECKPOINT).exists():
        run.load(out / CHECKPOINT)
    elif start:
        start_from(run, start)
    diary.note(event="start", step=run.step, steps=len(steps), recipe=json.loads(recipe.to_json()))
    pair = Pair(run.student)
    end = len(steps) if pace.at_most is None else min(len(steps), run.step + pace.at_most)
    begun, saved, before, losses = time.monotonic(), time.monotonic(), run.seconds, list[float]()
    first = rate_factor(run.step, len(steps), recipe.warm_up)
    while run.step < end and not stop.wished and (left := pace.left(time.monotonic() - begun)):
        factor = first * left if pace.seconds else rate_factor(run.step, len(steps), recipe.warm_up)
        losses.append(advance(run, pair, recipe, memory, learn, steps[run.step], len(steps), factor, told))
        run.seconds = before + time.monotonic() - begun
        if run.step % pace.log_every == 0:
            diary.note(
                event="loss", step=run.step, loss=round(sum(losses) / len(losses), 4), s=round(run.seconds)
            )
            losses.clear()
        if time.monotonic() - saved > pace.save_every:
            run.save(out / CHECKPOINT)
            saved = time.monotonic()
        if run.step % pace.measure_every == 0:
            diary.note(event="val", step=run.step, **figures(run.averaged, check_memory, check))
    run.save(out / CHECKPOINT)
    if run.step == len(steps):
        diary.note(
            event="end", step=run.step, s=round(run.seconds), **figures(run.averaged, check_memory, check)
        )
    return run


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of <head>.train.tsv and <head>.val.tsv"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoint and the log")
    parser.add_argument("--recipe", type=Path, help="JSON with settings other than the defaults")
    parser.add_argument("--at-most", type=int, help="steps of this start")
    parser.add_argument("--minutes", type=float, help="time of this start, in which the rate falls to nought")
    parser.add_argument("--teacher", type=Path, help="folder of a finished model to learn from as well")
    parser.add_argument("--specialists", type=Path, help="folder of training.specialists, heard as well")
    parser.add_argument("--start", type=Path, help="checkpoint of a finished run to go on from")
    said = parser.parse_args()
    try:
        teachers = Teachers(model=said.teacher, specialists=said.specialists)
    except ValueError as error:
        parser.error(str(error))
    torch.set_num_threads(1)  # see `Pair`
    recipe = Recipe.load(said.recipe) if said.recipe else Recipe()
    pace = Pace(at_most=said.at_most, seconds=said.minutes and 60 * said.minutes)
    train(recipe, said.data, said.out, pace, teachers, said.start)


if __name__ == "__main__":
    main()
