"""Client ids, documents, answers and addresses of which no client comes, with the reason that the log has."""

from ipaddress import ip_address
from typing import Any

from egress.errors import FAILED, REFUSED
from tests.control_plane.oauth.client_site import URL, document, served
from tests.control_plane.oauth.unacceptable import METHOD

SPELLING = "A client_id is an https URL with its host in lower case, and with a path."
LONG = "A client_id has 255 characters at most."
OWN_URL = "The client_id in the document is the document's own URL."
NAMED = "The document has a client_name."
SECRET = "The document has no client_secret: everybody can read it."
KEY_SET = "jwks is a JSON Web Key Set."
PRIVATE = "The jwks in the document has public keys only."
NOT_THERE = "The document is not there: only the status 200 counts."
TYPE = "The document is served as application/json."

NOT_CLIENT_IDS: dict[str, tuple[str, str]] = {
    "http": ("http://client.example/x", REFUSED["scheme_not_allowed"]),
    "a websocket": ("wss://client.example/x", REFUSED["scheme_not_allowed"]),
    "a file": ("file:///etc/passwd", REFUSED["scheme_not_allowed"]),
    "an application's scheme": ("cursor://client.example/x", REFUSED["scheme_not_allowed"]),
    "javascript": ("javascript:alert(1)", REFUSED["url_malformed"]),
    "data": ("data:application/json,x", REFUSED["url_malformed"]),
    "no path": ("https://client.example", SPELLING),
    "a query without a path": ("https://client.example?x=1", SPELLING),
    "an upper-case host": ("https://Client.example/x", SPELLING),
    "an upper-case scheme": ("HTTPS://client.example/x", SPELLING),
    "the default port": ("https://client.example:443/x", SPELLING),
    "another port": ("https://client.example:8443/x", REFUSED["port_not_allowed"]),
    "a port of another protocol": ("https://client.example:22/x", REFUSED["port_not_allowed"]),
    "port 0": ("https://client.example:0/x", REFUSED["url_malformed"]),
    "an empty port": ("https://client.example:/x", REFUSED["url_malformed"]),
    "a user": ("https://user@client.example/x", REFUSED["credentials_in_url"]),
    "a user and password": ("https://user:secret@client.example/x", REFUSED["credentials_in_url"]),
    "an empty user": ("https://@client.example/x", REFUSED["credentials_in_url"]),
    "a fragment": ("https://client.example/x#y", REFUSED["fragment_in_url"]),
    "an empty fragment": ("https://client.example/x#", REFUSED["fragment_in_url"]),
    "dot segments": ("https://client.example/a/../x", REFUSED["path_not_plain"]),
    "a single dot": ("https://client.example/./x", REFUSED["path_not_plain"]),
    "dot segments at the end": ("https://client.example/x/..", REFUSED["path_not_plain"]),
    "escaped dot segments": ("https://client.example/a/%2e%2E/x", REFUSED["path_not_plain"]),
    "dot segments escaped twice": ("https://client.example/a/%252e%252e/x", REFUSED["path_not_plain"]),
    "dot segments with a parameter": ("https://client.example/a/..;y/x", REFUSED["path_not_plain"]),
    "an escaped backslash": ("https://client.example/a%5cx", REFUSED["path_not_plain"]),
    "an escaped NUL": ("https://client.example/x%00", REFUSED["path_not_plain"]),
    "an escaped CRLF": ("https://client.example/x%0d%0ay", REFUSED["path_not_plain"]),
    "a backslash": ("https://client.example\\x", REFUSED["url_malformed"]),
    "a NUL": ("https://client.example/x\x00", REFUSED["url_malformed"]),
    "CRLF": ("https://client.example/x\r\nHost: inside", REFUSED["url_malformed"]),
    "a space": ("https://client.example/x y", REFUSED["url_malformed"]),
    "a leading space": (" https://client.example/x", REFUSED["url_malformed"]),
    "a homoglyph": ("https://cli\u0435nt.example/x", REFUSED["url_malformed"]),
    "an ideographic full stop": ("https://client\u3002example/x", REFUSED["url_malformed"]),
    "no host": ("https:///x", REFUSED["host_not_a_name"]),
    "one label": ("https://client/x", REFUSED["host_not_a_name"]),
    "a trailing dot": ("https://client.example./x", REFUSED["host_not_a_name"]),
    "an underscore": ("https://client_1.example/x", REFUSED["host_not_a_name"]),
    "an IPv4 address": ("https://203.0.113.5/x", REFUSED["host_is_address"]),
    "cloud metadata": ("https://169.254.169.254/x", REFUSED["host_is_address"]),
    "loopback": ("https://127.0.0.1/x", REFUSED["host_is_address"]),
    "a short loopback": ("https://127.1/x", REFUSED["host_is_address"]),
    "a decimal address": ("https://2130706433/x", REFUSED["host_is_address"]),
    "a hexadecimal address": ("https://0x7f000001/x", REFUSED["host_is_address"]),
    "an octal address": ("https://0177.0.0.1/x", REFUSED["host_is_address"]),
    "an IPv6 address": ("https://[2606:4700::1]/x", REFUSED["host_is_address"]),
    "the IPv6 loopback": ("https://[::1]/x", REFUSED["host_is_address"]),
    "localhost": ("https://localhost/x", REFUSED["host_not_public"]),
    "below localhost": ("https://client.localhost/x", REFUSED["host_not_public"]),
    "an internal domain": ("https://metadata.google.internal/x", REFUSED["host_not_public"]),
    "a local domain": ("https://printer.local/x", REFUSED["host_not_public"]),
    "256 characters": (f"https://client.example/{'x' * 233}", LONG),
    "2,049 characters": (f"https://client.example/{'x' * 2026}", REFUSED["url_too_long"]),
}

