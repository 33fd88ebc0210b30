"""The options of the job."""

import argparse
from datetime import datetime, timezone

from jobinsight_outcome import PIPELINE, JobError


class Parser(argparse.ArgumentParser):
    """Reports a wrong option in one sentence."""

    def error(self, message):
        raise JobError("usage", message, "--help lists the options")


def threshold(text):
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"`{text}` is not a share from 0 to 1")
    return share


def salary_option(text):
    name, _, value = text.partition("=")
    return name, float(value)


def moment(text):
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise argparse.ArgumentTypeError(f"`{text}` is not a time such as 2025-11-01T00:00:00Z")
    return time.astimezone(timezone.utc)


def options(arguments) -> argparse.Namespace:
    parser = Parser(
        prog="jobinsight_spark.py",
        description="Cleans raw job postings on Spark, by the rules of JobInsight",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--source", required=True, help="folder or file of Parquet, or the address jdbc:postgresql://HOST/DATABASE")
    add("--table", default="public.raw_jobs", help="raw table of a source that JDBC reads [default: %(default)s]")
    add("--parts", type=int, default=8, help="parallel queries of JDBC [default: %(default)s]")
    add("--target", required=True, help="folder for Parquet; for Delta and Iceberg, a schema such as lake.jobinsight")
    add("--format", choices=["parquet", "delta", "iceberg"], default="parquet", help="[default: %(default)s]")
    add("--rules", choices=["standard", "v1"], default="standard", help="rule set [default: %(default)s]")
    add("--rules-dir", help="directory with custom rules, on each executor and on the driver")
    add(
        "--salary-option",
        type=salary_option,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="exchange rate or limit of salaries, such as usd_vnd_rate=26000; may be repeated",
    )
    add("--as-of", type=moment, help="clock of the run, in RFC 3339 [default: now]")
    add(
        "--integrity-threshold",
        type=threshold,
        default=PIPELINE["integrity_threshold"],
        help="share of rows that must not be rejected [default: %(default)s]",
    )
    add(
        "--integrity-min-rejects",
        type=int,
        default=PIPELINE["integrity_min_rejects"],
        help="rejected rows that always pass if all rows meet the threshold [default: %(default)s]",
    )
    return parser.parse_args(arguments)
