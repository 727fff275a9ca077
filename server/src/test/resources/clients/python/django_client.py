"""Drives Django: its own applications' migrations, a model of ours, its ORM and inspectdb; prints "ok" or fails."""
import io
import os
import sys

import django
from django.conf import settings

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": sys.argv[1], "NAME": sys.argv[2],
            "USER": "postgres", "PASSWORD": os.environ["PGPASSWORD"],
        }
    },
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.admin",
                    "django.contrib.messages"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True, SECRET_KEY="of no use outside this test",
)
django.setup()

from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Lower, TruncMonth
from django.utils import timezone

call_command("migrate", verbosity=0)
call_command("migrate", verbosity=0)

assert Permission.objects.count() > 15
for i in range(30):
    User.objects.create(username=f"user{i}", email=f"User{i}@Example.org", date_joined=timezone.now())
staff = Group.objects.create(name="staff")
staff.user_set.set(User.objects.filter(username__endswith="5"))
assert staff.user_set.count() == 3
assert User.objects.filter(Q(email__icontains="USER1@") | Q(username__in=["user2", "user3"])).count() == 3
assert User.objects.filter(username__regex=r"^user[0-9]$").count() == 10
assert list(Group.objects.annotate(n=Count("user")).values_list("name", "n")) == [("staff", 3)]
assert User.objects.annotate(low=Lower("email")).filter(low="user7@example.org").get().username == "user7"
assert User.objects.annotate(m=TruncMonth("date_joined")).values("m").annotate(n=Count("id")).get()["n"] == 30
newest = Subquery(Permission.objects.filter(content_type=OuterRef("content_type")).order_by("-id").values("codename")[:1])
assert Permission.objects.annotate(newest=newest).exclude(newest=None).count() == Permission.objects.count()
assert User.objects.update(first_name=F("username")) == 30
assert User.objects.select_for_update().filter(pk__lt=0).count() == 0
with transaction.atomic():
    try:
        with transaction.atomic():
            User.objects.create(username="user1")
        raise AssertionError("no unique violation")
    except IntegrityError:
        pass
    User.objects.filter(username="user1").delete()
assert User.objects.count() == 29
User.objects.bulk_create([User(username=f"bulk{i}") for i in range(200)])
assert len(list(User.objects.filter(username__startswith="bulk").iterator(chunk_size=50))) == 200

with connection.schema_editor() as editor:
    class Note(models.Model):
        title = models.CharField(max_length=20, db_index=True)
        body = models.JSONField(default=dict)
        owner = models.ForeignKey(User, on_delete=models.CASCADE)

        class Meta:
            app_label = "notes"
            unique_together = [("title", "owner")]

    editor.create_model(Note)
    added = models.IntegerField(null=True)
    added.set_attributes_from_name("added")
    editor.add_field(Note, added)
note = Note.objects.create(title="one", body={"a": [1, {"b": None}]}, owner=User.objects.first())
assert Note.objects.filter(body__a__1__b=None, body__has_key="a").get().pk == note.pk
out = io.StringIO()
call_command("inspectdb", "notes_note", stdout=out)
assert "unique_together = (('title', 'owner'),)" in out.getvalue(), out.getvalue()
assert "owner = models.ForeignKey('AuthUser'" in out.getvalue(), out.getvalue()
print("ok")