NOT_OURS_TO_ASK: dict[str, tuple[str, str]] = {
    "this installation": ("https://atrium.example/oauth/client.json", REFUSED["host_is_ours"]),
    "this installation by its other name": ("https://other.atrium.example/x", REFUSED["host_is_ours"]),
}

DOCUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "no client_id": (document(client_id=None), OWN_URL),
    "client_id null": ({**document(), "client_id": None}, OWN_URL),
    "another path": (document("https://client.example/other.json"), OWN_URL),
    "another host": (document("https://evil.example/oauth/client.json"), OWN_URL),
    "a trailing slash": (document(f"{URL}/"), OWN_URL),
    "a query more": (document(f"{URL}?x"), OWN_URL),
    "a fragment more": (document(f"{URL}#x"), OWN_URL),
    "http": (document(URL.replace("https", "http")), OWN_URL),
    "another case": (document(URL.upper()), OWN_URL),
    "the default port more": (document(URL.replace(".example/", ".example:443/")), OWN_URL),
    "an escaped letter": (document(URL.replace("json", "%6Ason")), OWN_URL),
    "a space behind it": (document(f"{URL} "), OWN_URL),
    "a list with it": (document(client_id=[URL]), OWN_URL),
    "a number": (document(client_id=1), OWN_URL),
    "true": (document(client_id=True), OWN_URL),
    "an empty one": (document(client_id=""), OWN_URL),
    "no name": (document(client_name=None), NAMED),
    "an empty name": (document(client_name=""), NAMED),
    "a name of spaces": (document(client_name=" \t\n"), NAMED),
    "a name that can't be seen": (document(client_name="\u200b\u202e\u2066"), NAMED),
    "a name of NULs": (document(client_name="\x00\x00"), NAMED),
}

