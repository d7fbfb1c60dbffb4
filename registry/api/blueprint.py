"""What all resources share: strict arguments, and how answers are documented."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

import flask_smorest
from flask import Request
from flask_smorest.utils import deepupdate, prepare_response
from marshmallow import Schema, ValidationError
from webargs.core import missing
from webargs.flaskparser import FlaskParser, is_json_request

from registry.api.schemas import ProblemSchema
from registry.errors import BadValues, DomainError

View = TypeVar("View", bound=Callable[..., Any])
Locations = Mapping[str, Mapping[str, object]]


class BadBody(DomainError):
    """A body that is not JSON."""

    slug = "bad-body"


class WrongMediaType(DomainError):
    """A body of another media type."""

    slug = "wrong-media-type"


class Parser(FlaskParser):
    """Reads arguments; everything wrong with them is said at once, in one problem document."""

    DEFAULT_VALIDATION_STATUS = 400

    def load_json(self, req: Request, schema: Schema) -> object:
        """The body; raises WrongMediaType and BadBody."""
        if not is_json_request(req):
            raise WrongMediaType("The body must be application/json.")
        try:
            body = super().load_json(req, schema)
        except RecursionError as error:
            raise BadBody("The body is nested too deeply.") from error
        except ValueError as error:  # an integer of more digits than Python reads
            raise BadBody("The body has a number that is too long.") from error
        if body is missing:
            raise BadBody("The body is empty.")
        return body

    def _handle_invalid_json_error(
        self, error: Exception, req: Request, *args: object, **kwargs: object
    ) -> NoReturn:
        raise BadBody(f"The body is not JSON: {error}.") from error

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Turn marshmallow's messages into one domain error."""
        found: list[tuple[str, object, str]] = []
        for location, messages in _locations(error.messages).items():
            found += refusals(messages, schema, req.args if location == "query" else {})
        raise BadValues(found, "bad-value" if "query" in error.messages else "bad-body") from error


def refusals(
    messages: Mapping[str, object], schema: Schema, given: Mapping[str, object]
) -> list[tuple[str, object, str]]:
    """What a schema refused, as BadValues takes it; `given` are the values that may be shown again."""
    known = ", ".join(field.data_key or name for name, field in schema.fields.items())
    return [
        _refusal(path, given.get(path, ""), text, known)
        for name, said in messages.items()
        for path, text in _flat(str(name), said)
    ]


def _locations(messages: Mapping[str, object] | list[Any]) -> Locations:
    by_location = messages if isinstance(messages, Mapping) else {"body": messages}
    return {
        location: inner if isinstance(inner, Mapping) else {"body": inner}
        for location, inner in by_location.items()
    }


def _flat(path: str, said: object) -> list[tuple[str, str]]:
    if isinstance(said, Mapping):
        return [pair for name, inner in said.items() for pair in _flat(f"{path}.{name}", inner)]
    if isinstance(said, list):
        return [pair for inner in said for pair in _flat(path, inner)]
    return [(path, str(said))]


def _refusal(name: str, value: object, said: str, known: str) -> tuple[str, object, str]:
    expected = {
        "Unknown field.": f"only the parameters {known}" if known else "no parameters",
        "Missing data for required field.": "a value: it is required",
        "Field may not be null.": "a value, not null",
        "Not a valid list.": "a list",
        "Not a valid integer.": "a whole number",
        "Invalid input type.": "a JSON object",
    }
    return name, value, expected.get(said, said)


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest has no types
    """The OpenAPI document; errors are documented as problem documents and rendered elsewhere."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= 400:
                response["schema"] = self.ERROR_SCHEMA
            prepare_response(response, self.spec, "application/problem+json")
            self.spec.components.response(status.name, response, lazy=True)

    def _register_error_handlers(self) -> None:
        """Leave errors to `registry.api.problems`: one table renders them all."""


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A blueprint whose arguments are strict and whose answers are rendered by the view itself."""

    ARGUMENTS_PARSER = Parser(unknown=None)  # each schema says that unknown names are refused

    def route(self, rule: str, **options: object) -> Callable[[View], View]:
        """Register a view and its documentation; see flask_smorest.Blueprint."""
        decorate: Callable[[View], View] = super().route(rule, **options)
        return decorate

    def arguments(self, schema: type[Schema], *, location: str = "json") -> Callable[[View], View]:
        """Parse arguments and hand them to the view as its first parameter."""
        decorate: Callable[[View], View] = super().arguments(schema, location=location)
        return decorate

    @staticmethod
    def answers(
        schema: type[Schema] | None,
        *errors: HTTPStatus,
        media_types: Sequence[str] = ("application/json",),
        parameters: type[Schema] | None = None,
        conditional: bool = True,
    ) -> Callable[[View], View]:
        """Document the answer of a view, the errors it may give, and a query that it parses by hand;
        `conditional` where it may be 304.

        It wraps nothing, so that the look-up path pays nothing for it.
        """
        content: dict[str, Any] = {each: {"schema": schema} if schema else {} for each in media_types}
        responses: dict[str, Any] = {
            "200": {"description": HTTPStatus.OK.phrase, "content": content},
            "503": HTTPStatus.SERVICE_UNAVAILABLE.name,
            **{str(error.value): error.name for error in (HTTPStatus.BAD_REQUEST, *errors)},
        }
        if HTTPStatus.NOT_FOUND in errors:
            responses["410"] = HTTPStatus.GONE.name  # a version that a law had removed
        if conditional:
            responses["304"] = HTTPStatus.NOT_MODIFIED.name
        manual: dict[str, Any] = {"responses": responses}
        if parameters is not None:
            manual["parameters"] = [{"in": "query", "schema": parameters}]

        def document(view: View) -> View:
            documented = getattr(view, "_apidoc", {})
            before = documented.get("manual_doc", {})
            view._apidoc = {**documented, "manual_doc": deepupdate(before, manual)}  # type: ignore[attr-defined]  # smorest keeps it there
            return view

        return document
