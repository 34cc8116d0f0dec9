"""The Jinja environment of every page: the NHS.UK components, and what templates may call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, pass_context

from safetyreg import words
from safetyreg.nhsuk.forms import component, render_field, target

if TYPE_CHECKING:
    from django.http import HttpRequest
    from jinja2.runtime import Context


def environment(**options: Any) -> Environment:
    """Called by Django with the loader of the project's own templates, which come first."""
    options["loader"] = ChoiceLoader([options["loader"], PackageLoader("nhsuk_frontend_jinja")])
    options |= {"undefined": ChainableUndefined, "trim_blocks": True, "lstrip_blocks": True}
    env = Environment(**options, extensions=["jinja2.ext.do"])  # noqa: S701 - Django passes autoescape=True
    env.globals |= {"static": static, "url": url, "badge": badge, "query": query}
    env.globals |= {"field": render_field, "component": component, "target": target}
    env.filters |= {
        "when": words.when,
        "day": words.day,
        "ago": words.ago,
        "until": words.until,
        "plural": words.plural,
        "listed": words.listed,
    }
    return env


def url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args, kwargs=kwargs)


@pass_context
def badge(context: Context, name: str) -> int:
    """The count some app's context processor gives under that name; 0 on a page without one."""
    return context.get(name) or 0 if name else 0


def query(request: HttpRequest, **changes: Any) -> str:
    """The request's query string with some values changed; None takes a value out, and a list puts several in."""
    given = request.GET.copy()
    for name, value in changes.items():
        given.pop(name, None)
        if value is not None:
            given.setlist(name, value if isinstance(value, list) else [value])
    return f"?{given.urlencode()}"
