"""A worker that mails notices once: python -m tests.database.mail_child URL PORT."""

from __future__ import annotations

import sys

from mv_desktop.services.database import make_engine
from mv_desktop.worker.mail_server import MailServer, Security
from mv_desktop.worker.notice_job import mail_notices

if __name__ == "__main__":
    url, port = sys.argv[1:]
    print("ready", flush=True)
    mail_notices(make_engine(url, application_name="test"), MailServer("127.0.0.1", int(port), Security.NONE))
