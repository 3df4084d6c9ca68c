"""Which known thing a name of a report means: candidates weighed by what else the report names."""

from kg.linking.company import Company, Sense, keep_company
from kg.linking.ranking import Candidate, Decision, Verdict, decide

__all__ = ["Candidate", "Company", "Decision", "Sense", "Verdict", "decide", "keep_company"]
