"""One search over what risks say, for pages and API alike: by word forms and phrases, ranked, and shown with its finds.

There are two kinds of reader. Those who read a risk in full search its title, cause, event and effect, its comments and
its owner's own number for it; those who read it in part search only its title, cause, event and effect. What a search
finds, how it ranks, what it marks and which spelling it proposes all follow from what its reader may read.
"""

from risks.searching.finding import BEST_FIRST, Search
from risks.searching.showing import PLACES, Find, Piece, finds_in, snippet_of, title_of

__all__ = ["BEST_FIRST", "PLACES", "Find", "Piece", "Search", "finds_in", "snippet_of", "title_of"]
