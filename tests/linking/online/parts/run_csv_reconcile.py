"""Serves a table with csv-reconcile, in its environment: run_csv_reconcile.py FOLDER; prints its port."""

import contextlib
import sys
from pathlib import Path

import csv_reconcile
from csv_reconcile import initdb
from werkzeug.serving import make_server

folder = Path(sys.argv[1])
with contextlib.redirect_stdout(sys.stderr):
    app = csv_reconcile.create_app(config=str(folder / "settings.py"), instance_path=str(folder / "instance"))
    with app.app_context():
        initdb.init_db_with_context(str(folder / "table.tsv"), "item", "name")
server = make_server("127.0.0.1", 0, app)
print(server.port, flush=True)  # noqa: T201
with contextlib.redirect_stdout(sys.stderr):
    server.serve_forever()
