import { Alert, Snackbar } from '@mui/material';
import { isValidElement, useEffect, useState } from 'react';
import { CloseNotificationContext, useNotificationContext, useTranslate } from 'react-admin';
import { Words } from './Words.tsx';

type Severity = 'success' | 'info' | 'warning' | 'error';

/**
 * Shows notices one at a time; a newer one takes the place of the one before. Failures are announced at once and stay until they are
 * closed, the rest politely.
 */
export function Toasts() {
  const { notifications, takeNotification } = useNotificationContext();
  const translate = useTranslate();
  const [shown, setShown] = useState<ReturnType<typeof takeNotification>>();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!notifications.length) return;
    const next = takeNotification();
    if (!next) return;
    setShown(next);
    setOpen(true);
  }, [notifications, takeNotification]);
  if (!shown) return null;
  const { message, type, notificationOptions } = shown;
  const severity = (type || 'info') as Severity;
  const lasting = severity === 'error' ? null : 6000;
  const close = () => setOpen(false);
  return (
    <CloseNotificationContext.Provider value={close}>
      <Snackbar
        key={String(notificationOptions?.['key'] ?? '')}
        open={open}
        autoHideDuration={notificationOptions?.autoHideDuration === undefined ? lasting : notificationOptions.autoHideDuration}
        onClose={(_event, reason) => reason !== 'clickaway' && close()}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
        slotProps={{ transition: { onExited: () => setShown(undefined) } }}
      >
        <Alert
          severity={severity}
          variant="standard"
          role={severity === 'error' ? 'alert' : 'status'}
          onClose={close}
          sx={{ minWidth: { sm: 320 }, maxWidth: 640, alignItems: 'center', boxShadow: 6, border: 1, borderColor: 'divider' }}
        >
          {isValidElement(message) ? (
            message
          ) : typeof message === 'string' ? (
            <Words text={translate(message, { _: message, ...notificationOptions?.messageArgs })} />
          ) : null}
        </Alert>
      </Snackbar>
    </CloseNotificationContext.Provider>
  );
}
