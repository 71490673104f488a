# The service without its embedded database: give it a PostgreSQL with pgvector (compose.yaml).
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY agent agent
COPY api api
COPY booking booking
COPY cli cli
COPY core core
COPY desk desk
COPY evals evals
COPY prompts prompts
COPY texting texting
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /home/ringback --create-home ringback
COPY --from=build /venv /venv
USER 10001
WORKDIR /home/ringback
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000 LOG_FORMAT=json
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD \
  ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/health/ready', timeout=2)"]
ENTRYPOINT ["ringback"]
CMD ["serve", "--no-jobs"]
