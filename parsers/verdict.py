"""Whether a page is an article at all, and what it is where it is none."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from parsers.blocks import Piece
from parsers.model import NotAnArticle
from parsers.tree import Run

_HEADLINE = (18, 170)  # characters of a linked headline
_TEASERS = 3  # so many teasers under linked headlines make a list
_HEADLINES = 8  # so many linked headlines and no text to speak of make one too
_OWN = 500  # characters under no headline that make a page a story with a list below it
_TEASED = 0.6  # share of the text that stands under linked headlines
_TEASER = 320  # characters of a teaser at most
_BRIEF = 600  # characters: notices, error pages and forms say no more
_LEAST = 140  # characters of a story that nothing but its text vouches for
_LEAST_VOUCHED = 30  # characters of a story that the page itself calls an article
_SENTENCE = 60  # characters of a block that tells something
_TOLD = 3  # so many of them tell a story, however short
_SEARCH_KEYS = frozenset({"q", "s", "query", "search", "keyword", "keywords", "suche", "buscar", "recherche"})
_SEARCH = re.compile(r"/(?:search|suche|recherche|buscar|busca|cerca|zoeken|szukaj|poisk|ara)(?:/|$)")
_TAG = re.compile(
    r"/(?:tags?|topics?|themen?|thema|schlagw[oö]rte?r?|stichwort|etiquetas?|tema|temas|mots?-cles?|keywords?|label"
    r"|subject|argomenti|onderwerp|tagi|tagged)(?:/|$)"
)
_HOME = re.compile(r"/?(?:index\.\w+|home|[a-z]{2}(?:[-_][a-z]{2})?)?/?")
_ERROR = re.compile(
    r"(?:^|\b(?:error|fehler|erreur|http|status))\W*(?:40[034]|410|50[0234])(?=\W*$|\s*[-–—|:])"
    r"|not found|page (?:does ?n.t|no longer) exists?|access denied|forbidden"
    r"|service unavailable|bad gateway|just a moment|something went wrong|are you a robot|nicht gefunden"
    r"|verify you are human|existiert nicht|zugriff verweigert|introuvable|n.existe (?:pas|plus)"
    r"|acc[eè]s refus[eé]|no encontrad[ao]|no existe|non trovata|non esiste|n[aã]o encontrada|niet gevonden"
    r"|nie znaleziono|не найдена|не знайдено|bulunamad.|hittades inte|ikke fundet|ikke funnet|ei löytynyt"
    r"|nenalezena|nem található|見つかりません|찾을 수 없|未找到|غير موجودة",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:log ?in|sign ?in|log on|sign up|register|create (?:an |your )?account|subscriber login|anmelden"
    r"|members? only|anmeldung|einloggen|registrieren|connexion|se connecter|iniciar sesi[oó]n|acceder|accedi"
    r"|entrar|inloggen|aanmelden|zaloguj|logowanie|войти|вход|увійти|вхід|giriş|logga in|logg inn|log ind"
    r"|kirjaudu|přihlášení|bejelentkezés|autentificare|σύνδεση)\b|ログイン|로그인|登录|登入|تسجيل الدخول",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue|(?:your|ihre|votre|tu|sua) (?:privacy|privatsphäre|vie privée|privacida)"
    r"|privacy (?:choices|settings|matters)|\bcookies?\b|\bconsent\b|our \d+ partners|and our partners"
    r"|\b(?:einwilligung|zustimmen|zustimmung|consentement|consentimiento|consenso|toestemming|zgoda|çerez)\b"
    r"|personal(?:ised|ized)? (?:data|ads|advertising)|personenbezogene|store and(?:/or)? access information",
    re.IGNORECASE,
)
_DENSE = re.compile("[\u3040-\ud7a3]")  # scripts that say in one character what others say in three
_CONSENT_WORDS = 4  # so many of these in a short page make it a request for consent


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a page when it is judged.

    `vouched` is True where the page calls itself an article, `weakly` where only OpenGraph does: many
    systems let it say so of every page.
    """

    url: str
    status: int | None
    title: str
    vouched: bool
    weakly: bool
    runs: Sequence[Run]
    pieces: Sequence[Piece]
    asks_password: bool = False


