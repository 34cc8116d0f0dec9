from django.urls import path

from overview import views

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("seen/", views.Seen.as_view(), name="seen"),
    path("healthz", views.healthz, name="healthz"),
]
