"""Our own names of the pages for logging in; `pages` has those that django-allauth asks for."""

from django.urls import path

from um_portal.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.overview, name="mijn"),
    path("naam", views.change_name, name="naam"),
    path("inloggen", views.LoginView.as_view(), name="login"),
    path("uitloggen", views.LogoutView.as_view(), name="logout"),
    path("uitnodiging/<str:token>", views.open_invitation, name="uitnodiging"),
    path("uitnodiging", views.accept_invitation, name="uitnodiging-wachtwoord"),
    path("sessies/<int:pk>/beeindigen", views.end_session, name="sessie-beeindigen"),
]
