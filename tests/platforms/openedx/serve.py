#!/usr/bin/env python3
"""Serves Open edX's LTI 1.3 platform code (`lti-consumer-xblock`) in a small Django project, until it is stopped.

usage: serve.py PORT TOOL FOLDER     TOOL: the gateway's public URL; FOLDER: an empty folder for its database
"""

import os
import sys


def main() -> None:
    port, tool, folder = sys.argv[1:4]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    os.environ["LMS_ROOT"] = f"http://127.0.0.1:{port}"
    os.environ["LMS_FOLDER"] = folder

    import django

    django.setup()

    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)

    from courses import fill

    fill(tool.rstrip("/"))
    call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, skip_checks=True)


if __name__ == "__main__":
    main()
