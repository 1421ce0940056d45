import type { CollectionRow } from '@licet/contract';
import { Code } from '../kit/Code.tsx';
import { ANY_TENANT } from '../kit/keys.ts';

/** What an assignment gives and where, within a sentence: the role, its tenant and the one resource that it is for. */
export function Terms({ row: { role, tenant, resource } }: { row: CollectionRow<'assignments'> }) {
  return (
    <>
      <Code>{role}</Code> in {tenant === ANY_TENANT ? 'all tenants' : <Code>{tenant}</Code>}
      {resource && (
        <>
          {' '}
          on <Code>{resource}</Code>
        </>
      )}
    </>
  );
}
