"""What stands for the outside in stories about reading: it answers, or fails, as it was told for each URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mcp_runtime.contract.upstreams import UpstreamOffer, UpstreamSpec, UpstreamToken, UpstreamUnreachable
from tests.fixtures.upstreams import tool


@dataclass
class ToldReader:
    """`answers` by URL: an offer, or why there is none. `asked` are the calls, with the headers as they were sent."""

    answers: dict[str, UpstreamOffer | Exception] = field(default_factory=dict)
    asked: list[tuple[UpstreamSpec, dict[str, str], UpstreamToken | None]] = field(default_factory=list)

    def read(self, upstream: UpstreamSpec, headers: Mapping[str, str], token: UpstreamToken | None) -> UpstreamOffer:
        self.asked.append((upstream, dict(headers), token))
        answer = self.answers.get(upstream.url, UpstreamUnreachable("unreachable", "Nobody is there."))
        if isinstance(answer, Exception):
            raise answer
        return answer


READER = ToldReader()


def offer(*tools: dict[str, Any], **others: Any) -> UpstreamOffer:
    info = {"name": "tracker", "version": "1.0"}
    return UpstreamOffer(server_info=info, tools=tools or (tool(),), **others)


@dataclass
class Passing:
    """Another reader, chosen by a test."""

    reader: Any = None

    def read(self, upstream: UpstreamSpec, headers: Mapping[str, str], token: UpstreamToken | None) -> UpstreamOffer:
        found: UpstreamOffer = self.reader.read(upstream, headers, token)
        return found


DOOR_READER = Passing()
