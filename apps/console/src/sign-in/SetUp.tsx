import { Alert, Box, Button, Checkbox, FormControlLabel, FormHelperText, Link, TextField } from '@mui/material';
import { useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Refusal } from '../kit/Failure.tsx';
import { useSubmit } from '../kit/useSubmit.ts';
import { setUp } from '../providers/authProvider.ts';
import { Door, enter } from './Door.tsx';
import { NewPassword, useNewPassword } from './NewPassword.tsx';

/** Makes the first operator, by the link that the server printed. */
export function SetUp() {
  const [params] = useSearchParams();
  const token = params.get('token') ?? '';
  const [username, setUsername] = useState('');
  const password = useNewPassword();
  const [loadExample, setLoadExample] = useState(true);
  const [tried, setTried] = useState(false);
  const ready = () => {
    setTried(true);
    return password.check() && username.trim() !== '';
  };
  const send = () => setUp({ token, username: username.trim(), password: password.value, loadExample }).then(enter);
  const { busy, failure, faultOf, submit } = useSubmit(send, ready);
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
  const usernameFault = faultOf('username') ?? (tried && !username.trim() ? 'This must be filled in' : null);
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
        <NewPassword state={password} fault={faultOf('password')} />
        <div>
          <FormControlLabel
            control={<Checkbox checked={loadExample} onChange={(_event, checked) => setLoadExample(checked)} />}
            label="Load the example: a task manager"
          />
          <FormHelperText sx={{ mt: 0, ml: 4 }}>
            A resource type, a few roles and people to try things with. You can delete them.
          </FormHelperText>
        </div>
        <Refusal error={failure} />
        <Button type="submit" variant="contained" size="large" disabled={busy}>
          Set up and sign in
        </Button>
      </Box>
    </Door>
  );
}
