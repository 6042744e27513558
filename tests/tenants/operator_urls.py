"""The operator's admin alone."""

from django.urls import path

from tenants.admin.operator_site import operator_site

urlpatterns = [path("operator/", operator_site.urls)]
