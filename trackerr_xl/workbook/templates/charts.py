"""Native charts in the look of the templates."""

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.chart import Chart

from trackerr_xl.workbook.templates.page import Page
from trackerr_xl.workbook.templates.style import AMBER, NAVY, SLATE, TEAL


@dataclass(frozen=True, slots=True)
class Picture:
    """What a chart shows.

    Parameters
    ----------
    title : str
        Above it.
    names, values : str
        Its categories and its numbers, such as ``Tracker!$B$10:$B$19``.
    colour : str
        Of its bars.
    number : str
        How the numbers of its axis are written.
    """

    title: str
    names: str
    values: str
    colour: str
    number: str


def draw_bars(page: Page, cell: str, picture: Picture, width: int, height: int = 380) -> None:
    """Bars from left to right, the first row of the table on top."""
    chart = titled(page, {"type": "bar"}, picture.title)
    chart.add_series(
        {
            "categories": f"={picture.names}",
            "values": f"={picture.values}",
            "fill": {"color": picture.colour},
            "gap": 45,
        }
    )
    chart.set_legend({"none": True})
    _names_at_the_edge(chart, picture.number)
    place(page, cell, chart, width, height)


def draw_effects(page: Page, cell: str, title: str, effects: Sequence[Picture], width: int) -> None:
    """Bars from left to right in parts, one part for each of the pictures; their titles are the legend."""
    chart = titled(page, {"type": "bar", "subtype": "stacked"}, title)
    for effect in effects:
        chart.add_series(
            {
                "name": effect.title,
                "categories": f"={effect.names}",
                "values": f"={effect.values}",
                "fill": {"color": effect.colour},
                "gap": 45,
            }
        )
    chart.set_legend({"position": "bottom", "font": {"size": 8, "color": SLATE}})
    _names_at_the_edge(chart, effects[0].number)
    place(page, cell, chart, width)


def draw_steps(
    page: Page, cell: str, title: str, columns: Sequence[str], width: int, height: int = 380
) -> None:
    """Columns that rise and fall from where the one before ended, with the total at the end.

    Parameters
    ----------
    page : Page
        Where it goes.
    cell : str
        Its upper left corner.
    title : str
        Above it.
    columns : sequence of str
        Cells of the names, of the empty base, of rises, of falls and of the total.
    width, height : int, optional
        In pixels.
    """
    names, *values = columns
    chart = titled(page, {"type": "column", "subtype": "stacked"}, title)
    for label, cells, colour in zip(
        ("Base", "Rise", "Fall", "Total"), values, (None, TEAL, AMBER, NAVY), strict=True
    ):
        fill = {"none": True} if colour is None else {"color": colour}
        chart.add_series(
            {"name": label, "categories": f"={names}", "values": f"={cells}", "fill": fill, "gap": 35}
        )
    chart.set_legend({"position": "bottom", "delete_series": [0], "font": {"size": 8, "color": SLATE}})
    chart.set_x_axis(
        {
            "num_font": {"size": 8, "color": SLATE, "rotation": -45},
            "line": {"color": "#C5CDD8"},
            "major_tick_mark": "none",
        }
    )
    chart.set_y_axis(
        {
            "num_format": "0",
            "num_font": {"size": 8, "color": SLATE},
            "line": {"none": True},
            "min": 0,
            "major_gridlines": {"visible": True, "line": {"color": "#E8ECF1"}},
        }
    )
    place(page, cell, chart, width, height)


def titled(page: Page, kind: dict[str, str], title: str) -> Chart:
    """A chart of a kind with its title above it."""
    chart = page.book.file.add_chart(kind)
    chart.set_title({"name": title, "name_font": {"size": 11, "bold": True, "color": NAVY}})
    return chart


def place(page: Page, cell: str, chart: Chart, width: int, height: int = 380) -> None:
    """Put a chart on the sheet, its upper left corner in a cell; width and height in pixels."""
    chart.set_chartarea({"border": {"color": "#D5DBE3"}})
    chart.set_size({"width": width, "height": height})
    page.sheet.insert_chart(cell, chart, {"object_position": 2, "x_offset": 2, "y_offset": 4})


def _names_at_the_edge(chart: Chart, number: str) -> None:
    # Names stay at the edge, clear of bars that reach below zero; the first row of the table is drawn on top.
    chart.set_y_axis(
        {
            "reverse": True,
            "crossing": "max",
            "label_position": "low",
            # Every name, however many there are.
            "interval_unit": 1,
            "num_font": {"size": 8, "color": SLATE},
            "line": {"color": "#C5CDD8"},
            "major_tick_mark": "none",
        }
    )
    chart.set_x_axis(
        {
            "num_format": number,
            "num_font": {"size": 8, "color": SLATE},
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": "#E8ECF1"}},
        }
    )
