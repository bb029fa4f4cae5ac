# One image for web and worker. Multi-stage: nothing of the tool chain ships.
FROM node:20-bookworm-slim AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.11-slim-bookworm
# libgl1 and friends: Open CASCADE's wheels link against them even without a display.
# The fonts: letters of PDF reports beyond Western Europe's, which reportlab brings itself.
RUN apt-get update && apt-get install -y --no-install-recommends bubblewrap libgl1 libegl1 libx11-6 libxext6 tini \
    fonts-dejavu-core fonts-droid-fallback \
    && rm -rf /var/lib/apt/lists/* && useradd --system --create-home --uid 10001 holotable
WORKDIR /app
COPY requirements.lock pyproject.toml README.md ./
# bcf-client is a foreign party in tests, under the GPL: it is not in what ships.
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock \
    && pip uninstall --yes bcf-client
COPY alembic.ini ./
COPY alembic/ alembic/
COPY backend/ backend/
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e .
COPY --from=frontend /src/frontend/dist frontend/dist
RUN install -d -o holotable -g holotable /data
USER holotable
ENV HOLOTABLE_DATA_DIR=/data HOLOTABLE_FRONTEND_DIR=/app/frontend/dist PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/api/v1/healthz', timeout=4)"]
ENTRYPOINT ["tini", "--"]
CMD ["holotable", "serve", "--host", "0.0.0.0", "--port", "8080"]
