"""Importing risks, in pages: send a file, see what would become of it, and import it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from risks import permissions
from risks.forms.importing import ALL, DRAFT, MOST_WORDS, SOME, ColumnsForm, ConfirmForm, SendForm
from risks.importing import services as importing
from risks.importing.columns import TARGETS, matched
from risks.importing.templates import TEMPLATES
from risks.models import BatchStatus, ImportBatch, ImportSource, RowOutcome
from risks.services.writing import NEEDED_TO_LOG
from safetyreg.pages import ActionPage, ActorPage
from safetyreg.words import listed

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest

RECENT = 10
ROWS_PER_PAGE = 50
MOST_BOXES = 50  # rows to tick one by one
# In which order the rows are looked at: what needs somebody first.
TABS = (
    (RowOutcome.REFUSED, "refused"),
    (RowOutcome.UPDATE, "to update"),
    (RowOutcome.ADD, "to log"),
    (RowOutcome.DRAFT, "to keep as drafts"),
    (RowOutcome.LEFT_OUT, "left out"),
    (RowOutcome.UNCHANGED, "unchanged"),
)
DONE = {RowOutcome.UPDATE: "updated", RowOutcome.ADD: "logged", RowOutcome.DRAFT: "kept as drafts"}


class SendImport(ActionPage):
    template_name = "risks/import.jinja"
    permission = permissions.can_import_risks
    form_class = SendForm
    heading = "Import risks"
    submit = "Check the file"

    def back_url(self) -> str:
        return reverse("risk-list")

    def act(self, source: str, file: Any, incomplete: str) -> ImportBatch:
        return importing.receive(
            source=source,
            file_name=file.name,
            data=file.read(),
            keep_drafts=incomplete == DRAFT,
            by=self.request.actor,
            now=timezone.now(),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = self.request.actor
        batches = ImportBatch.objects.visible_to(actor).newest_first().defer("file")
        return super().get_context_data(
            **kwargs,
            templates=TEMPLATES,
            sources=ImportSource.objects.visible_to(actor).order_by("name"),
            recent=batches.select_related("source", "membership__user")[:RECENT],
        )


class ImportTemplate(ActorPage):
    """A CSV file to start from."""

    permission = permissions.can_import_risks

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        if name not in TEMPLATES:
            raise Http404
        response = HttpResponse(TEMPLATES[name].as_csv(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="risks-{name}.csv"'
        return response


class BatchPage(ActionPage):
    permission = permissions.can_import_risks

    def get_object(self) -> ImportBatch:
        found = ImportBatch.objects.visible_to(self.request.actor).select_related("source", "membership__user", "owner")
        return get_object_or_404(found.defer("file"), pk=self.kwargs["pk"])


class ShowImport(BatchPage):
    """What would become of each row, and the decision; afterwards, what became of it."""

    template_name = "risks/import_batch.jinja"
    form_class = ConfirmForm
    submit = "Import"

    @property
    def heading(self) -> str:
        if self.object.is_checked:
            return "What would be imported"
        return "Being imported" if self.progress else self.object.get_status_display().split(":")[0]

    @cached_property
    def progress(self) -> tuple[int, int] | None:
        return importing.progress(self.object)

    def back_url(self) -> str:
        return reverse("risk-import")

    def get_initial(self) -> dict[str, Any]:
        return {"how": ALL if self.object.all_or_nothing else SOME}

    def get_form_kwargs(self) -> dict[str, Any]:
        refused = self.object.counts.get(RowOutcome.REFUSED, 0)
        return super().get_form_kwargs() | {"to_check": self.to_check(), "refused": refused}

    def to_check(self) -> list[int]:
        """The rows that only wait for somebody to look at them."""
        if not self.object.is_checked:
            return []
        refused = self.object.rows.filter(outcome=RowOutcome.REFUSED).order_by("number")
        with_finds = refused.filter(remarks__contains=[{"kind": "find"}]).exclude(remarks__contains=[{"kind": "error"}])
        return list(with_finds.values_list("number", flat=True)[:MOST_BOXES])

    def act(self, how: str, all_checked: bool = False, rows_checked: list[int] | None = None) -> ImportBatch:
        return importing.confirm(
            batch=self.object,
            all_or_nothing=how == ALL,
            personal_data_checked=all_checked,
            rows_checked=rows_checked or [],
            by=self.request.actor,
            now=timezone.now(),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch = self.object
        asked = self.request.GET.get("rows", "")
        done = DONE if batch.status == BatchStatus.DONE else {}
        present = [(tab, done.get(tab, words)) for tab, words in TABS if batch.counts.get(tab)]
        chosen = asked if asked in [tab for tab, _ in present] else (present[0][0] if present else "")
        rows = batch.rows.filter(outcome=chosen).select_related("risk").order_by("number")
        return super().get_context_data(
            **kwargs,
            batch=batch,
            progress=self.progress,
            missing=missing(batch) if batch.is_checked else "",
            tabs=[(tab, words, batch.counts[tab]) for tab, words in present],
            chosen=chosen,
            pages=Paginator(rows, ROWS_PER_PAGE).get_page(self.request.GET.get("page")),
        )


def missing(batch: ImportBatch) -> str:
    """What no column holds, of that without which no risk is logged."""
    held = matched(batch.headings, batch.source.columns).values()
    return listed([TARGETS[name].label.lower() for name in NEEDED_TO_LOG if name not in held])


class MatchColumns(BatchPage):
    template_name = "risks/import_columns.jinja"
    form_class = ColumnsForm
    heading = "Match the columns"
    submit = "Save and check again"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        importing.require_checked(self.object)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"batch": self.object, "words": self.unknown_words()}

    def unknown_words(self) -> list[tuple[str, str]]:
        """Words of the source's own that no list knows, each once, with what their column holds."""
        batch = self.object
        hold = matched(batch.headings, batch.source.columns)
        targets = {batch.headings[position]: name for position, name in hold.items()}
        found: dict[tuple[str, str], None] = {}
        said = batch.rows.filter(remarks__contains=[{"kind": "error"}]).order_by("number")
        for remarks in said.values_list("remarks", flat=True)[:2_000]:
            for remark in remarks:
                name = targets.get(remark["column"], "")
                if remark.get("value") and name and TARGETS[name].choices and not TARGETS[name].several:
                    found[name, remark["value"]] = None
        return list(found)[:MOST_WORDS]

    def act(self, **_cleaned: Any) -> ImportBatch:
        return importing.match(
            batch=self.object,
            columns_hold=self.form.columns_hold(),
            words_mean=self.form.words_mean(),
            by=self.request.actor,
            now=timezone.now(),
        )

    def get_form(self, form_class: type[forms.Form] | None = None) -> forms.Form:
        self.form = super().get_form(form_class)
        return self.form


class DiscardImport(BatchPage):
    heading = "Throw the file away"
    submit = "Throw it away"
    submit_variant = "warning"
    success_message = "The file was thrown away. Nothing was imported"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        importing.require_checked(self.object)
        return super().get(request, *args, **kwargs)

    def act(self) -> str:
        importing.discard(batch=self.object, by=self.request.actor, now=timezone.now())
        return reverse("risk-import")
