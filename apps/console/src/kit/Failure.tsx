import { Alert, AlertTitle, Button } from '@mui/material';
import { Message } from './Words.tsx';

interface Props {
  title: string;
  error: unknown;
  onRetry?: () => void;
}

/** What a form was refused with, if it was. */
export function Refusal({ error }: { error: unknown }) {
  if (error === null) return null;
  return (
    <Alert severity="error" role="alert">
      <Message error={error} />
    </Alert>
  );
}

/** What failed, in words, and a way to try again. */
export function Failure({ title, error, onRetry }: Props) {
  return (
    <Alert
      severity="error"
      role="alert"
      action={
        onRetry && (
          <Button color="inherit" size="small" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      <AlertTitle>{title}</AlertTitle>
      <Message error={error} />
    </Alert>
  );
}
