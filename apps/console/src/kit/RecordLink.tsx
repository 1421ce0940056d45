import type { CollectionName } from '@licet/contract';
import { Link } from '@mui/material';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';
import { MONO } from '../root/fonts.ts';
import { recordPath } from './paths.ts';

export { createPath, editPath, listPath, recordPath } from './paths.ts';

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
