"""Five hundred things that people, and people of ill will, type into a search box."""

from __future__ import annotations

import random

SEEDS = [
    '"', '""', '"""', "'", "''", "`", "\\", "\\\\", '\\"', "%", "_", "*", "a*", "*a", "^a", "a^2", "~a", "a~2", "+", "++",
    "c++", "c#", "AT&T", "U.S.", "U.S.A.", "R&D", "a&b", "a|b", "a||b", "a && b", "&", "|", "!", "!a", "a!", "?", "-",
    "--", "---a", "- a", "a -", "a-b", "-a", "hello -world", "(", ")", "()", ")(", "(((((", ")))))", "(a", "a)", "(a b",
    "[a]", "{a}", "{a b}:c", "<a>", "a<b", "a <-> b", "a <2> b", ":", "::", ":a", "a:", "a:b", "a:b:c", "a::tsquery",
    "title:", "title:a", 'title:"', 'title:"a', "title:(", "title:()", "title:-a", "-title:a", "TITLE:A", "body:a",
    "facet:a", "rowid:1", "rank:a", "fulltext:a", "author:", "author:O'Brien", "host:", "host:.", "host:..", "host:-",
    "host:a b", "host:http://", "lang:", "lang:-", "lang:en-", "lang:zzzz", "source:", "source:%", "source:'",
    "source:0", "source:-1", "source:99999999999999999999", "section:", "tag:", "tag:a,b", "after:", "after:x",
    "after:0d", "after:99999999999999d", "after:-1d", "after:0000-00-00", "after:9999-12-31", "before:0001-01-01",
    "before:1", "after:2026-02-30", "after:2026-01-01T", "before:2026-01-01T00:00:00+99:99", "after:now", "AND", "OR",
    "NOT", "NEAR", "NEAR(a b)", "NEAR(a b, 5)", "a NEAR b", "a OR", "OR a", "a OR OR b", "a AND", "AND a", "a AND AND b",
    "NOT NOT a", "a NOT", "NOT", "OR AND NOT", "a OR (b AND", "and", "or", "not", "null", "NULL", "None", "true", "0",
    "1", "-1", "1=1", "0x41", "1e309", "NaN", "''; DROP TABLE article;--", "'; DELETE FROM article; --", "' OR '1'='1",
    '" OR "1"="1', "a') OR 1=1 --", "1; SELECT pg_sleep(9)", "UNION SELECT * FROM source", "/* a */", "-- a", "a;b",
    "$1", "$$a$$", "%s", "%(a)s", "{}", "{0}", "{{a}}", "${a}", "#{a}", "<script>alert(1)</script>", "&amp;", "&#0;",
    "\0", "a\0b", "\0\0\0", "\x01", "\x1b[31m", "\x7f", "\r\n", "\n", "\t", " ", "a\nb", "\ufeff", "\u200b", "\u202ea",
    "\ud800", "a\udfffb", "\udcff", "\ue000", "\ue001", "\ue000h", "\ufffe", "\uffff", "\U0010ffff", "é", "e\u0301",
    "\u0301", "\u0301a", "ß", "İ", "ı", "ſ", "ﬁ", "㈀", "½", "２０２６", "٢٠٢٦", "東京", '"東京"', "東", "서울", "ไทย", "हिन्दी",
    "العربية", "עברית", "Ελλάδα", "Київ", "👍", "👩‍👩‍👧", "\u201ca b\u201d", "\u201ea\u201c", "«a»", "„", "‚a‘", "—", "–a", "…",
    "a" * 5_000, "a " * 5_000, '"' * 5_000, "(" * 5_000, "-" * 5_000, "(a OR " * 1_000, "OR " * 2_000, "東" * 3_000,
    "\ud800" * 3_000, "\u0301" * 3_000, "title:" * 500, '"a" ' * 500, "a OR " * 500 + "b", "-a " * 500, "NOT " * 500,
    "-(a OR " * 20, 'lang:en host:a.b "c d" e OR -(f g OR ' * 20, 'x (lang:en host:a.b "c d" OR -(' * 20,
]  # fmt: skip


def _mixed(count: int) -> list[str]:
    """Put seeds together as a careless hand would, the same ones every time."""
    hand = random.Random(5)  # noqa: S311 - nothing secret is drawn
    short = [seed for seed in SEEDS if len(seed) < 60]
    return [hand.choice(["", " ", "\t"]).join(hand.sample(short, hand.randint(2, 6))) for _ in range(count)]


HOSTILE = [*SEEDS, *_mixed(510 - len(SEEDS))]
