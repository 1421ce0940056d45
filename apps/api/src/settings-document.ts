import { z } from 'zod';
import { Settings } from './settings.ts';

/** The page of the documentation that lists every setting, made from the schema that reads them. */
export function settingsDocument(): string {
  const schema = z.toJSONSchema(Settings, { io: 'input' }) as { properties: Record<string, { default?: string | number; description?: string }> };
  const rows = Object.entries(schema.properties).map(([name, { default: preset, description }]) => {
    return `| \`${name}\` | ${preset === undefined ? '' : `\`${String(preset)}\``} | ${description ?? ''} |`;
  });
  return [
    '# Settings',
    '',
    'The control plane reads its settings from environment variables, once, when it starts. A wrong or an unknown one keeps it from',
    'starting, with a sentence that names it. This page is made by `npm run docs -w @licet/api` from the schema that reads them.',
    '',
    '| variable | unless said | what it is |',
    '|---|---|---|',
    ...rows,
    '',
    '[Sign-in with an identity provider](identity-provider.md) says how `LICET_OIDC_...` go together.',
    '',
    'Applications and the command line read `LICET_URL` (where Licet is) and `LICET_API_KEY`. A standalone decision point',
    'has [settings of its own](settings-pdp.md).',
    '',
  ].join('\n');
}
