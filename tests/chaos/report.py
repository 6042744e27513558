"""What a run says of itself: figures first, then every broken promise."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tests.chaos.evidence import TERMINAL
from tests.chaos.nemesis import NO_KILL
from tests.chaos.shaken import Outcome

SHOWN: Final = 40


def report(outcome: Outcome) -> str:
    """A page of text."""
    return "\n".join([*_figures(outcome), *_broken(outcome)])


def kills(outcome: Outcome) -> int:
    """How many blows that kill have hit."""
    return sum(hits for target, hits in outcome.hits.items() if target not in NO_KILL)


def _figures(outcome: Outcome) -> Iterator[str]:
    evidence = outcome.evidence
    states = Counter(f"{job.state} ({job.ending})" if job.state in TERMINAL else job.state for job in evidence.jobs)
    again = sum(job.attempt > 1 for job in evidence.jobs)
    acknowledged = {told.job_id for told in evidence.acknowledgements}
    yield f"seed {outcome.plan.seed}, {outcome.seconds:.0f} s"
    yield f"{kills(outcome)} kills, {sum(outcome.hits.values())} blows: {_counted(outcome.hits)}"
    yield f"{len(evidence.jobs)} jobs: {_counted(states)}"
    yield _took(outcome)
    yield f"{len(acknowledged)} jobs acknowledged {len(evidence.acknowledgements)} times; {again} jobs began again"
    yield f"{len(evidence.effects)} effects; {len(evidence.sightings)} changes; {len(evidence.calls)} rows of the audit"
    yield f"{outcome.plan.replies} replies lost after the commit; {len(outcome.missing)} jobs not there then"
    yield f"clients met: {_counted(outcome.trouble) or 'no trouble'}; {len(outcome.unanswered)} gave up"


def _took(outcome: Outcome) -> str:
    ended = [job.ended_at - job.created_at for job in outcome.evidence.jobs if job.ended_at is not None]
    seconds = sorted(ended) or [0.0]
    middle, late = seconds[len(seconds) // 2], seconds[len(seconds) * 99 // 100]
    return f"from commit to end: half within {middle:.1f} s, 99 % within {late:.1f}, all within {seconds[-1]:.1f}"


def _broken(outcome: Outcome) -> Iterator[str]:
    found = Counter(finding.promise for finding in outcome.findings)
    yield f"{len(outcome.findings)} broken promises{': ' + _counted(found) if found else ''}"
    for finding in outcome.findings[:SHOWN]:
        yield f"  {finding.promise}  {finding.job_id}  {finding.seen}"


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counter.most_common())
