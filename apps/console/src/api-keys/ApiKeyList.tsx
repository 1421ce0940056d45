import KeyIcon from '@mui/icons-material/VpnKeyOutlined';
import { Box, Card } from '@mui/material';
import { useListContext } from 'react-admin';
import { EmptyState } from '../kit/EmptyState.tsx';
import { FilterBar, SearchFilter } from '../kit/Filters.tsx';
import { CreateButton, ListContents, ListFrame } from '../kit/ListPage.tsx';
import { Page } from '../kit/Page.tsx';
import { Pager } from '../kit/Pager.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import { Rows, type Column } from '../kit/Rows.tsx';
import { Time } from '../kit/Time.tsx';
import { DecisionPoints } from './DecisionPoints.tsx';
import { KeyRole } from './KeyScope.tsx';
import { KeyState, type ApiKey } from './KeyState.tsx';
import { RevokeKeyButton } from './RevokeKeyButton.tsx';

const NO_DEFAULTS: Record<string, unknown> = {};

const columns: Column<ApiKey>[] = [
  {
    label: 'Key',
    sort: 'name',
    render: ({ id, name }) => (
      <>
        <RecordLink resource="api-keys" id={id} strong>
          {name}
        </RecordLink>
        <Box component="code" sx={{ display: 'block', color: 'text.secondary', fontWeight: 400 }}>
          lct_{id}_…
        </Box>
      </>
    ),
  },
  { label: 'Role', render: ({ roles }) => roles.map((each) => <KeyRole key={`${each.role} ${each.tenant}`} {...each} />) },
  { label: 'State', render: (row) => <KeyState row={row} /> },
  { label: 'Last used', sort: 'lastUsedAt', render: ({ lastUsedAt }) => (lastUsedAt ? <Time at={lastUsedAt} as="relative" /> : 'never') },
  { label: 'Created', sort: 'createdAt', wideOnly: true, render: ({ createdAt }) => <Time at={createdAt} as="relative" /> },
  { label: 'Actions', align: 'right', render: (row) => <RevokeKeyButton row={row} /> },
];

function Keys({ rows }: { rows: ApiKey[] }) {
  const { sort, setSort } = useListContext();
  return (
    <>
      <Rows label="API keys" rows={rows} columns={columns} rowKey={({ id }) => id} sort={sort} onSort={setSort} />
      <Pager />
    </>
  );
}

const create = <CreateButton resource="api-keys" permission="licet.api-key:create" label="Create API key" />;

export function ApiKeyList() {
  return (
    <Page
      title="Apps & keys"
      lead="The applications that ask Licet. Each has a key, which is shown once, when it is made."
      actions={create}
    >
      <ListFrame resource="api-keys" defaults={NO_DEFAULTS}>
        <Card sx={{ mb: 2.5 }} component="section" aria-label="API keys">
          <FilterBar search={<SearchFilter label="Search names and ids" />} />
          <ListContents<'api-keys'>
            label="API keys"
            defaults={NO_DEFAULTS}
            empty={
              <EmptyState icon={KeyIcon} title="No API keys yet" actions={create}>
                An application needs a key to ask whether somebody may do something. Make one, and you get a program to copy with the key in
                it.
              </EmptyState>
            }
          >
            {(rows) => <Keys rows={rows} />}
          </ListContents>
        </Card>
      </ListFrame>
      <DecisionPoints />
    </Page>
  );
}
