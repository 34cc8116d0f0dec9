from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import acting, clients, invitation, organisation, people, signing_in

urlpatterns = [
    path("sign-in/", signing_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", login_not_required(LogoutView.as_view()), name="sign-out"),
    path("password/", signing_in.ChangePassword.as_view(), name="password-change"),
    path("password/forgotten/", signing_in.AskForNewPassword.as_view(), name="password-reset"),
    path("password/forgotten/sent/", signing_in.LinkSent.as_view(), name="password-reset-sent"),
    path("password/choose/done/", signing_in.NewPasswordChosen.as_view(), name="password-reset-complete"),
    path(
        "password/choose/<str:uidb64>/<str:token>/",
        signing_in.ChooseNewPassword.as_view(),
        name="password-reset-confirm",
    ),
    path("acting/", acting.Acting.as_view(), name="acting"),
    path("organisation/", organisation.OrganisationContacts.as_view(), name="organisation"),
    path("invitation/<str:token>/", invitation.Accept.as_view(), name="invitation"),
    path("people/", people.People.as_view(), name="people"),
    path("people/invite/", people.Invite.as_view(), name="invite"),
    path("people/invitations/<uuid:pk>/resend/", people.ResendInvitation.as_view(), name="invitation-resend"),
    path("people/invitations/<uuid:pk>/withdraw/", people.WithdrawInvitation.as_view(), name="invitation-withdraw"),
    path("people/<uuid:pk>/", people.Person.as_view(), name="person"),
    path("people/<uuid:pk>/role/", people.SetRole.as_view(), name="person-role"),
    path("people/<uuid:pk>/end/", people.EndMembership.as_view(), name="person-end"),
    path("people/<uuid:pk>/deactivate/", people.Deactivate.as_view(), name="person-deactivate"),
    path("clients/", clients.Clients.as_view(), name="clients"),
    path("clients/add/", clients.AddClient.as_view(), name="client-add"),
    path("clients/<uuid:pk>/", clients.ShowClient.as_view(), name="client"),
    path("clients/<uuid:pk>/change/", clients.ChangeClient.as_view(), name="client-change"),
    path("clients/<uuid:pk>/secret/", clients.RotateSecret.as_view(), name="client-secret"),
    path("clients/<uuid:pk>/revoke/", clients.RevokeClient.as_view(), name="client-revoke"),
    path("clients/<uuid:pk>/requests/", clients.ClientRequests.as_view(), name="client-requests"),
]
