"""A document with what real ones do."""

from typing import Any

from tenants.openapi.operations import ImportedTool, OpenApiImport

SHOP: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1"},
    "servers": [{"url": "https://{region}.shop.example/v2/", "variables": {"region": {"default": "eu"}}}],
    "security": [{"token": []}],
    "paths": {
        "/orders/{orderId}": {
            "parameters": [{"name": "orderId", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {
                "operationId": "orders/get",
                "summary": "Get an order",
                "description": "With its lines.",
                "parameters": [
                    {"name": "filter[state]", "in": "query", "schema": {"type": "string", "nullable": True}},
                    {"name": "ids", "in": "query", "explode": False, "schema": {"type": "array", "items": {}}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                    {"name": "Accept", "in": "header", "schema": {"type": "string"}},
                    {"name": "session", "in": "cookie", "schema": {"type": "string"}},
                ],
            },
            "delete": {"deprecated": True, "security": [{"key": []}]},
        },
        "/orders": {
            "post": {
                "operationId": "createOrder",
                "parameters": [{"name": "state", "in": "query", "schema": {"type": "string"}}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/xml": {"schema": {"type": "string"}},
                        "application/json": {"schema": {"$ref": "#/components/schemas/NewOrder"}},
                    },
                },
            },
            "put": {
                "operationId": "createOrder",
                "requestBody": {"content": {"application/json": {"schema": {"type": "array", "items": {}}}}},
            },
        },
        "/login": {
            "post": {
                "operationId": "login",
                "security": [],
                "requestBody": {
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {"type": "object", "properties": {"expand": {"type": "object"}}},
                            "encoding": {"expand": {"style": "deepObject", "explode": True}},
                        }
                    }
                },
            }
        },
        "/pictures": {
            "post": {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {}}}}},
            "get": {"security": [{"signed": []}]},
            "put": {"parameters": [{"name": "s", "in": "cookie", "required": True, "schema": {}}]},
            "patch": {"parameters": [{"$ref": "https://other.example/parameters.json#/x"}]},
        },
    },
    "components": {
        "securitySchemes": {
            "token": {"type": "oauth2", "flows": {}},
            "key": {"type": "apiKey", "in": "query", "name": "api_key"},
            "signed": {"type": "apiKey", "in": "cookie", "name": "sid"},
            "userPassword": {"type": "http", "scheme": "Basic"},
        },
        "schemas": {
            "NewOrder": {
                "allOf": [
                    {"$ref": "#/components/schemas/Base"},
                    {
                        "type": "object",
                        "required": ["lines", "id"],
                        "properties": {
                            "id": {"type": "string", "readOnly": True},
                            "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
                            "state": {"type": "string", "enum": ["new", "paid"], "nullable": True},
                            "price": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                        },
                    },
                ]
            },
            "Base": {"type": "object", "properties": {"note": {"type": "string", "pattern": "[a-z"}}},
            "Line": {
                "type": "object",
                "properties": {"parent": {"$ref": "#/components/schemas/Line"}, "sku": {"type": "string"}},
            },
        },
    },
}


def imported(key: str, **options: str) -> ImportedTool:
    """The tool of one of its operations."""
    return OpenApiImport(SHOP, **options).tool(key)
