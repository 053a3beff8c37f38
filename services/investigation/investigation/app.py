"""The investigation service as one application of acts."""

from chassis.core import Application
from investigation.acts import (
    analysis,
    determination,
    inquiry,
    measures,
    notice,
    objection,
    order,
    recall_notice,
    voluntary,
)
from investigation.domain import cases
from investigation.schemas import facts
from investigation.storage import queries

application = Application(
    name="investigation",
    package="investigation",
    acts=[notice, analysis, inquiry, measures, determination, recall_notice, objection, order, voluntary],
    guards=[cases],
    events=facts,
    finders=[queries],
)
