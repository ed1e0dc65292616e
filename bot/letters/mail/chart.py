"""Draws the bars by day as a PNG. Matplotlib takes seconds to import, so it is imported when first needed."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from bot.letters.model import Chart
from bot.words import figures, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PUBLISHED, _RECEIVED, _INK, _PAPER = "#0f6b63", "#e0a458", "#4a4f55", "#faf8f4"
_LEFT = 0.1  #: share of the width for the numbers at the side; fixed, as fitting it takes half the time
_WIDTH, _HEIGHT, _DPI = 4.3, 2.0, 200  #: inches and dots per inch: sharp on a phone, below 40 KB


def draw(chart: Chart) -> bytes:
    """The chart as PNG bytes, without a time stamp so that the same chart gives the same bytes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, _HEIGHT), dpi=_DPI, facecolor=_PAPER)
    figure.subplots_adjust(left=_LEFT, right=0.98, bottom=0.2, top=0.86)
    axes = figure.add_subplot(facecolor=_PAPER)
    _bars(axes, chart)
    _plain(axes)
    figure.legend(loc="upper left", ncols=2, frameon=False, fontsize=10, labelcolor=_INK)
    image = BytesIO()
    figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()


def _bars(axes: Axes, chart: Chart) -> None:
    places = range(len(chart.days))
    published = [one.outbound for one in chart.days]
    received = [one.inbound for one in chart.days]
    axes.bar(
        [place - 0.2 for place in places],
        published,
        width=0.38,
        color=_PUBLISHED,
        label=say("digest.days.published"),
    )
    axes.bar(
        [place + 0.2 for place in places],
        received,
        width=0.38,
        color=_RECEIVED,
        label=say("digest.days.received"),
    )
    names = [f"{figures.weekday(one.date)}\n{one.date.day}" for one in chart.days]
    axes.set_xticks(list(places), names)


def _plain(axes: Axes) -> None:
    """Whole numbers, faint lines, no frame."""
    from matplotlib.ticker import EngFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_formatter(EngFormatter(sep=""))  # 12k: the room beside the bars is fixed
    axes.tick_params(length=0, labelcolor=_INK, labelsize=10)
    axes.grid(axis="y", color="#e4dfd5", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)
