from django.urls import path

from notifications import views
from notifications.webhooks import views as webhooks

urlpatterns = [
    path("notifications/", views.Notifications.as_view(), name="notification-list"),
    path("notifications/read/", views.ReadAll.as_view(), name="notification-read-all"),
    path("notifications/<uuid:pk>/open/", views.OpenNotification.as_view(), name="notification-open"),
    path("webhooks/", webhooks.Webhooks.as_view(), name="webhook-list"),
    path("webhooks/add/", webhooks.AddWebhook.as_view(), name="webhook-add"),
    path("webhooks/<uuid:pk>/", webhooks.OneWebhook.as_view(), name="webhook"),
    path("webhooks/<uuid:pk>/change/", webhooks.ChangeWebhook.as_view(), name="webhook-change"),
    path("webhooks/<uuid:pk>/secret/", webhooks.ShowSecret.as_view(), name="webhook-secret"),
    path("webhooks/<uuid:pk>/secret/new/", webhooks.RotateSecret.as_view(), name="webhook-secret-new"),
    path("webhooks/<uuid:pk>/disable/", webhooks.Disable.as_view(), name="webhook-disable"),
    path("webhooks/<uuid:pk>/challenge/", webhooks.AskAgain.as_view(), name="webhook-challenge"),
    path("webhooks/<uuid:pk>/ping/", webhooks.Ping.as_view(), name="webhook-ping"),
    path("webhooks/<uuid:pk>/replay/", webhooks.Replay.as_view(), name="webhook-replay"),
    path("webhooks/<uuid:pk>/deliveries/<uuid:delivery>/", webhooks.OneDelivery.as_view(), name="webhook-delivery"),
    path(
        "webhooks/<uuid:pk>/deliveries/<uuid:delivery>/send-again/",
        webhooks.SendAgain.as_view(),
        name="webhook-send-again",
    ),
]
