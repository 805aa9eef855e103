"""What a scenario names in a file of people: columns, weights, ids, and every fault among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.agents.column import Column
from sim.agents.segments import reference_faults
from sim.agents.sheet import Sheet, counted, read_sheet
from sim.agents.traits import Bools, Floats
from sim.errors import Fault, InputError, did_you_mean, listed
from sim.scenario.audience import Table
from sim.scenario.schema import Scenario

_MOST_NAMED = 5


@dataclass(slots=True)
class Reading:
    """Read what the scenario names in a sheet, and gather faults and notes on the way."""

    sheet: Sheet
    scenario: Scenario
    table: Table
    address: str
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, scenario: Scenario, table: Table, address: str) -> Reading:
        """Open the table's file."""
        sheet = read_sheet(scenario.file(table.file), table.file, scenario.where(f"{address}.file"))
        reading = cls(sheet, scenario, table, address)
        n_rows = reading.sheet.n_rows
        if n_rows < 2:
            reading.faults.append(Fault(table.file, counted(n_rows, "row"), "want at least 2 people"))
        return reading

    def fault(self, where: str, got: str, wanted: str, hint: str = "") -> None:
        """Note a fault of what the scenario says of the file, at an address below the table's."""
        self.faults.append(Fault(self.scenario.where(f"{self.address}.{where}"), got, wanted, hint))

    def refuse(self, names: Sequence[str]) -> None:
        """Raise all faults together, those of names that the file does not bear out among them."""
        # Where the segments could not be read, every name would look wrong.
        if names:
            self.faults += reference_faults(self.scenario, tuple(names))
        if self.faults:
            raise InputError(self.faults)

    def refuse_other_size(self) -> None:
        """Note a fault where the scenario asks for another number of people than the file has."""
        audience, n_people = self.scenario.audience, self.sheet.n_rows
        for key, given in (("agents", audience.agents), ("people", audience.people)):
            if given is not None and given != n_people:
                wanted = f"want none, or the {n_people:,} people of {self.table.file}"
                self.faults.append(Fault(self.scenario.where(f"audience.{key}"), f"{given:,.0f}", wanted))

    def column(self, name: str, where: str) -> Column | None:
        """Return a column; None and a fault where there is none of that name."""
        found = self.sheet.columns.get(name)
        if found is None:
            header = list(self.sheet.columns)
            alone = header[0] if len(header) == 1 else ""
            is_other_csv = ";" in alone or "\t" in alone
            hint = "separate the columns by commas" if is_other_csv else did_you_mean(name, header)
            got = f"no column `{name}` in {self.table.file}"
            self.fault(where, got, f"want one of {listed(header)}", hint)
        return found

    def wrong(self, name: str, column: Column, is_wrong: Bools, wanted: str) -> bool:
        """Note a fault for a column where rows are wrong (bool[n_rows]); say whether any is."""
        rows = np.flatnonzero(is_wrong)
        if len(rows) == 0:
            return False
        others = f", and {len(rows) - 1:,} more on {self.sheet.on(rows[1:])}" if len(rows) > 1 else ""
        got = f"`{column.values[column.codes[rows[0]]]}`{others}"
        self.faults.append(Fault(f"{self.sheet.at(rows[0])}: column `{name}`", got, wanted))
        return True

    def weights(self, name: str | None) -> Floats:
        """Return the weight of each row, float64[n_rows]; all 1 without a column, or where it is at fault."""
        alike = np.ones(self.sheet.n_rows)
        column = self.column(name, "weight") if name is not None else None
        if name is None or column is None:
            return alike
        weights = column.numbers()
        if self.wrong(name, column, ~(weights >= 0), "want a weight: a number of 0 or more"):
            return alike
        if not 0 < weights.sum() < np.inf:
            got = f"the weights sum to {weights.sum():g}"
            self.faults.append(Fault(f"{self.table.file}: column `{name}`", got, "want some weight above 0"))
            return alike
        return weights

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the id of each row as text; faults where one is blank or stands twice."""
        column = self.column(name, "id")
        if column is None:
            return ()
        self.wrong(name, column, column.is_blank(), "want an id in every row")
        count = np.bincount(column.codes, minlength=len(column.values))
        twice = [code for code in np.flatnonzero(count > 1).tolist() if column.values[code]]
        if twice:
            first = twice[:_MOST_NAMED]
            named = [
                f"`{column.values[code]}` on {self.sheet.on(np.flatnonzero(column.codes == code))}"
                for code in first
            ]
            tail = f", … ({len(twice):,} ids in all)" if len(twice) > len(first) else ""
            got = ", ".join(named) + tail
            self.faults.append(Fault(f"{self.table.file}: column `{name}`", got, "want each id once"))
        # Where each id stands once, the distinct ones in order of appearance are the rows.
        return column.values if len(column.values) == self.sheet.n_rows else tuple(column.texts().tolist())
