"""Text in the XML of a workbook: entities, CDATA and Excel's own ``_x000D_`` escapes, read and written."""

import re

_ENTITY = re.compile(r"&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ATTRIBUTE = re.compile(r"([^\s=\"'/<>]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_SECTION = re.compile(r"<!\[CDATA\[(.*?)\]\]>|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def attributes_of(tag: bytes) -> dict[str, str]:
    """Attributes of an opening tag, by name with prefix."""
    found = _ATTRIBUTE.findall(tag.decode())
    return {name: _entities_resolved(double or single) for name, double, single in found}


def text_of(content: bytes) -> str:
    """What a reader of XML sees of an element's content that holds no other elements."""
    text = content.decode()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<" not in text:
        return _entities_resolved(text)
    pieces = []
    at = 0
    for found in _SECTION.finditer(text):
        pieces += [_entities_resolved(text[at : found.start()]), found[1] or ""]
        at = found.end()
    return "".join(pieces) + _entities_resolved(text[at:])


def unescaped(text: str) -> str:
    """Excel's ``_xHHHH_`` turned into the characters it stands for."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def escaped(text: str) -> bytes:
    """Text as the content of an XML element that Excel reads back as the same characters.

    Control characters, which XML forbids, and text that looks like an escape become ``_xHHHH_``; half of a surrogate
    pair, which has no bytes in UTF-8, becomes the replacement character.
    """
    text = _ESCAPED.sub(lambda found: "_x005F" + found[0], text)
    text = _NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()


def _entities_resolved(text: str) -> str:
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return _NAMED[name]
    return chr(int(decimal) if decimal else int(hexadecimal, 16))
