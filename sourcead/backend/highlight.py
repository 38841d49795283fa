"""Source in colours for a terminal, where pygments (the extra `viz`) is installed; plain text elsewhere."""

from __future__ import annotations


def highlight(text: str) -> str:
    """The text with terminal colours, or the text itself where pygments is not installed."""
    try:
        import pygments
        from pygments.formatters import TerminalFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return text
    return pygments.highlight(text, PythonLexer(stripnl=False), TerminalFormatter())
