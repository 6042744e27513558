"""A certificate authority of the tests, and servers' certificates of every kind that it, or nobody, has signed."""

import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey
DAY: Final = timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@cache
def _authority() -> tuple[Key, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, _signed(_name("Authority of the tests"), key, key, _name("Authority of the tests"), (), DAY)


def _signed(
    subject: x509.Name, key: Key, signer: Key, issuer: x509.Name, hosts: tuple[str, ...], lasts: timedelta
) -> x509.Certificate:
    """A certificate that began two days ago and ends `lasts` from now; without hosts, an authority's own."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 2 * DAY)
        .not_valid_after(now + lasts)
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(map(x509.DNSName, hosts))), critical=False)
    return builder.sign(signer, hashes.SHA256())


def trust() -> ssl.SSLContext:
    """What a client verifies with that trusts the tests' authority alone."""
    pem = _authority()[1].public_bytes(Encoding.PEM).decode("ascii")
    return ssl.create_default_context(cadata=pem)


@cache
def serving(
    host: str = "client.example", *further: str, lasts: timedelta = DAY, self_signed: bool = False
) -> ssl.SSLContext:
    """What a server of that name, or of several, presents."""
    key = ec.generate_private_key(ec.SECP256R1())
    authority_key, authority = _authority()
    signer, issuer = (key, _name(host)) if self_signed else (authority_key, authority.subject)
    certificate = _signed(_name(host), key, signer, issuer, (host, *further), lasts)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        chain = Path(folder) / "server.pem"
        chain.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context.load_cert_chain(chain)
    return context
