import type { CollectionRow } from '@licet/contract';
import { Button, Chip, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { historySection } from '../audit/History.tsx';
import { Can, useCan } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { DeleteButton } from '../kit/DeleteButton.tsx';
import { useAll } from '../kit/read.ts';
import { listPath } from '../kit/RecordLink.tsx';
import { Rows } from '../kit/Rows.tsx';
import { EditButton, Panel, ShowPage } from '../kit/ShowPage.tsx';
import { RoleLinks } from '../roles/RoleList.tsx';
import { TYPES } from './TypeEditors.tsx';

type ResourceType = CollectionRow<'resource-types'>;

/** Which roles name an action in a grant of their own, a wildcard included. */
function useGranting(type: string) {
  const allowed = useCan()('licet.grant:read');
  const { data } = useAll('grants', {}, allowed);
  return (action: string) => {
    const patterns = [`${type}:${action}`, `${type}:*`];
    const roles = (data ?? [])
      .filter(({ permission, effect }) => effect === 'allow' && patterns.includes(permission))
      .map(({ role }) => role);
    return [...new Set(roles)].sort();
  };
}

function Overview({ row }: { row: ResourceType }) {
  const granting = useGranting(row.id);
  const attributes = Object.entries(row.attributes);
  return (
    <>
      <Panel
        title="Actions"
        lead="Each is a permission that roles can be granted."
        flush
        actions={
          <Button
            component={Link}
            to={`/matrix?permissions=${encodeURIComponent(`${row.id}:`)}${row.builtIn ? '&own=1' : ''}`}
            size="small"
          >
            In the matrix
          </Button>
        }
      >
        {row.actions.length ? (
          <Rows
            label="Actions"
            rows={row.actions}
            rowKey={({ name }) => name}
            columns={[
              { label: 'Permission', render: ({ name }) => <Code>{`${row.id}:${name}`}</Code> },
              { label: 'Description', render: ({ description }) => description },
              { label: 'Granted to', render: ({ name }) => granting(name).length > 0 && <RoleLinks ids={granting(name)} /> },
            ]}
          />
        ) : (
          <Typography sx={{ p: 2.5 }} color="textSecondary">
            No actions yet: nothing can be granted on this type.
          </Typography>
        )}
      </Panel>
      <Panel title="Attributes" lead="What conditions can read of such a resource." flush>
        {attributes.length ? (
          <Rows
            label="Attributes"
            rows={attributes}
            rowKey={([name]) => name}
            columns={[
              { label: 'Attribute', render: ([name]) => <Code>{`resource.properties.${name}`}</Code> },
              { label: 'Type', render: ([, type]) => TYPES.find(({ value }) => value === type)?.label },
            ]}
          />
        ) : (
          <Typography sx={{ p: 2.5 }} color="textSecondary">
            None declared.
          </Typography>
        )}
      </Panel>
    </>
  );
}

export function ResourceTypeShow() {
  return (
    <ShowPage
      resource="resource-types"
      noun="resource type"
      crumbs={[{ to: '/resource-types', label: 'Resource types' }]}
      title={({ id }) => id}
      badge={({ builtIn }) => builtIn && <Chip size="small" label="Licet’s own" />}
      lead={({ description }) => description}
      actions={(row) => (
        <>
          <Can permission="licet.decision:read">
            <Button component={Link} to={listPath('decisions', { resourceType: row.id })}>
              Decisions
            </Button>
          </Can>
          {!row.builtIn && (
            <>
              <EditButton resource="resource-types" id={row.id} permission="licet.resource-type:update" />
              <DeleteButton resource="resource-types" permission="licet.resource-type:delete" row={row} noun="resource type">
                Its permissions go with it, and every request about such a resource will be denied. What grants still name cannot be
                deleted.
              </DeleteButton>
            </>
          )}
        </>
      )}
      sections={[{ id: 'overview', label: 'Overview', render: (row) => <Overview row={row} /> }, historySection('resource-types')]}
    />
  );
}
