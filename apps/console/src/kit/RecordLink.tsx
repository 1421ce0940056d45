import type { CollectionName } from '@licet/contract';
import { Link, Tooltip } from '@mui/material';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';
import { MONO } from '../root/fonts.ts';
import { cut, isLongKey } from './long.ts';
import { recordPath } from './paths.ts';
import { Whole } from './Whole.tsx';

export { createPath, editPath, listPath, recordPath } from './paths.ts';

interface Props {
  resource: CollectionName;
  id: string;
  children?: ReactNode;
  strong?: boolean;
}

/** A row's key or name, which leads to it. Keys stand in a fixed-width font, as in code; the whole of a long one is shown on hover and focus. */
export function RecordLink({ resource, id, children, strong = false }: Props) {
  const long = isLongKey(children ?? id);
  const link = (
    <Link
      component={RouterLink}
      to={recordPath(resource, id)}
      sx={{
        fontWeight: strong ? 600 : 500,
        overflowWrap: 'break-word',
        ...(children ? {} : { fontFamily: MONO, fontSize: '0.94em' }),
        ...(long ? cut : {}),
      }}
    >
      {children ?? id}
    </Link>
  );
  return long ? (
    <Tooltip title={<Whole>{children ?? id}</Whole>} describeChild>
      {link}
    </Tooltip>
  ) : (
    link
  );
}
