"""The publishers whose pages need more than the generic parser, alphabetically, one file each."""

from parsers.site import Site
from parsers.sites import tidewatch_example

SITES: tuple[Site, ...] = (*tidewatch_example.SITES,)
