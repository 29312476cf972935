"""Routes VNG support's pages about users."""

from django.urls import path

from um_portal.gebruikers import views

app_name = "gebruikers"
urlpatterns = [
    path("", views.search, name="zoeken"),
    path("wie/<str:kenmerk>/", views.user, name="gebruiker"),
    path("wachtend", views.waiting, name="wachtend"),
    path("toegang", views.access_overview, name="toegang"),
    path("beheerder", views.first_beheerder, name="beheerder"),
    path("support", views.support_colleagues, name="support"),
    path("support/uitnodigen", views.invite_support, name="support-uitnodigen"),
]
