"""Every way an import goes. What people do with one is `receiving`, what is then done with it `running`."""

from risks.importing.lifecycle import WrongMoment, require_checked
from risks.importing.services.receiving import confirm, discard, match, receive
from risks.importing.services.running import progress, work

__all__ = ["WrongMoment", "confirm", "discard", "match", "progress", "receive", "require_checked", "work"]
