from django.urls import path

from notifications import views

urlpatterns = [
    path("notifications/", views.Notifications.as_view(), name="notification-list"),
    path("notifications/read/", views.ReadAll.as_view(), name="notification-read-all"),
    path("notifications/<uuid:pk>/open/", views.OpenNotification.as_view(), name="notification-open"),
]
