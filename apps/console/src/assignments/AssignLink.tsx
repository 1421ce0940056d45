import { Button } from '@mui/material';
import { Link } from 'react-router-dom';
import { Can } from '../kit/access.tsx';
import { createPath } from '../kit/RecordLink.tsx';

interface Props {
  user: string;
  role: string;
  tenant: string;
}

/** Leads to the form that assigns a role, filled in. */
export function AssignLink(terms: Props) {
  return (
    <Can permission="licet.assignment:create">
      <Button
        size="small"
        component={Link}
        to={createPath('assignments', { ...terms })}
        aria-label={`Assign ${terms.role} to ${terms.user}`}
      >
        Assign
      </Button>
    </Can>
  );
}