SECRETS: dict[str, tuple[dict[str, Any], str]] = {
    "a secret": (document(client_secret="s3cret"), SECRET),
    "an empty secret": (document(client_secret=""), SECRET),
    "a secret that is null": ({**document(), "client_secret": None}, SECRET),
    "the end of a secret": (document(client_secret_expires_at=0), SECRET),
    "a secret by header": (document(token_endpoint_auth_method="client_secret_basic"), METHOD),
    "a secret by form": (document(token_endpoint_auth_method="client_secret_post"), METHOD),
    "a private elliptic key": (document(jwks={"keys": [{"kty": "EC", "x": "a", "y": "b", "d": "c"}]}), PRIVATE),
    "a private RSA key": (document(jwks={"keys": [{"kty": "RSA", "n": "a", "e": "b", "p": "c", "q": "d"}]}), PRIVATE),
    "a symmetric key": (document(jwks={"keys": [{"kty": "oct", "k": "a"}]}), PRIVATE),
    "a private key among others": (
        document(jwks={"keys": [{"kty": "OKP", "x": "a"}, {"kty": "OKP", "d": "b"}]}),
        PRIVATE,
    ),
    "a list for keys": (document(jwks=[{"kty": "EC", "d": "c"}]), KEY_SET),
    "keys that are no list": (document(jwks={"keys": {"d": "c"}}), KEY_SET),
    "keys that are left out": (document(jwks={"d": "c"}), KEY_SET),
    "keys that are strings": (document(jwks={"keys": ["d"]}), KEY_SET),
    "a string for keys": (document(jwks="keys"), KEY_SET),
}

_GOOD = document()
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ANSWERS: dict[str, tuple[bytes, str]] = {
    **{status: (served(_GOOD, status=status), NOT_THERE) for status in (
        "201 Created", "202 Accepted", "203 Non-Authoritative", "206 Partial Content", "400 Bad Request",
        "401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone", "500 Broken", "503 Unavailable",
    )},
    **{status: (served(_GOOD, status=status, Location=URL), REFUSED["redirected"]) for status in (
        "301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent",
    )},
    "304 Not Modified": (served(b"", status="304 Not Modified"), NOT_THERE),
    "HTML": (served(_GOOD, Content_Type="text/html"), TYPE),
    "text": (served(_GOOD, Content_Type="text/plain"), TYPE),
    "bytes": (served(_GOOD, Content_Type="application/octet-stream"), TYPE),
    "a script": (served(_GOOD, Content_Type="application/javascript"), TYPE),
    "a longer type": (served(_GOOD, Content_Type="application/json-seq"), TYPE),
    "a linked document": (served(_GOOD, Content_Type="application/ld+json"), TYPE),
    "an empty type": (served(_GOOD, Content_Type=""), TYPE),
    "two types": (served(_GOOD, Content_Type="application/json\r\nContent-Type: text/html"), TYPE),
    "gzip": (served(_GOOD, Content_Encoding="gzip"), REFUSED["compressed"]),
    "brotli": (served(_GOOD, Content_Encoding="br"), REFUSED["compressed"]),
    "5,121 bytes": (served(b"{}".ljust(5_121)), REFUSED["body_too_large"]),
    "a gigabyte, as it says": (_OK + b"Content-Length: 1073741824\r\n\r\n{}", REFUSED["body_too_large"]),
    "a body without an end": (_OK + b"\r\n{}", FAILED["bad_response"]),
    "a body that is cut short": (_OK + b"Content-Length: 200\r\n\r\n{}", FAILED["cut_short"]),
    "two lengths": (served(b"{}", Content_length="200"), FAILED["bad_response"]),
    "two ends": (served(_GOOD, Transfer_Encoding="chunked"), FAILED["bad_response"]),
    "no HTTP": (b"SSH-2.0-OpenSSH_9\r\n\r\n", FAILED["bad_response"]),
    "nothing": (b"", FAILED["cut_short"]),
}  # fmt: skip

ADDRESSES: dict[str, list[Any]] = {
    text: [ip_address(each) for each in text.split()]
    for text in (
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "0.0.0.1", "169.254.169.254",
        "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1",
        "255.255.255.255", "192.88.99.1", "::1", "::", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "::169.254.169.254", "::ffff:0:169.254.169.254", "64:ff9b::169.254.169.254", "64:ff9b:1::169.254.169.254",
        "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2002:a9fe:a9fe::1", "2001:0:a9fe:a9fe::1",
        "2001:db8::1", "3fff::1", "5f00::1", "100::1", "93.184.216.34 127.0.0.1", "93.184.216.34 ::1",
    )
}  # fmt: skip
"""Where names lead inside, among them what `ipaddress.is_global` lets pass on some versions of Python."""
