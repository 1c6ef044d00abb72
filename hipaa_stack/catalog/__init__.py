"""45 CFR part 164, subpart C (the HIPAA Security Rule), as data.

Every citation in this project is an id of the regulation itself, such as `164.312(a)(2)(iv)`. Ids that NIST
publishes differently are aliases. An id that is neither is an error when it is loaded, never a citation.
"""

from hipaa_stack.catalog._load import Catalog, CatalogError, Entry, Kind, Obligation, catalog, organisation

__all__ = ["Catalog", "CatalogError", "Entry", "Kind", "Obligation", "catalog", "organisation"]
