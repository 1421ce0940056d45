import type { Session } from '@licet/contract';
import { Alert, Box, Button, Typography } from '@mui/material';
import { useState, type FormEvent } from 'react';
import { useGetIdentity, useNotify } from 'react-admin';
import { Panel } from '../kit/ShowPage.tsx';
import { useRefreshAll } from '../kit/write.tsx';
import { Message } from '../kit/Words.tsx';
import { api, ApiError } from '../providers/client.ts';
import { NewPassword, useNewPassword } from '../sign-in/NewPassword.tsx';
import { PasswordField } from '../sign-in/PasswordField.tsx';
import { useOwnIdentity } from './IdentityPanel.tsx';

/** Changes the own password, for which the present one is asked. */
export function PasswordPanel() {
  const { identity } = useGetIdentity();
  const notify = useNotify();
  const refresh = useRefreshAll();
  const [currentPassword, setCurrent] = useState('');
  const password = useNewPassword();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const wrong = failure instanceof ApiError ? failure.body.errors?.['currentPassword'] : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setFailure(null);
    if (!password.check() || !currentPassword) return;
    setBusy(true);
    api<Session>('POST', 'session/password', { body: { currentPassword, newPassword: password.value } })
      .then(() => {
        setCurrent('');
        password.clear();
        notify('Your password is changed. Your other sessions have ended.', { type: 'success' });
        void refresh();
      }, setFailure)
      .finally(() => setBusy(false));
  };
  if (useOwnIdentity()?.password === false) {
    return (
      <Panel title="Password">
        <Typography>This account has none. An owner can make a one-time link, by which you choose one.</Typography>
      </Panel>
    );
  }
  return (
    <Panel title="Password" lead="Changing it ends your other sessions.">
      <Box component="form" onSubmit={submit} noValidate sx={{ display: 'grid', gap: 2, maxWidth: 440 }}>
        {/* For password managers, which look for the account that the password belongs to. */}
        <input type="text" name="username" autoComplete="username" value={String(identity?.id ?? '')} readOnly hidden />
        <PasswordField
          label="Present password"
          value={currentPassword}
          onChange={setCurrent}
          autoComplete="current-password"
          error={typeof wrong === 'string'}
          helper={typeof wrong === 'string' ? 'This is not the password of your account' : undefined}
        />
        <NewPassword label="New password" state={password} failure={failure} field="newPassword" />
        {failure !== null && !(failure instanceof ApiError && failure.body.errors) && (
          <Alert severity="error" role="alert">
            <Message error={failure} />
          </Alert>
        )}
        <Box>
          <Button type="submit" variant="contained" disabled={busy}>
            Change the password
          </Button>
        </Box>
      </Box>
    </Panel>
  );
}
