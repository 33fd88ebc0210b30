"""Checks events, one JSON object per line, with the classes of the package openlineage-python.

Each facet must name the schema of a class of the package, and the class must accept its fields. The event that the classes
write must equal the event that they were created from.
"""

import json
import sys

from openlineage.client import event_v2, facet_v2
from openlineage.client.serde import Serde


def classes(base):
    for cls in base.__subclasses__():
        yield cls._get_schema(), cls
        yield from classes(cls)


FACETS = dict(classes(facet_v2.BaseFacet))


def facet(fields):
    fields = dict(fields)
    producer, schema = fields.pop("_producer"), fields.pop("_schemaURL")
    return FACETS[schema](producer=producer, **fields)


def facets(owner, key):
    return {name: facet(fields) for name, fields in owner[key].items()}


def dataset(cls, fields, key):
    more = {key: facets(fields, key)}
    return cls(
        namespace=fields["namespace"],
        name=fields["name"],
        facets=facets(fields, "facets"),
        **more,
    )


def event(fields):
    run, job = fields["run"], fields["job"]
    return event_v2.RunEvent(
        eventType=event_v2.RunState(fields["eventType"]),
        eventTime=fields["eventTime"],
        producer=fields["producer"],
        run=event_v2.Run(runId=run["runId"], facets=facets(run, "facets")),
        job=event_v2.Job(namespace=job["namespace"], name=job["name"], facets=facets(job, "facets")),
        inputs=[dataset(event_v2.InputDataset, one, "inputFacets") for one in fields["inputs"]],
        outputs=[dataset(event_v2.OutputDataset, one, "outputFacets") for one in fields["outputs"]],
    )


def without_empty(value):
    """The package leaves out what is empty."""
    if isinstance(value, dict):
        rest = {key: without_empty(one) for key, one in value.items()}
        return {key: one for key, one in rest.items() if one not in (None, {}, [])}
    if isinstance(value, list):
        return [without_empty(one) for one in value]
    return value


def main():
    seen, used = set(), set()
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            written = json.loads(Serde.to_json(event(fields)))
            assert without_empty(written) == without_empty(fields), (written, fields)
            seen.add(fields["eventType"])
            for owner in [fields["run"], fields["job"], *fields["inputs"], *fields["outputs"]]:
                for key in ("facets", "inputFacets", "outputFacets"):
                    used.update(owner.get(key, {}))
    assert seen == {"START", "COMPLETE", "FAIL", "ABORT"}, seen
    print(f"checked {len(used)} kinds of facets: {', '.join(sorted(used))}")


main()
