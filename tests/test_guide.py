"""The guide's examples are evaluated, so that no reader meets one that has stopped being true."""

import doctest
from pathlib import Path

GUIDE = Path(__file__).parents[1] / "docs" / "guide.md"


def test_every_example_of_the_guide_gives_what_it_shows() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    examples = doctest.DocTestParser().get_doctest(text, {}, "guide", str(GUIDE), 0)
    said: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(examples, out=said.append)
    assert results.attempted > 10
    assert results.failed == 0, "".join(said)
