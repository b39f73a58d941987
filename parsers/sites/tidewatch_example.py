"""tidewatch.example: a made-up publisher that shows what a site's file looks like, and tests it."""

from datetime import date

from parsers.site import Site

SITES = (
    Site(
        host="tidewatch.example",
        body="#story-text",
        byline="p.keeper",
        drop=("div.keyfacts",),
        phrases=("Tidewatch readers keep us afloat",),
        since=date(2024, 6, 1),
    ),
    Site(host="tidewatch.example", body="td.main", drop=("font.kicker",), until=date(2024, 6, 1)),
)
