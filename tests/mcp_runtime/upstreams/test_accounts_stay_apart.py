"""What an upstream is shown is whose call it is; it never comes back, and nothing of one is used for another."""

import asyncio

import msgspec
import pytest
from anyio import fail_after

from mcp_runtime.calls.results import ToolResult
from mcp_runtime.contract.upstreams import UpstreamUnreachable
from tests.mcp_runtime.upstreams.conftest import Begin, kind
from tests.mcp_runtime.upstreams.scripted import Asked, Scripted, text

pytestmark = pytest.mark.anyio

SECRET = "s3cret-value-of-acme"


def shown(result: ToolResult) -> str:
    return msgspec.json.encode(result).decode()


async def test_a_header_is_filled_and_never_comes_back(line: Begin) -> None:
    async def repeats(asked: Asked) -> None:
        got = asked.headers["x-api-key"]
        await asked.stream()
        note = {"progressToken": 1, "progress": 1, "message": f"with {got}"}
        await asked.event({"jsonrpc": "2.0", "method": "notifications/progress", "params": note})
        await asked.event(asked.response(result=text(f"You sent {got}", structuredContent={"it": got})), more=False)

    up = await line(Scripted(call=repeats), auth="headers", headers=(("X-API-Key", "{{secret.key}}"),))
    up.world.fakes.secrets["id-of-acme/key"] = SECRET
    result = await up.call()
    assert up.upstream.calls()[0].headers["x-api-key"] == SECRET
    assert SECRET not in shown(result)
    assert "[secret key]" in shown(result)
    assert SECRET not in repr(up.said)
    assert up.said


async def test_a_refusal_does_not_repeat_it_either(line: Begin) -> None:
    async def refuses(asked: Asked) -> None:
        await asked.answer(200, asked.response(error={"code": -32000, "message": f"bad key {SECRET}"}))

    up = await line(Scripted(call=refuses), auth="headers", headers=(("X-API-Key", "{{secret.key}}"),))
    up.world.fakes.secrets["id-of-acme/key"] = SECRET
    result = await up.call()
    assert kind(result) == "upstream_error"
    assert SECRET not in shown(result)


async def test_a_secret_that_is_not_there_sends_nothing(line: Begin) -> None:
    up = await line(auth="headers", headers=(("X-API-Key", "{{secret.key}}"),))
    up.world.fakes.secrets["id-of-globex/key"] = SECRET
    assert kind(await up.call()) == "secret_missing"
    assert up.upstream.asked == []


async def test_each_user_has_a_connection_and_token_of_their_own(line: Begin) -> None:
    up = await line(Scripted(is_modern=False), auth="oauth_user")
    up.world.fakes.tokens = {"ada": "token-of-ada", "max": "token-of-max"}
    await asyncio.gather(*(up.call(user=user) for user in ("ada", "max") * 3))
    used = {
        (asked.headers["mcp-session-id"], asked.headers["authorization"])
        for asked in up.upstream.asked
        if "mcp-session-id" in asked.headers
    }
    assert {token for _, token in used} == {"Bearer token-of-ada", "Bearer token-of-max"}
    assert len(used) == len({session for session, _ in used}), "no session is used with two tokens"


async def test_whoever_has_no_account_is_told_where_to_connect_one(line: Begin) -> None:
    up = await line(auth="oauth_user")
    result = await up.call(user="max")
    assert kind(result) == "account_missing"
    assert "https://atrium.example/app/acme/accounts" in shown(result)
    assert up.upstream.asked == []


async def test_a_token_that_is_refused_is_renewed_once_and_then_asked_for(line: Begin) -> None:
    async def only(asked: Asked) -> bool:
        if asked.headers.get("authorization") == "Bearer new":
            return False
        challenge = 'Bearer resource_metadata="http://169.254.169.254/"'
        await asked.answer(401, b"", www_authenticate=challenge)
        return True

    up = await line(Scripted(before=only), auth="oauth_user")
    fakes = up.world.fakes
    fakes.tokens["ada"] = "old"
    with fail_after(5):
        assert kind(await up.call(user="ada")) == "account_missing"
    assert fakes.refused == ["old"]

    async def renewed(upstream: object, user_id: str | None, *, refused: str = "") -> object:
        from mcp_runtime.contract.upstreams import UpstreamToken

        return UpstreamToken("new" if refused else "old", "account-of-ada")

    fakes.token = renewed  # type: ignore[assignment,method-assign]
    assert not (await up.call(user="ada")).is_error
    assert all("169.254" not in repr(connect) for connect in up.world.outside.recorder.connects)


async def test_too_few_scopes_lead_to_whoever_can_give_them(line: Begin) -> None:
    async def wants_more(asked: Asked) -> None:
        await asked.answer(403, b"", www_authenticate='Bearer error="insufficient_scope", scope="repo:write admin"')

    up = await line(Scripted(call=wants_more), auth="oauth_user")
    up.world.fakes.tokens["ada"] = "token"
    result = await up.call(user="ada")
    assert kind(result) == "account_missing"
    assert "repo:write admin" in shown(result)


async def test_an_upstream_that_wants_credentials_is_never_an_empty_list(line: Begin) -> None:
    async def locked(asked: Asked) -> bool:
        await asked.answer(401, b"")
        return True

    up = await line(Scripted(before=locked))
    assert kind(await up.call()) == "upstream_unauthorized"
    with pytest.raises(UpstreamUnreachable) as raised:
        await up.world.offer()
    assert raised.value.reason == "unauthorized"


async def test_what_the_client_sent_to_atrium_is_not_sent_on(line: Begin) -> None:
    up = await line()
    await up.call(user="ada")
    for asked in up.upstream.asked:
        assert "authorization" not in asked.headers
        assert "cookie" not in asked.headers
