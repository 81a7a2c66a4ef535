"""Read by alembic: the tables and the connection that :mod:`fleet.store.migrate` opened."""

from alembic import context

from fleet.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
