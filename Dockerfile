# The service as an image: Debian slim, the Node that package-lock.json pins, production dependencies, compiled code.
#
#   docker build -t metadata-center .
#   docker run -d -p 8080:8080 -p 8081:8081 -e POD_IP=127.0.0.1 metadata-center
#
# No Alpine: the pinned Node needs glibc and libatomic.

# --- Install and compile. This stage's own Node runs npm only.
FROM node:24-bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends libatomic1 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY tools ./tools
RUN node tools/prepare.mjs
COPY nest-cli.json tsconfig.json ./
COPY apps ./apps
COPY libs ./libs
RUN npm run build

# --- What runs needs of node_modules. No install script is run: none of these packages has one that matters.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# TypeScript would come along as an optional peer of @nestjs/swagger, for a compiler plugin that is not used;
# Node's C headers are for compiling add-ons.
RUN npm ci --omit=dev --include=optional --ignore-scripts \
  && rm -rf node_modules/typescript node_modules/.bin/tsc node_modules/.bin/tsserver \
    node_modules/node-linux-*/include

# --- The image.
FROM debian:12-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates libatomic1 libstdc++6 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# Whoever is given the image is given the licence (Apache-2.0, section 4).
COPY LICENSE package.json ./
COPY tools/healthcheck.mjs ./tools/
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist/libs ./dist/libs
COPY --from=build /app/dist/apps/metadata-center ./dist/apps/metadata-center
ENV NODE_ENV=production
# By number, so that an orchestrator can see that it is not root. Nothing is written: the file system may be read-only.
USER 10001:10001
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["/app/node_modules/.bin/node", "/app/tools/healthcheck.mjs"]
ENTRYPOINT ["/app/node_modules/.bin/node", "--v8-pool-size=1", "--enable-source-maps", "/app/dist/apps/metadata-center/src/main.js"]
