"""Routes the links with which a user stops or finishes a recovery; they lie under the own account."""

from django.urls import path

from um_portal.herstel import views

app_name = "herstel"
urlpatterns = [
    path("", views.finish, name="afronden"),
    path("bezwaar", views.object_own, name="eigen-bezwaar"),
    path("bezwaar/<str:token>", views.object_by_link, name="bezwaar"),
    path("<str:token>", views.open_link, name="link"),
]
