"""Native charts of curves in the look of the templates: one measure against another, and through time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trackerr_xl.workbook.templates.charts import place, titled
from trackerr_xl.workbook.templates.page import Page
from trackerr_xl.workbook.templates.style import SLATE

_SMALL = {"size": 8, "color": SLATE}
_GRID = {"visible": True, "line": {"color": "#E8ECF1"}}
_EDGE = {"color": "#C5CDD8"}


@dataclass(frozen=True, slots=True)
class Curve:
    """One series of a chart.

    Parameters
    ----------
    name : str
        In the legend.
    across, up : str
        Cells of its horizontal and vertical values, such as ``Frontier!$B$6:$B$25``.
    colour : str
        Of line or markers.
    kind : {"line", "dashes", "points", "area"}
        How it is drawn.
    """

    name: str
    across: str
    up: str
    colour: str
    kind: str = "line"


@dataclass(frozen=True, slots=True)
class Axes:
    """Titles of the axes, empty for none, and how their numbers are written."""

    across: str
    up: str
    across_number: str
    up_number: str


def draw_scatter(page: Page, cell: str, title: str, curves: Sequence[Curve], axes: Axes, width: int) -> None:
    """Curves and single points of one measure against another."""
    chart = titled(page, {"type": "scatter", "subtype": "straight"}, title)
    for curve in curves:
        chart.add_series(_series(curve))
    chart.set_x_axis(_axis(axes.across, axes.across_number) | {"crossing": "min"})
    chart.set_y_axis(_axis(axes.up, axes.up_number) | {"crossing": "min"})
    chart.set_legend({"position": "bottom", "font": _SMALL})
    place(page, cell, chart, width)


def draw_through_time(
    page: Page, cell: str, title: str, curves: Sequence[Curve], number: str, width: int
) -> None:
    """Lines, or an area, over dates."""
    area = curves[0].kind == "area"
    chart = titled(page, {"type": "area" if area else "line"}, title)
    for curve in curves:
        chart.add_series(_series(curve))
    chart.set_x_axis(
        {
            "date_axis": True,
            "num_format": "mmm yy",
            "major_unit": 12,
            "major_unit_type": "months",
            "label_position": "low",
            "num_font": _SMALL,
            "line": _EDGE,
            "major_tick_mark": "none",
        }
    )
    chart.set_y_axis(_axis("", number) | {"line": {"none": True}})
    chart.set_legend({"none": True} if len(curves) == 1 else {"position": "bottom", "font": _SMALL})
    # Said outright: where a file is silent, LibreOffice draws what does not exist as zero.
    chart.show_blanks_as("span")
    place(page, cell, chart, width)


def _series(curve: Curve) -> dict[str, Any]:
    series: dict[str, Any] = {
        "name": curve.name,
        "categories": f"={curve.across}",
        "values": f"={curve.up}",
    }
    if curve.kind == "points":
        marker = {
            "type": "diamond",
            "size": 11,
            "fill": {"color": curve.colour},
            "border": {"color": "white"},
        }
        return series | {"line": {"none": True}, "marker": marker}
    if curve.kind == "area":
        return series | {"fill": {"color": curve.colour}, "line": {"color": curve.colour}}
    line: dict[str, Any] = {"color": curve.colour, "width": 2.25}
    if curve.kind == "dashes":
        line |= {"dash_type": "dash", "width": 1.5}
    return series | {"line": line, "marker": {"type": "none"}}


def _axis(title: str, number: str) -> dict[str, Any]:
    return {
        "name": title,
        "name_font": {"size": 9, "bold": False, "color": SLATE},
        "num_format": number,
        "num_font": _SMALL,
        "line": _EDGE,
        "major_gridlines": _GRID,
        "major_tick_mark": "none",
    }
