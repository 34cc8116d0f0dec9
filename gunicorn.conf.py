"""How the web server runs, wherever it runs; gunicorn reads this file by itself."""

worker_class = "gthread"
workers = 2
threads = 4
graceful_timeout = 10
accesslog = "-"
