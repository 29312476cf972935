"""Routes the announcements."""

from django.urls import path

from um_portal.mededelingen import views

app_name = "mededelingen"
urlpatterns = [
    path("", views.overview, name="lijst"),
    path("nieuw/", views.new, name="nieuw"),
    path("<int:pk>/beeindigen/", views.end, name="beeindigen"),
    path("<int:pk>/wegleggen/", views.put_away, name="wegleggen"),
]
