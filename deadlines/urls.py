from django.urls import path

from deadlines import views

urlpatterns = [
    path("standards/", views.Standards.as_view(), name="standard-list"),
    path("standards/bank-holidays/add/", views.AddBankHoliday.as_view(), name="bank-holiday-add"),
    path("standards/<uuid:pk>/", views.EditStandard.as_view(), name="standard-edit"),
]
