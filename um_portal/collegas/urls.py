"""Routes the pages about the colleagues of a municipality."""

from django.urls import path

from um_portal.collegas import views

app_name = "collegas"
urlpatterns = [
    path("", views.index, name="lijst"),
    path("uitnodigen", views.invite, name="uitnodigen"),
    path("uitnodiging", views.answer, name="antwoord"),
    path("toetsen", views.review, name="toetsen"),
    path("genodigden/<int:pk>/", views.invitee, name="genodigde"),
    path("voorstellen/<int:pk>/", views.proposal, name="voorstel"),
    path("<int:pk>/", views.colleague, name="collega"),
    path("<int:pk>/bezwaar", views.object_to_recovery, name="bezwaar"),
]
