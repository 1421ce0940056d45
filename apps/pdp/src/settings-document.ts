import { z } from 'zod';
import { Settings } from './settings.ts';

/** The page of the documentation that lists every setting, made from the schema that reads them. */
export function settingsDocument(): string {
  const { properties } = z.toJSONSchema(Settings, { io: 'input' }) as {
    properties: Record<string, { default?: string | number; description?: string }>;
  };
  const rows = Object.entries(properties).map(([name, { default: preset, description }]) => {
    return `| \`${name}\` | ${preset === undefined ? '' : `\`${String(preset)}\``} | ${description ?? ''} |`;
  });
  return [
    '# Settings of a standalone decision point',
    '',
    'A standalone decision point reads its settings from environment variables, once, when it starts. A missing, a wrong or an unknown',
    'one keeps it from starting, with a sentence that names it. This page is made by `npm run docs -w @licet/pdp` from the schema that',
    'reads them.',
    '',
    '| variable | unless said | what it is |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
