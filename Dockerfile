# syntax=docker/dockerfile:1
# One image, several commands: docker-compose.yml and deploy/ say which. Nothing secret goes in.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/atrium
ENV PATH=/opt/atrium/bin:$PATH
WORKDIR /app
COPY requirements.txt ./
RUN pip install --require-hashes --no-deps --requirement requirements.txt
COPY manage.py LICENSE ./
COPY templates ./templates
COPY egress ./egress
COPY mcp_runtime ./mcp_runtime
COPY tenants ./tenants
COPY platform ./platform
# Hashed and compressed as a public installation serves them. The address and the key are for this step only: neither
# ends up in what it writes.
RUN ATRIUM_DATA_DIR=/var/lib/atrium PUBLIC_URL=https://build.invalid SECRET_KEY=collecting-static-files \
    python manage.py collectstatic --no-input --verbosity 0

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 atrium \
    && useradd --system --uid 10001 --gid atrium --home-dir /nonexistent --shell /usr/sbin/nologin atrium
COPY --from=build /opt/atrium /opt/atrium
COPY --from=build /var/lib/atrium /var/lib/atrium
COPY --from=build /app /app
WORKDIR /app
# platform/ is a source root, see platform/README.md.
ENV PATH=/opt/atrium/bin:$PATH \
    PYTHONPATH=/app:/app/platform \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ATRIUM_DATA_DIR=/var/lib/atrium
USER 10001:10001
EXPOSE 8000
# For web and runtime, which listen on 8000; docker-compose.yml gives the others their own.
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/readyz', headers={'Host': os.environ['PUBLIC_URL'].split('//')[1]}), timeout=3)"]
CMD ["python", "-m", "control_plane.serve", "web", "--host", "0.0.0.0"]
