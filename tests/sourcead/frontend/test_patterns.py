"""`match` into branches: source in, statements out."""

# ruff: noqa: F841

import textwrap

import pytest

from sourcead.backend.printing import to_text
from sourcead.frontend.source import find


class Point:
    __match_args__ = ("a",)


def two(p):
    match p:
        case ("disc", r):
            return r * r
        case [first, *rest]:
            return first
        case _:
            return 0.0


def guarded(p):
    match p:
        case {"k": v, **rest} if v > 0:
            return v
        case None | 3:
            return 1.0


def classes(p):
    match p:
        case Point(a, b=2) as q:
            return a
        case int(n):
            return n


def nested(p):
    subject = 1.0
    match p:
        case [Point(), (x, _)]:
            return x * subject


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (
            two,
            """\
            subject = p
            if is_sequence(subject) and len(subject) == 2 and subject[0] == "disc":
                r = subject[1]
                return r * r
            elif is_sequence(subject) and len(subject) >= 1:
                first = subject[0]
                rest = list(subject[1:])
                return first
            else:
                return 0.0
            """,
        ),
        (
            guarded,
            """\
            subject = p
            matched = False
            if not matched and is_mapping(subject) and "k" in subject:
                v = subject["k"]
                rest = {key: value for key, value in subject.items() if key not in ("k",)}
                if v > 0:
                    matched = True
                    return v
            if not matched and (subject is None or subject == 3):
                matched = True
                return 1.0
            """,
        ),
        (
            classes,
            """\
            subject = p
            if (isinstance(subject, Point) and hasattr(subject, "a") and hasattr(subject, "b") and subject.b == 2):
                a = subject.a
                q = subject
                return a
            elif isinstance(subject, int):
                n = subject
                return n
            """,
        ),
        (
            nested,
            """\
            subject = 1.0
            subject_ = p
            if (is_sequence(subject_) and len(subject_) == 2 and isinstance(subject_[0], Point) and is_sequence(subject_[1]) and len(subject_[1]) == 2):
                x = subject_[1][0]
                return x * subject
            """,  # noqa: E501
        ),
    ],
)
def test_cases_become_branches(function, wanted):
    text = to_text(find(function).tree.body).replace(".", "").replace("\n", " ")
    assert " ".join(text.split()) == " ".join(textwrap.dedent(wanted).replace(".", "").split())


def test_a_class_that_is_not_known_stays():
    def f(p):
        kind = Point
        match p:
            case kind():
                return 1.0

    assert to_text(find(f).tree.body).count("match p:") == 1
