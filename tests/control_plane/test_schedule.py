"""What beat rings for exists, and goes to a queue that a worker serves."""

from pathlib import Path

from control_plane.celery import app
from control_plane.health.heartbeat import LIFETIME_SECONDS
from control_plane.supervisor.programs import Programs


def queues_served() -> set[str]:
    programs = Programs(Path("/nowhere"), {})
    commands = [program.command for program in (programs.worker(), programs.tools())]
    return {command[command.index("--queues") + 1] for command in commands}


def test_every_entry_is_a_task_for_a_queue_that_is_served() -> None:
    app.loader.import_default_modules()
    assert len(app.conf.beat_schedule) >= 4
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, name
        assert entry["options"]["queue"] in queues_served(), name


def test_the_schedule_is_looked_at_more_often_than_beat_counts_as_silent() -> None:
    assert app.conf.beat_max_loop_interval * 2 < LIFETIME_SECONDS


def test_results_are_not_kept_and_work_is_not_lost() -> None:
    assert app.conf.task_ignore_result is True
    assert app.conf.task_acks_late is True
    assert app.conf.worker_prefetch_multiplier == 1
