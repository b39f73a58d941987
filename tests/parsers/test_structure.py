from parsers.blocks import Piece
from parsers.structure import judge

STORY = (
    "The council approved a second ferry line on Monday, ending a debate of four long years, and went home "
    "for tea, cake and a long talk about boats."
)


def rules(
    *pieces: Piece, title: str = "Second ferry line", authors: tuple[str, ...] = ("Ada Writer",)
) -> list[str | None]:
    judge(pieces, title, authors)
    return [piece.rule for piece in pieces]


def p(text: str, linked: int = 0) -> Piece:
    return Piece("paragraph", text, linked=linked)


def test_the_headline_above_the_story_goes_and_one_below_it_stays() -> None:
    found = rules(
        Piece("heading", "Second Ferry Line", 1),
        p(STORY),
        Piece("heading", "Second ferry line", 2),
        p(STORY[:-4]),
    )
    assert found == ["title-repeated", None, None, None]


def test_names_alone_are_a_byline_and_a_line_about_one_at_the_end_is_a_bio() -> None:
    assert rules(p("Ada Writer"), p(STORY), p("Ada Writer covers the harbour.")) == ["byline", None, "bio"]


def test_an_author_who_speaks_in_the_story_stays() -> None:
    assert rules(p(STORY), p("Ada Writer said she saw it.")) == [None, None]


def test_a_last_line_that_tells_of_the_author_or_of_a_namesake_stays() -> None:
    assert rules(p(STORY), p("Ada Writer is tired.")) == [None, None]
    assert rules(p(STORY), p("Ada Writer is her nephew.")) == [None, None]
    assert rules(p(STORY), p("Jane Roe, Harbour Daily"), authors=("Jane Roe",)) == [None, "bio"]


def test_a_stranger_who_is_presented_as_a_writer_is_one_unless_the_story_named_him() -> None:
    bio = "Ben Author is a freelance writer who lives by the sea."
    assert rules(p(STORY), p(bio)) == [None, "bio"]
    assert rules(p(f"{STORY} Ben Author was there."), p(bio)) == [None, None]


def test_a_long_block_said_twice_is_said_once() -> None:
    assert rules(p(STORY), p("Fares stay."), p(STORY), p("Fares stay.")) == [None, None, "repeated", None]


def test_a_paragraph_that_is_one_link_is_no_paragraph() -> None:
    assert rules(p(STORY), p("Council votes again on ferries", 30), p(STORY[:-4])) == [
        None,
        "link-block",
        None,
    ]


def test_a_heading_with_nothing_below_it_dangles() -> None:
    found = rules(
        p(STORY), Piece("heading", "More", 2), Piece("heading", "Yet more", 3), Piece("caption", "A ferry")
    )
    assert found == [None, "dangling-heading", "dangling-heading", None]


def test_a_story_without_title_or_authors_loses_nothing() -> None:
    assert rules(p(STORY), p("and more"), title="", authors=()) == [None, None]


def test_links_side_by_side_are_a_list_and_stay() -> None:
    links = [p("Council votes again on ferries", 30), p("Fog delays the ferry once more", 30)]
    assert rules(p(STORY), *links, p(STORY[:-4])) == [None] * 4


def test_a_few_words_at_the_top_are_its_section_or_a_name() -> None:
    assert rules(p("Harbour news"), p(STORY), p("Harbour news")) == ["kicker", None, None]
    assert rules(p("It is late."), p(STORY)) == [None, None]
    assert rules(p("이재명 대통령"), p(STORY)) == [None, None]


def test_a_byline_is_known_by_its_shape_below_the_standfirst_too() -> None:
    found = rules(p(STORY), p("Von Anna Beispiel, Frankfurt"), p("By then it was late"), p(STORY[:-4]))
    assert found == [None, "byline", None, None]


def test_a_label_in_capitals_opens_a_promo() -> None:
    assert rules(p(STORY), p("READ THIS | Council votes again"), p("US | them")) == [None, "label", None]


def test_a_signature_of_the_house_goes_from_the_end() -> None:
    assert rules(p(STORY), p("ABC NEWS (Ada Writer, Ben Author)")) == [None, "bio"]
    assert rules(p(STORY), Piece("heading", "Ada Writer is back", 2), p("She is.")) == [None, None, None]


def test_a_standfirst_that_breaks_off_where_the_story_goes_on_is_a_repetition() -> None:
    assert rules(p(STORY[:60] + " ..."), p(STORY)) == ["repeated", None]
    assert rules(p(STORY[:60] + "…"), p(STORY)) == ["repeated", None]
    assert rules(p("The mayor waited for hours on the quay …"), p(STORY)) == [None, None]
    assert rules(p(STORY[:60]), p(STORY)) == [None, None]


def test_what_is_surely_the_story_s_is_no_promo_and_no_byline_below_the_opening() -> None:
    sure = [
        Piece("paragraph", "Council votes again on ferries", linked=30, score=0.95),
        Piece("paragraph", "Ada Writer", score=0.95),
    ]
    story = [p(f"{STORY} {number}.") for number in range(6)]
    assert rules(*story, sure[0], p(STORY), sure[1], p(STORY[:-4])) == [None] * 10


def test_a_quote_that_the_story_says_too_is_set_apart_to_be_seen_and_goes() -> None:
    said = "We have waited for this pier for four years"
    story = f"{STORY} \u201c{said},\u201d the harbour master told the council."
    apart = [Piece("quote", f"{said}."), p(f"\u201e{said}\u201c")]
    assert rules(p(story), *apart, p(STORY[:-4])) == [None, "pull-quote", "pull-quote", None]
    others = [
        Piece("quote", "Nobody asked the fishermen about it at all."),
        Piece("quote", "ferry line"),
        p(said),
    ]
    assert rules(p(story), *others) == [None] * 4


def test_a_line_in_brackets_that_is_half_a_link_is_a_label() -> None:
    read, note = "[Read more: Council votes again]", "[Names of the fishermen were changed]"
    assert rules(p(STORY), p(read, 19), p(STORY[:-4]), p(note)) == [None, "label", None, None]


def test_a_link_in_capitals_may_ask_and_a_table_of_contents_may_be_run_together() -> None:
    asks = "WHY ARE THE FERRIES LATE?"
    told = "Why the ferries are late, and what the town does about it?"
    toc = "When the ferry leavesWhat is a ticket?What if it rains?Where to eatWhat to see on the island " * 3
    before, after = p(STORY), p(STORY[:-4])
    assert rules(before, p(asks, len(asks)), after) == [None, "link-block", None]
    assert rules(before, p(told, len(told)), after) == [None, None, None]
    assert rules(before, p(toc, len(toc)), after) == [None, "link-block", None]
    assert rules(before, p(STORY[1:] + STORY, 2 * len(STORY)), after) == [None, None, None]


def test_the_links_below_a_label_are_what_it_says_up_to_the_next_text() -> None:
    links = "Council votes again\nFerries are late"
    label = Piece("heading", "Related articles", 3, rule="related")
    found = rules(
        p(STORY), label, Piece("list", links, linked=len(links)), p("Nobody knows why.", 10), p(STORY[:-4])
    )
    assert found == [None, "related", "related", "related", None]
    own = Piece("heading", "The four piers", 2)
    found = rules(p(STORY), label, p(STORY[:-4]), own, Piece("list", links, linked=len(links)))
    assert found == [None, "related", None, None, None]
