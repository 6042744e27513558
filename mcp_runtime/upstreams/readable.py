"""What decoding raises for what is no JSON, no UTF-8, of the wrong form, or deeper than anything sent in earnest."""

from typing import Final

import msgspec

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