def judge(seen: Seen) -> None:
    """Raise NotAnArticle where the page is none, with what it is as the reason."""
    text = _story(seen.pieces)
    if seen.status is not None and seen.status >= 400:  # noqa: PLR2004 - where HTTP's errors begin
        raise NotAnArticle("error", f"the server answered {seen.status}")
    if not seen.vouched:
        _notice(seen, text)
    if not seen.vouched or seen.weakly:
        _listing(seen, text)
    if text < (_LEAST_VOUCHED if seen.vouched else _LEAST):
        raise NotAnArticle("empty", "no text worth the name is left once the boilerplate is stripped")


def _story(pieces: Sequence[Piece]) -> int:
    """How many characters the story has; a character of a script without spaces counts three times."""
    kept = [piece.text for piece in pieces if not piece.rule and piece.kind != "caption"]
    return sum(len(text) + (0 if text.isascii() else 2 * len(_DENSE.findall(text[:400]))) for text in kept)


def _notice(seen: Seen, text: int) -> None:
    """Raise for error, login and consent pages: they say little, and say what they are near the top."""
    said = " ".join(run.text for run in seen.runs[:40] if run.linked < len(run.text))[: 5 * _BRIEF]
    told = said if text < 2 * _LEAST else " ".join(piece.text for piece in seen.pieces if not piece.rule)
    asks = text <= 4 * _BRIEF and len(_CONSENT.findall(f"{seen.title} {told}")) >= _CONSENT_WORDS
    if asks and not _beside_consent(seen.pieces):
        raise NotAnArticle("consent", "the page asks for consent before it shows anything")
    if text > _BRIEF:
        return
    if len([piece for piece in seen.pieces if not piece.rule and len(piece.text) >= _SENTENCE]) >= _TOLD:
        return  # a short story, whatever words its headline has
    if _ERROR.search(seen.title) or (_ERROR.search(said[:300]) and text < _BRIEF // 2):
        raise NotAnArticle("error", "the page says that something is wrong or missing")
    if seen.asks_password and (_LOGIN.search(seen.title) or _LOGIN.search(said)):
        raise NotAnArticle("login", "the page asks for a password")


def _beside_consent(pieces: Sequence[Piece]) -> bool:
    """Whether a story stands beside the words on consent: as much text that says none of them."""
    kept = [piece.text for piece in pieces if not piece.rule and piece.kind != "caption"]
    asking = sum(len(text) for text in kept if _CONSENT.search(text))
    telling = sum(map(len, kept)) - asking
    return telling >= 2 * _LEAST and telling >= asking


def _listing(seen: Seen, text: int) -> None:
    """Raise for pages that lead to stories: searches, tags, homes and sections."""
    kept = {piece.text for piece in seen.pieces if not piece.rule}
    teasers, share = _teased(seen.runs, kept)
    headlines = sum(map(_is_headline, seen.runs))
    bare = text < _LEAST and not seen.vouched
    teased = teasers >= _TEASERS and share >= _TEASED and (1 - share) * text < _OWN
    lists = teased or (headlines >= _HEADLINES and bare)
    parts = urlsplit(seen.url)
    path = parts.path.lower()
    searched = _SEARCH.search(path) or _SEARCH_KEYS & {key.lower() for key, _ in parse_qsl(parts.query)}
    if searched and (lists or bare):
        raise NotAnArticle("search", "the page lists what a search found")
    if lists and _TAG.search(path):
        raise NotAnArticle("tag", "the page lists stories on a topic")
    if parts.scheme in {"http", "https"} and not parts.query and _HOME.fullmatch(path):
        if lists or (headlines >= _TEASERS and text < 2 * _BRIEF):
            raise NotAnArticle("home", "the address is a site's front page, and it lists stories")
    elif lists and not seen.vouched:
        raise NotAnArticle("section", "the page lists stories with their teasers")


def _is_headline(run: Run) -> bool:
    return _HEADLINE[0] <= len(run.text) <= _HEADLINE[1] and run.linked >= 0.8 * len(run.text)


def _teased(runs: Sequence[Run], kept: Collection[str]) -> tuple[int, float]:
    """How many linked headlines have kept blocks under them, and these blocks' share of the kept text."""
    teasers = teased = total = 0
    since, told = 9, True
    for run in runs:
        if _is_headline(run):
            since, told = 0, False
        elif run.text in kept:
            total += len(run.text)
            if since <= 2 and len(run.text) < _TEASER:  # noqa: PLR2004 - a date or a section may stand between
                teasers += not told
                told = True
                teased += len(run.text)
            since += 1
        else:
            since += 1
    return teasers, teased / total if total else 0.0
