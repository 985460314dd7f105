"""The worker's job for the audit log: seal what has been written.

One round a call, as with the jobs for pages.
"""

from __future__ import annotations

import logging

from sqlalchemy import Engine

from mv_desktop.services import audit
from mv_desktop.services.database import open_session

_log = logging.getLogger(__name__)


def seal_audit(engine: Engine, *, limit: int = audit.SEAL_BATCH) -> int:
    """Seal the oldest entries without a seal.

    Returns:
        How many were sealed; 0 means that nothing is to be done now, or that another worker does it.

    Raises:
        UserError: the database cannot be reached. Nothing was sealed.
    """
    with open_session(engine) as session:
        sealed = audit.seal(session, limit)
    if sealed:
        _log.info("sealed %d entries of the audit log", sealed)
    return sealed
