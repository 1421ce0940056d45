import type { CollectionName } from '@licet/contract';
import { Alert, Box, Button, Card, Divider, type SxProps } from '@mui/material';
import { useRef, useState, type ReactNode, type RefObject } from 'react';
import {
  CreateBase,
  EditBase,
  Form,
  useEditContext,
  useNotify,
  useRecordContext,
  useRedirect,
  useSaveContext,
  type RaRecord,
} from 'react-admin';
import { useFormContext, useFormState, type FieldValues, type SubmitHandler } from 'react-hook-form';
import { useNavigate, useParams } from 'react-router-dom';
import { ApiError } from '../providers/client.ts';
import { REASON_FIELD, revisionOf } from '../providers/dataProvider.ts';
import { ConflictDialog } from './ConflictDialog.tsx';
import type { Row } from './diff.ts';
import { Failure } from './Failure.tsx';
import { Page, type Crumb } from './Page.tsx';
import { ReasonInput } from './ReasonInput.tsx';
import { recordPath } from './RecordLink.tsx';
import { Unsaved } from './Unsaved.tsx';
import { Waiting } from './Waiting.tsx';
import { Message } from './Words.tsx';
import { FORM_META, useSaved } from './write.tsx';

interface FrameProps {
  children: ReactNode;
  /** What went wrong when it was last sent. */
  failure: unknown;
  submit: string;
  withReason: boolean;
  /** Where Cancel leads when this is the first page of its tab. */
  back: string;
  aside?: ReactNode;
}

/** Whether the browser can go back to a page of the console; React Router counts them. */
const hasBefore = () => ((window.history.state as { idx?: number } | null)?.idx ?? 0) > 0;

function Footer({ failure, submit, withReason, back }: Omit<FrameProps, 'children'>) {
  const { saving } = useSaveContext();
  const navigate = useNavigate();
  const { clearErrors } = useFormContext();
  return (
    <>
      <Divider />
      {withReason && <ReasonInput />}
      {failure instanceof Error && (
        <Alert severity="error" role="alert">
          <Message error={failure} />
        </Alert>
      )}
      <Box sx={{ display: 'flex', gap: 1 }}>
        {/* What the server said last time must not stand in the way of sending again; only the form's own checks may. */}
        <Button type="submit" variant="contained" disabled={saving ?? false} onClick={() => clearErrors()}>
          {submit}
        </Button>
        <Button color="inherit" onClick={() => (hasBefore() ? navigate(-1) : navigate(back))}>
          Cancel
        </Button>
      </Box>
    </>
  );
}

/** React-admin calls it a success, with nothing in it, where the session had ended and it leads to the sign-in. */
const isSaved = (row: RaRecord | undefined) => row?.id !== undefined;

const columns: SxProps = {
  display: 'grid',
  gap: 3,
  gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 720px) minmax(0, 400px)' },
  alignItems: 'start',
};

function Frame({ children, aside, ...footer }: FrameProps) {
  return (
    <Box sx={aside ? columns : { maxWidth: 720 }}>
      <Card sx={{ p: { xs: 2, sm: 3 }, display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2.5 }}>
        {children}
        <Footer {...footer} />
      </Card>
      {aside && <Box>{aside}</Box>}
    </Box>
  );
}

interface CommonProps {
  resource: CollectionName;
  title: string;
  lead?: ReactNode;
  crumbs: Crumb[];
  children: ReactNode;
  /** Beside the form, for help. */
  aside?: ReactNode;
  withReason?: boolean;
}

interface CreateProps extends CommonProps {
  submit?: string;
  defaults?: Row;
  transform?: (data: Row) => Row;
  said: (row: RaRecord) => string;
  onCreated?: (row: RaRecord) => void;
}

/** A page to make a row. Nothing is shown as made before the server has said so. */
export function CreatePage({
  resource,
  title,
  lead,
  crumbs,
  children,
  aside,
  withReason = true,
  submit = 'Create',
  defaults,
  transform,
  said,
  onCreated,
}: CreateProps) {
  const saved = useSaved();
  const redirect = useRedirect();
  const [failure, setFailure] = useState<unknown>(null);
  const settled = useRef(false);
  const onSuccess = (row: RaRecord) => {
    if (!isSaved(row)) return;
    settled.current = true;
    saved(said(row), { revision: revisionOf(row) });
    if (onCreated) onCreated(row);
    else redirect(recordPath(resource, row.id));
  };
  return (
    <Page title={title} lead={lead} crumbs={crumbs}>
      <CreateBase
        resource={resource}
        mutationMode="pessimistic"
        redirect={false}
        {...(transform ? { transform } : {})}
        mutationOptions={{ onSuccess, onError: setFailure, onMutate: () => setFailure(null) }}
      >
        <Form defaultValues={defaults ?? {}} disableInvalidFormNotification noValidate>
          <Unsaved saved={settled} />
          <Frame failure={failure} submit={submit} withReason={withReason} back={`/${resource}`} aside={aside}>
            {children}
          </Frame>
        </Form>
      </CreateBase>
    </Page>
  );
}

