import { useState } from 'react';
import { History } from '../audit/History.tsx';
import { ActorLink } from '../kit/ActorLink.tsx';
import { Code } from '../kit/Code.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import { Fact, Facts, Panel, ShowPage } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { KeyScope } from './KeyScope.tsx';
import { KeyState, type ApiKey } from './KeyState.tsx';
import { RevokeKeyButton } from './RevokeKeyButton.tsx';
import { RotateKeyButton } from './RotateKeyButton.tsx';
import { SecretOnce } from './SecretOnce.tsx';

function Overview({ row }: { row: ApiKey }) {
  return (
    <>
      <Panel title="Key">
        <Facts>
          <Fact name="Begins with">
            <Code>lct_{row.id}_…</Code>
          </Fact>
          <Fact name="State">
            <KeyState row={row} />
          </Fact>
          <Fact name="Speaks for">
            <RecordLink resource="users" id={row.user} />
          </Fact>
          <Fact name="May">
            <KeyScope roles={row.roles} />
          </Fact>
          <Fact name="Created">
            <Time at={row.createdAt} /> by <ActorLink id={row.createdBy} />
          </Fact>
          <Fact name="Last used">{row.lastUsedAt ? <Time at={row.lastUsedAt} as="relative" /> : 'never'}</Fact>
          {row.revokedAt && (
            <Fact name="Revoked">
              <Time at={row.revokedAt} />
            </Fact>
          )}
        </Facts>
      </Panel>
      <History kind="api-keys" target={row.id} />
    </>
  );
}

export function ApiKeyShow() {
  const [made, setMade] = useState<{ name: string; secret: string } | null>(null);
  if (made) return <SecretOnce {...made} />;
  return (
    <ShowPage
      resource="api-keys"
      noun="key"
      crumbs={[{ to: '/api-keys', label: 'Apps & keys' }]}
      title={({ name }) => name}
      actions={(row) => (
        <>
          <RotateKeyButton row={row} onMade={setMade} />
          <RevokeKeyButton row={row} />
        </>
      )}
      sections={[{ id: 'overview', label: 'Overview', render: (row) => <Overview row={row} /> }]}
    />
  );
}
