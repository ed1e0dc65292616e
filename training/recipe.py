"""What one run of the recipe is: heads, amounts, rates and seeds. A run is this value and the data, nothing else."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

#: Tokens that say little by themselves, by `training.light`: what their neighbours learnt from them in the frozen
#: layers is enough, so the layers above go on without them. A bit more than two tokens in five are such.
LIGHT = tuple(
    """
    1 2 3 4 [SEP] . , : - / & ? " ' “
    a am an and are as at be because been being by can come do don for from get getting go going got had has have he
    her here him his how i if in is it just know last ll m make me much my new now of on one only or our out re s same
    see some take than that the their them then there these think this to today tomorrow u up us ve w was way we were
    what who with would your
    ##a ##d ##e ##ed ##er ##g ##h ##ing ##l ##m ##o ##r ##s ##y
    """.split()  # noqa: SIM905  # a hundred lines of quoted words would be harder to read
)

#: Labels of each head, in the order of the model's outputs. The names are those of the data.
HEADS: dict[str, tuple[str, ...]] = {
    "sentiment": ("negative", "neutral", "positive"),
    "offensive": ("not_offensive", "offensive"),
    "irony": ("not_irony", "irony"),
    "hate": ("not_hate", "hate"),
    "emotion": ("anger", "joy", "optimism", "sadness"),
    "complaint": ("not_complaint", "complaint"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """How much of one task a run reads."""

    #: Times that an average text of the task is read in the run.
    passes: float
    #: Exponent on a label's share: 1 reads labels as often as they occur, 0 reads every label equally often.
    balance: float = 1.0
    #: Factor on the loss of this task's texts.
    weight: float = 1.0


def _tasks() -> dict[str, Task]:
    return {
        "sentiment": Task(passes=2.5, balance=0.25),
        "offensive": Task(passes=2.0, balance=0.7),
        "irony": Task(passes=5.0),
        "hate": Task(passes=1.5),
        "emotion": Task(passes=6.0, balance=0.7),
        "complaint": Task(passes=6.0, balance=0.7),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All settings of a run."""

    #: Amount and balance per task.
    tasks: dict[str, Task] = field(default_factory=_tasks)
    #: Seed of the order of texts, of the new weights and of dropout.
    seed: int = 20261122
    #: Steps after which the run ends although texts are left, None for all of them.
    steps: int | None = None
    #: Texts in one optimiser step.
    batch: int = 32
    #: Texts among which batches of like length are cut.
    pool: int = 1024
    #: Longest text in tokens, with the two marks around it.
    max_tokens: int = 128
    #: Lowest encoder layers that stay as they are, with the embeddings.
    frozen_layers: int = 2
    #: Peak learning rate of the uppermost encoder layer and of the heads.
    rate: float = 1.5e-4
    head_rate: float = 4e-4
    #: Factor on the rate for each layer further down.
    layer_decay: float = 0.9
    #: Decay of AdamW on matrices.
    weight_decay: float = 0.02
    #: Share of the steps in which the rate rises; afterwards it falls linearly to nought.
    warm_up: float = 0.06
    #: Probability of dropping a unit in encoder layers and in heads.
    dropout: float = 0.1
    head_dropout: float = 0.15
    #: Tokens that the learning layers do not see, by name.
    light: tuple[str, ...] = LIGHT
    #: Weight of a finished model's opinion on all heads (`--teacher`) against the labels.
    teacher_weight: float = 0.5
    #: `lean` that the teacher was exported with: taken off what it says, since it is no opinion.
    teacher_lean: dict[str, float] = field(default_factory=dict)
    #: Factor on that weight where specialists (`--specialists`) speak in the teacher's place.
    specialist_factor: float = 2.0
    #: Label smoothing.
    smoothing: float = 0.05
    #: Highest norm of a step's gradient.
    clip: float = 1.0
    #: Decay per step of the running average of the weights, which is what is shipped.
    average: float = 0.999
    #: Share of the steps after which the averaged model teaches all heads on every text.
    teach_from: float = 0.35
    #: It teaches in every so-manieth step: its opinion costs a third of a step.
    teach_every: int = 3
    #: Weight of that teaching against the labels.
    teach_weight: float = 0.5
    #: Added to the logit of a head's last label on export, chosen on the validation split: reading labels more evenly
    #: than they occur leans one way, and F1 asks for another edge than half.
    lean: dict[str, float] = field(default_factory=dict)
    #: Hidden units of each head.
    head_width: int = 384
    #: Whether the learning layers reckon in half precision.
    quick: bool = False

    @classmethod
    def load(cls, path: Path) -> "Recipe":
        """Read a recipe from JSON; settings that are missing keep their defaults. Unknown ones raise `TypeError`."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        tasks = {name: Task(**task) for name, task in raw.pop("tasks", {}).items()}
        if "light" in raw:
            raw["light"] = tuple(raw["light"])
        return cls(tasks=_tasks() | tasks, **raw)

    def to_json(self) -> str:
        """Return the recipe as JSON with sorted keys."""
        return json.dumps(asdict(self), sort_keys=True)
