"""Drives SQLAlchemy: creates tables from a model, works through its ORM, reflects them back; prints "ok" or fails."""
import datetime
import decimal
import os
import sys

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session, declarative_base, relationship, selectinload

Base = declarative_base()


class Author(Base):
    __tablename__ = "sa_author"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(40), nullable=False, unique=True)
    born = sa.Column(sa.Date)
    books = relationship("Book", back_populates="author", cascade="all, delete-orphan")


class Book(Base):
    __tablename__ = "sa_book"
    __table_args__ = (sa.CheckConstraint("price >= 0", name="sa_book_price"), sa.Index("sa_book_title", "title", "author_id"))
    id = sa.Column(sa.BigInteger, sa.Identity(), primary_key=True)
    title = sa.Column(sa.Text, nullable=False)
    price = sa.Column(sa.Numeric(10, 2), server_default="1.50")
    tags = sa.Column(postgresql.ARRAY(sa.Text))
    doc = sa.Column(postgresql.JSONB)
    at = sa.Column(sa.DateTime(timezone=True), server_default=sa.func.now())
    author_id = sa.Column(sa.ForeignKey("sa_author.id", ondelete="CASCADE"), nullable=False)
    author = relationship(Author, back_populates="books")


url = f"postgresql+psycopg2://postgres:{os.environ['PGPASSWORD']}@127.0.0.1:{sys.argv[1]}/{sys.argv[2]}"
engine = sa.create_engine(url)
Base.metadata.create_all(engine)
Base.metadata.create_all(engine)  # finds them there
with Session(engine) as session:
    ann = Author(name="Ann", born=datetime.date(1970, 1, 2))
    ann.books = [Book(title=f"Vol. {i}", tags=["a", "b"], doc={"n": i}) for i in range(20)]
    session.add_all([ann, Author(name="Bob")])
    session.commit()
    found = session.execute(sa.select(Author).options(selectinload(Author.books)).order_by(Author.name)).scalars().all()
    assert [len(a.books) for a in found] == [20, 0]
    assert found[0].books[0].price == decimal.Decimal("1.50")
    query = (
        sa.select(Author.name, sa.func.count(Book.id), sa.func.sum(Book.price))
        .outerjoin(Book).group_by(Author.name).order_by(sa.desc(sa.func.count(Book.id)))
    )
    assert [tuple(r) for r in session.execute(query)] == [("Ann", 20, decimal.Decimal("30.00")), ("Bob", 0, None)]
    assert session.scalar(sa.select(sa.func.count()).where(Book.tags.contains(["a"]))) == 20
    assert session.scalar(sa.select(sa.func.count()).where(Book.doc["n"].astext.cast(sa.Integer) < 5)) == 5
    session.delete(found[0])
    session.commit()
    assert session.scalar(sa.select(sa.func.count(Book.id))) == 0
    with session.begin_nested() as nested:
        session.add(Author(name="Bob"))
        try:
            session.flush()
            raise AssertionError("no unique violation")
        except sa.exc.IntegrityError:
            nested.rollback()
    insert = postgresql.insert(Author).values(name="Bob", born=datetime.date(2000, 1, 1))
    session.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"born": insert.excluded.born}))
    session.commit()

inspector = sa.inspect(engine)
assert set(inspector.get_table_names()) >= {"sa_author", "sa_book"}
columns = {c["name"]: c for c in inspector.get_columns("sa_book")}
assert isinstance(columns["price"]["type"], sa.Numeric) and columns["price"]["type"].scale == 2, columns["price"]
assert isinstance(columns["tags"]["type"], postgresql.ARRAY), columns["tags"]
assert columns["id"]["identity"]["start"] == 1, columns["id"]
assert inspector.get_pk_constraint("sa_book")["constrained_columns"] == ["id"]
keys = inspector.get_foreign_keys("sa_book")
assert keys[0]["referred_table"] == "sa_author" and keys[0]["options"]["ondelete"] == "CASCADE", keys
assert [i["column_names"] for i in inspector.get_indexes("sa_book")] == [["title", "author_id"]]
assert inspector.get_unique_constraints("sa_author")[0]["column_names"] == ["name"]
assert inspector.get_check_constraints("sa_book")[0]["name"] == "sa_book_price"
assert inspector.get_view_names() == [] and "public" in inspector.get_schema_names()
reflected = sa.MetaData()
reflected.reflect(engine, only=["sa_book"])
assert set(reflected.tables) == {"sa_author", "sa_book"}
reflected.drop_all(engine)
print("ok")
