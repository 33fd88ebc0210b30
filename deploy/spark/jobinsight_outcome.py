"""The counts, the quality gate, the errors and the JSON of a run, as the pipeline has them."""

import json
import secrets
import socket
import time
from datetime import datetime, timezone
from pathlib import Path

#: Columns, limits and exit codes of the pipeline. The file is written from its code, and a test of the suite checks it.
PIPELINE = json.loads((Path(__file__).parent / "pipeline.json").read_text(encoding="utf-8"))


#: The codes of the pipeline, and one for a failure of Spark itself.
ERRORS = PIPELINE["errors"] | {"spark": ["jobinsight::spark::failed", 1]}


class JobError(Exception):
    """An error with the code and the exit code of the pipeline, one sentence, and what to type."""

    def __init__(self, name: str, message: str, help: str | None = None):
        super().__init__(message)
        self.code, self.exit_code = ERRORS[name]
        self.message, self.help = message, help


def one_line(error: BaseException) -> str:
    """The first line of an error, as one sentence."""
    # An error of Java says more than the call that met it.
    java = getattr(error, "java_exception", None)
    text = java.toString() if java is not None else str(error)
    lines = text.strip().splitlines() or [type(error).__name__]
    return lines[0]


def new_run_id() -> str:
    """A UUID of version 7, as the runs of the pipeline have. Later runs have greater ids."""
    bits = (time.time_ns() // 1_000_000) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    digits = f"{bits:032x}"
    return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])


def allowed(rows: int, threshold: float) -> int:
    """The rows that the threshold allows to be rejected, in whole millionths: `core/src/quality_gate.rs` says why."""
    return rows * (1_000_000 - round(threshold * 1_000_000)) // 1_000_000


class Outcome:
    """What a run found and did."""

    def __init__(self):
        self.started_at = datetime.now(timezone.utc)
        self.run_id = new_run_id()
        self.clock = time.monotonic()
        self.source, self.target, self.rules, self.version = "", "", "", ""
        self.raw = self.unchanged = self.rejected_before = self.batches = 0
        self.new = self.updated = self.rejected = self.replayed = self.rejected_again = 0
        self.warnings, self.notes, self.error = {}, [], None
        self.is_counted = False

    def note(self, text: str) -> None:
        self.notes.append(text)

    def count_changes(self, groups) -> None:
        """Counts groups of changed rows."""
        self.reasons = {}
        for group in groups:
            count = group["count"]
            if group.kind == "warning":
                words = self.warnings.setdefault(group.field, {})
                words[group.reason] = words.get(group.reason, 0) + count
                continue
            self.replayed += count if group.was_rejected else 0
            if group.kind == "rejected":
                self.rejected += count
                self.rejected_again += count if group.was_rejected else 0
                reason = f"{group.reason} ({group.field})"
                self.reasons[reason] = self.reasons.get(reason, 0) + count
            elif group.was_published:
                self.updated += count
            else:
                self.new += count
        self.is_counted = True

    def pass_gate(self, threshold: float, min_rejects: int) -> None:
        """Raises an error if too many rows are rejected. A row that was rejected before, and has not changed, is not judged."""
        rows = self.new + self.updated + self.rejected - self.replayed
        rejected = self.rejected - self.rejected_again
        limit = allowed(rows, threshold)
        if threshold < 1:
            room = max(allowed(self.raw, threshold) - self.rejected_before - self.replayed, 1)
            limit = max(limit, min(room, min_rejects))
        if rejected <= limit:
            return
        reasons = "; ".join(f"{count} × {reason}" for reason, count in sorted(self.reasons.items()))
        raise JobError(
            "integrity",
            f"{rejected} of {rows} rows are rejected, and integrity_threshold = {threshold} allows {limit}; nothing is published: {reasons}",
            f"fix the source and run again; or accept them as rejected: --integrity-threshold {(rows - rejected) * 100 // max(rows, 1) / 100}",
        )

    def exit_code(self) -> int:
        return self.error.exit_code if self.error else 0

    def stats(self) -> dict:
        seconds = round(time.monotonic() - self.clock, 3)
        is_written = self.is_counted and not self.error
        new, updated, rejected = (self.new, self.updated, self.rejected) if is_written else (0, 0, 0)
        success = new + updated + self.unchanged
        left = self.raw - success - rejected - self.rejected_before
        return {
            "total_records": self.raw,
            "processed_records": new + updated + rejected,
            "success_count": success,
            "failure_count": rejected + self.rejected_before,
            "success_rate": success / self.raw * 100 if self.raw else 100.0,
            "duration_seconds": seconds,
            "batch_count": self.batches,
            "new": new,
            "updated": updated,
            "unchanged": self.unchanged,
            "rejected": rejected + self.rejected_before,
            "rejected_now": rejected,
            "rejected_before": self.rejected_before,
            "left": left,
        }

    def json(self) -> str:
        """One line of JSON, by the schema `docs/schemas/run.json`."""
        stats = self.stats()
        message = (
            self.error.message
            if self.error
            else "{new} new, {updated} updated, {unchanged} unchanged and {rejected} rejected rows".format(**stats)
        )
        result = {
            "schema_version": PIPELINE["schema_version"],
            "run_id": self.run_id,
            "started_at": self.started_at.isoformat(),
            "ended_at": datetime.now(timezone.utc).isoformat(),
            "version": self.version,
            "host": socket.gethostname(),
            "server": {"host": "", "port": 0, "version": None},
            "database": "",
            "schema": self.target,
            "tables": {"raw": self.source, "staging": self.target},
            "attempt": 1,
            "success": self.error is None,
            "message": message,
            "rules": self.rules,
            "phases": [],
            "planned": self.is_counted,
            "stats": stats,
            "warnings": {} if self.error else self.warnings,
            "other_programs": {"inserted_and_rejected": 0, "published_and_rejected": 0, "changed": 0},
            "kept_in_staging": 0,
            "notes": self.notes,
            "exceeded": [],
        }
        if self.error:
            result["error"] = {"code": self.error.code, "message": self.error.message, "help": self.error.help}
        return json.dumps(result, ensure_ascii=False)
