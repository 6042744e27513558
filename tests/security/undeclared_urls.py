"""Routes that somebody forgot to declare anything for."""

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from control_plane.api.operations import ApiView


class Forgotten(ApiView):
    def get(self, request: Request) -> Response:
        return Response("reached")

    def post(self, request: Request) -> Response:
        return Response("reached")


class Bare(APIView):
    def get(self, request: Request) -> Response:
        return Response("reached")

    def post(self, request: Request) -> Response:
        return Response("reached")


urlpatterns = [path("api/v1/forgotten", Forgotten.as_view()), path("api/v1/bare", Bare.as_view())]
