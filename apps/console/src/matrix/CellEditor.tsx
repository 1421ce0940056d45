import AddIcon from '@mui/icons-material/AddOutlined';
import CloseIcon from '@mui/icons-material/CloseOutlined';
import { Box, Button, IconButton, ToggleButton, ToggleButtonGroup, Typography } from '@mui/material';
import { useState } from 'react';
import { useCan } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { EffectMark } from '../kit/EffectMark.tsx';
import { Refusal } from '../kit/Failure.tsx';
import { Picker } from '../kit/Picker.tsx';
import { ReasonField } from '../kit/ReasonInput.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import { useRefreshAll } from '../kit/write.tsx';
import { cellWords, type Cell, type Grant, type Reach } from './cells.ts';
import { useGrants, type Wanted } from './useGrants.ts';

type Effect = Grant['effect'];

function Source({ reach, cell }: { reach: Reach; cell: Cell }) {
  const { grant, roles } = reach;
  return (
    <Box component="li" sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 0.75, fontSize: 14 }}>
      <EffectMark effect={grant.effect} />
      {grant.condition && (
        <span>
          if <RecordLink resource="conditions" id={grant.condition} />
        </span>
      )}
      {grant.permission !== cell.permission && (
        <span>
          by <Code>{grant.permission}</Code>
        </span>
      )}
      {roles.length > 1 ? (
        <span>
          inherited from <RecordLink resource="roles" id={roles.at(-1) ?? ''} />
          {roles.length > 2 && ` through ${roles.slice(1, -1).join(', ')}`}
        </span>
      ) : (
        <span>of its own</span>
      )}
    </Box>
  );
}

interface RuleProps {
  grant: Grant;
  busy: boolean;
  onCondition: (condition: string | null) => void;
  onRemove: () => void;
}

function Rule({ grant, busy, onCondition, onRemove }: RuleProps) {
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
      <EffectMark effect={grant.effect} />
      <Picker resource="conditions" label="Only if" placeholder="always" value={grant.condition} onChange={onCondition} />
      <IconButton
        disabled={busy}
        onClick={onRemove}
        aria-label={`Remove this ${grant.effect}${grant.condition ? ` if ${grant.condition}` : ''}`}
      >
        <CloseIcon fontSize="small" />
      </IconButton>
    </Box>
  );
}

function NewRule({ busy, onAdd }: { busy: boolean; onAdd: (wanted: Wanted) => void }) {
  const [condition, setCondition] = useState<string | null>(null);
  return (
    <Box sx={{ display: 'grid', gap: 1 }}>
      <Picker
        resource="conditions"
        label="Only if"
        placeholder="always"
        value={condition}
        onChange={setCondition}
        helper="Choose the condition first: Allow and Deny save at once."
      />
      <Box sx={{ display: 'flex', gap: 1 }}>
        {(['allow', 'deny'] as const).map((effect) => (
          <Button
            key={effect}
            variant="outlined"
            color={effect === 'allow' ? 'success' : 'error'}
            disabled={busy}
            onClick={() => onAdd({ effect, condition })}
          >
            {effect === 'allow' ? 'Allow' : 'Deny'}
          </Button>
        ))}
      </Box>
    </Box>
  );
}

/** Runs one write at a time; keeps the server's words when it is refused, and reads anew, for what is shown may be out of date. */
function useOneWrite(onDone: () => void) {
  const refresh = useRefreshAll();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const run = (write: () => Promise<void>) => {
    setBusy(true);
    setFailure(null);
    write().then(onDone, (error: unknown) => {
      setFailure(error);
      setBusy(false);
      void refresh();
    });
  };
  return { busy, failure, run };
}

function Editing({ cell, onDone }: { cell: Cell; onDone: () => void }) {
  const { role, permission, own } = cell;
  const { add, remove, change } = useGrants();
  const { busy, failure, run } = useOneWrite(onDone);
  const [reason, setReason] = useState('');
  const [condition, setCondition] = useState<string | null>(null);
  const [more, setMore] = useState(false);
  const only = own.length === 1 ? own[0] : undefined;
  const simple = own.length < 2 && !more;
  const choose = (next: Effect | 'none') => {
    if (next === 'none') return only && run(() => remove(only, reason));
    return run(() =>
      only ? change(only, { effect: next, condition: only.condition }, reason) : add(role, permission, { effect: next, condition }, reason),
    );
  };
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }} aria-busy={busy}>
      {simple ? (
        <>
          <ToggleButtonGroup
            exclusive
            fullWidth
            value={only?.effect ?? 'none'}
            onChange={(_event, next: Effect | 'none' | null) => next && choose(next)}
            disabled={busy}
            aria-label="What the role itself says"
          >
            <ToggleButton value="allow">Allow</ToggleButton>
            <ToggleButton value="deny">Deny</ToggleButton>
            <ToggleButton value="none">None</ToggleButton>
          </ToggleButtonGroup>
          <Picker
            resource="conditions"
            label="Only if"
            placeholder="always"
            value={only ? only.condition : condition}
            onChange={(next) => (only ? run(() => change(only, { effect: only.effect, condition: next }, reason)) : setCondition(next))}
            helper={only ? 'Saved as soon as it is chosen.' : 'Choose the condition first: Allow and Deny save at once.'}
          />
        </>
      ) : (
        <>
          {own.map((grant) => (
            <Rule
              key={grant.id}
              grant={grant}
              busy={busy}
              onCondition={(next) => run(() => change(grant, { effect: grant.effect, condition: next }, reason))}
              onRemove={() => run(() => remove(grant, reason))}
            />
          ))}
          {more && <NewRule busy={busy} onAdd={(wanted) => run(() => add(role, permission, wanted, reason))} />}
        </>
      )}
      <ReasonField value={reason} onChange={setReason} dense />
      {own.length > 0 && !more && (
        <Button size="small" startIcon={<AddIcon />} onClick={() => setMore(true)} sx={{ justifySelf: 'start' }}>
          Add another rule
        </Button>
      )}
      <Refusal error={failure} />
    </Box>
  );
}

/** What a role may do with a permission and why, and the grants that are the role's own, to edit. */
export function CellEditor({ cell, onDone }: { cell: Cell; onDone: () => void }) {
  const can = useCan();
  const words = cellWords(cell);
  const editable = can('licet.grant:create') && can('licet.grant:update') && can('licet.grant:delete');
  // The grants of the cell itself are below, to edit.
  const sources = editable ? cell.reaches.filter(({ grant }) => !cell.own.some(({ id }) => id === grant.id)) : cell.reaches;
  return (
    <Box sx={{ p: 2, width: { xs: '100%', sm: 360 }, display: 'grid', gap: 1.5 }}>
      <Box>
        <Typography variant="h3" component="h2" id="cell-title">
          <Code>{cell.permission}</Code> for <RecordLink resource="roles" id={cell.role} />
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {words.charAt(0).toUpperCase() + words.slice(1)}
        </Typography>
      </Box>
      {sources.length > 0 && (
        <Box component="ul" aria-label="Where it comes from" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 0.75 }}>
          {sources.map((reach) => (
            <Source key={`${reach.grant.id} ${reach.roles.join()}`} reach={reach} cell={cell} />
          ))}
        </Box>
      )}
      {editable ? <Editing cell={cell} onDone={onDone} /> : <Typography variant="body2">You may look, but not edit grants.</Typography>}
    </Box>
  );
}
