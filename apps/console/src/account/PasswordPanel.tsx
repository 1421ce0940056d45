import type { Session } from '@licet/contract';
import { Box, Button, Typography } from '@mui/material';
import { useState } from 'react';
import { useGetIdentity, useNotify } from 'react-admin';
import { Refusal } from '../kit/Failure.tsx';
import { Panel } from '../kit/ShowPage.tsx';
import { useSubmit } from '../kit/useSubmit.ts';
import { useRefreshAll } from '../kit/write.tsx';
import { api, ApiError } from '../providers/client.ts';
import { NewPassword, useNewPassword } from '../sign-in/NewPassword.tsx';
import { PasswordField } from '../sign-in/PasswordField.tsx';
import { useOwnIdentity } from './IdentityPanel.tsx';

function PasswordForm({ onChanged }: { onChanged: () => void }) {
  const { identity } = useGetIdentity();
  const [currentPassword, setCurrent] = useState('');
  const password = useNewPassword();
  const send = () => api<Session>('POST', 'session/password', { body: { currentPassword, newPassword: password.value } }).then(onChanged);
  const { busy, failure, faultOf, submit } = useSubmit(send, () => password.check() && currentPassword !== '');
  const wrong = faultOf('currentPassword') !== null;
  return (
    <Box component="form" onSubmit={submit} noValidate sx={{ display: 'grid', gap: 2, maxWidth: 440 }}>
      {/* For password managers, which look for the account that the password belongs to. */}
      <input type="text" name="username" autoComplete="username" value={String(identity?.id ?? '')} readOnly hidden />
      <PasswordField
        label="Present password"
        value={currentPassword}
        onChange={setCurrent}
        autoComplete="current-password"
        error={wrong}
        helper={wrong ? 'This is not the password of your account' : undefined}
      />
      <NewPassword label="New password" state={password} fault={faultOf('newPassword')} />
      <Refusal error={failure instanceof ApiError && failure.body.errors ? null : failure} />
      <Box>
        <Button type="submit" variant="contained" disabled={busy}>
          Change the password
        </Button>
      </Box>
    </Box>
  );
}

/** Changes the own password, for which the present one is asked. */
export function PasswordPanel() {
  const notify = useNotify();
  const refresh = useRefreshAll();
  const [changes, setChanges] = useState(0);
  const onChanged = () => {
    setChanges(changes + 1); // an empty form in the place of this one
    notify('Your password is changed. Your other sessions have ended.', { type: 'success' });
    void refresh();
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
      <PasswordForm key={changes} onChanged={onChanged} />
    </Panel>
  );
}
