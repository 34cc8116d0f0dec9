"""Check constraints that `full_clean()` asks the database about in one query, where Django makes three of each."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.models import BaseConstraint, CheckConstraint, Model, Q

if TYPE_CHECKING:
    from collections.abc import Sequence


class Checked(Model):
    class Meta:
        abstract = True

    def get_constraints(self) -> list[tuple[type[Model], Sequence[BaseConstraint]]]:
        return [(model, _together(constraints)) for model, constraints in super().get_constraints()]


def _together(constraints: Sequence[BaseConstraint]) -> list[BaseConstraint]:
    checks = [constraint for constraint in constraints if isinstance(constraint, CheckConstraint)]
    others = [constraint for constraint in constraints if not isinstance(constraint, CheckConstraint)]
    return [AllOf(checks), *others] if checks else others


class AllOf(BaseConstraint):
    """Several check constraints. Only where they do not all hold is each asked about, for its words."""

    def __init__(self, checks: Sequence[CheckConstraint]) -> None:
        super().__init__(name="all_of")
        self.checks = checks

    def validate(
        self, model: type[Model], instance: Model, exclude: set[str] | None = None, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        if self._hold(model, instance, set(exclude or ()), using):
            return
        errors = []
        for check in self.checks:
            try:
                check.validate(model, instance, exclude=exclude, using=using)
            except ValidationError as error:
                errors.append(error)
        if errors:
            raise ValidationError(errors)

    def _hold(self, model: type[Model], instance: Model, exclude: set[str], using: str) -> bool:
        """One about a field that is left out is not asked about, and a field that none is about is not sent."""
        conditions = [Q(check.condition) for check in self.checks]
        asked = [condition for condition in conditions if exclude.isdisjoint(condition.referenced_base_fields)]
        if not asked:
            return True
        whole = reduce(and_, asked)
        needed, fields = whole.referenced_base_fields, model._meta.concrete_fields
        if needed <= {field.name for field in fields if not field.generated}:  # what is generated needs others
            exclude = exclude | {field.name for field in fields} - needed
        try:
            CheckConstraint(condition=whole, name=self.name).validate(model, instance, exclude=exclude, using=using)
        except ValidationError:
            return False
        return True
