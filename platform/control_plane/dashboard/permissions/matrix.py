"""Role by tool: what the grants of a server say, and where they say it.

Only roles are looked at; a test compares the outcome with the runtime's `decide`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mcp_runtime.contract.ports import ToolCatalogue
from tenants.abilities import Role
from tenants.models import Grant, Server, ServerTool
from tenants.models.grant import Effect, SubjectKind, TargetKind
from tenants.selectors.grants import grant_list, grants_of_servers
from tenants.selectors.servers import server_tool_list, tools_of_servers
from tenants.tool_kinds import tool_definition

ROLES: Final = (Role.OWNER, Role.ADMIN, Role.DEVELOPER, Role.CALLER)
"""Auditors call nothing."""

READ_ONLY: Final = "read_only"
SHORT: Final = {TargetKind.SERVER: "all tools", TargetKind.ANNOTATION: "read-only", TargetKind.TOOL: "allowed"}
WHERE: Final = {
    TargetKind.SERVER: "the whole server",
    TargetKind.ANNOTATION: "read-only tools",
    TargetKind.TOOL: "this tool",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a role may do with a target. `state` is allowed, denied (a grant says so) or none (no grant says anything);
    `words` says why. `is_locked` where a wider grant denies: nothing said here would change that."""

    role: str
    state: str
    words: str
    short: str = "–"
    is_wide: bool = False
    is_locked: bool = False

    @property
    def is_allowed(self) -> bool:
        """True where it may be called."""
        return self.state == "allowed"

    @property
    def kind(self) -> str:
        """The colour of its badge."""
        return {"allowed": "ok", "denied": "bad"}.get(self.state, "mute")

    @property
    def click(self) -> str:
        """What a click asks for: 1 to allow, 0 to take away; a denial of many tools at once is only taken back."""
        return "1" if self.state == "none" or (self.state == "denied" and not self.is_wide) else "0"

    @property
    def offer(self) -> str:
        """The same in words."""
        if self.click == "1":
            return "Allow"
        return "Take away" if self.is_allowed else "Take the denial back"


@dataclass(frozen=True, slots=True)
class Row:
    """A target: the whole server, its read-only tools, or one tool."""

    target_kind: str
    target: str
    cells: list[Cell]
    tool: ServerTool | None = None
    title: str = ""
    is_read_only: bool = False
    is_destructive: bool = False

    @property
    def key(self) -> str:
        """What names the row in a form: kind and target."""
        return f"{self.target_kind}:{self.target}"

    @property
    def words(self) -> str:
        """The target in words."""
        return self.tool.name if self.tool is not None else "every read-only tool" if self.target else "every tool"

    @property
    def id(self) -> str:
        """What names the row in the page."""
        return f"{self.target_kind}-{self.target or 'all'}"


@dataclass(frozen=True, slots=True)
class Matrix:
    """All of a server: what is said of many tools at once, then tool by tool."""

    wide: list[Row]
    tools: list[Row]

    def row(self, target_kind: str, target: str) -> Row | None:
        """One of them."""
        return next(
            (row for row in self.wide + self.tools if (row.target_kind, row.target) == (target_kind, target)), None
        )

    def allowed(self, role: str) -> int:
        """How many enabled tools the role may call."""
        rows = [row for row in self.tools if row.tool is not None and row.tool.is_enabled]
        return sum(cell.is_allowed for row in rows for cell in row.cells if cell.role == role)

    @property
    def callers_lack_read_only(self) -> bool:
        """True where callers may not call some read-only tool that nobody denies them."""
        cells = [cell for row in self.tools if row.is_read_only for cell in row.cells if cell.role == Role.CALLER]
        return any(cell.state == "none" for cell in cells)


def role_matrix(*, server: Server, catalogue: ToolCatalogue) -> Matrix:
    """The matrix of a server, in the scope of its tenant. Two queries."""
    return _matrix(grant_list(server=server), server_tool_list(server=server), catalogue)


def role_matrices(*, servers: Iterable[Server], catalogue: ToolCatalogue) -> list[Matrix]:
    """The same for several servers of the tenant, in their order. Two queries, too."""
    grants, tools = grants_of_servers(), tools_of_servers()
    return [_matrix(grants.get(server.pk, ()), tools.get(server.pk, ()), catalogue) for server in servers]


def _matrix(grants: Iterable[Grant], tools: Iterable[ServerTool], catalogue: ToolCatalogue) -> Matrix:
    said: dict[str, dict[tuple[str, str], str]] = {role: {} for role in ROLES}
    for grant in grants:
        if grant.subject_kind == SubjectKind.ROLE and grant.subject in said:
            said[grant.subject][grant.target_kind, grant.target] = grant.effect
    wide = [
        Row(kind, target, [_wide_cell(role, said[role].get((kind, target)), WHERE[kind]) for role in ROLES])
        for kind, target in ((TargetKind.SERVER, ""), (TargetKind.ANNOTATION, READ_ONLY))
    ]
    return Matrix(wide=wide, tools=[_tool_row(tool, said, catalogue) for tool in tools])


def _wide_cell(role: str, effect: str | None, where: str) -> Cell:
    if effect is None:
        return Cell(role, "none", f"No grant for {where}", is_wide=True)
    state = "allowed" if effect == Effect.ALLOW else "denied"
    return Cell(role, state, _words(effect, where), short=state, is_wide=True)


def _tool_row(tool: ServerTool, said: dict[str, dict[tuple[str, str], str]], catalogue: ToolCatalogue) -> Row:
    definition = tool_definition(tool, catalogue)
    is_read_only = definition is not None and definition.annotations.is_read_only
    reaching = [(TargetKind.SERVER, "")]
    reaching += [(TargetKind.ANNOTATION, READ_ONLY)] if is_read_only else []
    reaching += [(TargetKind.TOOL, str(tool.pk))]
    cells = [_cell(role, [(kind, said[role].get((kind, target))) for kind, target in reaching]) for role in ROLES]
    return Row(
        TargetKind.TOOL.value,
        str(tool.pk),
        cells,
        tool=tool,
        title=tool.title or (definition.title if definition else "") or "",
        is_read_only=is_read_only,
        is_destructive=definition is not None and definition.annotations.destructive_hint is True,
    )


def _cell(role: str, statements: Iterable[tuple[TargetKind, str | None]]) -> Cell:
    """Deny wins over allow; of those that say the same, the widest is named."""
    made = [(kind, effect) for kind, effect in statements if effect is not None]
    denials = [kind for kind, effect in made if effect != Effect.ALLOW]
    if denials:
        is_locked, words = denials != [TargetKind.TOOL], _words(Effect.DENY, WHERE[denials[0]])
        return Cell(role, "denied", words, short="denied", is_locked=is_locked)
    if made:
        return Cell(role, "allowed", _words(Effect.ALLOW, WHERE[made[0][0]]), short=SHORT[made[0][0]])
    return Cell(role, "none", "Not allowed: no grant says so")


def _words(effect: str, where: str) -> str:
    return f"{'Allowed' if effect == Effect.ALLOW else 'Denied'} by a grant for {where}"
