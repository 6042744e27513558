"""How an author declares resources: under a URI, or under a template that many URIs follow."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from mcp_runtime.calls.results import ContentAnnotations
from mcp_runtime.contract import primitives
from mcp_runtime.contract.names import JOB_SCHEME
from mcp_runtime.contract.primitives import ResourceDefinition, TemplateDefinition
from mcp_runtime.protocol.uris import UriTemplate, UriTemplateError, is_uri, scheme_of
from mcp_runtime.toolkits.bound_functions import BoundResource, BoundTemplate, bind_function
from mcp_runtime.toolkits.completion import Suggests, read_completions
from mcp_runtime.toolkits.errors import ToolkitMistake, UnknownResource
from mcp_runtime.toolkits.functions import check_function, description_of
from mcp_runtime.toolkits.parameters import check_strings, read_parameters, type_hints
from mcp_runtime.toolkits.reading import read_reading

Function = TypeVar("Function", bound=Callable[..., Any])


class ResourceDeclarations:
    """The resources and templates of a toolkit."""

    name: str

    def __init__(self) -> None:
        super().__init__()
        self._resources: dict[str, BoundResource] = {}
        self._templates: dict[str, BoundTemplate] = {}

    @property
    def resources(self) -> list[ResourceDefinition]:
        """The resources, in the order in which they were declared."""
        return [resource.definition for resource in self._resources.values()]

    @property
    def templates(self) -> list[TemplateDefinition]:
        """The resource templates, in the order in which they were declared."""
        return [template.definition for template in self._templates.values()]

    def bound_resource(self, uri: str) -> BoundResource:
        """One resource, ready to be read. Raises UnknownResource."""
        if uri not in self._resources:
            raise UnknownResource(f"the toolkit {self.name!r} has no resource {uri!r}")
        return self._resources[uri]

    def bound_template(self, uri_template: str) -> BoundTemplate:
        """One template, ready to be read. Raises UnknownResource."""
        if uri_template not in self._templates:
            raise UnknownResource(f"the toolkit {self.name!r} has no resource template {uri_template!r}")
        return self._templates[uri_template]

    def resource(
        self,
        uri: str,
        *,
        name: str | None = None,
        title: str | None = None,
        mime_type: str | None = None,
        size: int | None = None,
        annotations: ContentAnnotations | None = None,
    ) -> Callable[[Function], Function]:
        """Declare what a function returns as a resource; the function itself stays as it is.

        It takes nothing, or a Context. `size` is in bytes. Raises ToolkitMistake.
        """

        def declare(function: Function) -> Function:
            where = f"resource {uri!r} of toolkit {self.name!r}"
            _check_uri(uri, where, taken=uri in self._resources)
            if size is not None and size < 0:
                raise ToolkitMistake(f"{where}: size is a number of bytes")
            check_function(function, where)
            parameters = read_parameters(function, where)
            if parameters.struct.__struct_fields__:
                raise ToolkitMistake(f"{where}: it takes nothing but a Context; for parameters, declare a template")
            reading = read_reading(type_hints(function, where), mime_type, where)
            definition = ResourceDefinition(
                toolkit=self.name,
                uri=uri,
                name=name or function.__name__,
                title=title,
                description=description_of(function, where),
                mime_type=reading.mime_type,
                size=size,
                annotations=_annotations(annotations, where),
            )
            self._resources[uri] = BoundResource(definition, bind_function(function, parameters), reading.shape)
            return function

        return declare

    def template(
        self,
        uri_template: str,
        *,
        name: str | None = None,
        title: str | None = None,
        mime_type: str | None = None,
        annotations: ContentAnnotations | None = None,
        complete: Mapping[str, Suggests] | None = None,
    ) -> Callable[[Function], Function]:
        """Declare resources whose URIs follow a template (RFC 6570, `{name}` only): its variables are the function's
        parameters. `complete` has, by variable, what suggests values. Raises ToolkitMistake.
        """

        def declare(function: Function) -> Function:
            where = f"resource template {uri_template!r} of toolkit {self.name!r}"
            template = _template(uri_template, where, taken=uri_template in self._templates)
            check_function(function, where)
            parameters = read_parameters(function, where)
            check_strings(parameters, where)
            if set(parameters.struct.__struct_fields__) != set(template.variables):
                raise ToolkitMistake(f"{where}: the function's parameters must be the variables of the template")
            reading = read_reading(type_hints(function, where), mime_type, where)
            completions = read_completions(complete, template.variables, where)
            definition = TemplateDefinition(
                toolkit=self.name,
                uri_template=uri_template,
                name=name or function.__name__,
                title=title,
                description=description_of(function, where),
                mime_type=reading.mime_type,
                annotations=_annotations(annotations, where),
                completes=tuple(variable for variable in template.variables if variable in completions),
            )
            bound = bind_function(function, parameters)
            self._templates[uri_template] = BoundTemplate(definition, template, bound, reading.shape, completions)
            return function

        return declare


def _check_uri(uri: str, where: str, *, taken: bool) -> None:
    if not is_uri(uri):
        raise ToolkitMistake(f"{where}: this is no absolute URI (RFC 3986), such as notes://start")
    _check_scheme(uri, where)
    if taken:
        raise ToolkitMistake(f"{where}: there is a resource of this URI already")


def _template(uri_template: str, where: str, *, taken: bool) -> UriTemplate:
    try:
        template = UriTemplate(uri_template)
    except UriTemplateError as error:
        raise ToolkitMistake(f"{where}: {error}") from error
    _check_scheme(uri_template, where)
    if taken:
        raise ToolkitMistake(f"{where}: this template is there already")
    return template


def _check_scheme(uri: str, where: str) -> None:
    if scheme_of(uri) == JOB_SCHEME:
        raise ToolkitMistake(f"{where}: the scheme {JOB_SCHEME} belongs to the runtime's own resources")


def _annotations(written: ContentAnnotations | None, where: str) -> primitives.ContentAnnotations:
    if written is None:
        return primitives.ContentAnnotations()
    if not set(written.audience or ()) <= {"user", "assistant"}:
        raise ToolkitMistake(f"{where}: the audience of its annotations is user, assistant or both")
    if written.priority is not None and not 0 <= written.priority <= 1:
        raise ToolkitMistake(f"{where}: the priority of its annotations is from 0 to 1")
    return msgspec.convert(msgspec.to_builtins(written), primitives.ContentAnnotations)
