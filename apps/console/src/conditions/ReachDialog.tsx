import type { CollectionRow } from '@licet/contract';
import { Box, Button, Dialog, DialogActions, DialogContent, DialogTitle, Link } from '@mui/material';
import { useEffect } from 'react';
import { useRecordContext } from 'react-admin';
import { useCan } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { EffectMark } from '../kit/EffectMark.tsx';
import { Message } from '../kit/Words.tsx';
import type { Review } from '../kit/FormPage.tsx';
import { useAll } from '../kit/read.ts';
import { recordPath } from '../kit/RecordLink.tsx';
import { reachWords } from './reach.ts';

type Grant = CollectionRow<'grants'>;

const ROLES_SHOWN = 5;
const GRANTS_SHOWN = 3;

/** The grants role by role; of many the first, with how many more there are. */
function ByRole({ id, grants }: { id: string; grants: readonly Grant[] }) {
  const roles = [...new Set(grants.map(({ role }) => role))].sort();
  const groups = roles.map((role) => ({ role, own: grants.filter((grant) => grant.role === role) }));
  const more = roles.length - ROLES_SHOWN;
  return (
    <Box component="ul" aria-label="Grants with this condition" sx={{ m: 0, pl: 2.5, display: 'grid', gap: 1, fontSize: 14 }}>
      {groups.slice(0, ROLES_SHOWN).map(({ role, own }) => (
        <li key={role}>
          <Box component="strong" sx={{ overflowWrap: 'anywhere' }}>
            <Code>{role}</Code>
          </Box>
          <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 1.5, rowGap: 0.5, mt: 0.5 }}>
            {own.slice(0, GRANTS_SHOWN).map(({ id: key, effect, permission }) => (
              <Box
                component="span"
                key={key}
                sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5, minWidth: 0, overflowWrap: 'anywhere' }}
              >
                <EffectMark effect={effect} /> <Code>{permission}</Code>
              </Box>
            ))}
            {own.length > GRANTS_SHOWN && <span>and {own.length - GRANTS_SHOWN} more</span>}
          </Box>
        </li>
      ))}
      {(more > 0 || groups.some(({ own }) => own.length > GRANTS_SHOWN)) && (
        <li>
          {more > 0 && `and ${more} more ${more === 1 ? 'role' : 'roles'}: `}
          <Link href={`#${recordPath('conditions', id)}`} target="_blank">
            All grants, in another tab
          </Link>
        </li>
      )}
    </Box>
  );
}

/** Says what an edit of a condition reaches before it is saved. Where that is nothing, nothing is asked. */
export function ReachDialog({ mine, answer }: Review) {
  const record = useRecordContext();
  const can = useCan();
  const [id, expression] = [String(record?.id), String(mine['expression'])];
  const edited = expression.trim() !== record?.['expression'];
  const readable = can('licet.grant:read');
  const grants = useAll('grants', { condition: id }, edited && readable);
  const edges = useAll('role-inherits', {}, edited && can('licet.role:read'));
  // Not what was read for another page a while ago: somebody may have made use of it since.
  const known = grants.isFetchedAfterMount && (edges.isFetchedAfterMount || !edges.isLoading);
  const unused = !edited || (known && grants.isSuccess && grants.data.length === 0);
  useEffect(() => {
    if (unused) answer(true);
  }, [unused, answer]);
  if (unused || (readable && !known)) return null;
  const all = grants.isSuccess ? grants.data : [];
  return (
    <Dialog open onClose={() => answer(false)} aria-labelledby="reach">
      <DialogTitle id="reach">{all.length ? 'Change what these grants depend on?' : `Change the condition ${id}?`}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
        {all.length > 0 ? (
          <>
            <Box>
              <Code>{id}</Code> decides in {reachWords(all, edges.data ?? [])}. They follow as soon as it is saved, in every application.
            </Box>
            <ByRole id={id} grants={all} />
          </>
        ) : (
          <Box>
            Which grants depend on <Code>{id}</Code> is not known here
            {grants.error ? (
              <>
                : <Message error={grants.error} />
              </>
            ) : (
              ': your roles do not include reading grants.'
            )}{' '}
            Those that do follow as soon as it is saved.
          </Box>
        )}
        <Box component="dl" sx={{ m: 0, display: 'grid', gap: 0.5, fontSize: 14, '& dd': { m: 0, mb: 1, overflowWrap: 'anywhere' } }}>
          <Box component="dt" sx={{ color: 'text.secondary' }}>
            Now
          </Box>
          <dd>
            <Code>{String(record?.['expression'])}</Code>
          </dd>
          <Box component="dt" sx={{ color: 'text.secondary' }}>
            From then on
          </Box>
          <dd>
            <Code>{expression}</Code>
          </dd>
        </Box>
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={() => answer(false)}>
          Back to the form
        </Button>
        <Button variant="contained" onClick={() => answer(true)}>
          {all.length ? `Save, for ${all.length === 1 ? 'this grant' : `all ${all.length} grants`}` : 'Save'}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
