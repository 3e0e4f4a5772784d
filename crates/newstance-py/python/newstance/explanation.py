"""One article with what was found in it, for people."""

from __future__ import annotations

from html import escape
from typing import Any

STYLES = {
    "mention": "text-decoration: underline",
    "content": "color: #1a7f37",
    "cue": "color: #9a6700",
    "source": "color: #0a6c86; font-weight: bold",
}
POSITIONS = {"supports": "#1a7f37", "opposes": "#cf222e", "neutral": "#6e7781"}


class Explanation:
    """A row of layers that prints as text and shows in a notebook as HTML.

    >>> explanation = Explanation({
    ...     "id": "a", "title": "", "text": "<i>Peskov denied it.", "mentions": [],
    ...     "actors": [], "statements": [], "stances": []})
    >>> "<i>" in explanation._repr_html_()
    False
    """

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = row

    def _repr_html_(self) -> str:
        fields = "".join(self._field(name) for name in ("title", "text") if self.row[name])
        legend = " ".join(f'<span style="{style}">{name}</span>' for name, style in STYLES.items())
        statements = "".join(f"<li>{line}</li>" for line in self._statements())
        stances = "".join(f"<li>{line}</li>" for line in self._stances())
        return (
            f"<div>{fields}<p><small>{legend}</small></p>"
            f"<b>Statements</b><ol start='0'>{statements}</ol>"
            f"<b>Stances</b><ul>{stances}</ul></div>"
        )

    def __str__(self) -> str:
        lines = [self.row[name] for name in ("title", "text") if self.row[name]]
        lines.append("\nStatements")
        for statement in self.row["statements"]:
            said = self._text(statement["field"], statement["content"])
            lines.append(f"  {self._speaker(statement)} {statement['force']}: {said}")
        lines.append("\nStances")
        for stance in self._marked():
            holder, target = self._parties(stance)
            lines.append(f"  {holder} {stance['position']} {target}  {_percent(stance)}")
        return "\n".join(lines)

    def _field(self, name: str) -> str:
        # Offsets count bytes.
        text = self.row[name].encode()
        spans = self._spans(name)
        edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
        html = ""
        for start, end in zip(edges, edges[1:]):
            inside = [STYLES[kind] for s, e, kind in spans if s <= start and end <= e]
            piece = escape(text[start:end].decode())
            html += f'<span style="{"; ".join(inside)}">{piece}</span>' if inside else piece
        tag = "h4" if name == "title" else "p"
        return f'<{tag} style="white-space: pre-wrap">{html}</{tag}>'

    def _spans(self, field: str) -> list[tuple[int, int, str]]:
        spans = [
            (mention["span"]["start"], mention["span"]["end"], "mention")
            for mention in self.row["mentions"]
            if mention["field"] == field and mention["actor_idx"] is not None
        ]
        for kind in ("content", "cue", "source"):
            for statement in self.row["statements"]:
                if statement["field"] == field:
                    spans += [(span["start"], span["end"], kind) for span in statement[kind]]
        return spans

    def _statements(self) -> list[str]:
        return [
            f"<span style=\"{STYLES['source']}\">{escape(self._speaker(statement))}</span> "
            f"<span style=\"{STYLES['cue']}\">{escape(statement['force'])}</span> "
            f"{escape(self._text(statement['field'], statement['content']))} "
            f"<small>{escape(statement['form'])}, {100 * statement['probability']:.0f} %</small>"
            for statement in self.row["statements"]
        ]

    def _stances(self) -> list[str]:
        lines = []
        for stance in self._marked():
            holder, target = self._parties(stance)
            colour = POSITIONS[stance["position"]]
            evidence = self._text(stance["field"], [stance["span"]])
            lines.append(
                f"<b>{escape(holder)}</b> <span style='color: {colour}'>{stance['position']}"
                f"</span> <b>{escape(target)}</b> {_percent(stance)}<br>"
                f"<small>{escape(stance['basis']['word'])}: {escape(evidence)}</small>"
            )
        n_neutral = len(self.row["stances"]) - len(lines)
        return lines + ([f"<small>and {n_neutral} judged neutral</small>"] if n_neutral else [])

    def _marked(self) -> list[dict[str, Any]]:
        return [stance for stance in self.row["stances"] if stance["position"] != "neutral"]

    def _text(self, field: str, spans: list[dict[str, int]]) -> str:
        text = self.row[field].encode()
        return " … ".join(text[span["start"] : span["end"]].decode() for span in spans)

    def _speaker(self, statement: dict[str, Any]) -> str:
        idx = statement["speaker_idx"]
        return "somebody" if idx is None else self._name(idx)

    def _parties(self, stance: dict[str, Any]) -> tuple[str, str]:
        holder = stance["holder"]
        name = "the outlet" if holder["idx"] is None else self._name(holder["idx"])
        return name, self._name(stance["target_idx"])

    def _name(self, idx: int) -> str:
        actor = self.row["actors"][idx]
        country = actor["country_idx"]
        if country is None or country == idx:
            return str(actor["name"])
        return f"{actor['name']} ({self.row['actors'][country]['name']})"


def _percent(stance: dict[str, Any]) -> str:
    return f"{100 * stance['probabilities'][stance['position']]:.0f} %"
