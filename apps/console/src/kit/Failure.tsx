import { Alert, AlertTitle, Button } from '@mui/material';
import { Message } from './Words.tsx';

interface Props {
  title: string;
  error: unknown;
  onRetry?: () => void;
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
