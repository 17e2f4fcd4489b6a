"""The file itself: a zip of XML parts, opened safely, read by byte and patched without loss."""
