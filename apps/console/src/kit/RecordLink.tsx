import type { CollectionName } from '@licet/contract';
import { Link } from '@mui/material';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';
import { MONO } from '../root/fonts.ts';

/** Where a row is shown. */
export const recordPath = (resource: CollectionName, id: string | number) => `/${resource}/${encodeURIComponent(id)}/show`;
export const editPath = (resource: CollectionName, id: string | number) => `/${resource}/${encodeURIComponent(id)}`;

/** Where a list is shown with these filters. */
export const listPath = (resource: CollectionName, filter: Record<string, unknown>) =>
  `/${resource}?filter=${encodeURIComponent(JSON.stringify(filter))}`;

/** Where a row is made, with some values filled in. */
export const createPath = (resource: CollectionName, values: Record<string, unknown> = {}) =>
  `/${resource}/create${Object.keys(values).length ? `?source=${encodeURIComponent(JSON.stringify(values))}` : ''}`;

interface Props {
  resource: CollectionName;
  id: string;
  children?: ReactNode;
  strong?: boolean;
}

/** A row's key or name, which leads to it. Keys stand in a fixed-width font, as in code. */
export function RecordLink({ resource, id, children, strong = false }: Props) {
  return (
    <Link
      component={RouterLink}
      to={recordPath(resource, id)}
      sx={{ fontWeight: strong ? 600 : 500, overflowWrap: 'break-word', ...(children ? {} : { fontFamily: MONO, fontSize: '0.94em' }) }}
    >
      {children ?? id}
    </Link>
  );
}
