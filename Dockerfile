# Not tried: see docs/operators/docker.md.
FROM python:3.13-slim
WORKDIR /srv/marjaa
COPY . .
RUN pip install --no-cache-dir -c constraints.txt . && useradd --system marjaa && install -d -o marjaa /data
USER marjaa
ENV MARJAA_HOST=0.0.0.0 MARJAA_DATA=/data
EXPOSE 8000
VOLUME /data
CMD ["marjaa", "serve"]
