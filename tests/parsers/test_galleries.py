from parsers import Draft, Page, parse
from parsers.model import Block

STANDFIRST = "Photographers captured the drama as the first storm of the winter came ashore"
PLACES = {
    "Looe": "Volunteers pile sandbags outside a bookshop after a high-tide warning.",
    "Penzance": "A dog walker leans into the wind on the promenade.",
    "Newlyn": "Fishing boats shelter in the harbour, nine days after they last went out.",
}


def gallery(title: str) -> Draft:
    figures = "".join(
        f'<li class="gallery__item"><figure><img src="/{place}-4711.jpg"><figcaption>'
        f'<h2 class="gallery__title">{place}</h2>{said}<p class="gallery__credit">Photograph: Jo Moss/Agency'
        "</p></figcaption></figure></li>"
        for place, said in PLACES.items()
    )
    html = (
        f'<html lang="en"><head><title>{title} | Harbour Daily</title>'
        '<meta property="og:type" content="article"></head><body>'
        f'<main><h1>{title}</h1><div class="standfirst"><p>{STANDFIRST}</p></div><ul class="gallery__list">'
        f"{figures}</ul></main></body></html>"
    )
    return parse(Page("https://www.harbour.example/2026/nov/24/storm", html.encode(), "text/html"))


def test_a_gallerys_captions_are_blocks_and_a_pictures_heading_is_parted_from_its_caption() -> None:
    draft = gallery("Storm lashes the coast – in pictures")
    assert draft.kind == "gallery"
    assert draft.text == STANDFIRST
    told = [f"{place}. {said}" for place, said in PLACES.items()]
    assert draft.blocks[1:] == tuple(Block("caption", each) for each in told)
    assert [image.caption for image in draft.images] == told
    assert {image.credit for image in draft.images} == {"Jo Moss/Agency"}


def test_another_storys_pictures_add_no_block() -> None:
    draft = gallery("Storm lashes the coast")
    assert draft.kind == "article"
    assert [block.kind for block in draft.blocks if block.kind == "caption"] == []
