"""An article as JSON: in our own form, and as ninjs, schema.org, news-please and trafilatura have it.

Each form is a pure function from an Article to a dict of JSON values; what an article does not know is left
out, or None where the form's own tool always writes the name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal

from parsers.model import Image
from storage.identity import own_address
from storage.values import Article

Preset = Literal["ninjs", "schema.org", "news-please", "trafilatura"]


def own(article: Article) -> dict[str, Any]:
    """Return every field of an article under its own name; times in ISO 8601 with their offset."""
    return {name: _plain(value) for name, value in asdict(article).items()}


def changed_at(article: Article) -> datetime:
    """Return when an article was last changed: by its own word, or when its newest version was seen."""
    told = article.modified_at or article.published_at or article.first_seen_at
    return told if article.version == 1 else max(told, article.fetched_at)


def ninjs(article: Article) -> dict[str, Any]:
    """Return an IPTC ninjs 2.1 item (https://www.iptc.org/std/ninjs/)."""
    return _sparse(
        {
            "uri": own_address(article.url, article.canonical_url),
            "type": "text",
            "pubstatus": "canceled" if article.status == "removed" else "usable",
            "version": str(article.version),
            "language": article.language,
            "firstcreated": _iso(article.published_at or article.first_seen_at),
            "versioncreated": _iso(changed_at(article)),
            "contentcreated": _iso(article.published_at),
            "headlines": [{"role": "main", "value": article.title}],
            "by": article.byline or ", ".join(article.authors) or None,
            "people": [{"name": name, "rel": "author"} for name in article.authors],
            "located": article.dateline,
            "subjects": [{"name": name} for name in (article.section, *article.tags) if name],
            "descriptions": [{"role": "summary", "value": article.description}]
            if article.description
            else [],
            "bodies": [_ninjs_body(article)],
            "associations": [_ninjs_picture(*each) for each in enumerate(article.images, 1)],
            "infosources": [{"name": article.site_name or article.host}],
            "usageterms": article.license,
        }
    )


def _ninjs_body(article: Article) -> dict[str, Any]:
    text = {"contenttype": "text/plain", "wordcount": article.word_count, "value": article.text}
    return {"role": "main", **text}


def _ninjs_picture(number: int, image: Image) -> dict[str, Any]:
    captions = [{"role": "caption", "value": image.caption}] if image.caption else []
    named = {"name": f"image{number}", "type": "picture", "uri": image.url, "by": image.credit}
    return _sparse({**named, "descriptions": captions})


def schema_org(article: Article) -> dict[str, Any]:
    """Return a schema.org NewsArticle as JSON-LD (https://schema.org/NewsArticle)."""
    opinion = {"opinion": "OpinionNewsArticle", "review": "ReviewNewsArticle", "live": "LiveBlogPosting"}
    return _sparse(
        {
            "@context": "https://schema.org",
            "@type": opinion.get(article.kind, "NewsArticle"),
            "@id": own_address(article.url, article.canonical_url),
            "url": article.url,
            "mainEntityOfPage": own_address(article.url, article.canonical_url),
            "headline": article.title,
            "alternativeHeadline": article.subtitle,
            "description": article.description,
            "articleBody": article.text,
            "articleSection": article.section,
            "author": [{"@type": "Person", "name": name} for name in article.authors],
            "publisher": {"@type": "NewsMediaOrganization", "name": article.site_name or article.host},
            "datePublished": _date(article.published_at, article.published_precision),
            "dateModified": _iso(article.modified_at),
            "inLanguage": article.language,
            "keywords": list(article.tags),
            "isAccessibleForFree": article.is_free,
            "dateline": article.dateline,
            "wordCount": article.word_count,
            "license": article.license,
            "image": [_image_object(one) for one in article.images],
        }
    )


def _image_object(image: Image) -> dict[str, Any]:
    found = {"url": image.url, "caption": image.caption, "creditText": image.credit}
    return _sparse({"@type": "ImageObject", **found})


def news_please(article: Article) -> dict[str, Any]:
    """Return the object that news-please writes for an article (NewsArticle.get_serializable_dict)."""
    return {
        "authors": list(article.authors),
        "date_download": _spaced(article.fetched_at),
        "date_modify": _spaced(article.modified_at),
        "date_publish": _spaced(article.published_at),
        "description": article.description,
        "filename": f"{article.id}.json",
        "image_url": article.images[0].url if article.images else None,
        "language": _primary(article.language),
        "localpath": None,
        "maintext": article.text,
        "source_domain": article.host,
        "title": article.title,
        "title_page": None,
        "title_rss": None,
        "url": article.url,
    }


def trafilatura(article: Article) -> dict[str, Any]:
    """Return the object that trafilatura writes with `--json --with-metadata`."""
    published = article.published_at
    return {
        "title": article.title,
        "author": "; ".join(article.authors) or None,
        "hostname": article.host,
        "date": None if published is None else published.date().isoformat(),
        "fingerprint": article.content_hash,
        "id": str(article.id),
        "license": article.license,
        "comments": "",
        "raw_text": " ".join(article.text.split()),
        "text": article.text.replace("\n\n", "\n"),
        "language": _primary(article.language),
        "image": article.images[0].url if article.images else None,
        "pagetype": "article",
        "filedate": article.fetched_at.date().isoformat(),
        "source": article.url,
        "source-hostname": article.site_name or article.host,
        "excerpt": article.description,
        "categories": article.section or "",
        "tags": ";".join(article.tags),
    }


PRESETS: Mapping[Preset, Callable[[Article], dict[str, Any]]] = {
    "ninjs": ninjs,
    "schema.org": schema_org,
    "news-please": news_please,
    "trafilatura": trafilatura,
}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _sparse(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value not in (None, [], "")}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _date(moment: datetime | None, precision: str | None) -> str | None:
    if moment is None:
        return None
    return moment.date().isoformat() if precision == "day" else moment.isoformat()


def _spaced(moment: datetime | None) -> str | None:
    """Write a time as news-please does: UTC, no offset, a blank in the middle."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _primary(language: str | None) -> str | None:
    return None if language is None else language.partition("-")[0]
