"""Where alembic meets the store's own connection."""

from alembic import context

from storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters most things only by copying the table
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
