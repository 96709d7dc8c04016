# The image of an Ambient server. Each RUN calls a script of the project, so that `npm run check:image` can execute this
# file without a container engine. docs/operators/docker.md explains how to use it.

# Pin the digest for an image that you publish: --build-arg BASE=debian:12-slim@sha256:… (the release does).
ARG BASE=debian:12-slim

# All npm packages that production or the build of the web client needs, and the locked Node.js.
FROM ${BASE} AS packages
WORKDIR /app
COPY scripts/image/install-npm.sh scripts/image/
RUN ["scripts/image/install-npm.sh"]
COPY .npmrc package.json package-lock.json ./
COPY client/package.json client/
COPY plugins/embedded/package.json plugins/embedded/
COPY scripts/image/first-node.cjs scripts/image/install-packages.sh scripts/image/
RUN ["scripts/image/install-packages.sh"]

# The media worker, from the source in its npm package. WORKER=fetch downloads mediasoup's prebuilt worker instead, if its
# checksum is known.
FROM ${BASE} AS worker
WORKDIR /app
COPY --from=packages /app/node/node /usr/local/bin/node
COPY --from=packages /app/node_modules/mediasoup node_modules/mediasoup
COPY media/worker-binary.ts media/
COPY scripts/command.ts scripts/progress.ts scripts/setup-error.ts scripts/system-packages.ts scripts/
COPY scripts/worker scripts/worker
COPY scripts/image/make-worker.ts scripts/image/
ARG WORKER=build
ARG MEDIASOUP_WORKER_PREBUILT_SHA256=
RUN ["node", "scripts/image/make-worker.ts", "/app/mediasoup-worker"]

FROM packages AS web
COPY tsconfig.json ./
COPY contract contract
COPY client client
COPY web web
COPY scripts/command.ts scripts/progress.ts scripts/setup-error.ts scripts/web-client.ts scripts/
COPY scripts/image/make-web-client.ts scripts/image/
RUN ["node/node", "scripts/image/make-web-client.ts"]

# The packages without those that only the build of the web client needs.
FROM packages AS production
COPY scripts/image/remove-build-packages.ts scripts/image/locked-packages.ts scripts/image/web-packages.ts scripts/image/
RUN ["node/node", "scripts/image/remove-build-packages.ts"]

# Only `npm run live-values`, without ffmpeg, media workers and web client: docker build --target live-values.
FROM ${BASE} AS live-values
WORKDIR /app
COPY --from=packages /app/node/node /usr/local/bin/node
COPY --from=production /app/node_modules node_modules
COPY package.json LICENSE ./
COPY docs/third-party.md docs/
COPY config config
COPY contract contract
COPY media media
COPY plugins plugins
COPY processes processes
COPY scripts/image/healthy.ts scripts/image/
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  LIVE_VALUES_PORT=3100
USER 10001:10001
EXPOSE 3100/tcp
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["node", "scripts/image/healthy.ts", "LIVE_VALUES_PORT"]
STOPSIGNAL SIGTERM
CMD ["node", "processes/live-values.ts"]

FROM ${BASE} AS image
ARG VERSION=0.0.0-unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Ambient" \
  org.opencontainers.image.description="An open platform for live audio shows" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY --from=packages /app/node/node /usr/local/bin/node
COPY scripts/command.ts scripts/progress.ts scripts/setup-error.ts scripts/system-packages.ts scripts/
COPY scripts/image/install-runtime.ts scripts/image/
RUN ["node", "scripts/image/install-runtime.ts"]
COPY scripts/image/make-user.sh scripts/image/
RUN ["scripts/image/make-user.sh"]
COPY --from=worker /app/mediasoup-worker /usr/local/lib/ambient/mediasoup-worker
COPY --from=production /app/node_modules node_modules
COPY --from=web /app/web/dist web/dist
COPY package.json LICENSE ./
COPY docs/third-party.md docs/
COPY app.ts server.ts ./
COPY config config
COPY contract contract
COPY media media
COPY realtime realtime
COPY routes routes
COPY plugins plugins
COPY processes processes
COPY scripts scripts

ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  PORT=3000 \
  DATA_DIR=/data \
  MEDIA_LISTEN_IP=0.0.0.0 \
  MEDIA_PORT=40000 \
  MEDIASOUP_WORKER_BIN=/usr/local/lib/ambient/mediasoup-worker
# A number, because Kubernetes' runAsNonRoot cannot resolve names.
USER 10001:10001
VOLUME ["/data"]
# Each further media worker uses one more port, UDP and TCP.
EXPOSE 3000/tcp 40000/udp 40000/tcp
# Checks that the process is alive, not that it is ready: a restart does not help while the database is down.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["node", "scripts/image/healthy.ts"]
STOPSIGNAL SIGTERM
# Reaps the processes that transcode songs.
ENTRYPOINT ["tini", "--"]
CMD ["node", "server.ts"]
