# One image is a whole Licet: the admin API, the console, a decision point and the `licet` command; and `apps/pdp`, to run by itself.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund && npx nx run-many -t build -p @licet/api @licet/console @licet/cli @licet/pdp
# What runs: the built projects, and none of the packages that only building and testing need.
RUN npm ci --omit=dev --no-audit --no-fund -w @licet/api -w @licet/cli -w @licet/pdp \
  && for part in apps/api apps/cli apps/console apps/pdp libs/contract libs/engine libs/policy libs/decision-http libs/sdk-node; do \
       mkdir -p "/app/$part" && for item in package.json bin dist node_modules; do \
         if [ -e "$part/$item" ]; then cp -a "$part/$item" "/app/$part/"; fi; \
       done; \
     done \
  && mkdir -p /app/examples/flask-task-manager && cp examples/flask-task-manager/policy.yaml /app/examples/flask-task-manager/ \
  && cp -a package.json LICENSE node_modules /app/

FROM node:24-bookworm-slim
ENV NODE_ENV=production LICET_HOST=0.0.0.0 LICET_DATA_DIR=/data
RUN mkdir /data && chown node:node /data
COPY --from=build /app /app
WORKDIR /app
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.LICET_PORT ?? 4000}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "apps/api/dist/main.js"]
