// The direction of dependencies. eslint.config.mjs enforces it; tools/tidy.mjs proves that it does.

/** Which kinds of project each kind may import. Kinds are the `kind:` tags in the package.json files. */
export const MAY_IMPORT = {
  contract: [],
  conformance: [],
  engine: ['contract'],
  policy: ['contract', 'engine'],
  'decision-http': ['contract', 'engine'],
  sdk: ['contract', 'engine'],
  api: ['contract', 'engine', 'policy', 'decision-http'],
  pdp: ['contract', 'engine', 'decision-http', 'sdk'],
  console: ['contract', 'engine'],
  cli: ['contract', 'engine', 'policy'],
  e2e: ['contract', 'sdk'],
  bench: ['contract', 'engine', 'sdk'],
  verify: ['contract', 'engine', 'policy', 'decision-http', 'sdk'],
  example: ['sdk'],
};
