import CategoryIcon from '@mui/icons-material/CategoryOutlined';
import type { CollectionRow } from '@licet/contract';
import { Box, Chip } from '@mui/material';
import { EmptyState } from '../kit/EmptyState.tsx';
import { OwnFilter } from '../kit/Filters.tsx';
import { CreateButton, ListPage } from '../kit/ListPage.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import type { Column } from '../kit/Rows.tsx';
import { Time } from '../kit/Time.tsx';
import { MONO } from '../root/fonts.ts';

const columns: Column<CollectionRow<'resource-types'>>[] = [
  { label: 'Resource type', sort: 'id', render: ({ id }) => <RecordLink resource="resource-types" id={id} strong /> },
  {
    label: 'Actions',
    render: ({ actions }) => (
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.5 }}>
        {actions.map(({ name }) => (
          <Chip key={name} size="small" variant="outlined" label={name} sx={{ fontFamily: MONO, fontSize: 12.5 }} />
        ))}
      </Box>
    ),
  },
  { label: 'Attributes', wideOnly: true, render: ({ attributes }) => Object.keys(attributes).join(', ') },
  { label: 'Description', render: ({ description }) => description },
  { label: 'Changed', sort: 'updatedAt', wideOnly: true, render: ({ updatedAt }) => <Time at={updatedAt} as="relative" /> },
];

const OWN_HIDDEN = { builtIn: false };
const create = <CreateButton resource="resource-types" permission="licet.resource-type:create" label="Create resource type" />;

export function ResourceTypeList() {
  return (
    <ListPage
      resource="resource-types"
      title="Resource types"
      lead="What your applications protect, and the actions on it. An action on a type is a permission, for instance task:read."
      actions={create}
      filters={<OwnFilter />}
      defaults={OWN_HIDDEN}
      columns={columns}
      empty={
        <EmptyState icon={CategoryIcon} title="No resource types yet" actions={create}>
          Begin here: name a thing your application protects, for instance task, and what can be done with it: read, create, update, delete.
        </EmptyState>
      }
    />
  );
}
