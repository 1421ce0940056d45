import type { CollectionRow } from '@licet/contract';
import { Box } from '@mui/material';
import { Code } from '../kit/Code.tsx';
import { EffectMark } from '../kit/EffectMark.tsx';
import { permissionOf, REASON_LABELS, resourceOf, subjectOf } from './words.ts';

/** A decision in one line, and how often it was made lately. */
export function DecisionLine({ row, times = 1 }: { row: CollectionRow<'decisions'>; times?: number }) {
  return (
    <Box component="span" sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 1, rowGap: 0.25 }}>
      <EffectMark effect={row.decision ? 'allow' : 'deny'} />
      <Box component="span" sx={{ fontWeight: 600 }}>
        {subjectOf(row)}
      </Box>
      <Code>{permissionOf(row)}</Code>
      <span>on {resourceOf(row)}</span>
      {times > 1 && <Box component="span">{times} times</Box>}
      <Box component="span" sx={{ color: 'text.secondary' }}>
        {REASON_LABELS[row.reason]}
        {row.tenant !== 'default' && ` · ${row.tenant}`} · {row.source}
      </Box>
    </Box>
  );
}
