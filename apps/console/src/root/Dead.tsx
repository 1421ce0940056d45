import LockIcon from '@mui/icons-material/LockOutlined';
import { Button, Card } from '@mui/material';
import { Link } from 'react-router-dom';
import { EmptyState } from '../kit/EmptyState.tsx';
import { Page } from '../kit/Page.tsx';

const home = (
  <Button component={Link} to="/" variant="outlined">
    To the home page
  </Button>
);

export function AccessDenied() {
  return (
    <Page title="Not allowed">
      <Card>
        <EmptyState icon={LockIcon} title="Your roles do not include this page" actions={home}>
          What you may do in the console is decided by your roles in Licet itself. Whoever holds the role Owner, or Access manager, can
          assign another one to you.
        </EmptyState>
      </Card>
    </Page>
  );
}

export function NotFound() {
  return (
    <Page title="No such page">
      <Card>
        <EmptyState title="There is nothing at this address" actions={home}>
          The link may be mistyped, or come from another version of Licet.
        </EmptyState>
      </Card>
    </Page>
  );
}
