"""What a client may not say of itself, wherever it says it: by rule, what is wrong, and the words that answer it."""

from typing import Any

GRANTS = "grant_types can only be authorization_code, and refresh_token beside it."
RESPONSES = "response_types can only be code."
METHOD = "token_endpoint_auth_method can only be none: clients have no secret or key here."
URIS = "redirect_uris is a list of strings, and required."
MANY = "Register 1 to 10 redirect URIs."
LONG_NAME = "client_name has 200 characters at most."

GOOD = "https://client.example/callback"


def _texts(field: str) -> str:
    return f"{field} is a list of strings."


UNACCEPTABLE: dict[str, dict[str, tuple[dict[str, Any], str]]] = {
    "metadata: the code grant alone": {
        "implicit": ({"grant_types": ["implicit"]}, GRANTS),
        "implicit beside the code grant": ({"grant_types": ["authorization_code", "implicit"]}, GRANTS),
        "password": ({"grant_types": ["password"]}, GRANTS),
        "password beside the code grant": ({"grant_types": ["authorization_code", "password"]}, GRANTS),
        "client credentials": ({"grant_types": ["client_credentials"]}, GRANTS),
        "client credentials beside it": ({"grant_types": ["authorization_code", "client_credentials"]}, GRANTS),
        "token exchange": ({"grant_types": ["urn:ietf:params:oauth:grant-type:token-exchange"]}, GRANTS),
        "a JWT": ({"grant_types": ["urn:ietf:params:oauth:grant-type:jwt-bearer", "authorization_code"]}, GRANTS),
        "refreshing alone": ({"grant_types": ["refresh_token"]}, GRANTS),
        "a device code alone": ({"grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]}, GRANTS),
        "a made-up one": ({"grant_types": ["authorization_code", "magic"]}, GRANTS),
        "another case": ({"grant_types": ["Authorization_Code"]}, GRANTS),
        "an empty name": ({"grant_types": [""]}, GRANTS),
        "a string": ({"grant_types": "authorization_code"}, _texts("grant_types")),
        "an object": ({"grant_types": {"authorization_code": True}}, _texts("grant_types")),
        "numbers": ({"grant_types": [1]}, _texts("grant_types")),
        "a list in a list": ({"grant_types": [["authorization_code"]]}, _texts("grant_types")),
    },
    "metadata: codes alone": {
        "token": ({"response_types": ["token"]}, RESPONSES),
        "code and token": ({"response_types": ["code", "token"]}, RESPONSES),
        "code token": ({"response_types": ["code token"]}, RESPONSES),
        "an ID token": ({"response_types": ["id_token"]}, RESPONSES),
        "none": ({"response_types": ["none"]}, RESPONSES),
        "another case": ({"response_types": ["CODE"]}, RESPONSES),
        "a string": ({"response_types": "code"}, _texts("response_types")),
        "numbers": ({"response_types": [0]}, _texts("response_types")),
    },
    "metadata: no keys for authentication": {
        "a signed assertion": ({"token_endpoint_auth_method": "private_key_jwt"}, METHOD),
        "an assertion by a secret": ({"token_endpoint_auth_method": "client_secret_jwt"}, METHOD),
        "a certificate": ({"token_endpoint_auth_method": "tls_client_auth"}, METHOD),
        "a self-signed certificate": ({"token_endpoint_auth_method": "self_signed_tls_client_auth"}, METHOD),
        "an empty one": ({"token_endpoint_auth_method": ""}, METHOD),
        "another case": ({"token_endpoint_auth_method": "NONE"}, METHOD),
        "a list": ({"token_endpoint_auth_method": ["none"]}, "token_endpoint_auth_method is a string."),
        "a number": ({"token_endpoint_auth_method": 0}, "token_endpoint_auth_method is a string."),
    },
    "metadata: redirect URIs": {
        "left out": ({"redirect_uris": None}, URIS),
        "a string": ({"redirect_uris": GOOD}, URIS),
        "an object": ({"redirect_uris": {"0": GOOD}}, URIS),
        "a number": ({"redirect_uris": 1}, URIS),
        "numbers": ({"redirect_uris": [1]}, URIS),
        "null among them": ({"redirect_uris": [GOOD, None]}, URIS),
        "a list in a list": ({"redirect_uris": [[GOOD]]}, URIS),
        "none": ({"redirect_uris": []}, MANY),
        "eleven": ({"redirect_uris": [f"{GOOD}/{number}" for number in range(11)]}, MANY),
        "one eleven times": ({"redirect_uris": [GOOD] * 11}, MANY),
    },
    "metadata: a name": {
        "201 characters": ({"client_name": "x" * 201}, LONG_NAME),
        "4,000 characters": ({"client_name": "x" * 4000}, LONG_NAME),
        "201 that can't be seen": ({"client_name": "\u202e" * 201}, LONG_NAME),
        "a number": ({"client_name": 1}, "client_name is a string."),
        "a list": ({"client_name": ["Editor"]}, "client_name is a string."),
        "an object": ({"client_name": {"en": "Editor"}}, "client_name is a string."),
        "true": ({"client_name": True}, "client_name is a string."),
    },
    "metadata: a home page": {
        "a number": ({"client_uri": 1}, "client_uri is a string."),
        "a list": ({"client_uri": ["https://client.example/"]}, "client_uri is a string."),
    },
}

JSON_OBJECT: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a string": b'"x"',
    "null": b"null",
    "a number": b"1",
    "not a number": b'{"x":NaN}',
    "infinity": b'{"x":-Infinity}',
    "a name twice": b'{"redirect_uris":["https://client.example/"],"redirect_uris":["https://evil.example/"]}',
    "a name twice inside": b'{"redirect_uris":["https://client.example/"],"x":{"a":1,"a":2}}',
    "17 levels": b'{"x":' + b"[" * 17 + b"]" * 17 + b"}",
    "2,000 levels": b'{"x":' + b"[" * 2_000 + b"]" * 2_000 + b"}",
    "800 levels of objects": b'{"x":' * 800 + b"1" + b"}" * 800,
    "a number of 5,000 digits": b'{"x":' + b"9" * 4_990 + b"}",
    "bad UTF-8": b'{"client_name":"\xff"}',
    "UTF-16": '{"client_name":"x"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"client_name":"x"}',
    "a NUL behind it": b"{}\x00",
    "more behind it": b"{}{}",
    "a comment": b"{/* x */}",
    "single quotes": b"{'client_name':'x'}",
    "a raw line feed in a string": b'{"client_name":"a\nb"}',
    "a form": b"redirect_uris=https%3A%2F%2Fclient.example%2F",
}
"""Bodies that are no JSON object of bounded depth, none above 5 KiB."""
