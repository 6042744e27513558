"""How clients' secrets are stored. They are 256 random bits, which nobody guesses however fast a guess is tested; a
password's slow hash would cost every token request a fifth of a second."""

import hashlib
from typing import Any, Final

from django.contrib.auth.hashers import BasePasswordHasher, mask_hash
from django.utils.crypto import constant_time_compare

ALGORITHM: Final = "random_sha256"
"""What OAUTH2_PROVIDER's CLIENT_SECRET_HASHER is set to."""


class RandomSecretHasher(BasePasswordHasher):
    """Salted SHA-256. Never for what a person chose: it is last in PASSWORD_HASHERS, where nothing else picks it."""

    algorithm = ALGORITHM

    def encode(self, password: str, salt: str) -> str:
        """`random_sha256$salt$digest`."""
        digest = hashlib.sha256(f"{salt}${password}".encode()).hexdigest()
        return f"{self.algorithm}${salt}${digest}"

    def decode(self, encoded: str) -> dict[str, Any]:
        """The parts of what `encode` made."""
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "hash": digest, "salt": salt}

    def verify(self, password: str, encoded: str) -> bool:
        """True where it is the secret, in constant time."""
        return constant_time_compare(encoded, self.encode(password, self.decode(encoded)["salt"]))

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        """What may be shown of it."""
        return {"algorithm": self.algorithm, "hash": mask_hash(self.decode(encoded)["hash"])}

    def harden_runtime(self, password: str, encoded: str) -> None:
        """There is nothing to slow down."""
