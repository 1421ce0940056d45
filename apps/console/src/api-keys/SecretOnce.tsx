import { Alert, Box, Button, Card, Tab, Tabs, Typography } from '@mui/material';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { useCan } from '../kit/access.tsx';
import { CodeBlock } from '../kit/Copyable.tsx';
import { Page } from '../kit/Page.tsx';
import { useSome } from '../kit/read.ts';
import { ShownOnce } from '../kit/ShownOnce.tsx';
import { snippets } from './snippets.ts';

/** A permission of the operator's own policy, so that the snippet asks something real. */
function usePermission(): string {
  const allowed = useCan()('licet.resource-type:read');
  const { data } = useSome('permissions', { filter: { builtIn: false }, perPage: 50, enabled: allowed });
  const ids = data?.items.map(({ id }) => id) ?? [];
  return ids.find((id) => id.endsWith(':read')) ?? ids[0] ?? 'task:read';
}

/** The key, the only time that it is shown, and programs with the key in them. It is held in this page alone, and gone when it is left. */
export function SecretOnce({ name, secret }: { name: string; secret: string }) {
  const permission = usePermission();
  const url = location.origin;
  const programs = snippets({ url, key: secret, name, permission });
  const [shown, setShown] = useState(programs[0]?.id ?? 'flask');
  const program = programs.find(({ id }) => id === shown);
  return (
    <Page title={`The key ${name} is made`} crumbs={[{ to: '/api-keys', label: 'Apps & keys' }]}>
      <ShownOnce secret={secret} what="the API key" loss="Without it, you have to make another key.">
        {(kept) => (
          <Card sx={{ p: { xs: 2, sm: 3 }, display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2.5, maxWidth: 860 }}>
            <Alert severity="warning">
              This is the only time that the key is shown. Copy it now: Licet keeps only a fingerprint of it.
            </Alert>
            <CodeBlock text={secret} what="The API key" />
            <Box>
              <Typography variant="h2">Use it</Typography>
              <Tabs value={shown} onChange={(_event, next: typeof shown) => setShown(next)} aria-label="Language" sx={{ mb: 1.5 }}>
                {programs.map(({ id, label }) => (
                  <Tab key={id} value={id} label={label} id={`tab-${id}`} aria-controls="program" />
                ))}
              </Tabs>
              <Box role="tabpanel" id="program" aria-labelledby={`tab-${shown}`}>
                {program && <CodeBlock text={program.text} what={`A program for ${program.label}`} />}
              </Box>
            </Box>
            <Box>
              <Button component={Link} to="/api-keys" variant="contained" onClick={kept}>
                I have copied it
              </Button>
            </Box>
          </Card>
        )}
      </ShownOnce>
    </Page>
  );
}
