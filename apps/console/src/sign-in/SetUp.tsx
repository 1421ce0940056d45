import { Alert, Box, Button, Checkbox, FormControlLabel, FormHelperText, Link, TextField } from '@mui/material';
import { useState, type FormEvent } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Message } from '../kit/Words.tsx';
import { setUp } from '../providers/authProvider.ts';
import { ApiError } from '../providers/client.ts';
import { Door } from './Door.tsx';
import { NewPassword, useNewPassword } from './NewPassword.tsx';

const faultAt = (failure: unknown, field: string) => {
  const fault = failure instanceof ApiError ? failure.body.errors?.[field] : undefined;
  return typeof fault === 'string' ? fault : null;
};

/** Makes the first operator, by the link that the server printed. */
export function SetUp() {
  const [params] = useSearchParams();
  const token = params.get('token') ?? '';
  const [username, setUsername] = useState('');
  const password = useNewPassword();
  const [loadExample, setLoadExample] = useState(true);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setFailure(null);
    if (!password.check() || !username.trim()) return;
    setBusy(true);
    setUp({ token, username: username.trim(), password: password.value, loadExample }).then(
      () => {
        // The page starts anew with the session cookie, and the token leaves the address bar.
        history.replaceState(null, '', '#/');
        location.reload();
      },
      (error: unknown) => {
        setFailure(error);
        setBusy(false);
      },
    );
  };
  if (!token) {
    return (
      <Door title="Set up Licet">
        <Alert severity="warning">
          This link has no token. Copy the whole link that the server printed when it started; it ends in <code>#/setup?token=…</code>
        </Alert>
        <Link href="#/login" sx={{ display: 'inline-block', mt: 2 }}>
          Sign in instead
        </Link>
      </Door>
    );
  }
  const usernameFault = faultAt(failure, 'username') ?? (tried && !username.trim() ? 'This must be filled in' : null);
  return (
    <Door
      title="Set up Licet"
      lead="Make the first operator, who may do everything. Licet has no default password, and sends nothing anywhere."
    >
      <Box component="form" onSubmit={submit} noValidate sx={{ display: 'grid', gap: 2 }}>
        <TextField
          label="Username"
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          autoComplete="username"
          required
          fullWidth
          autoFocus
          error={usernameFault !== null}
          helperText={usernameFault}
        />
        <NewPassword state={password} failure={failure} />
        <div>
          <FormControlLabel
            control={<Checkbox checked={loadExample} onChange={(_event, checked) => setLoadExample(checked)} />}
            label="Load the example: a task manager"
          />
          <FormHelperText sx={{ mt: -0.5, ml: 4 }}>
            A resource type, a few roles and people to try things with. You can delete them.
          </FormHelperText>
        </div>
        {failure !== null && (
          <Alert severity="error" role="alert">
            <Message error={failure} />
          </Alert>
        )}
        <Button type="submit" variant="contained" size="large" disabled={busy}>
          Set up and sign in
        </Button>
      </Box>
    </Door>
  );
}
