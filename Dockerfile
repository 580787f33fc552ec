# Daybook in a container: the command line, and with `serve` the page. compose.yaml puts two of them behind a proxy.
FROM python:3.12-slim

RUN groupadd --gid 10001 daybook && useradd --uid 10001 --gid daybook --create-home daybook
WORKDIR /opt/daybook
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-compile --no-deps --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-compile --no-deps --no-build-isolation . \
    && mkdir -p /library /models /state && chown daybook:daybook /library /models /state

USER daybook
ENV DAYBOOK_LIBRARY=/library DAYBOOK_MODELS=/models PYTHONUNBUFFERED=1
ENTRYPOINT ["daybook"]
CMD ["--help"]
