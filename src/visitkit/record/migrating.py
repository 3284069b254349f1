"""Bringing the tables of a file to the version that this program writes."""

from __future__ import annotations

from importlib.resources import as_file, files

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from visitkit.errors import StoreError

#: The version this program writes.
NEWEST = 2


def version(connection: sa.Connection) -> int:
    """Return the version of the tables; 0 where there are none.

    Raises
    ------
    StoreError
        ``record.newer`` when a later program wrote them.
    """
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        return 0
    if not found.isdigit() or int(found) > NEWEST:
        raise StoreError("record.newer", found=found, known=NEWEST)
    return int(found)


def migrate(connection: sa.Connection, to: int = NEWEST) -> None:
    """Bring the tables to a version, whole or not at all; nothing is fetched from anywhere.

    Parameters
    ----------
    connection
        In a transaction, which the caller ends.
    to
        The version wanted; never an older one.
    """
    with as_file(files(__package__).joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        script = ScriptDirectory(str(folder))
        steps = script._upgrade_revs  # alembic offers no public way without an env.py
        context = EnvironmentContext(config, script, fn=lambda rev, _: steps(str(to), rev))
        with context:
            context.configure(connection=connection, transactional_ddl=True)
            context.run_migrations()
