"""Where the pages of uploading are; mounted at `leveringen/`."""

from django.urls import path

from uploads.views import leveringen as views

app_name = "uploads"

urlpatterns = [
    path("", views.index, name="lijst"),
    path("nieuw/", views.new, name="nieuw"),
    path("gepubliceerd/", views.published, name="gepubliceerd"),
    path("<int:pk>/", views.detail, name="levering"),
    path("<int:pk>/voortgang/", views.progress, name="voortgang"),
    path("<int:pk>/publiceer/", views.publish, name="publiceer"),
    path("<int:pk>/verwijder/", views.withdraw, name="verwijder"),
    path("<int:pk>/opnieuw/", views.again, name="opnieuw"),
]
