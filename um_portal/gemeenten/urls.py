"""Routes the overview of municipalities for VNG support, and switching between one's own."""

from django.urls import path

from um_portal.gemeenten import views

app_name = "gemeenten"
urlpatterns = [
    path("", views.municipalities, name="lijst"),
    path("wissel", views.switch, name="wissel"),
]
