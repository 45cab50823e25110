"""Words for results: what the analyses say in keys and numbers, told in the language in force.

Results are data (JSON, keys, numbers); they become text here, at the edge, so that one run can
be read in English and in Chinese.

Examples
--------
>>> from habitue import wording
>>> wording.reason('{"kind":"popular","customers":412,"days":90,"category":null}', {})
'412 customers bought it in the last 90 days'
>>> wording.segment_name('[{"trait":"orders","level":"high"},{"trait":"amount","level":"high"}]')
'Frequent big spenders'
"""

from __future__ import annotations

from habitue.wording.findings import figure, finding, note
from habitue.wording.keys import (
    accounting_reason,
    band,
    band_meaning,
    category,
    higher_is_better,
    holder,
    metric,
    model,
    plain,
    protocol,
    rfm_action,
    rfm_group,
    rfm_meaning,
    stage,
    task,
)
from habitue.wording.numbers import (
    capital,
    date,
    days,
    listing,
    money,
    month,
    number,
    people,
    percent,
)
from habitue.wording.reasons import reason, reason_kind
from habitue.wording.segments import feature, feature_value, segment_name, segment_rule

__all__ = [
    "accounting_reason",
    "band",
    "band_meaning",
    "capital",
    "category",
    "date",
    "days",
    "feature",
    "feature_value",
    "figure",
    "finding",
    "higher_is_better",
    "holder",
    "listing",
    "metric",
    "model",
    "money",
    "month",
    "note",
    "number",
    "people",
    "percent",
    "plain",
    "protocol",
    "reason",
    "reason_kind",
    "rfm_action",
    "rfm_group",
    "rfm_meaning",
    "segment_name",
    "segment_rule",
    "stage",
    "task",
]
