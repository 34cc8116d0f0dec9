"""Pages of results."""

from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """Pages of 25, or of as many as asked for up to 200."""

    page_size_query_param = "page_size"
    max_page_size = 200
