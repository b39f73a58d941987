"""The settings of a command, with every fault as a line for people; nothing of the database."""

from __future__ import annotations

from flows.errors import UsageFault
from flows.settings import BadSettingError, Settings, load_settings


def settings_for(db: str | None) -> Settings:
    """Read the settings, `--db` before the environment; UsageFault names what cannot be used."""
    if db is not None and not db.strip():
        raise UsageFault("--db is empty: give a SQLAlchemy URL such as sqlite:///news.db, or leave it out")
    try:
        settings = load_settings()
    except BadSettingError as error:
        raise UsageFault(str(error)) from None
    return settings.model_copy(update={"database": db}) if db else settings
