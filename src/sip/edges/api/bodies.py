"""How what is sent to us is described: as msgspec reads it, whole.

The law of this file: the description refuses what the reader refuses. Litestar's own leaves out that no other field is
taken, and every bound of what stands in a list or may be null.
"""

from collections.abc import Mapping
from typing import Any

from litestar.openapi.spec import OpenAPIType, Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition
from msgspec import inspect

from sip.edges.api.schemas.common import In


class Bodies(OpenAPISchemaPlugin):
    """Litestar's description of a body, closed and with its bounds."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """What is sent to us."""
        return not field_definition.is_union and field_definition.is_subclass_of(In)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        """The description of one body."""
        others = (one for one in schema_creator.plugins if isinstance(one, OpenAPISchemaPlugin) and one is not self)
        own = next(one for one in others if one.is_plugin_supported_field(field_definition))
        described: Schema = own.to_openapi_schema(field_definition, schema_creator)
        described.additional_properties = False
        body = inspect.type_info(field_definition.annotation)
        assert isinstance(body, inspect.StructType)
        for field in body.fields:
            _bound((described.properties or {}).get(field.encode_name), field.type)
        return described


def _bound(shown: object, read: inspect.Type) -> None:
    """Gives what is shown of a value the bounds it is read by."""
    if not isinstance(shown, Schema):
        return  # a body of its own, described by itself
    match read:
        case inspect.Metadata():
            _bound(shown, read.type)
        case inspect.UnionType():
            for one in map(_bare, read.types):
                for arm in shown.one_of or ():
                    if (
                        isinstance(arm, Schema)
                        and arm.type is _NAMES.get(type(one), OpenAPIType.NULL)
                        and not arm.format
                    ):
                        _bound(arm, one)
        case inspect.ListType():
            _set(shown, min_items=read.min_length, max_items=read.max_length)
            _bound(shown.items, read.item_type)
        case inspect.StrType():
            _set(shown, min_length=read.min_length, max_length=read.max_length, pattern=read.pattern)
        case inspect.IntType() | inspect.FloatType():
            _set(shown, minimum=read.ge, maximum=read.le, exclusive_minimum=read.gt, exclusive_maximum=read.lt)


_NAMES: Mapping[type[inspect.Type], OpenAPIType] = {
    inspect.StrType: OpenAPIType.STRING,
    inspect.IntType: OpenAPIType.INTEGER,
    inspect.FloatType: OpenAPIType.NUMBER,
    inspect.ListType: OpenAPIType.ARRAY,
}


def _bare(read: inspect.Type) -> inspect.Type:
    return read.type if isinstance(read, inspect.Metadata) else read


def _set(shown: Schema, **bounds: Any) -> None:
    for name, value in bounds.items():
        if value is not None:
            setattr(shown, name, value)
