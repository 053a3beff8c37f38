"""From a document's facts to its PDF: forms (what a kind needs), wording (in Chinese), fonts, pdf (typst)."""
