"""How the web server runs, wherever it runs; gunicorn reads this file by itself."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = 2
threads = 4
graceful_timeout = 10
accesslog = "-"
control_socket_disable = True  # it would be a file in the home folder, which two servers would share
