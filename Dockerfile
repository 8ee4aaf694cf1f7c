# The page is built with what only a build needs, which then stays behind.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node bin/relais.mjs build

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json LICENSE NOTICE ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force
COPY bin bin
COPY migrations migrations
COPY src src
COPY --from=build /app/web/dist web/dist

# Files and, on SQLite, the database. A volume that is new takes over this folder's owner.
RUN install -d -o node -g node -m 700 /data
VOLUME /data
ENV RELAIS_DATA_DIR=/data
USER node

# Beyond loopback Relais asks for RELAIS_ACCESS_TOKEN, and names that are not its own have to stand in RELAIS_ALLOWED_HOSTS.
ENV HOST=0.0.0.0 PORT=8000
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "bin/relais.mjs"]
CMD ["serve", "--no-build"]
