"""What the pages of a risk ask. Forms ask and check shape; whether it may be done is for the services."""