/** Takes the other side's version into the form once the operator has chosen. */
function Conflict({
  resource,
  theirs,
  labels,
  onClose,
}: {
  resource: CollectionName;
  theirs: Row;
  labels: Record<string, string>;
  onClose: () => void;
}) {
  const { getValues, setValue } = useFormContext();
  const { defaultValues } = useFormState();
  const notify = useNotify();
  const base = useRef<Row>({ ...defaultValues });
  const merge = (values: Row) => {
    for (const [field, value] of Object.entries(values)) setValue(field, value, { shouldDirty: true });
    setValue('version', theirs['version'], { shouldDirty: true });
    notify('Both sides’ changes are in the form. Nothing is saved yet: check it, then press Save.', {
      type: 'info',
      autoHideDuration: 8000,
    });
    onClose();
  };
  return (
    <ConflictDialog
      resource={resource}
      base={base.current}
      theirs={theirs}
      mine={getValues()}
      labels={labels}
      onMerge={merge}
      onClose={onClose}
    />
  );
}

/** What is asked before a save, with the values that are to be saved. Only a true answer saves them. */
export interface Review {
  mine: Row;
  answer: (go: boolean) => void;
}

function EditBody({
  resource,
  review,
  children,
  aside,
  withReason = true,
  labels,
  failure,
  theirs,
  settled,
  onConflictClosed,
}: Omit<EditProps, 'title' | 'crumbs' | 'said'> & {
  failure: unknown;
  theirs: Row | null;
  settled: RefObject<boolean>;
  onConflictClosed: () => void;
}) {
  const { error, isPending, refetch } = useEditContext();
  const record = useRecordContext();
  const { save } = useSaveContext();
  const [asked, setAsked] = useState<Review | null>(null);
  const reviewed = async (mine: Row): Promise<unknown> => {
    const go = await new Promise<boolean>((answer) => setAsked({ mine, answer }));
    setAsked(null);
    return go ? save?.(mine) : undefined;
  };
  if (error) return <Failure title="It could not be read" error={error} onRetry={() => void refetch()} />;
  if (isPending || !record) return <Waiting />;
  return (
    <Form
      disableInvalidFormNotification
      noValidate
      defaultValues={{ [REASON_FIELD]: '' }}
      {...(review ? { onSubmit: reviewed as SubmitHandler<FieldValues> } : {})}
    >
      <Unsaved saved={settled} />
      <Frame failure={failure} submit="Save" withReason={withReason} back={recordPath(resource, record.id)} aside={aside}>
        {children}
      </Frame>
      {asked && review?.(asked)}
      {theirs && <Conflict resource={resource} theirs={theirs} labels={labels} onClose={onConflictClosed} />}
    </Form>
  );
}

interface EditProps extends Omit<CommonProps, 'title' | 'crumbs'> {
  title: (id: string) => string;
  crumbs: (id: string) => Crumb[];
  labels: Record<string, string>;
  said: (row: RaRecord) => string;
  review?: (review: Review) => ReactNode;
}

/** A page to edit a row: sends the version that the form was filled with, and keeps what was typed when that is out of date. */
export function EditPage({ title, crumbs, said, lead, ...body }: EditProps) {
  const { resource } = body;
  const id = useParams()['id'] ?? '';
  const saved = useSaved();
  const redirect = useRedirect();
  const [failure, setFailure] = useState<unknown>(null);
  const [theirs, setTheirs] = useState<Row | null>(null);
  const settled = useRef(false);
  const onSuccess = (row: RaRecord) => {
    if (!isSaved(row)) return;
    settled.current = true;
    saved(said(row), { revision: revisionOf(row) });
    redirect(recordPath(resource, row.id));
  };
  const onError = (error: unknown) => {
    setFailure(error);
    if (error instanceof ApiError && error.status === 412 && error.problem?.current) setTheirs(error.problem.current);
  };
  return (
    <Page title={title(id)} lead={lead} crumbs={crumbs(id)}>
      <EditBase
        resource={resource}
        mutationMode="pessimistic"
        redirect={false}
        queryOptions={{ meta: FORM_META, gcTime: 0, staleTime: Number.POSITIVE_INFINITY, onError: () => undefined }}
        mutationOptions={{ meta: FORM_META, onSuccess, onError, onMutate: () => setFailure(null) }}
      >
        <EditBody {...body} failure={failure} theirs={theirs} settled={settled} onConflictClosed={() => setTheirs(null)} />
      </EditBase>
    </Page>
  );
}
