"""What of a day is only there for people: whom to call, who drives, what to mind.

No rule of planning reads it. So a day stays the day that a plan was made of when it is corrected, and what
phones show is that of the day as it is now.
"""

from typing import Any

from fleet.model.day import Day

OF_THE_DAY = ("dispatcher_phone",)
OF_LISTS = {"households": ("name", "phone"), "requests": ("note",), "assignments": ("driver", "name")}


def without_contacts(day: Day) -> dict[str, Any]:
    """Return what planning reads of a day, as JSON has it."""
    document = day.model_dump(mode="json", by_alias=True)
    for field in OF_THE_DAY:
        del document[field]
    for name, fields in OF_LISTS.items():
        for record in document[name]:
            for field in fields:
                del record[field]
    # Of who drives what, planning reads what it costs beside the tricycle.
    burdens = {item["tricycle"]: item["burden_yuan"] for item in document["assignments"]}
    document["assignments"] = {tricycle: yuan for tricycle, yuan in burdens.items() if yuan}
    return document
